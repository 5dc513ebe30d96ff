"""Everything that reads outlets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import BANK, COUNTERS, Institution
from shebaoka.registry.outlets import store
from shebaoka.registry.outlets.hours import LOOK_AHEAD_DAYS, standing
from shebaoka.registry.outlets.model import InDistrict, OtherDay, Outlet, Profile, Waiting, Wanted
from shebaoka.registry.outlets.services import Offers, Service
from shebaoka.registry.programme.programme import Programme


async def by_district(work: Work, programme: Programme, wanted: Wanted) -> list[InDistrict]:
    """Count the outlets that serve today and offer what is wanted, for every district of the city."""
    today = await _Today.of(work, programme)
    found = [
        one for one in await institutions.of_kind(work, *COUNTERS)
        if today.serves(one) and today.fits(one, wanted)
    ]  # fmt: skip
    counts = Counter(one.district_code for one in found)
    instant = Counter(one.district_code for one in found if Service.REPLACE in today.offers.of(one))
    return [
        InDistrict(code := one.district_code, one.name_zh, one.name_en, counts[code], instant[code])
        for one in await institutions.districts(work)
    ]


async def page(
    work: Work, programme: Programme, district: str, wanted: Wanted, after: str, limit: int
) -> list[Outlet]:
    """Give at most `limit` outlets of a district whose codes come after one, in the order of their codes.

    This function will leave out outlets that do not serve only where a service is wanted: without one, they say so themselves.
    """
    today = await _Today.of(work, programme)
    there = await institutions.in_district(work, district, *COUNTERS)
    found = [one for one in there if one.code > after and today.fits(one, wanted)]
    return await _shown(work, today, found[:limit])


async def outlet(work: Work, programme: Programme, code: str) -> Outlet | None:
    """Give an outlet of the city by its code, or None."""
    one = await institutions.by_code(work, code)
    if one is None or one.kind not in COUNTERS or one.elsewhere:
        return None
    (shown,) = await _shown(work, await _Today.of(work, programme), [one])
    return shown


async def banks(work: Work, programme: Programme) -> list[Institution]:
    """Give the service banks whose outlets may serve today, in the order of their codes."""
    offers = Offers(programme, work.today)
    return [one for one in await institutions.of_kind(work, BANK) if offers.serves(one, None)]


@dataclass(frozen=True, slots=True)
class _Today:
    """What the rules of today say, and the banks whose outlets they say it to."""

    work: Work
    offers: Offers
    banks: Mapping[int, Institution]

    @classmethod
    async def of(cls, work: Work, programme: Programme) -> _Today:
        banks = {one.institution_id: one for one in await institutions.of_kind(work, BANK)}
        return cls(work, Offers(programme, work.today), banks)

    def bank(self, one: Institution) -> Institution | None:
        return None if one.parent_id is None else self.banks.get(one.parent_id)

    def serves(self, one: Institution) -> bool:
        return self.offers.serves(one, self.bank(one))

    def fits(self, one: Institution, wanted: Wanted) -> bool:
        bank = self.bank(one)
        if one.elsewhere or (wanted.bank and (bank is None or bank.code != wanted.bank)):
            return False
        return wanted.service is None or (self.serves(one) and wanted.service in self.offers.of(one))


@dataclass(frozen=True, slots=True)
class _Told:
    """What the outlets themselves told."""

    profiles: Mapping[int, Profile]
    other_days: Sequence[OtherDay]
    waiting: Mapping[int, Waiting]

    @classmethod
    async def of(cls, work: Work, ids: Collection[int]) -> _Told:
        first = work.present_day
        days = await store.other_days_of(work, ids, first, first + timedelta(days=LOOK_AHEAD_DAYS))
        return cls(await store.profiles(work, ids), days, await store.waiting(work, ids))

    def days_of(self, institution_id: int) -> tuple[OtherDay, ...]:
        """Give one entry a day: the outlet's own, which comes first, before the one of all outlets."""
        kept: dict[object, OtherDay] = {}
        for day in self.other_days:
            if day.institution_id in (None, institution_id):
                kept.setdefault(day.on_day, day)
        return tuple(kept.values())


async def _shown(work: Work, today: _Today, found: Sequence[Institution]) -> list[Outlet]:
    told = await _Told.of(work, [one.institution_id for one in found])
    return [_outlet(today, told, one) for one in found]


def _outlet(today: _Today, told: _Told, one: Institution) -> Outlet:
    number, serving = one.institution_id, today.serves(one)
    profile, days = told.profiles.get(number), told.days_of(number)
    spans = {day.on_day: day.spans for day in days}
    now = standing(profile.week, spans, today.work.now) if profile else None
    waits = serving and (now is None or now.open)
    return Outlet(
        one, today.bank(one), serving, today.offers.of(one) if serving else (),
        today.offers.mainly_for(one.kind) if serving else (), profile, days, now, told.waiting.get(number) if waits else None,
    )  # fmt: skip

"""Everything that writes the programme's figures: they are counted anew as a whole, and never kept up by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import cast

from shebaoka.issuing.applications.states import BEING_MADE
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.work import Work
from shebaoka.registry.institutions.banks import Banks
from shebaoka.registry.institutions.model import CHOSEN_ELSEWHERE, Institution
from shebaoka.registry.programme.model import Bank, Facts, Insured, InsuredStatus, Stage
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.sets import DecidesEligibility, DecidesGroup, DecidesTarget
from shebaoka.registry.programme.views import load
from shebaoka.service.dashboard import settlements
from shebaoka.service.dashboard.model import COUNTED_EVERY, Counted
from shebaoka.service.dashboard.store import SQL
from shebaoka.service.dashboard.views import last_count

FORGET = ("forget_days", "forget_backlog", "forget_population")
COUNT = ("count_applied", "count_cards", "count_delivered", "count_old")
POPULATION = (
    "district_code",
    "group_code",
    "complete_by",
    "people",
    "made",
    "opened",
    "on_old",
    "on_old_only",
)
Kind = tuple[str, str, date | None]


@dataclass(frozen=True, slots=True)
class _Alike:
    """Living people who are alike in all that rules may ask for, and how many of them hold what."""

    age: int
    hukou: bool
    insured: str
    insured_status: str
    employed: bool
    school_stage: str
    district: str
    pension_bank: str | None
    payroll_banks: int
    bank_chosen: bool
    people: int
    made: int
    opened: int
    on_old: int
    on_old_only: int


async def count_due(database: Database) -> bool:
    """Count where the last count is an hour old; this function will tell whether it did."""
    async with database.work(SYSTEM) as work:
        last = await last_count(work)
        if last and last.day == work.today and work.now - last.counted_at < COUNTED_EVERY:
            return False
        await count(work)
        return True


async def count(work: Work, *, settlements_anew: bool = False) -> Counted:
    """Count everything anew in one transaction; readers see the last count until this one is whole.

    Of settlement only the days that may have changed since the last count, unless `settlements_anew`.

    This function will read all cards, applications and people: some minutes in a city of twenty million.
    """
    await work.run(SQL["take_turn"])
    for name in (*FORGET, *COUNT):
        await work.run(SQL[name])
    await work.run(SQL["count_backlog"], {"today": work.today, "statuses": list(BEING_MADE)})
    await _count_population(work, await load(work))
    await settlements.count(work, anew=settlements_anew)
    await work.run(SQL["note_count"], {"now": work.now, "today": work.today})
    return Counted(work.now, work.today)


async def _count_population(work: Work, programme: Programme) -> None:
    asked = {"today": work.today, "chosen_elsewhere": CHOSEN_ELSEWHERE}
    alike = await work.rows(SQL["alike"], asked, _Alike)
    banks = await Banks.load(work)
    tally: Counter[tuple[Kind, str]] = Counter()
    for one in alike:
        kind = _kind(programme, _facts(one, banks, work.today), work.today)
        if kind:
            tally.update({(kind, name): getattr(one, name) for name in POPULATION[3:]})
    await work.copy("figure_population", POPULATION, _rows(tally))


def _kind(programme: Programme, facts: Facts, on: date) -> Kind | None:
    """Give district, group and target of people who are alike; None where they may have no card."""
    decided = programme.decide(facts, on)
    if decided.of("eligibility", DecidesEligibility).eligibility != "eligible":
        return None
    target = decided.of("target", DecidesTarget).complete_by
    return facts.district, decided.of("group", DecidesGroup).group, target


def _rows(tally: Counter[tuple[Kind, str]]) -> Iterator[tuple[object, ...]]:
    kinds: Iterable[Kind] = dict.fromkeys(kind for kind, _ in tally)
    for kind in kinds:
        yield (*kind, *(tally[kind, name] for name in POPULATION[3:]))


def _facts(one: _Alike, banks: Banks, today: date) -> Facts:
    pension = banks.meant(one.pension_bank)
    # Which banks they are no rule of these sets can ask, only how many.
    payroll = tuple(map(_bank, banks.all[: one.payroll_banks]))
    return Facts(
        birth_date=date(today.year - one.age, today.month, min(today.day, 28)),
        hukou=one.hukou, insured=cast("Insured", one.insured), insured_status=cast("InsuredStatus", one.insured_status),
        employed=one.employed, school_stage=cast("Stage", one.school_stage), district=one.district,
        pension_bank=_bank(pension) if pension else None, payroll_banks=payroll,
        chosen_bank=_bank(banks.all[0]) if one.bank_chosen else None,
    )  # fmt: skip


def _bank(institution: Institution) -> Bank:
    return Bank(institution.code, institution.name_zh, institution.name_en)

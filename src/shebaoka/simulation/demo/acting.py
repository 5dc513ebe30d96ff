"""People of the demo city act: they choose another bank, bring a photo, fetch their card and open it, or do not."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from PIL import Image, ImageDraw

from shebaoka.cards import commands as cards
from shebaoka.cards.model import Opening, Outlet
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.commands import choose_bank
from shebaoka.issuing.applications.errors import BankRefusedBefore
from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.applications.states import Status
from shebaoka.issuing.delivery import views as parcels
from shebaoka.issuing.delivery.commands import collect_many, note_arrival, send_back
from shebaoka.issuing.delivery.model import Parcel, Pickup, Signature
from shebaoka.issuing.delivery.states import Status as ParcelStatus
from shebaoka.issuing.photos.commands import Brought, bring
from shebaoka.kit.actor import Actor
from shebaoka.kit.city import City
from shebaoka.kit.work import Work
from shebaoka.registry.acting.errors import GuardianNeeded
from shebaoka.registry.acting.model import Claim
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import BANK, BANK_OUTLET, CARD_CENTRE, Institution
from shebaoka.registry.people import views as people
from shebaoka.registry.programme import views as programmes
from shebaoka.registry.programme.model import Function, Proxy
from shebaoka.registry.programme.programme import Programme

SIMULATION = Actor("system:simulation", 0, "system")
PEOPLE_AT_ONCE = 5_000
PHOTO_BYTES_MIN = 15_000
NEVER, ONLINE, CENTRE = "never", "online", "community_centre"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a person will act."""

    opens_at: str
    collects: bool
    wants_financial: bool


class Townspeople:
    """Everybody's behaviour, by person_id, and the places where they go."""

    def __init__(self, behaviour: dict[int, Behaviour], places: Sequence[Institution]) -> None:
        self._behaviour = behaviour
        self._banks = [place for place in places if place.kind == BANK]
        self._outlet_of_bank = {place.parent_id: place for place in places if place.kind == BANK_OUTLET}
        self._platform = next(place for place in places if place.kind == "online_platform")
        centre = next(place for place in places if place.kind == CARD_CENTRE)
        self._centre = Actor("system:card-centre", centre.institution_id, "card_centre_operator")
        self._photo = _counter_photo()
        self._stays_closed: set[int] = set()
        self._programme: Programme | None = None

    @classmethod
    async def read(cls, city: City, file: Path) -> Townspeople:
        """Read `behaviour.csv` and find everybody in the register."""
        table = pl.read_csv(file, schema_overrides={"id_number": pl.String})
        behaviour: dict[int, Behaviour] = {}
        async with city.database.work(SIMULATION) as work:
            for part in table.iter_slices(PEOPLE_AT_ONCE):
                found = await people.find_many(work, part["id_number"].to_list())
                for number, opens_at, collects, financial in part.iter_rows():
                    if number in found:
                        behaviour[found[number].person_id] = Behaviour(
                            opens_at, bool(collects), bool(financial)
                        )
            places = await institutions.of_kind(work, BANK, BANK_OUTLET, "online_platform", CARD_CENTRE)
        return cls(behaviour, places)

    @property
    def everybody(self) -> list[int]:
        """Give the number of each, in the order of the city's own file."""
        return list(self._behaviour)

    async def answer_questions(self, city: City) -> int:
        """Those whom a bank refused choose the next one; those of whom no photo was found bring one to a counter.

        This function will give how many questions there were.
        """
        answered = 0
        async for application in _standing(city, Status.BANK_REFUSED):
            answered += 1
            await self._choose_another_bank(city, application)
        async for application in _standing(city, Status.NEEDS_PHOTO):
            answered += 1
            async with city.database.work(SIMULATION) as work:
                brought = Brought(self._photo, work.today)
                await bring(work, await self._rules(work), application.application_id, brought)
        return answered

    async def _rules(self, work: Work) -> Programme:
        """Give the programme: nobody changes its rules while the city lives."""
        self._programme = self._programme or await programmes.load(work)
        return self._programme

    async def _choose_another_bank(self, city: City, application: Application) -> None:
        """Try the banks in turn, each person beginning elsewhere, but for those that refused; all may have."""
        first = application.person_id % len(self._banks)
        for bank in self._banks[first:] + self._banks[:first]:
            with suppress(BankRefusedBefore):
                async with city.database.work(SIMULATION) as work:
                    await choose_bank(work, application.application_id, bank.code)
                return

    async def collect(self, city: City) -> None:
        """Fetch the cards that lie at fallback outlets, those who care to; a parent comes for a child that was sent home."""
        async with city.database.work(SIMULATION) as work:
            lying = [
                one
                for one in await parcels.all_at_counters(work, ParcelStatus.AT_OUTLET)
                if self._behaviour[one.person_id].collects
            ]
            if not lying:
                return
            programme = await self._rules(work)
            ties = await people.guardians(work, {one.person_id for one in lying})
            parents = {child: min(tied) for child, tied in ties.items() if tied}
            known = await people.identities(work, {*(one.person_id for one in lying), *parents.values()})
        by_outlet: dict[int, list[Parcel]] = defaultdict(list)
        for parcel in lying:
            by_outlet[parcel.outlet_id].append(parcel)
        for outlet_id, waiting in by_outlet.items():
            clerk = Actor(f"system:outlet-{outlet_id}", outlet_id, "community_clerk")
            own = [_pickup(one, known[one.person_id].id_number) for one in waiting]
            async with city.database.work(clerk) as work:
                refused = (await collect_many(work, programme, own)).refused
                fetched = [
                    _pickup(one, known[parents[one.person_id]].id_number, by="guardian")
                    for one in waiting
                    if one.person_id in parents and isinstance(refused.get(one.waybill), GuardianNeeded)
                ]
                await collect_many(work, programme, fetched)

    async def bring_back(self, city: City) -> None:
        """Outlets send back what was recalled, and the card centre keeps it."""
        async with city.database.work(SIMULATION) as work:
            recalled = await parcels.all_at_counters(work, ParcelStatus.RECALLED)
        by_outlet: dict[int, list[str]] = defaultdict(list)
        for parcel in recalled:
            by_outlet[parcel.outlet_id].append(parcel.waybill)
        for outlet_id, waybills in by_outlet.items():
            outlet = Actor(f"system:outlet-{outlet_id}", outlet_id, "community_clerk")
            async with city.database.work(outlet) as work:
                for waybill in waybills:
                    await send_back(work, waybill)
            async with city.database.work(self._centre) as work:
                for waybill in waybills:
                    await note_arrival(work, waybill)

    async def open(self, city: City) -> None:
        """Open the cards in hand, each where its holder likes to, those who care to."""
        due: list[Application] = []
        async for application in _standing(city, Status.RECEIVED, self._stays_closed):
            if self._behaviour[application.person_id].opens_at == NEVER:
                self._stays_closed.add(application.application_id)
            elif application.card_id is not None:
                due.append(application)
        await self.open_these(city, due)

    async def open_these(self, city: City, due: Sequence[Application]) -> None:
        """Open these cards, each where its holder likes to."""
        by_place: dict[int, list[Opening]] = defaultdict(list)
        for application in due:
            place_id, opening = self._opening(application, self._behaviour[application.person_id])
            by_place[place_id].append(opening)
        for place_id, openings in by_place.items():
            async with city.database.work(
                Actor(f"system:outlet-{place_id}", place_id, "bank_system")
            ) as work:
                programme = await self._rules(work)
                for some in _chunks(openings):
                    await cards.open_many(work, programme, some)

    def _opening(self, application: Application, behaviour: Behaviour) -> tuple[int, Opening]:
        assert application.card_id is not None
        functions: frozenset[Function] = frozenset({"social"})
        match behaviour.opens_at:
            case "bank_outlet":
                place = self._outlet_of_bank[application.bank_id]
                outlet, place_id = Outlet.of(place), place.institution_id
                functions = functions | ({"financial"} if behaviour.wants_financial else set())
            case "online":
                outlet, place_id = Outlet.of(self._platform), self._platform.institution_id
            case _:
                outlet, place_id = Outlet(CENTRE), application.fallback_outlet_id
        return place_id, Opening(application.person_id, application.card_id, functions, outlet)


async def _standing(
    city: City, status: Status, but_not: Collection[int] = frozenset()
) -> AsyncIterator[Application]:
    """Give all applications of one status but some."""
    after = 0
    while True:
        async with city.database.work(SIMULATION) as work:
            waiting = await applications.waiting(work, status, after, PEOPLE_AT_ONCE)
            keys = [(row.person_id, row.application_id) for row in waiting]
            found = await _applications(work, [key for key in keys if key[1] not in but_not])
        for application in found:
            yield application
        if len(waiting) < PEOPLE_AT_ONCE:
            return
        after = waiting[-1].application_id


async def _applications(work: Work, keys: Sequence[tuple[int, int]]) -> list[Application]:
    found = await applications.by_keys(work, keys)
    return [found[application_id] for _, application_id in keys if application_id in found]


def _pickup(parcel: Parcel, id_number: str, by: Proxy | None = None) -> Pickup:
    """Somebody shows the ID document and signs in the outlet's register."""
    claim = Claim(by, id_number) if by else None
    return Pickup(parcel.waybill, id_number, Signature("paper", parcel.waybill), claim)


def _chunks(openings: Sequence[Opening]) -> Iterable[Sequence[Opening]]:
    return (openings[i : i + PEOPLE_AT_ONCE] for i in range(0, len(openings), PEOPLE_AT_ONCE))


def _counter_photo() -> bytes:
    """Draw the picture that a counter's camera takes: an invented figure before a white wall."""
    image = Image.new("RGB", (358, 441), "white")
    draw = ImageDraw.Draw(image)
    for i in range(0, 358, 3):
        shade = 246 + i * 7 % 9
        draw.line([(i, 0), (357 - i, 440)], fill=(shade, shade, shade))
    draw.ellipse([109, 90, 249, 270], fill=(224, 188, 160))
    draw.ellipse([39, 290, 319, 600], fill=(70, 90, 130))
    for quality in range(60, 101, 5):
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=quality, dpi=(350, 350))
        if stream.tell() >= PHOTO_BYTES_MIN:
            break
    return stream.getvalue()

"""People of the demo city go to the doctor's, buy medicine and stay in hospital with their cards, in its last weeks."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, get_args

from shebaoka.benefits.insurance.catalogue import Item, Listed
from shebaoka.benefits.insurance.commands import note_items
from shebaoka.benefits.insurance.errors import NotInsured
from shebaoka.benefits.insurance.model import Level
from shebaoka.benefits.settlement import commands
from shebaoka.benefits.settlement.errors import CardNotUsable
from shebaoka.benefits.settlement.model import Confirming, Designation, Line, Registering, Reversing, Visit
from shebaoka.cards import views as cards
from shebaoka.cards.model import Card
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.city import City
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.programme.model import CatalogueClass, VisitKind
from shebaoka.registry.programme.programme import Programme

DESIGNATED: Final = date(2018, 1, 1)
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
A_DAY_MOST: Final = 16
ONE_OF: Final = 60
"""Each day one of so many people goes somewhere, up to a few: a demo is to be seen soon."""
PHARMACY_SHARE: Final = 0.25
STAY_SHARE: Final = 0.04
TAKEN_BACK_EVERY: Final = 25
"""Each so many-th bill is taken back the same day (assumed, as all shares here)."""
YUAN: Final[dict[VisitKind, tuple[int, int]]] = {
    "outpatient": (40, 900), "pharmacy": (15, 250), "inpatient": (4_000, 40_000),
}  # fmt: skip
STAY_DAYS: Final = 6
CLASSES: Final[tuple[tuple[CatalogueClass, float], ...]] = (("full", 0.75), ("shared", 0.2), ("own", 0.05))
PREPAY_PERCENT: Final = 10
FEN: Final = 100
NAMES: Final[dict[tuple[VisitKind, CatalogueClass], tuple[str, ...]]] = {
    ("outpatient", "full"): ("普通门诊诊查费", "血常规", "心电图", "甲类常用药"),
    ("outpatient", "shared"): ("彩色超声检查", "乙类口服药"),
    ("outpatient", "own"): ("特需加号费", "一次性敷料"),
    ("pharmacy", "full"): ("降压药（甲类）", "感冒药（甲类）"), ("pharmacy", "shared"): ("降糖药（乙类）", "中成药（乙类）"),
    ("pharmacy", "own"): ("维生素", "创可贴"),
    ("inpatient", "full"): ("床位费", "护理费", "手术费", "甲类注射液"), ("inpatient", "shared"): ("乙类注射液", "磁共振检查"),
    ("inpatient", "own"): ("陪护费", "单人病房加价"),
}  # fmt: skip
"""What people are given, by kind of visit and class (invented; no catalogue of a real city)."""
CHARGED: Final = "14"
"""The kind of cost on a bill: others."""


def code_of(kind: VisitKind, item_class: CatalogueClass, nth: int) -> str:
    """Give the code under which the demo's catalogue lists an item."""
    return f"{kind[:1]}{item_class[:1]}{nth:04}".upper()


def catalogue() -> list[Listed]:
    """Give the demo's catalogue."""
    return [
        Listed(code_of(kind, item_class, n), DESIGNATED, name, item_class, CHARGED, None, PREPAY_PERCENT if item_class == "shared" else None)
        for (kind, item_class), names in NAMES.items() for n, name in enumerate(names)
    ]  # fmt: skip


@dataclass
class Patients:
    """Who goes where, by chance that a city replays; `people` in an order that is the city's own."""

    programme: Programme
    hospitals: Sequence[Institution]
    pharmacies: Sequence[Institution]
    people: Sequence[int]
    chance: random.Random = field(default_factory=lambda: random.Random("visits"))  # noqa: S311 - a demo, no secret
    bills: int = 0

    @classmethod
    async def begin(cls, city: City, programme: Programme, people: Sequence[int]) -> Patients:
        """Let the city's hospitals and pharmacies settle from now on, by a catalogue."""
        async with city.database.work(SYSTEM) as work:
            await note_items(work, catalogue())
            hospitals = await institutions.of_kind(work, "hospital")
            pharmacies = await institutions.of_kind(work, "pharmacy")
            for n, place in enumerate(hospitals):
                level = LEVELS[n % len(LEVELS)]
                await commands.designate(work, Designation(place.institution_id, DESIGNATED, None, level))
            for place in pharmacies:
                await commands.designate(work, Designation(place.institution_id, DESIGNATED, None, None))
        return cls(programme, hospitals, pharmacies, people)

    async def one_day(self, city: City, some: Collection[int] = ()) -> None:
        """Let `some` people, or a few by chance, go somewhere today; whoever has no good card or no insurance is not served."""
        going = some or self.chance.sample(self.people, min(A_DAY_MOST, len(self.people) // ONE_OF))
        async with city.database.work(SYSTEM) as work:
            held = await cards.of_people(work, going)
        for person_id in going:
            card = next((one for one in held.get(person_id, []) if one.social == "open"), None)
            if card is not None:
                await self._go(city, person_id, card)

    async def _go(self, city: City, person_id: int, card: Card) -> None:
        kind = self._kind()
        place = self.chance.choice(self.pharmacies if kind == "pharmacy" else self.hospitals)
        desk = Actor(f"system:{place.code}", place.institution_id, "hospital_system")
        with suppress(CardNotUsable, NotInsured):
            async with city.database.work(desk) as work:
                await self._settle(work, place, person_id, card.card_number, kind)
                self.bills += 1

    def _kind(self) -> VisitKind:
        drawn = self.chance.random()
        if drawn < STAY_SHARE:
            return "inpatient"
        return "pharmacy" if drawn < STAY_SHARE + PHARMACY_SHARE else "outpatient"

    async def _settle(self, work: Work, place: Institution, person_id: int, card: str, kind: VisitKind) -> None:  # fmt: skip
        name, at = f"{work.today:%Y%m%d}{self.bills + 1:06}", place.institution_id
        began_on = work.today - timedelta(days=STAY_DAYS) if kind == "inpatient" else work.today
        visit = await commands.register(work, self.programme, Registering(
            institution_id=at, kind=kind, number=f"V{name}", card_number=card, began_on=began_on,
        ))  # fmt: skip
        await commands.add_lines(
            work, self.programme, at, person_id, visit.visit_id, "1", self._lines(visit, work)
        )
        if kind == "inpatient":
            await commands.discharge(work, at, person_id, visit.visit_id, work.today)
        quoted = await commands.quote(work, self.programme, at, person_id, visit.visit_id, "1")
        await commands.confirm(work, self.programme, Confirming(
            institution_id=at, number=f"M{name}", person_id=person_id, quote_id=quoted.quote_id, card_number=card,
        ))  # fmt: skip
        if (self.bills + 1) % TAKEN_BACK_EVERY == 0:
            await commands.reverse(work, Reversing(institution_id=at, number=f"R{name}", names=f"M{name}"))

    def _lines(self, visit: Visit, work: Work) -> list[Line]:
        least, most = YUAN[visit.kind]
        whole = self.chance.randint(least * FEN, most * FEN)
        first = whole * self.chance.randint(40, 90) // FEN
        return [
            self._line(visit, work.today, str(n), fen)
            for n, fen in enumerate((first, whole - first), 1)
            if fen
        ]

    def _line(self, visit: Visit, on: date, number: str, fen: int) -> Line:
        nth, (classes, shares) = self.chance.randrange(10_000), zip(*CLASSES, strict=True)
        (kind,) = self.chance.choices(classes, shares)
        percent = PREPAY_PERCENT if kind == "shared" else None
        item = code_of(visit.kind, kind, nth % len(NAMES[visit.kind, kind]))
        counts = Item(amount_fen=fen, catalogue_class=kind, prepay_percent=percent)
        return Line(line=number, item=item, served_on=on, counts=counts)


async def leave_something_to_work_off(city: City, patients: Patients) -> None:
    """One hospital withdraws a message that never came, and its day names one message less than ours."""
    place = patients.hospitals[0]
    desk = Actor(f"system:{place.code}", place.institution_id, "hospital_system")
    async with city.database.work(desk) as work:
        await commands.reverse(work, Reversing(institution_id=place.institution_id, number="R0", names="M0"))
        await commands.compare_details(work, place.institution_id, work.today, [])

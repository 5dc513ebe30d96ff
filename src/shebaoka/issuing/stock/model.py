"""Values of the stock room. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from shebaoka.issuing.stock.states import TakeStatus


class Kind(StrEnum):
    """How blanks move."""

    RECEIVED = "received"
    TAKEN = "taken"
    PUT_BACK = "put_back"
    USED = "used"
    SPOILED = "spoiled"
    RETURNED = "returned"
    COUNTED = "counted"
    CORRECTED = "corrected"


class SpoiledBecause(StrEnum):
    """Why a blank is good for nothing."""

    MISPRINTED = "misprinted"
    CHIP_DEAD = "chip_dead"
    DAMAGED = "damaged"
    FAULTY = "faulty"
    GIVEN_UP = "given_up"
    HOLDER_DIED = "holder_died"
    ENTITLEMENT_ENDED = "entitlement_ended"


AT_THE_COUNTER: Final = (
    SpoiledBecause.MISPRINTED,
    SpoiledBecause.CHIP_DEAD,
    SpoiledBecause.DAMAGED,
    SpoiledBecause.FAULTY,
)
"""What somebody sees of a blank; the other reasons come of what became of the application."""
CORRECTABLE: Final = {Kind.RECEIVED: 1, Kind.SPOILED: -1, Kind.RETURNED: -1}
"""Movements that say how many, and which way these go; one that belongs to an application is what it is."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box of blanks as it came from the card centre. Serials: of their chips, eight hex digits, both ends included, or not known."""

    shipment: str
    box: str
    quantity: int
    first_serial: str | None = None
    last_serial: str | None = None


@dataclass(frozen=True, slots=True)
class Serials:
    """An unbroken range of chips' serial numbers, both ends included."""

    first: int
    last: int

    @property
    def count(self) -> int:
        """Give how many numbers it has."""
        return self.last - self.first + 1

    def __str__(self) -> str:
        """Give it as PostgreSQL writes a multirange."""
        return f"{{[{self.first},{self.last}]}}"


@dataclass(frozen=True, slots=True)
class Custody:
    """A delivery of the chips' maker, and where its numbers are now. Serials are eight hex digits, both ends included.

    `keys_version`: of the city's keys, from which the blanks' transport keys are derived. `at_outlets` lie in drawers, or are in hand
    and not begun; `begun`: their chips were given an order.
    """

    delivery_id: int
    shipment: str
    first_serial: str
    last_serial: str
    keys_version: int
    delivered_by: str
    delivered_at: datetime
    total: int
    at_centre: int
    at_outlets: int
    begun: int
    used: int
    spoiled: int

    @property
    def adds_up(self) -> bool:
        """Whether each number is in one place: at the centre, at an outlet, begun, a card, or spoiled."""
        return self.total == self.at_centre + self.at_outlets + self.begun + self.used + self.spoiled


@dataclass(frozen=True, slots=True)
class Lies:
    """An unbroken range of a delivery and where it lies; `outlet_id` None: at the card centre."""

    delivery_id: int
    outlet_id: int | None
    first_serial: str
    last_serial: str
    blanks: int


@dataclass(frozen=True, slots=True)
class Stock:
    """The blanks of an outlet: in its drawer, and out of it for cards that are being made."""

    outlet_id: int
    balance: int
    in_hand: int
    began_on: date
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry of the ledger, with what was there after it."""

    movement_id: int
    outlet_id: int
    kind: Kind
    stock_delta: int
    hand_delta: int
    balance_after: int
    in_hand_after: int
    shipment: str | None
    box: str | None
    first_serial: str | None
    last_serial: str | None
    reason: str | None
    application_id: int | None
    corrects: int | None
    count_id: int | None
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class StockTake:
    """A count by hand: what the ledger said at that moment, and what was there."""

    count_id: int
    outlet_id: int
    status: TakeStatus
    expected: int
    counted: int
    counted_by: str
    counted_at: datetime
    booked_by: str | None
    booked_at: datetime | None
    reason: str | None

    @property
    def difference(self) -> int:
        """How many more there were than the ledger said; fewer: below zero."""
        return self.counted - self.expected


@dataclass(frozen=True, slots=True)
class Forecast:
    """How long blanks last. `use_per_day` of the last `days`; `runs_out_on` None: nothing is used.

    `order`: how many to ask the card centre for, 0 when there are enough.
    """

    days: int
    use_per_day: float
    days_left: int | None
    runs_out_on: date | None
    order: int


@dataclass(frozen=True, slots=True)
class Standing:
    """An outlet's blanks today: `used` and `spoiled` in the last `forecast.days`, and a count that nobody has booked yet."""

    outlet_id: int
    balance: int
    in_hand: int
    used: int
    spoiled: int
    forecast: Forecast
    open_count: StockTake | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """An outlet's ledger summed by kind, beside what its stock says. `adjusted`: counted and corrected, together.

    `drawer_off`, `hand_off`: how many more blanks the ledger has than the stock, in the drawer and out of it; must be 0.
    """

    outlet_id: int
    balance: int
    in_hand: int
    received: int
    used: int
    spoiled: int
    returned: int
    adjusted: int
    drawer_off: int
    hand_off: int

"""Values of the employers room. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shebaoka.issuing.employers.states import Noting, Seat, Status
from shebaoka.kit.problems import Problem
from shebaoka.registry.institutions.model import Institution, PayrollBank, PayrollChoice
from shebaoka.registry.programme.model import Reason, Taken

CAPACITY_MAX: Final = 5_000
"""Seats of one collection: what is called, moved or closed in one transaction."""


@dataclass(frozen=True, slots=True)
class Slot:
    """When and where the bank comes, with how many of its staff, and for how many people at most."""

    starts_at: datetime
    ends_at: datetime
    place: str
    staff: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Collection:
    """A bank's collection at an employer. `set_by`: who set it, as the audit log names them."""

    collection_id: int
    bank_id: int
    employer_id: int
    status: Status
    starts_at: datetime
    ends_at: datetime
    place: str
    staff: int
    capacity: int
    set_by: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SeatOf:
    """Somebody who was called to a collection. `taken`: what the bank took or saw; `next_outlet_id`: where one who missed it goes."""

    person_id: int
    collection_id: int
    application_id: int
    seat_no: int
    status: Seat
    taken: Sequence[Taken]
    next_outlet_id: int | None
    noted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Called:
    """What a call came to: how many are expected now in addition, how many were called before, and how many seats are left."""

    called: int
    already: int
    free: int


@dataclass(frozen=True, slots=True)
class Note:
    """What came of one seat. `next_outlet`: where one who missed it goes, by code; empty for the application's fallback outlet."""

    seat_no: int
    noting: Noting
    taken: tuple[Taken, ...] = ()
    next_outlet: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """How a note was received: `again` when the same was noted before, `refusal` when it was not taken."""

    seat_no: int
    again: bool = False
    refusal: Problem | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """What a run of the stage did."""

    collections: int = 0
    missed: int = 0
    released: int = 0


@dataclass(frozen=True, slots=True)
class Settled:
    """What a choice of the bank came to. `kept`: live applications that stay with the former bank."""

    bank: Institution
    former: Institution | None
    kept: int
    rule: Reason


@dataclass(frozen=True, slots=True)
class Payroll:
    """An employer's payroll banks, which it may choose, by which rule, and what it has chosen so far, newest first."""

    banks: Sequence[PayrollBank]
    selectable: Sequence[Institution]
    rule: Reason
    choices: Sequence[PayrollChoice]

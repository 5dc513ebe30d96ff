"""Values of the production room. No I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal

from shebaoka.issuing.production.states import BatchStatus, OrderStatus
from shebaoka.keys.model import HandedOut

CARDS_PER_BATCH_MAX: Final = 2_000
"""Most cards of one production file (inferred): one file with its photos stays below 80 MB."""
FIRST_ATTEMPT: Final = 1
ATTEMPTS_MAX: Final = 3
"""After so many failed tries a person looks at the card (inferred)."""
UNANSWERED_DAYS: Final = 10
"""How long the bureau may leave a card unanswered before it is ordered again (inferred; 30 days are promised)."""

Progress = Callable[[int], None]
DifferenceKind = Literal[
    "not_ordered", "repeated", "late", "content_differs", "chip_differs", "file_refused", "receipt_differs",
    "statement_differs",
]  # fmt: skip


def quiet(_people: int) -> None:
    """Tell nobody of the progress."""


@dataclass(frozen=True, slots=True)
class NewOrder:
    """One try to make a card, about to be put into a batch."""

    person_id: int
    application_id: int
    attempt: int
    card_number: str
    bank_id: int
    expires_on: date | None
    issued_on: date


@dataclass(frozen=True, slots=True)
class BatchOrder:
    """An order of a batch, as it goes into the production file."""

    person_id: int
    order_id: int
    application_id: int
    card_number: str
    bank_id: int
    issued_on: date
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class SentOrder:
    """An order as the bureau was told it: a return line is held against it."""

    person_id: int
    order_id: int
    application_id: int
    attempt: int
    status: OrderStatus
    card_number: str
    bank_id: int
    issued_on: date
    expires_on: date | None
    failed_stage: str | None
    id_digest: bytes
    name_digest: bytes
    bank_digest: bytes
    chip_digest: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch as it was written: what a receipt is held against."""

    status: BatchStatus
    cards: int | None
    file_name: str | None
    file_digest: bytes | None


class Step(StrEnum):
    """A hand-over of a batch, or a person's decision about it."""

    WRITTEN = "written"
    HANDED = "handed"
    TAKEN = "taken"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    HELD = "held"
    RELEASED = "released"
    CALLED_OFF = "called_off"


@dataclass(frozen=True, slots=True)
class Custody:
    """One entry of a batch's custody: who had how many cards in which file, by its SM3; `said_at`: when, by the bureau's word."""

    step: Step
    at: datetime
    said_at: datetime | None
    actor: str
    file_name: str
    cards: int
    digest: bytes
    note: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What the bureau answered that does not fit what was ordered; `detail` holds no personal data."""

    kind: DifferenceKind
    card_number: str
    detail: str


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """What `order_due` did."""

    ordered: int = 0
    batches: int = 0


@dataclass(frozen=True, slots=True)
class WriteCounts:
    """What `write_due` did. `unfit`: cards that can be neither printed nor written, now on the exception list."""

    files: int = 0
    cards: int = 0
    unfit: int = 0

    def __add__(self, other: WriteCounts) -> WriteCounts:
        """Add two counts up."""
        return WriteCounts(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class ReturnCounts:
    """What `take_returns` did. `waiting`: files of a batch that is not that far yet, or held; `held`: batches stopped now."""

    files: int = 0
    made: int = 0
    failed: int = 0
    reordered: int = 0
    differences: int = 0
    already: int = 0
    refused: int = 0
    waiting: int = 0
    receipts: int = 0
    held: int = 0

    def __add__(self, other: ReturnCounts) -> ReturnCounts:
        """Add two counts up."""
        return ReturnCounts(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One batch on the board. `spoiled`: blanks that it cost beside those that became cards; `keys`: what the bureau was given for it."""

    batch_id: int
    status: BatchStatus
    cards: int
    made: int
    failed: int
    outstanding: int
    spoiled: int
    file_name: str | None
    opened_at: datetime
    written_at: datetime | None
    answered_at: datetime | None
    age_days: int
    keys: HandedOut | None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One card of a batch."""

    person_id: int
    order_id: int
    card_number: str
    attempt: int
    status: OrderStatus
    failed_stage: str | None
    failed_reason: str | None


@dataclass(frozen=True, slots=True)
class BatchDetail:
    """One batch with its custody, oldest first, and some of its cards."""

    line: BatchLine
    custody: list[Custody]
    orders: list[OrderLine]


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A card that the bureau has been told of and not answered."""

    person_id: int
    order_id: int
    application_id: int
    batch_id: int
    attempt: int
    card_number: str
    written_at: datetime
    age_days: int


@dataclass(frozen=True, slots=True)
class ProductionException:
    """A card that failed for good: a person must look at it."""

    person_id: int
    order_id: int
    application_id: int
    batch_id: int
    attempt: int
    card_number: str
    failed_stage: str
    failed_reason: str
    failed_at: datetime
    age_days: int


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """A difference on the list."""

    file_name: str
    ordinal: int
    kind: DifferenceKind
    card_number: str
    detail: str
    found_at: datetime

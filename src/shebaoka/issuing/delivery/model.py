"""Values of the delivery room. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

import msgspec

from shebaoka.issuing.delivery.states import Status
from shebaoka.kit.problems import Problem

WAYBILL_PREFIX: Final = "EM"
"""The service indicator of our waybills: EMS items begin with E; the second letter is our choice (inferred)."""
COURIER: Final = "courier"
SILENT_DAYS: Final = 10
"""After so many days without news a parcel on its way stands on the exception list (inferred)."""

Progress = Callable[[int], None]
PLAIN: Final = r"^[^\x00]*$"
"""PostgreSQL keeps no NUL in a text."""


def quiet(_people: int) -> None:
    """Tell nobody of the progress."""


class Label(msgspec.Struct, frozen=True):
    """What the courier is told of a parcel; sealed with it, so that sending again says the same."""

    recipient: str
    mobile: str
    address: str
    fallback_outlet: str


class Event(msgspec.Struct, frozen=True):
    """A message of the courier's feed."""

    event_id: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=PLAIN)]
    waybill: Annotated[str, msgspec.Meta(max_length=64, pattern=PLAIN)]
    kind: Annotated[str, msgspec.Meta(max_length=64, pattern=PLAIN)]
    occurred_at: Annotated[datetime, msgspec.Meta(tz=True)]
    note: Annotated[str, msgspec.Meta(max_length=1_000)]


class Page(msgspec.Struct, frozen=True):
    """A stretch of the courier's feed and the cursor to go on from."""

    events: list[Event]
    next: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A card on its way, without what is sealed. `received_at`: delivered or collected."""

    person_id: int
    parcel_id: int
    application_id: int
    waybill: str
    status: Status
    outlet_id: int
    manifest_id: int
    refused_at: datetime | None
    dispatched_at: datetime | None
    received_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Tracked:
    """A parcel with everything the courier told, oldest first; `word` is its last, opened from the seal."""

    parcel: Parcel
    word: str
    events: list[Told]


@dataclass(frozen=True, slots=True)
class Told:
    """One message as it is shown, and what became of it."""

    event_id: str
    waybill: str
    kind: str
    occurred_at: datetime
    outcome: str
    note: str


@dataclass(frozen=True, slots=True)
class DeliveryException:
    """A parcel that a person must look at, or (`parcel` None) a message that belongs to none. `why` is a code."""

    why: str
    waybill: str
    parcel: Parcel | None
    since: datetime
    age_days: int
    word: str


@dataclass(frozen=True, slots=True)
class DispatchCounts:
    """What `dispatch_due` did. `unanswered`: sent, but the courier left them out of its answer."""

    prepared: int = 0
    dispatched: int = 0
    refused: int = 0
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class EventCounts:
    """What `take_events` did, in messages: new ones by outcome, and those known before."""

    applied: int = 0
    already: int = 0
    waiting: int = 0
    unknown: int = 0
    known: int = 0

    def __add__(self, other: EventCounts) -> EventCounts:
        """Add two counts up."""
        return EventCounts(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class CollectResult:
    """Parcels handed over by waybill as it was given, and why others were not."""

    collected: Mapping[str, Parcel]
    refused: Mapping[str, Problem]


def label_place(parcel_id: int) -> str:
    """Name the place that a parcel's label is bound to."""
    return f"parcel_label:{parcel_id}"


def word_place(parcel_id: int) -> str:
    """Name the place that the courier's last word about a parcel is bound to."""
    return f"parcel_word:{parcel_id}"


def event_place(event_id: str) -> str:
    """Name the place that a message's note is bound to."""
    return f"courier_event:{event_id}"

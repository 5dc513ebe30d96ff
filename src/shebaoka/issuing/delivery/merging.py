"""What a heap of messages means for parcels: one pure function, the same for every order of the heap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shebaoka.issuing.delivery.model import Event, Parcel
from shebaoka.issuing.delivery.states import TOLD, Action, Status, after, merge
from shebaoka.records import s10


class Outcome(StrEnum):
    """What became of a message."""

    APPLIED = "applied"
    ALREADY = "already"
    WAITING = "waiting"
    UNKNOWN_WAYBILL = "unknown_waybill"
    BAD_WAYBILL = "bad_waybill"
    UNKNOWN_KIND = "unknown_kind"


STRANGE: Final = (Outcome.UNKNOWN_WAYBILL, Outcome.BAD_WAYBILL, Outcome.UNKNOWN_KIND)
"""Messages that nobody can act on: they are kept, and a person looks at them."""


@dataclass(frozen=True, slots=True)
class Move:
    """A parcel that moves, where to, and the message that takes it there."""

    parcel: Parcel
    status: Status
    event: Event


@dataclass(frozen=True, slots=True)
class Merged:
    """All that follows from a heap of messages."""

    outcomes: dict[str, Outcome]
    moves: list[Move]


def merge_events(events: Sequence[Event], parcels: Mapping[str, Parcel]) -> Merged:
    """Merge messages into parcels (by waybill).

    This function will keep messages of parcels whose dispatch is not known yet (`waiting`), and let none of a
    superseded waybill act.
    """
    outcomes = {event.event_id: outcome(event, parcels.get(event.waybill)) for event in events}
    heaps: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if outcomes[event.event_id] == Outcome.APPLIED:
            heaps[event.waybill].append(event)
    return Merged(outcomes, [_move(parcels[waybill], heap) for waybill, heap in heaps.items()])


def outcome(event: Event, parcel: Parcel | None) -> Outcome:
    """Give what becomes of one message by itself."""
    if event.kind not in TOLD:
        return Outcome.UNKNOWN_KIND
    if parcel is None:
        # A number whose check digit does not fit is nobody's: misread, and by nobody to be guessed.
        return Outcome.UNKNOWN_WAYBILL if s10.is_valid(event.waybill) else Outcome.BAD_WAYBILL
    if parcel.waybill != event.waybill:
        return Outcome.ALREADY
    if parcel.status == Status.PREPARED:
        return Outcome.WAITING
    further = after(Status(parcel.status), Action(event.kind)) != parcel.status
    return Outcome.APPLIED if further else Outcome.ALREADY


def _move(parcel: Parcel, heap: Sequence[Event]) -> Move:
    status = merge(Status(parcel.status), (Action(event.kind) for event in heap))
    telling = [event for event in heap if TOLD[Action(event.kind)] == status]
    return Move(parcel, status, min(telling, key=lambda event: (event.occurred_at, event.event_id)))

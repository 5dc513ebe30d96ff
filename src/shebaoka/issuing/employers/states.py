"""The whole life of a collection, and of a seat in it, on one screen."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from shebaoka.kit.problems import TransitionRefused


class Status(StrEnum):
    """Where a collection stands."""

    PLANNED = "planned"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What may be done to a collection."""

    CALL = "call"
    MOVE = "move"
    NOTE = "note"
    CANCEL = "cancel"
    CLOSE = "close"


class Seat(StrEnum):
    """How it stands with somebody who was called."""

    EXPECTED = "expected"
    DONE = "done"
    MISSED = "missed"
    RELEASED = "released"


class Noting(StrEnum):
    """What may become of a seat."""

    TAKE = "take"
    MISS = "miss"
    RELEASE = "release"


NEXT: Final[dict[tuple[Status, Action], Status]] = {
    (Status.PLANNED, Action.CALL): Status.PLANNED,
    (Status.PLANNED, Action.MOVE): Status.PLANNED,
    (Status.PLANNED, Action.NOTE): Status.PLANNED,
    (Status.PLANNED, Action.CANCEL): Status.CANCELLED,
    (Status.PLANNED, Action.CLOSE): Status.CLOSED,
}
SEAT_NEXT: Final[dict[tuple[Seat, Noting], Seat]] = {
    (Seat.EXPECTED, Noting.TAKE): Seat.DONE,
    (Seat.EXPECTED, Noting.MISS): Seat.MISSED,
    (Seat.EXPECTED, Noting.RELEASE): Seat.RELEASED,
}


def after(status: Status, action: Action) -> Status:
    """Give the status that follows. This function will refuse with TransitionRefused when none does."""
    try:
        return NEXT[status, action]
    except KeyError:
        raise TransitionRefused(f"{status} → {action}", was=status, action=action) from None


def seat_after(status: Seat, noting: Noting) -> Seat:
    """Give how it stands with a seat afterwards. This function will refuse with TransitionRefused when nothing follows."""
    try:
        return SEAT_NEXT[status, noting]
    except KeyError:
        raise TransitionRefused(f"{status} → {noting}", was=status, action=noting) from None

"""The life of a stock-take on one screen; nothing else decides what follows what. A movement has no life: it stands."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from shebaoka.kit.problems import TransitionRefused


class TakeStatus(StrEnum):
    """Where a stock-take stands."""

    AGREED = "agreed"
    DIFFERS = "differs"
    BOOKED = "booked"
    SUPERSEDED = "superseded"


class TakeAction(StrEnum):
    """What may be done to one."""

    BOOK = "book"
    COUNT_AGAIN = "count_again"


NEXT: Final[dict[tuple[TakeStatus, TakeAction], TakeStatus]] = {
    (TakeStatus.DIFFERS, TakeAction.BOOK): TakeStatus.BOOKED,
    (TakeStatus.DIFFERS, TakeAction.COUNT_AGAIN): TakeStatus.SUPERSEDED,
}


def first(expected: int, counted: int) -> TakeStatus:
    """Give the status of a count; this function will compare what was there with what the ledger says."""
    return TakeStatus.AGREED if expected == counted else TakeStatus.DIFFERS


def after(status: TakeStatus, action: TakeAction) -> TakeStatus:
    """Give the status that follows. This function will refuse with TransitionRefused when none does."""
    try:
        return NEXT[status, action]
    except KeyError:
        raise TransitionRefused(f"{status} → {action}", was=status, action=action) from None

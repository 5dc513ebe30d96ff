"""The life of a card issued on the spot on one screen; nothing else decides what follows what."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from shebaoka.kit.problems import TransitionRefused


class Status(StrEnum):
    """How far the counter is."""

    BEGUN = "begun"
    BLANK_TAKEN = "blank_taken"
    MADE = "made"
    HANDED_OVER = "handed_over"
    BY_POST = "by_post"
    ENDED = "ended"


class Action(StrEnum):
    """What may be done at the counter. END: given up, or the holder has died or is entitled no more."""

    TAKE = "take"
    PUT_BACK = "put_back"
    SPOIL = "spoil"
    MAKE = "make"
    HAND_OVER = "hand_over"
    SEND_ON = "send_on"
    END = "end"


FIRST: Final = Status.BEGUN
NEXT: Final[dict[tuple[Status, Action], Status]] = {
    (Status.BEGUN, Action.TAKE): Status.BLANK_TAKEN,
    (Status.BLANK_TAKEN, Action.PUT_BACK): Status.BEGUN,  # as it was: no chip has been given its order
    (Status.BLANK_TAKEN, Action.SPOIL): Status.BEGUN,  # the next blank, same application
    (Status.BLANK_TAKEN, Action.MAKE): Status.MADE,
    (Status.MADE, Action.HAND_OVER): Status.HANDED_OVER,
    (Status.BEGUN, Action.SEND_ON): Status.BY_POST,
    (Status.BEGUN, Action.END): Status.ENDED,
    (Status.BLANK_TAKEN, Action.END): Status.ENDED,
    (Status.MADE, Action.END): Status.ENDED,
}
LIVE: Final = frozenset({Status.BEGUN, Status.BLANK_TAKEN, Status.MADE})
"""The counter has still to do with it. A card handed over is opened like any other."""


def after(status: Status, action: Action) -> Status:
    """Give the status that follows. This function will refuse with TransitionRefused when none does."""
    try:
        return NEXT[status, action]
    except KeyError:
        raise TransitionRefused(f"{status} → {action}", was=status, action=action) from None

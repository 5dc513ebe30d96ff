"""The whole life of a draft on one screen."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from shebaoka.kit.problems import TransitionRefused


class Status(StrEnum):
    """Where a draft stands."""

    OPEN = "open"
    SUBMITTED = "submitted"
    DISCARDED = "discarded"
    LAPSED = "lapsed"


class Action(StrEnum):
    """What may be done to a draft."""

    SAVE = "save"
    SUBMIT = "submit"
    DISCARD = "discard"
    LAPSE = "lapse"


NEXT: Final[dict[tuple[Status, Action], Status]] = {
    (Status.OPEN, Action.SAVE): Status.OPEN,
    (Status.OPEN, Action.SUBMIT): Status.SUBMITTED,
    (Status.OPEN, Action.DISCARD): Status.DISCARDED,
    (Status.OPEN, Action.LAPSE): Status.LAPSED,
}


def after(status: Status, action: Action) -> Status:
    """Give the status that follows. This function will refuse with TransitionRefused when none does."""
    try:
        return NEXT[status, action]
    except KeyError:
        raise TransitionRefused(f"{status} → {action}", was=status, action=action) from None

"""How an institution becomes live, on one screen; nothing else decides what follows what.

One that is live from a day to come counts as tested until then, so that the day may still be changed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from shebaoka.kit.problems import TransitionRefused
from shebaoka.registry.institutions.liveness import Status


class Action(StrEnum):
    """What may befall an institution."""

    BUILD = "build"  # its system, or ours at its counters, stands
    TEST = "test"  # every conformance script it needs has passed
    GO_LIVE = "go_live"  # from a day on
    SUSPEND = "suspend"  # it does no business until it has been tested anew
    TAKE_OVER = "take_over"  # it served before readiness was kept


NEXT: Final[dict[tuple[Status, Action], Status]] = {
    (Status.PLANNED, Action.BUILD): Status.BUILT,
    (Status.BUILT, Action.TEST): Status.TESTED,
    (Status.TESTED, Action.TEST): Status.TESTED,
    (Status.LIVE, Action.TEST): Status.LIVE,
    (Status.SUSPENDED, Action.TEST): Status.TESTED,
    (Status.TESTED, Action.GO_LIVE): Status.LIVE,
    (Status.TESTED, Action.SUSPEND): Status.SUSPENDED,
    (Status.LIVE, Action.SUSPEND): Status.SUSPENDED,
    (Status.PLANNED, Action.TAKE_OVER): Status.LIVE,
}


def after(status: Status, action: Action) -> Status:
    """Give the status that follows; this function will refuse with TransitionRefused when none does."""
    try:
        return NEXT[status, action]
    except KeyError:
        raise TransitionRefused(f"{status} → {action}", was=status, action=action) from None

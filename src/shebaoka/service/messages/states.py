"""The life of a message on one screen; nothing else decides what follows what.

A report may come before we know that the gateway took the message, and after we gave it up: a delivery outweighs all else.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from shebaoka.kit.problems import TransitionRefused


class Status(StrEnum):
    """Where a message stands. The first five are a text message's, the last two of one in the app."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"
    POSTED = "posted"
    READ = "read"


class Action(StrEnum):
    """What may befall a message."""

    ACCEPT = "accept"  # the gateway took it
    GIVE_UP = "give_up"  # it cannot be sent: a person must look at it
    DROP = "drop"  # it is not to be sent any more
    CONFIRM = "confirm"  # the gateway says that it arrived
    DENY = "deny"  # the gateway says that it did not
    SEND_AGAIN = "send_again"
    OPEN = "open"  # the person has read it in the app


NEXT: Final[dict[tuple[Status, Action], Status]] = {
    (Status.QUEUED, Action.ACCEPT): Status.SENT,
    (Status.QUEUED, Action.GIVE_UP): Status.GIVEN_UP,
    (Status.QUEUED, Action.DROP): Status.DROPPED,
    (Status.QUEUED, Action.CONFIRM): Status.DELIVERED,
    (Status.SENT, Action.CONFIRM): Status.DELIVERED,
    (Status.GIVEN_UP, Action.CONFIRM): Status.DELIVERED,
    (Status.QUEUED, Action.DENY): Status.GIVEN_UP,
    (Status.SENT, Action.DENY): Status.GIVEN_UP,
    (Status.GIVEN_UP, Action.SEND_AGAIN): Status.QUEUED,
    (Status.POSTED, Action.OPEN): Status.READ,
}


def after(status: Status, action: Action) -> Status:
    """Give the status that follows; this function will refuse with TransitionRefused when none does."""
    try:
        return NEXT[status, action]
    except KeyError:
        raise TransitionRefused(f"{status} → {action}", was=status, action=action) from None


def before(action: Action) -> list[Status]:
    """Give the statuses in which an action is allowed; this function will keep the order of life."""
    return [status for status, allowed in NEXT if allowed == action]


def into(action: Action) -> Status:
    """Give the one status an action leads to, whatever it was before; a test holds that there is one."""
    return after(before(action)[0], action)

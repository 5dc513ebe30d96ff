"""The life of a parcel on one screen; nothing else decides what follows what.

The courier's messages come late, twice and in the wrong order. So its statuses stand in one row, FURTHEST last, and a
message takes a parcel forward along that row or leaves it where it is: whatever the order, the end is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import reduce
from typing import Final

from shebaoka.kit.problems import TransitionRefused


class Status(StrEnum):
    """Where a parcel stands."""

    PREPARED = "prepared"
    DISPATCHED = "dispatched"
    IN_TRANSIT = "in_transit"
    FAILED = "failed"
    AT_OUTLET = "at_outlet"
    RETURNED = "returned"
    DELIVERED = "delivered"
    COLLECTED = "collected"
    LOST = "lost"


class Action(StrEnum):
    """What may befall a parcel. The first four are ours, the others the courier's messages by their own names."""

    DISPATCH = "dispatch"
    COLLECT = "collect"
    SEND_AGAIN = "send_again"
    LOSE = "lose"
    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    FAILED = "failed"
    AT_OUTLET = "at_outlet"
    RETURNED = "returned"
    DELIVERED = "delivered"


FIRST: Final = Status.PREPARED
# The courier's road, in the order in which a parcel can go it. A failed parcel may still be delivered or go to the outlet;
# somebody's signature (delivered) outweighs whatever else was told.
TOLD: Final[dict[Action, Status]] = {
    Action.ACCEPTED: Status.DISPATCHED,
    Action.IN_TRANSIT: Status.IN_TRANSIT,
    Action.FAILED: Status.FAILED,
    Action.AT_OUTLET: Status.AT_OUTLET,
    Action.RETURNED: Status.RETURNED,
    Action.DELIVERED: Status.DELIVERED,
}
FURTHEST: Final = (*TOLD.values(), Status.COLLECTED)
UNDER_WAY: Final = (Status.DISPATCHED, Status.IN_TRANSIT, Status.FAILED, Status.AT_OUTLET, Status.RETURNED)
NEXT: Final[dict[tuple[Status, Action], Status]] = {
    (Status.PREPARED, Action.DISPATCH): Status.DISPATCHED,
    (Status.PREPARED, Action.SEND_AGAIN): Status.PREPARED,  # refused by the courier, address mended
    (Status.RETURNED, Action.SEND_AGAIN): Status.PREPARED,
    (Status.AT_OUTLET, Action.COLLECT): Status.COLLECTED,
    # Given up, at the courier's or at the outlet; what is told of it later changes nothing.
    **{(status, Action.LOSE): Status.LOST for status in UNDER_WAY},
    **{(Status.LOST, told): Status.LOST for told in TOLD},
    **{
        (status, told): max(status, there, key=FURTHEST.index)
        for status in FURTHEST
        for told, there in TOLD.items()
    },
}


def after(status: Status, action: Action) -> Status:
    """Give the status that follows; for a late message that is the present one.

    This function will refuse with TransitionRefused when none follows.
    """
    try:
        return NEXT[status, action]
    except KeyError:
        raise TransitionRefused(f"{status} → {action}", was=status, action=action) from None


def merge(status: Status, messages: Iterable[Action]) -> Status:
    """Give where a parcel stands after the courier's messages, in whatever order and however often each came."""
    return reduce(after, messages, status)

"""The life of a parcel on one screen; nothing else decides what follows what.

The courier's messages come late, twice and in the wrong order. So the statuses stand in one row, FURTHEST last, and a
message takes a parcel forward along that row or leaves it where it is: whatever the order, the end is the same. What our own
people hold in their hands stands behind all that the courier can tell.
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
    RECALLED = "recalled"
    RETURNED = "returned"
    DELIVERED = "delivered"
    SENT_BACK = "sent_back"
    AT_CENTRE = "at_centre"
    COLLECTED = "collected"
    LOST = "lost"


class Action(StrEnum):
    """What may befall a parcel. Down to LOSE they are ours, the others the courier's messages by their own names."""

    DISPATCH = "dispatch"
    ARRIVE = "arrive"
    RECALL = "recall"
    SEND_BACK = "send_back"
    TAKE_BACK = "take_back"
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
FURTHEST: Final = (
    Status.DISPATCHED, Status.IN_TRANSIT, Status.FAILED, Status.AT_OUTLET, Status.RECALLED, Status.RETURNED,
    Status.DELIVERED, Status.SENT_BACK, Status.AT_CENTRE, Status.COLLECTED,
)  # fmt: skip
WITH_COURIER: Final = (Status.DISPATCHED, Status.IN_TRANSIT, Status.FAILED)
AT_A_COUNTER: Final = (Status.AT_OUTLET, Status.RECALLED, Status.AT_CENTRE)
"""It lies where it can be handed over; a recalled one does, too, until the outlet has sent it back."""
TO_COME_BACK: Final = (*WITH_COURIER, Status.AT_OUTLET, Status.RECALLED, Status.RETURNED, Status.SENT_BACK)
"""The card centre may hold it in its hands, whatever was told or not told of it before."""
UNDER_WAY: Final = (*TO_COME_BACK, Status.AT_CENTRE)
NEXT: Final[dict[tuple[Status, Action], Status]] = {
    (Status.PREPARED, Action.DISPATCH): Status.DISPATCHED,
    (Status.PREPARED, Action.SEND_AGAIN): Status.PREPARED,  # refused by the courier, address mended
    (Status.RETURNED, Action.SEND_AGAIN): Status.PREPARED,
    (Status.AT_CENTRE, Action.SEND_AGAIN): Status.PREPARED,
    # The outlet has it before the courier's message, or another outlet than the one that was named.
    **{(status, Action.ARRIVE): Status.AT_OUTLET for status in (*WITH_COURIER, Status.AT_OUTLET)},
    (Status.AT_OUTLET, Action.RECALL): Status.RECALLED,
    (Status.RECALLED, Action.SEND_BACK): Status.SENT_BACK,
    **{(status, Action.TAKE_BACK): Status.AT_CENTRE for status in TO_COME_BACK},
    **{(status, Action.COLLECT): Status.COLLECTED for status in AT_A_COUNTER},
    # Given up, wherever it was; what is told of it later changes nothing.
    **{(status, Action.LOSE): Status.LOST for status in UNDER_WAY},
    **{(Status.LOST, told): Status.LOST for told in TOLD},
    **{
        (status, told): max(status, there, key=FURTHEST.index)
        for status in FURTHEST
        for told, there in TOLD.items()
    },
}


class Redirect(StrEnum):
    """Where the wish stands that a parcel in the courier's hands go elsewhere. DROPPED: it arrived before anybody asked."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TOO_LATE = "too_late"
    DROPPED = "dropped"


ANSWERS: Final = (Redirect.ACCEPTED, Redirect.REFUSED, Redirect.TOO_LATE)
"""What the courier answers; each ends the wish for good."""


def answered(redirect: Redirect, answer: Redirect) -> Redirect:
    """Give where a wish stands after an answer, or after it was dropped.

    This function will refuse with TransitionRefused when it was answered before.
    """
    if redirect != Redirect.ASKED or answer == Redirect.ASKED:
        raise TransitionRefused(f"{redirect} → {answer}", was=redirect, action=answer)
    return answer


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

"""The whole life of an application on one screen; nothing else decides what follows what."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from shebaoka.kit.problems import TransitionRefused


class Status(StrEnum):
    """Where an application stands."""

    SUBMITTED = "submitted"
    VERIFIED = "verified"
    NEEDS_PHOTO = "needs_photo"
    PHOTO_READY = "photo_ready"
    ACCOUNT_OPENED = "account_opened"
    BANK_REFUSED = "bank_refused"
    IN_PRODUCTION = "in_production"
    MADE = "made"
    DISPATCHED = "dispatched"
    AT_OUTLET = "at_outlet"
    AT_CENTRE = "at_centre"
    RECEIVED = "received"
    COMPLETED = "completed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What may be done to an application."""

    VERIFY = "verify"
    REJECT = "reject"
    FIND_PHOTO = "find_photo"
    MISS_PHOTO = "miss_photo"
    BRING_PHOTO = "bring_photo"
    REJECT_PHOTO = "reject_photo"
    OPEN_ACCOUNT = "open_account"
    REFUSE_ACCOUNT = "refuse_account"
    CHOOSE_BANK = "choose_bank"
    ORDER = "order"
    MAKE = "make"
    GIVE_UP = "give_up"
    DISPATCH = "dispatch"
    ARRIVE = "arrive"
    BRING_BACK = "bring_back"
    DELIVER = "deliver"
    COLLECT = "collect"
    OPEN = "open"
    WITHDRAW = "withdraw"
    HOLDER_DIES = "holder_dies"
    LOSE_ENTITLEMENT = "lose_entitlement"
    REPLACE = "replace"
    REMAKE = "remake"
    LACK_PHOTO = "lack_photo"
    SPOIL = "spoil"
    HAND_OVER = "hand_over"
    ABANDON = "abandon"


NEXT: Final[dict[tuple[Status, Action], Status]] = {
    (Status.SUBMITTED, Action.VERIFY): Status.VERIFIED,
    (Status.SUBMITTED, Action.REJECT): Status.REJECTED,
    (Status.VERIFIED, Action.FIND_PHOTO): Status.PHOTO_READY,  # found, or none is needed
    (Status.VERIFIED, Action.MISS_PHOTO): Status.NEEDS_PHOTO,
    (Status.VERIFIED, Action.BRING_PHOTO): Status.PHOTO_READY,
    (Status.NEEDS_PHOTO, Action.BRING_PHOTO): Status.PHOTO_READY,
    # The photo is another person's, or spoiled: another one goes in, and all else stays as it was. An account that is
    # open already is found again by the application's number.
    (Status.PHOTO_READY, Action.REJECT_PHOTO): Status.NEEDS_PHOTO,
    (Status.BANK_REFUSED, Action.REJECT_PHOTO): Status.NEEDS_PHOTO,
    (Status.ACCOUNT_OPENED, Action.REJECT_PHOTO): Status.NEEDS_PHOTO,
    (Status.PHOTO_READY, Action.OPEN_ACCOUNT): Status.ACCOUNT_OPENED,
    (Status.PHOTO_READY, Action.REFUSE_ACCOUNT): Status.BANK_REFUSED,
    (Status.BANK_REFUSED, Action.CHOOSE_BANK): Status.PHOTO_READY,
    (Status.ACCOUNT_OPENED, Action.ORDER): Status.IN_PRODUCTION,
    (Status.IN_PRODUCTION, Action.MAKE): Status.MADE,
    (Status.IN_PRODUCTION, Action.GIVE_UP): Status.REJECTED,  # it cannot be made as it was ordered
    (Status.MADE, Action.DISPATCH): Status.DISPATCHED,
    (Status.DISPATCHED, Action.DELIVER): Status.RECEIVED,
    (Status.DISPATCHED, Action.ARRIVE): Status.AT_OUTLET,
    (Status.AT_OUTLET, Action.COLLECT): Status.RECEIVED,
    # Nobody fetched it, or nobody could be found: the card centre keeps it until it is sent again or fetched there.
    (Status.DISPATCHED, Action.BRING_BACK): Status.AT_CENTRE,
    (Status.AT_OUTLET, Action.BRING_BACK): Status.AT_CENTRE,
    (Status.AT_CENTRE, Action.DISPATCH): Status.DISPATCHED,
    (Status.AT_CENTRE, Action.COLLECT): Status.RECEIVED,
    (Status.RECEIVED, Action.OPEN): Status.COMPLETED,
    # The holder stands there with the card before the courier's message came.
    (Status.MADE, Action.OPEN): Status.COMPLETED,
    (Status.DISPATCHED, Action.OPEN): Status.COMPLETED,
    (Status.AT_OUTLET, Action.OPEN): Status.COMPLETED,
    (Status.AT_CENTRE, Action.OPEN): Status.COMPLETED,
    # Until the bank has opened an account nothing stands outside our own house.
    (Status.SUBMITTED, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.VERIFIED, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.NEEDS_PHOTO, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.PHOTO_READY, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.BANK_REFUSED, Action.WITHDRAW): Status.WITHDRAWN,
    # The card was lost, or came spoiled, before it was opened: an application for another one takes this one's place.
    (Status.DISPATCHED, Action.REPLACE): Status.REJECTED,
    (Status.AT_OUTLET, Action.REPLACE): Status.REJECTED,
    (Status.AT_CENTRE, Action.REPLACE): Status.REJECTED,
    (Status.RECEIVED, Action.REPLACE): Status.REJECTED,
    # The parcel was lost: the card is made once more, with the same photo, account and address.
    (Status.DISPATCHED, Action.REMAKE): Status.ACCOUNT_OPENED,
    (Status.AT_OUTLET, Action.REMAKE): Status.ACCOUNT_OPENED,
    (Status.AT_CENTRE, Action.REMAKE): Status.ACCOUNT_OPENED,
    # At the counter of an outlet that issues on the spot (`issuing.instant`).
    (Status.VERIFIED, Action.LACK_PHOTO): Status.NEEDS_PHOTO,
    (Status.IN_PRODUCTION, Action.SPOIL): Status.ACCOUNT_OPENED,  # the next blank
    (Status.MADE, Action.HAND_OVER): Status.RECEIVED,
    **{
        (status, Action.ABANDON): Status.WITHDRAWN  # given up before the card was in its holder's hand
        for status in (
            Status.NEEDS_PHOTO,
            Status.PHOTO_READY,
            Status.BANK_REFUSED,
            Status.ACCOUNT_OPENED,
            Status.IN_PRODUCTION,
            Status.MADE,
        )
    },
    # Not in production: an order that is out comes back first, and then the application ends (`production.settling`).
    **{
        (status, ended): Status.REJECTED
        for ended in (Action.HOLDER_DIES, Action.LOSE_ENTITLEMENT)
        for status in Status
        if status not in {Status.IN_PRODUCTION, Status.COMPLETED, Status.REJECTED, Status.WITHDRAWN}
    },
}
ENDED: Final = frozenset({Status.COMPLETED, Status.REJECTED, Status.WITHDRAWN})
PHOTO_STANDS: Final = frozenset({Status.PHOTO_READY, Status.BANK_REFUSED, Status.ACCOUNT_OPENED})
"""A photo is there, and no card is ordered with it yet: another one may take its place."""
BEING_MADE: Final = frozenset(list(Status)[: list(Status).index(Status.MADE)])
"""Handed in, and the card is not made yet."""
TO_BE_BROUGHT: Final = frozenset(Status) - ENDED - {Status.RECEIVED}
"""The card is still to be brought: where to may be corrected."""

SENT_ON: Final = frozenset(
    {Status.NEEDS_PHOTO, Status.PHOTO_READY, Status.BANK_REFUSED, Status.ACCOUNT_OPENED}
)
"""A card that was to be made at a counter may still be made by production: no blank is out for it."""
TOLD: Final = frozenset({Status.REJECTED, Status.NEEDS_PHOTO, Status.BANK_REFUSED})
"""The applicant must learn of it and can act: higher rooms are told `application.<status>`."""
ASKED_FOR: Final = frozenset({Action.REPLACE, Action.LACK_PHOTO})
"""The applicant has just asked for it, or stands there: that an application gave way to the next one is no news."""


def after(status: Status, action: Action) -> Status:
    """Give the status that follows. This function will refuse with TransitionRefused when none does."""
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

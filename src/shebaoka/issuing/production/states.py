"""The lives of an order and of a batch on one screen; nothing else decides what follows what."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, overload

from shebaoka.kit.problems import TransitionRefused


class OrderStatus(StrEnum):
    """Where one try to make a card stands."""

    ORDERED = "ordered"
    MADE = "made"
    FAILED = "failed"
    GIVEN_UP = "given_up"


class OrderAction(StrEnum):
    """What may befall an order. AGAIN begins the next attempt: a row of its own, the failed one stays as it is."""

    MAKE = "make"
    FAIL = "fail"
    LAPSE = "lapse"
    AGAIN = "again"
    GIVE_UP = "give_up"


class BatchStatus(StrEnum):
    """Where a batch stands.

    Closed: no card joins any more. Written: its file lies ready with us. Handed: it lies with the bureau, which has taken it
    when it says so with the right count and hash. Held: a count or hash did not fit, and a person must look.
    """

    OPEN = "open"
    CLOSED = "closed"
    WRITTEN = "written"
    HANDED = "handed"
    TAKEN = "taken"
    HELD = "held"
    ANSWERED = "answered"
    CALLED_OFF = "called_off"


class BatchAction(StrEnum):
    """What may befall a batch. ANSWER: the last of its cards has been answered, or given up."""

    CLOSE = "close"
    WRITE = "write"
    HAND = "hand"
    TAKE = "take"
    HOLD = "hold"
    RELEASE = "release"
    CALL_OFF = "call_off"
    ANSWER = "answer"


FIRST_ORDER: Final = OrderStatus.ORDERED
FIRST_BATCH: Final = BatchStatus.OPEN
WITH_BUREAU: Final = (BatchStatus.HANDED, BatchStatus.TAKEN, BatchStatus.HELD)
"""Of batches that the bureau may be working on."""
LAPSING: Final = (BatchStatus.HANDED, BatchStatus.TAKEN)

NEXT_OF_ORDER: Final[dict[tuple[OrderStatus, OrderAction], OrderStatus]] = {
    (OrderStatus.ORDERED, OrderAction.MAKE): OrderStatus.MADE,
    (OrderStatus.ORDERED, OrderAction.FAIL): OrderStatus.FAILED,
    (OrderStatus.ORDERED, OrderAction.LAPSE): OrderStatus.FAILED,  # the bureau never answered
    (OrderStatus.FAILED, OrderAction.AGAIN): OrderStatus.ORDERED,
    (OrderStatus.FAILED, OrderAction.GIVE_UP): OrderStatus.GIVEN_UP,  # by hand, and the application ends
}
NEXT_OF_BATCH: Final[dict[tuple[BatchStatus, BatchAction], BatchStatus]] = {
    (BatchStatus.OPEN, BatchAction.CLOSE): BatchStatus.CLOSED,
    (BatchStatus.CLOSED, BatchAction.WRITE): BatchStatus.WRITTEN,
    (BatchStatus.CLOSED, BatchAction.ANSWER): BatchStatus.ANSWERED,  # none of its cards could be written
    (BatchStatus.WRITTEN, BatchAction.HAND): BatchStatus.HANDED,
    (BatchStatus.WRITTEN, BatchAction.CALL_OFF): BatchStatus.CALLED_OFF,  # its file is lost
    (BatchStatus.HANDED, BatchAction.TAKE): BatchStatus.TAKEN,
    (BatchStatus.HANDED, BatchAction.HOLD): BatchStatus.HELD,
    (BatchStatus.HANDED, BatchAction.ANSWER): BatchStatus.ANSWERED,  # never taken, and given up
    (BatchStatus.TAKEN, BatchAction.HOLD): BatchStatus.HELD,
    (BatchStatus.TAKEN, BatchAction.ANSWER): BatchStatus.ANSWERED,
    (BatchStatus.HELD, BatchAction.RELEASE): BatchStatus.TAKEN,
    (BatchStatus.HELD, BatchAction.CALL_OFF): BatchStatus.CALLED_OFF,
}
NEXT: Final[Mapping[tuple[StrEnum, StrEnum], OrderStatus | BatchStatus]] = {
    **dict[tuple[StrEnum, StrEnum], OrderStatus | BatchStatus](NEXT_OF_ORDER.items()),
    **dict[tuple[StrEnum, StrEnum], OrderStatus | BatchStatus](NEXT_OF_BATCH.items()),
}


@overload
def after(status: OrderStatus, action: OrderAction) -> OrderStatus: ...
@overload
def after(status: BatchStatus, action: BatchAction) -> BatchStatus: ...
def after(status: OrderStatus | BatchStatus, action: OrderAction | BatchAction) -> OrderStatus | BatchStatus:
    """Give the status that follows. This function will refuse with TransitionRefused when none does."""
    following = NEXT.get((status, action))
    if following is None:
        raise TransitionRefused(f"{status} → {action}", was=status, action=action)
    return following

"""The exception list: a person looks at a card that failed for good, and orders it once more or gives it up."""

from __future__ import annotations

from shebaoka.issuing.applications.commands import Also, move_many
from shebaoka.issuing.applications.states import Action
from shebaoka.issuing.production.commands.settling import next_attempt, settle
from shebaoka.issuing.production.errors import NotAnException, RecordsMoved
from shebaoka.issuing.production.model import NewOrder, SentOrder
from shebaoka.issuing.production.placing import place
from shebaoka.issuing.production.states import OrderAction, OrderStatus
from shebaoka.issuing.production.store import SQL
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work

FAILED_FOR_GOOD = "production-failed"


async def order_again(work: Work, order_id: int) -> NewOrder:
    """Order a card of the exception list once more, after its cause was mended.

    This function will give the new attempt, or refuse with NotFound or NotAnException.
    """
    again = next_attempt(work, await _exception(work, order_id))
    await place(work, [again])
    return again


async def give_up(work: Work, order_id: int) -> SentOrder:
    """Give a card of the exception list up: the application ends, and its holder applies anew.

    That is the way out where ordering again cannot help: another bank or another photo is needed. This function will
    give the last attempt, or refuse with NotFound or NotAnException.
    """
    last = await _exception(work, order_id)
    await settle(work, [last], [(None, None)], OrderAction.GIVE_UP, was=OrderStatus.FAILED)
    key = (last.person_id, last.application_id)
    if not await move_many(work, [key], Action.GIVE_UP, Also(reasons=[FAILED_FOR_GOOD])):
        raise RecordsMoved("1 application was not in production")
    work.record(last.person_id, "production.given_up", order_id)
    return last


async def _exception(work: Work, order_id: int) -> SentOrder:
    """Give the last attempt of a card on the list. Two who look at the same card take turns."""
    await work.run(SQL["take_turn"])
    asked = {"order_id": order_id, "failed": OrderStatus.FAILED}
    last = await work.row(SQL["last_attempt"], asked, SentOrder)
    if last is None:
        raise NotFound(f"order {order_id}")
    if last.order_id != order_id:
        raise NotAnException(f"order {order_id}", newest=last.order_id, status=last.status)
    return last

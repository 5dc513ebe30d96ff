"""How an order ends: made, or failed and (a few times) ordered again. Only the room's own commands do it."""

from __future__ import annotations

from collections.abc import Sequence

from shebaoka.cards import commands as cards
from shebaoka.cards.model import MadeCard
from shebaoka.issuing.applications.commands import Also, end_entitled_no_more, end_of_dead, move_many
from shebaoka.issuing.applications.states import Action
from shebaoka.issuing.production.errors import RecordsMoved, ReturnRefused
from shebaoka.issuing.production.model import ATTEMPTS_MAX, BatchOrder, NewOrder, SentOrder
from shebaoka.issuing.production.placing import place
from shebaoka.issuing.production.states import (
    LAPSING,
    BatchAction,
    BatchStatus,
    OrderAction,
    OrderStatus,
    after,
)
from shebaoka.issuing.production.store import SQL
from shebaoka.kit.work import Work
from shebaoka.records.bureau import ReturnRecord
from shebaoka.registry.people import views as people


async def make(work: Work, made: Sequence[tuple[SentOrder, ReturnRecord]]) -> None:
    """Take in cards that were made: order, card and application move together."""
    if not made:
        return
    orders = [order for order, _ in made]
    await settle(work, orders, [(None, None)] * len(orders), OrderAction.MAKE)
    card_ids = work.ids.many(len(made))
    await _take(work, [_card(*one, card_id) for one, card_id in zip(made, card_ids, strict=True)])
    keys = [(order.person_id, order.application_id) for order in orders]
    moved = await move_many(work, keys, Action.MAKE, Also(cards=card_ids))
    if moved != len(keys):
        raise RecordsMoved(f"{len(keys) - moved} applications were not in production")
    await _bury(work, [order.person_id for order in orders])
    await end_entitled_no_more(work, keys)


async def _bury(work: Work, holders: Sequence[int]) -> None:
    """End what was made for those who died meanwhile: their cards are void and go nowhere."""
    dead = [one.person_id for one in (await people.by_ids(work, holders)).values() if one.died_on]
    if dead:
        await end_of_dead(work, dead)
        await cards.void_of_dead(work, dead)


async def fail(
    work: Work, orders: Sequence[SentOrder], reasons: Sequence[tuple[str, str]], action: OrderAction
) -> int:
    """Let orders fail, each with stage and reason, and order again those with attempts left; give how many."""
    if not orders:
        return 0
    await settle(work, orders, reasons, action)
    work.record_many("production.failed", [(order.person_id, order.order_id) for order in orders])
    again = [next_attempt(work, order) for order in orders if order.attempt < ATTEMPTS_MAX]
    await place(work, again)
    return len(again)


def next_attempt(work: Work, order: SentOrder) -> NewOrder:
    """Give the order for the same card once more: same number, same end, issued today.

    A card whose end has come meanwhile keeps its day of issue: the bureau makes none that ends before it begins, and
    its holder applies again.
    """
    assert after(OrderStatus.FAILED, OrderAction.AGAIN) == OrderStatus.ORDERED
    ended = order.expires_on is not None and order.expires_on < work.today
    return NewOrder(
        order.person_id, order.application_id, order.attempt + 1, order.card_number, order.bank_id,
        order.expires_on, order.issued_on if ended else work.today,
    )  # fmt: skip


async def unanswered(work: Work, batch_id: int) -> list[SentOrder]:
    """Give the orders of a batch that wait for an answer."""
    return await work.rows(
        SQL["unanswered_orders"], {"batch_id": batch_id, "status": OrderStatus.ORDERED}, SentOrder
    )


async def finish(work: Work, batch_id: int) -> None:
    """Note that a batch is answered once none of its cards waits; one that is over already stays as it is."""
    waiting = {"batch_id": batch_id, "status": OrderStatus.ORDERED}
    status = await work.value(SQL["lock_batch"], {"batch_id": batch_id})
    if status not in LAPSING or await work.value(SQL["unanswered_count"], waiting):
        return
    parameters = {
        "batch_id": batch_id, "now": work.now, "from_status": status,
        "to_status": after(BatchStatus(status), BatchAction.ANSWER),
    }  # fmt: skip
    await work.run(SQL["move_batch"], parameters)


async def _take(work: Work, made: Sequence[MadeCard]) -> None:
    taken = await cards.take_made_cards(work, made)
    for refused in taken.refused:
        raise ReturnRefused(f"{refused.card_number}: {refused.reason}", card_number=refused.card_number)


def _card(order: SentOrder, line: ReturnRecord, card_id: int) -> MadeCard:
    return MadeCard(
        person_id=order.person_id,
        card_id=card_id,
        card_number=order.card_number,
        bank_id=order.bank_id,
        issued_on=order.issued_on,
        expires_on=order.expires_on,
        identification_code=line.chip_id,
        reset_code=line.reset_code,
    )


async def settle(
    work: Work,
    orders: Sequence[SentOrder | BatchOrder],
    reasons: Sequence[tuple[str | None, str | None]],
    action: OrderAction,
    *,
    was: OrderStatus = OrderStatus.ORDERED,
) -> None:
    """Take an action on orders, each with stage and reason where it has them; RecordsMoved when one is not where it was."""
    settled = await work.run(SQL["settle_orders"], {
        "people": [order.person_id for order in orders],
        "orders": [order.order_id for order in orders],
        "stages": [stage for stage, _ in reasons],
        "reasons": [reason for _, reason in reasons],
        "from_status": was,
        "to_status": after(was, action),
        "now": work.now,
    })  # fmt: skip
    if settled != len(orders):
        raise RecordsMoved(f"{len(orders) - settled} orders had been answered meanwhile")

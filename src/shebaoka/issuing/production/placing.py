"""How orders are put into batches. Only the room's own commands do it."""

from __future__ import annotations

from collections.abc import Sequence

from shebaoka.issuing.production.model import CARDS_PER_BATCH_MAX, FIRST_ATTEMPT, NewOrder
from shebaoka.issuing.production.states import FIRST_BATCH, FIRST_ORDER
from shebaoka.issuing.production.store import SQL
from shebaoka.kit.work import Work

COLUMNS = (
    "person_id", "order_id", "application_id", "batch_id", "attempt", "status", "card_number", "bank_id",
    "expires_on", "issued_on", "updated_at",
)  # fmt: skip


def spread(count: int, room: int) -> list[int]:
    """Give how many of `count` cards the open batch takes (it has `room`), then each new batch."""
    first = min(count, room)
    rest = count - first
    full, last = divmod(rest, CARDS_PER_BATCH_MAX)
    return [first, *[CARDS_PER_BATCH_MAX] * full, *([last] if last else [])]


async def place(work: Work, orders: Sequence[NewOrder]) -> int:
    """Put orders into batches and give how many new batches that took.

    This function will hold the turn to fill batches until the transaction ends.
    """
    if not orders:
        return 0
    await work.run(SQL["take_turn"])
    batches, fresh = await _batches(work, len(orders))
    rows = [
        (order.person_id, order_id, order.application_id, batch_id, order.attempt, FIRST_ORDER, order.card_number,
         order.bank_id, order.expires_on, order.issued_on, work.now)
        for order, order_id, batch_id in zip(orders, work.ids.many(len(orders)), batches, strict=True)
    ]  # fmt: skip
    await work.copy("production_order", COLUMNS, rows)
    # A first order is told by `application.in_production` in the same breath.
    again = [
        (row[0], row[1]) for row, order in zip(rows, orders, strict=True) if order.attempt > FIRST_ATTEMPT
    ]
    work.record_many("production.ordered_again", again)
    return fresh


async def _batches(work: Work, count: int) -> tuple[list[int], int]:
    """Give a batch for each of `count` cards, and how many of these batches are new."""
    found = await work.row(SQL["open_batch"], {"status": FIRST_BATCH, "cards_max": CARDS_PER_BATCH_MAX})
    open_id, held = found or (0, CARDS_PER_BATCH_MAX)
    first, *sizes = spread(count, CARDS_PER_BATCH_MAX - held)
    if first:
        await work.run(SQL["fill_batch"], {"batch_id": open_id, "cards": first, "status": FIRST_BATCH})
    fresh = list(work.ids.many(len(sizes))) if sizes else []
    if fresh:
        await work.run(
            SQL["add_batches"], {"batches": fresh, "cards": sizes, "status": FIRST_BATCH, "now": work.now}
        )
    places = zip([open_id, *fresh], [first, *sizes], strict=True)
    return [batch_id for batch_id, cards in places for _ in range(cards)], len(fresh)

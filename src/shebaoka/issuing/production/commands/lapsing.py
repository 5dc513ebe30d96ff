"""Cards that the bureau never answered are given up, and ordered again."""

from __future__ import annotations

from datetime import timedelta

from shebaoka.issuing.production.commands.settling import fail, finish, unanswered
from shebaoka.issuing.production.model import UNANSWERED_DAYS, Progress, quiet
from shebaoka.issuing.production.sorting import UNANSWERED
from shebaoka.issuing.production.states import LAPSING, OrderAction
from shebaoka.issuing.production.store import SQL
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.work import Work

NOT_ANSWERED = "期限内未回盘 · not answered in time"


async def lapse_due(
    database: Database, progress: Progress = quiet, *, unanswered_days: int = UNANSWERED_DAYS
) -> int:
    """Give up cards that the bureau has left unanswered for so many days, and order them again.

    This function will take one transaction a batch and give how many cards it gave up. A batch that is held waits for a person.
    """
    async with database.work(SYSTEM) as work:
        before = work.now - timedelta(days=unanswered_days)
        due = await work.rows(SQL["lapsing_batches"], {"statuses": list(LAPSING), "before": before})
    lapsed = 0
    for (batch_id,) in due:
        async with database.work(SYSTEM) as work:
            lapsed += (cards := await _lapse(work, batch_id))
        progress(cards)
    return lapsed


async def _lapse(work: Work, batch_id: int) -> int:
    if await work.value(SQL["lock_batch"], {"batch_id": batch_id}) not in LAPSING:
        return 0
    orders = await unanswered(work, batch_id)
    await fail(work, orders, [(UNANSWERED, NOT_ANSWERED)] * len(orders), OrderAction.LAPSE)
    await finish(work, batch_id)
    return len(orders)

"""The bureau's answers are taken in: each file whole and once, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from shebaoka.issuing.production.arrival import Answer, read_arrival
from shebaoka.issuing.production.commands.settling import fail, finish, make
from shebaoka.issuing.production.errors import ExchangeFolderUnusable, RecordsMoved, ReturnRefused
from shebaoka.issuing.production.exchange import Exchange, digest_of_file
from shebaoka.issuing.production.model import (
    UNANSWERED_DAYS,
    Difference,
    Progress,
    ReturnCounts,
    SentOrder,
    quiet,
)
from shebaoka.issuing.production.sorting import UNANSWERED, Sorted, sort_out
from shebaoka.issuing.production.states import BatchStatus, OrderAction, OrderStatus
from shebaoka.issuing.production.store import SQL
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.problems import Problem
from shebaoka.kit.work import Work
from shebaoka.records.trailed_csv import BureauFileRefused

NOT_ANSWERED = "期限内未回盘 · not answered in time"


async def take_returns(
    database: Database, bureau_dir: Path, bureau_key: bytes, progress: Progress = quiet
) -> ReturnCounts:
    """Take in every complete file that waits in `from-bureau/`.

    This function will commit each file as one transaction and then move it to `done/`, or to `refused/` beside a
    text that says why. Killed anywhere and run again it does nothing twice. A file whose orders do not stand where
    they should is left lying; the others are taken, and then RecordsMoved is raised.
    """
    exchange = Exchange.at(bureau_dir, bureau_key)
    total = ReturnCounts()
    stuck: RecordsMoved | None = None
    for path in exchange.arrivals():
        try:
            taken = await _take(database, exchange, path)
        except RecordsMoved as error:
            stuck = error
            continue
        total += taken
        progress(taken.made + taken.failed)
    if stuck:
        raise stuck
    return total


async def _take(database: Database, exchange: Exchange, path: Path) -> ReturnCounts:
    try:
        return await _take_file(database, exchange, path)
    except ExchangeFolderUnusable:
        if path in exchange.arrivals():
            raise
        return ReturnCounts()  # another process has taken it meanwhile


async def _take_file(database: Database, exchange: Exchange, path: Path) -> ReturnCounts:
    try:
        answer = read_arrival(exchange, path)
        async with database.work(SYSTEM) as work:
            taken = await _take_answer(work, answer)
    except (BureauFileRefused, ReturnRefused) as refusal:
        return await _turn_away(database, exchange, path, refusal)
    if not taken.waiting:
        exchange.put_away(path)
    return taken


async def _turn_away(database: Database, exchange: Exchange, path: Path, refusal: Problem) -> ReturnCounts:
    """Note the difference first: killed before the move, the same difference is found again and stands there."""
    digest = digest_of_file(exchange, path)
    async with database.work(SYSTEM) as work:
        fresh = await _add_differences(
            work, path.name, digest, [Difference("file_refused", "", refusal.detail)]
        )
        if fresh:
            work.record(0, "return_file.refused", path.name, reason=refusal.slug)
    exchange.turn_away(path, f"{path.name}\n\n{refusal.sentence()}\n")
    return ReturnCounts(refused=1, differences=fresh)


async def _take_answer(work: Work, answer: Answer) -> ReturnCounts:
    status = await work.value(SQL["lock_batch"], {"batch_id": answer.batch_id})
    if status is None or status == BatchStatus.OPEN:
        raise ReturnRefused("该批次没有发送过 · no such batch was ever sent", batch=answer.batch_id)
    if status == BatchStatus.CLOSED:
        return ReturnCounts(waiting=1)
    if await _taken_before(work, answer):
        return ReturnCounts(already=1)
    rows = await work.rows(SQL["sent_orders"], {"batch_id": answer.batch_id}, SentOrder)
    return await _apply(work, answer, _sorted(work, answer, rows))


async def _taken_before(work: Work, answer: Answer) -> bool:
    known = await work.rows(
        SQL["return_taken"],
        {"file_name": answer.name, "batch_id": answer.batch_id, "digest": answer.digest},
    )
    if any(name == answer.name and digest != answer.digest for name, digest in known):
        raise ReturnRefused(
            "同名文件已经采用过，内容不同；请制卡中心换用下一个序号"
            " · a file of this name and another content was taken before; the bureau must use the next number"
        )
    return bool(known)


def _sorted(work: Work, answer: Answer, orders: Sequence[SentOrder]) -> Sorted:
    if answer.lines is not None:
        return sort_out(answer.lines, {order.card_number: order for order in orders}, work.vault.digest)
    return Sorted([], [], [])


async def _apply(work: Work, answer: Answer, found: Sorted) -> ReturnCounts:
    await make(work, found.made)
    failed = [order for order, _ in found.failed]
    reasons = [(line.failed_stage, line.failure_reason) for _, line in found.failed]
    if answer.lines is None:
        failed = await _unanswered(work, answer.batch_id)
        reasons = [("制卡", answer.sentence)] * len(failed)
    reordered = await fail(work, failed, reasons, OrderAction.FAIL)
    await finish(work, answer.batch_id)
    await _add_differences(work, answer.name, answer.digest, found.differences)
    counts = ReturnCounts(
        files=1,
        made=len(found.made),
        failed=len(failed),
        reordered=reordered,
        differences=len(found.differences),
    )
    await _note(work, answer, counts)
    return counts


async def _note(work: Work, answer: Answer, counts: ReturnCounts) -> None:
    parameters = {
        "file_name": answer.name, "digest": answer.digest, "batch_id": answer.batch_id,
        "lines": len(answer.lines or ()), "made": counts.made, "failed": counts.failed,
        "differences": counts.differences, "now": work.now,
    }  # fmt: skip
    await work.run(SQL["add_return"], parameters)
    work.record(
        0,
        "return_file.taken",
        answer.name,
        made=counts.made,
        failed=counts.failed,
        differences=counts.differences,
    )


async def _add_differences(work: Work, name: str, digest: bytes, found: Sequence[Difference]) -> int:
    if not found:
        return 0
    parameters = {
        "file_name": name, "digest": digest, "now": work.now,
        "ordinals": list(range(1, len(found) + 1)),
        "kinds": [difference.kind for difference in found],
        "cards": [difference.card_number for difference in found],
        "details": [difference.detail for difference in found],
    }  # fmt: skip
    return await work.run(SQL["add_differences"], parameters)


async def _unanswered(work: Work, batch_id: int) -> list[SentOrder]:
    return await work.rows(
        SQL["unanswered_orders"], {"batch_id": batch_id, "status": OrderStatus.ORDERED}, SentOrder
    )


async def lapse_due(
    database: Database, progress: Progress = quiet, *, unanswered_days: int = UNANSWERED_DAYS
) -> int:
    """Give up cards that the bureau has left unanswered for so many days, and order them again.

    This function will take one transaction a batch and give how many cards it gave up.
    """
    async with database.work(SYSTEM) as work:
        before = work.now - timedelta(days=unanswered_days)
        due = await work.rows(SQL["lapsing_batches"], {"status": BatchStatus.WRITTEN, "before": before})
    lapsed = 0
    for (batch_id,) in due:
        async with database.work(SYSTEM) as work:
            lapsed += (cards := await _lapse(work, batch_id))
        progress(cards)
    return lapsed


async def _lapse(work: Work, batch_id: int) -> int:
    if await work.value(SQL["lock_batch"], {"batch_id": batch_id}) != BatchStatus.WRITTEN:
        return 0
    orders = await _unanswered(work, batch_id)
    await fail(work, orders, [(UNANSWERED, NOT_ANSWERED)] * len(orders), OrderAction.LAPSE)
    await finish(work, batch_id)
    return len(orders)

"""The bureau's files are taken in: each whole and once, or not at all."""

from __future__ import annotations

from pathlib import Path

from shebaoka.issuing.production.arrival import Answer, read_arrival
from shebaoka.issuing.production.bureau import Bureau
from shebaoka.issuing.production.commands.holding import add_differences
from shebaoka.issuing.production.commands.receiving import take_receipt
from shebaoka.issuing.production.commands.returning import take_answer
from shebaoka.issuing.production.errors import ExchangeFolderUnusable, RecordsMoved, ReturnRefused
from shebaoka.issuing.production.exchange import Exchange, digest_of_file
from shebaoka.issuing.production.model import Difference, Progress, ReturnCounts, quiet
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.problems import Problem
from shebaoka.kit.work import Work
from shebaoka.records.bureau import Receipt
from shebaoka.records.trailed_csv import BureauFileRefused


async def take_returns(database: Database, bureau: Bureau, progress: Progress = quiet) -> ReturnCounts:
    """Take in every complete file that waits in `from-bureau/`.

    This function will commit each file as one transaction and then move it to `done/`, or to `refused/` beside a
    text that says why. Killed anywhere and run again it does nothing twice. A file whose batch is not that far, or held, waits;
    one whose orders do not stand where they should is left lying, the others are taken, and then RecordsMoved is raised.
    """
    exchange = Exchange.at(bureau.folder)
    total = ReturnCounts()
    stuck: RecordsMoved | None = None
    for path in exchange.arrivals():
        try:
            taken = await _take(database, bureau, path)
        except RecordsMoved as error:
            stuck = error
            continue
        total += taken
        progress(taken.made + taken.failed)
    if stuck:
        raise stuck
    return total


async def _take(database: Database, bureau: Bureau, path: Path) -> ReturnCounts:
    try:
        return await _take_file(database, bureau, path)
    except ExchangeFolderUnusable:
        if path in Exchange(bureau.folder).arrivals():
            raise
        return ReturnCounts()  # another process has taken it meanwhile


async def _take_file(database: Database, bureau: Bureau, path: Path) -> ReturnCounts:
    try:
        answer = read_arrival(bureau, path)
        async with database.work(SYSTEM) as work:
            taken = await _take_answer(work, bureau, answer)
    except (BureauFileRefused, ReturnRefused) as refusal:
        return await _turn_away(database, bureau, path, refusal)
    if not taken.waiting:
        Exchange(bureau.folder).put_away(path)
    return taken


async def _take_answer(work: Work, bureau: Bureau, answer: Answer) -> ReturnCounts:
    if isinstance(answer.said, Receipt):
        return await take_receipt(work, answer, answer.said)
    return await take_answer(work, bureau, answer)


async def _turn_away(database: Database, bureau: Bureau, path: Path, refusal: Problem) -> ReturnCounts:
    """Note the difference first: killed before the move, the same difference is found again and stands there."""
    exchange = Exchange(bureau.folder)
    digest = digest_of_file(exchange, path)
    async with database.work(SYSTEM) as work:
        fresh = await add_differences(
            work, path.name, digest, [Difference("file_refused", "", refusal.detail)]
        )
        if fresh:
            work.record(0, "return_file.refused", path.name, reason=refusal.slug)
    exchange.turn_away(path, f"{path.name}\n\n{refusal.sentence()}\n")
    return ReturnCounts(refused=1, differences=fresh)

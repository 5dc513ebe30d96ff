"""Answering a list: counts, the reasons row by row, and the rows that did not go through as a file to correct."""

from __future__ import annotations

import asyncio
from typing import Final

import polars as pl

from shebaoka.issuing.lists.model import ListAnswer, ListFile, ListOf, tally
from shebaoka.issuing.lists.store import REJECT_COLUMNS, SQL
from shebaoka.issuing.lists.views import all_rejects
from shebaoka.kit.actor import Actor
from shebaoka.kit.database import Database
from shebaoka.kit.work import Work
from shebaoka.records.lists import REJECT_SCHEMA, ListResult, write_rejects

STORED: Final = {
    "column": "column_name", "code": "reason", "reason_zh": "reason_zh", "reason_en": "reason_en",
    "remedy_zh": "remedy_zh", "remedy_en": "remedy_en",
}  # fmt: skip


async def answer_first(database: Database, actor: Actor, listed: ListFile, result: ListResult) -> ListAnswer:
    """Give the answer and store it. Of two runs at the same time, this function will store one answer."""
    accepted, rejected, repeated = tally(result.total_rows, result.rejects)
    counts = {
        "total_rows": result.total_rows,
        "accepted_rows": accepted,
        "rejected_rows": rejected,
        "repeated_rows": repeated,
    }
    async with database.work(actor) as work:
        if await work.row(SQL["answer"], {"list_id": listed.list_id, "now": work.now, **counts}):
            await _store(work, listed.list_id, result.rejects)
            work.record(0, "list.answered", listed.list_id, **counts)
    return await _answer(listed, result, counts, again=False)


async def answer_again(database: Database, actor: Actor, listed: ListFile, result: ListResult) -> ListAnswer:
    """Give the stored answer of a list that was answered before."""
    async with database.work(actor) as work:
        stored = await all_rejects(work, listed.list_id)
    lines = [
        (
            one.row_no,
            one.column_name,
            "",
            one.reason,
            one.reason_zh,
            one.reason_en,
            one.remedy_zh,
            one.remedy_en,
        )
        for one in stored
    ]
    frame = pl.DataFrame(lines, schema=REJECT_SCHEMA, orient="row")
    business = frame.join(result.rejects, on="row_no", how="anti", maintain_order="left")
    counts = {
        "total_rows": listed.total_rows or 0,
        "accepted_rows": listed.accepted_rows or 0,
        "rejected_rows": listed.rejected_rows or 0,
        "repeated_rows": listed.repeated_rows or 0,
    }
    return await _answer(listed, result.refuse(business), counts, again=True)


async def _answer(listed: ListFile, result: ListResult, counts: dict[str, int], *, again: bool) -> ListAnswer:
    workbook = await asyncio.to_thread(write_rejects, result) if result.rejects.height else None
    return ListAnswer(
        list_id=listed.list_id,
        kind=ListOf(listed.kind),
        name=listed.name,
        again=again,
        rejects=result.rejects,
        notes=result.notes,
        workbook=workbook,
        **counts,
    )


async def _store(work: Work, list_id: int, rejects: pl.DataFrame) -> None:
    ordinal = pl.int_range(pl.len()).over("row_no").alias("ordinal")
    columns = [pl.col(name).alias(stored) for name, stored in STORED.items()]
    lines = rejects.select(pl.lit(list_id).alias("list_id"), "row_no", ordinal, *columns)
    await work.copy("list_reject", REJECT_COLUMNS, lines.select(REJECT_COLUMNS).iter_rows())

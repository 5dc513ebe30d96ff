"""Answering a list: counts, the reasons row by row, and the rows that did not go through as a file to correct."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final

import polars as pl

from shebaoka.issuing.lists.model import REPEATS, ListAnswer, ListFile, ListOf, by_row, tally
from shebaoka.issuing.lists.store import REJECT_COLUMNS, SQL
from shebaoka.issuing.lists.views import all_rejects
from shebaoka.kit.actor import Actor
from shebaoka.kit.database import Database
from shebaoka.kit.work import Work
from shebaoka.records.lists import REJECT_SCHEMA, ListResult, origins, write_rejects

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
    first = listed.structure
    assert first, "the structure was checked before the people"
    async with database.work(actor) as work:
        given = {"list_id": listed.list_id, "now": work.now, "rows_checked": first.passed, **counts}
        if await work.row(SQL["answer"], given):
            await _store(work, listed.list_id, result.rejects)
            await _trace(work, listed, result)
            work.record(0, "list.answered", listed.list_id, **counts)
        amends = await _amends(work, listed.list_id)
    answered = replace(
        listed, total_rows=result.total_rows, accepted_rows=accepted, rejected_rows=rejected, repeated_rows=repeated
    )  # fmt: skip
    return await _answer(answered, result, amends, again=False)


async def answer_again(database: Database, actor: Actor, listed: ListFile, result: ListResult) -> ListAnswer:
    """Give the stored answer of a list that was answered before."""
    async with database.work(actor) as work:
        stored = await all_rejects(work, listed.list_id)
        amends = await _amends(work, listed.list_id)
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
    if listed.structure is None:  # answered before the two checks were told apart
        _, faulty, twice = tally(result.total_rows, result.rejects)
        listed = replace(listed, rows_read=result.total_rows, rows_faulty=faulty, rows_twice=twice)
    return await _answer(listed, result.refuse(business), amends, again=True)


async def _answer(
    listed: ListFile, result: ListResult, amends: tuple[int, ...], *, again: bool
) -> ListAnswer:
    structure, business = listed.structure, listed.business
    assert structure, "an answered list was read"
    assert business, "an answered list has its counts"
    failures = _failures(result)
    workbook = None
    if failures.rejects.height:
        workbook = await asyncio.to_thread(write_rejects, failures, str(listed.list_id))
    return ListAnswer(
        list_id=listed.list_id,
        kind=ListOf(listed.kind),
        name=listed.name,
        total_rows=structure.rows,
        accepted_rows=business.passed,
        rejected_rows=structure.failed + business.failed,
        repeated_rows=structure.repeated + business.repeated,
        again=again,
        structure=structure,
        business=business,
        amends=amends,
        rejects=result.rejects,
        notes=result.notes,
        workbook=workbook,
    )


def _failures(result: ListResult) -> ListResult:
    """Keep what is to be mended: a row that has what it asks for already has no place in the file to correct."""
    rows = by_row(result.rejects).filter(~pl.col("repeated"))
    return replace(result, rejects=result.rejects.join(rows, on="row_no", how="semi", maintain_order="left"))


async def _trace(work: Work, listed: ListFile, result: ListResult) -> None:
    """Tie rows that were sent back before to the rows they were."""
    told = origins(result).filter(pl.col("from_list_id") != listed.list_id)
    if not told.height:
        return
    came_to = pl.when("repeated").then(pl.lit("repeated")).otherwise(pl.lit("rejected"))
    outcomes = by_row(result.rejects).select("row_no", came_to.alias("outcome"))
    sent = told.join(outcomes, on="row_no", how="left", maintain_order="left")
    await work.run(SQL["resend"], {
        "list_id": listed.list_id, "kind": listed.kind, "organisation_id": listed.organisation_id,
        "rows": sent["row_no"].to_list(), "lists": sent["from_list_id"].to_list(),
        "list_rows": sent["from_row_no"].to_list(), "outcomes": sent["outcome"].fill_null("accepted").to_list(),
        "repeats": sorted(REPEATS),
    })  # fmt: skip


async def _amends(work: Work, list_id: int) -> tuple[int, ...]:
    return tuple(number for (number,) in await work.rows(SQL["amends"], {"list_id": list_id}))


async def _store(work: Work, list_id: int, rejects: pl.DataFrame) -> None:
    ordinal = pl.int_range(pl.len()).over("row_no").alias("ordinal")
    columns = [pl.col(name).alias(stored) for name, stored in STORED.items()]
    lines = rejects.select(pl.lit(list_id).alias("list_id"), "row_no", ordinal, *columns)
    await work.copy("list_reject", REJECT_COLUMNS, lines.select(REJECT_COLUMNS).iter_rows())

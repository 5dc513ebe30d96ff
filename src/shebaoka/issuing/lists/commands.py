"""Taking in lists: stored as they came, checked, applied in chunks, and every row answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

import polars as pl

from shebaoka.issuing.applications.views import rows_of_list
from shebaoka.issuing.lists.answering import answer_again, answer_first
from shebaoka.issuing.lists.kinds.common import Taking
from shebaoka.issuing.lists.kinds.employer import Employer
from shebaoka.issuing.lists.kinds.intake import Intake
from shebaoka.issuing.lists.kinds.register import Register
from shebaoka.issuing.lists.kinds.school import School
from shebaoka.issuing.lists.model import (
    LAYOUTS,
    ROWS_AT_ONCE,
    ListAnswer,
    ListFile,
    ListOf,
    Notice,
    Progress,
    Refused,
    Row,
    place,
    refusals,
    tally,
)
from shebaoka.issuing.lists.store import SQL
from shebaoka.kit.actor import Actor
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.database import Database
from shebaoka.kit.problems import Problem
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work
from shebaoka.records.lists import ListResult, ListTooLarge, read_list
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import Institution

FILE_BYTES_MAX: Final = 64 * 2**20


async def take_in(
    database: Database,
    actor: Actor,
    kind: ListOf,
    name: str,
    data: bytes,
    *,
    organisation_id: int | None = None,
    invented_allowed: bool = False,
    progress: Progress | None = None,
) -> ListAnswer:
    """Take in a list and answer every row of it.

    `organisation_id`: whose list it is, where the card centre hands it in for somebody. Two checks: structure, of the whole
    file before anything is applied, then business, row by row. The file is stored sealed before anything else, and is
    thrown away when its structure cannot be read; good rows are applied in chunks of 5,000, each one transaction. The same file again gives the stored
    answer, or goes on where an interrupted run ended: nothing enters twice. This function will raise the Problem
    that says why a list cannot be taken in at all; then nothing of it was applied.
    """
    if len(data) > FILE_BYTES_MAX:
        raise ListTooLarge(f"文件超过{FILE_BYTES_MAX >> 20} MB · The file has more than that")
    owner = actor.organisation_id if organisation_id is None else organisation_id
    listed, fresh = await _enter(database, actor, kind, owner, name, data)
    on = listed.received_at.astimezone(SHANGHAI).date()
    async with _refusing(database, actor, listed, kept=False):
        result = await asyncio.to_thread(
            read_list, data, listed.name, LAYOUTS[kind], on=on, invented_allowed=invented_allowed
        )
    if listed.answered_at:
        return await answer_again(database, actor, listed, result)
    listed = await _read(database, actor, listed, result)
    done = set() if fresh else await _applied(database, actor, listed)
    rows = result.rows.filter(~pl.col("row_no").is_in(list(done))) if done else result.rows
    async with _refusing(database, actor, listed, kept=True):
        taking = await _begun(database, actor, listed, rows)
    refused = await _apply(database, actor, listed, taking, rows, progress, done=len(done))
    return await answer_first(database, actor, listed, result.refuse(refusals(LAYOUTS[kind], refused)))


async def _enter(
    database: Database, actor: Actor, kind: ListOf, owner: int, name: str, data: bytes
) -> tuple[ListFile, bool]:
    content = {"kind": kind, "organisation_id": owner, "digest": sm3(data)}
    async with database.work(actor) as work:
        list_id = work.ids.one()
        sealed = work.vault.seal(data, place(list_id))
        entered = {"list_id": list_id, "name": name, "sealed": sealed, "now": work.now, **content}
        fresh = await work.row(SQL["enter"], entered) is not None
        if fresh:
            work.record(0, "list.received", list_id, kind=kind, bytes=len(data))
        listed = await work.row(SQL["same"], content, ListFile)
        assert listed, "it was entered now or before"
        if not listed.kept:
            again = {"list_id": listed.list_id, "sealed": work.vault.seal(data, place(listed.list_id))}
            await work.run(SQL["keep"], again)
    return listed, fresh


@asynccontextmanager
async def _refusing(database: Database, actor: Actor, listed: ListFile, *, kept: bool) -> AsyncIterator[None]:
    """Note why a list is refused as a whole: whoever handed it in finds it there, and keep the file where it can be read."""
    try:
        yield
    except Problem as problem:
        async with database.work(actor) as work:
            noted = {"list_id": listed.list_id, "refused": problem.slug, "kept": kept}
            if await work.run(SQL["refuse"], noted):
                work.record(0, "list.refused", listed.list_id, why=problem.slug)
        raise


async def _read(database: Database, actor: Actor, listed: ListFile, result: ListResult) -> ListFile:
    """Note what the first check came to: from here on it can be seen how many rows there are to check."""
    _, faulty, twice = tally(result.total_rows, result.rejects)
    read = replace(listed, rows_read=result.total_rows, rows_faulty=faulty, rows_twice=twice)
    async with database.work(actor) as work:
        await work.run(
            SQL["read"],
            {"list_id": listed.list_id, "rows_read": result.total_rows, "rows_faulty": faulty, "rows_twice": twice},
        )  # fmt: skip
    return read


async def _applied(database: Database, actor: Actor, listed: ListFile) -> set[int]:
    """Give the rows that an interrupted run has applied already, whatever became of the applications since."""
    async with database.work(actor) as work:
        return await rows_of_list(work, listed.list_id)


async def _begun(database: Database, actor: Actor, listed: ListFile, rows: pl.DataFrame) -> Taking:
    async with database.work(actor) as work:
        taking = await _taking(work, listed)
        await taking.begin(work, rows)
    return taking


async def _apply(
    database: Database, actor: Actor, listed: ListFile, taking: Taking, rows: pl.DataFrame, progress: Progress | None,
    *, done: int,
) -> list[Refused]:  # fmt: skip
    refused: list[Refused] = []
    for chunk in rows.iter_slices(ROWS_AT_ONCE):
        done += chunk.height
        async with database.work(actor) as work:
            refused += await taking.take(work, _rows(chunk))
            await work.run(SQL["checked"], {"list_id": listed.list_id, "rows_checked": done})
        if progress:
            progress(chunk.height)
    if isinstance(taking, Register):
        for chunk in rows.iter_slices(ROWS_AT_ONCE):
            async with database.work(actor) as work:
                refused += await taking.finish(work, _rows(chunk))
    return refused


async def _taking(work: Work, listed: ListFile) -> Taking:
    sender = await _sender(work, listed.organisation_id)
    came_on = listed.received_at.astimezone(SHANGHAI).date()
    match ListOf(listed.kind):
        case ListOf.EMPLOYER:
            return Employer(listed.list_id, sender)
        case ListOf.SCHOOL:
            return School(listed.list_id, sender, came_on)
        case ListOf.INTAKE:
            return Intake(listed.list_id, sender)
        case ListOf.REGISTER:
            return Register(sender, came_on)


async def _sender(work: Work, organisation_id: int) -> Institution | None:
    """Give the organisation whose list it is; None for the programme itself."""
    return await institutions.by_id(work, organisation_id) if organisation_id else None


def _rows(chunk: pl.DataFrame) -> Sequence[Row]:
    return chunk.rows(named=True)


async def look_at_closed(work: Work, people_max: int) -> list[Notice]:
    """Give notices whose days are over, oldest first, each once for good: they count as looked at from now on."""
    return await work.rows(SQL["closed_notices"], {"today": work.today, "people_max": people_max}, Notice)

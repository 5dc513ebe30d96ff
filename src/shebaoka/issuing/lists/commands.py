"""Taking in lists: stored as they came, checked, applied in chunks, and every row answered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
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
    Progress,
    Refused,
    Row,
    place,
    refusals,
)
from shebaoka.issuing.lists.store import SQL
from shebaoka.kit.actor import Actor
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.database import Database
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work
from shebaoka.records.lists import ListTooLarge, read_list
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

    `organisation_id`: whose list it is, where the card centre hands it in for somebody. The file is stored sealed before
    anything else; good rows are applied in chunks of 5,000, each one transaction. The same file again gives the stored
    answer, or goes on where an interrupted run ended: nothing enters twice. This function will raise the Problem
    that says why a list cannot be taken in at all; then nothing of it was applied.
    """
    if len(data) > FILE_BYTES_MAX:
        raise ListTooLarge(f"文件超过{FILE_BYTES_MAX >> 20} MB · The file has more than that")
    owner = actor.organisation_id if organisation_id is None else organisation_id
    listed, fresh = await _enter(database, actor, kind, owner, name, data)
    on = listed.received_at.astimezone(SHANGHAI).date()
    result = await asyncio.to_thread(
        read_list, data, listed.name, LAYOUTS[kind], on=on, invented_allowed=invented_allowed
    )
    if listed.answered_at:
        return await answer_again(database, actor, listed, result)
    done = set() if fresh else await _applied(database, actor, listed)
    rows = result.rows.filter(~pl.col("row_no").is_in(list(done))) if done else result.rows
    refused = await _apply(database, actor, listed, rows, progress)
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
    return listed, fresh


async def _applied(database: Database, actor: Actor, listed: ListFile) -> set[int]:
    """Give the rows that an interrupted run has applied already, whatever became of the applications since."""
    async with database.work(actor) as work:
        return await rows_of_list(work, listed.list_id)


async def _apply(
    database: Database, actor: Actor, listed: ListFile, rows: pl.DataFrame, progress: Progress | None
) -> list[Refused]:
    async with database.work(actor) as work:
        taking = await _taking(work, listed)
        await taking.begin(work, rows)
    refused: list[Refused] = []
    for chunk in rows.iter_slices(ROWS_AT_ONCE):
        async with database.work(actor) as work:
            refused += await taking.take(work, _rows(chunk))
        if progress:
            progress(chunk.height)
    if isinstance(taking, Register):
        for chunk in rows.iter_slices(ROWS_AT_ONCE):
            async with database.work(actor) as work:
                refused += await taking.finish(work, _rows(chunk))
    return refused


async def _taking(work: Work, listed: ListFile) -> Taking:
    sender = await _sender(work, listed.organisation_id)
    match ListOf(listed.kind):
        case ListOf.EMPLOYER:
            return Employer(listed.list_id, sender)
        case ListOf.SCHOOL:
            return School(listed.list_id, sender, listed.received_at.astimezone(SHANGHAI).date())
        case ListOf.INTAKE:
            return Intake(listed.list_id, sender)
        case ListOf.REGISTER:
            return Register(sender)


async def _sender(work: Work, organisation_id: int) -> Institution | None:
    """Give the organisation whose list it is; None for the programme itself."""
    return await institutions.by_id(work, organisation_id) if organisation_id else None


def _rows(chunk: pl.DataFrame) -> Sequence[Row]:
    return chunk.rows(named=True)

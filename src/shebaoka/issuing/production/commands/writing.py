"""Batches are closed, their production files written, and handed to the bureau: one batch at a time, each step on its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from shebaoka.issuing.production import contents, custody
from shebaoka.issuing.production.arrival import production_name
from shebaoka.issuing.production.bureau import Bureau
from shebaoka.issuing.production.commands.settling import settle
from shebaoka.issuing.production.contents import Fit, Unfit
from shebaoka.issuing.production.errors import ProductionFileLost
from shebaoka.issuing.production.exchange import Exchange
from shebaoka.issuing.production.model import BatchOrder, Progress, Sent, Step, WriteCounts, quiet
from shebaoka.issuing.production.sorting import bank_text
from shebaoka.issuing.production.states import BatchAction, BatchStatus, OrderAction, after
from shebaoka.issuing.production.store import SQL
from shebaoka.keys.commands import hand_out
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work
from shebaoka.records import bureau as files
from shebaoka.records.bureau import Production
from shebaoka.registry.programme.views import load

UNFIT = "数据"
"""The stage at which a card fails that can be neither printed nor written: a person mends what is held of its holder."""


async def write_due(database: Database, bureau: Bureau, progress: Progress = quiet) -> WriteCounts:
    """Close the open batches; write the sealed production file of every closed one, and hand every written one to the bureau.

    This function will hold one batch in memory at a time. Killed anywhere and run again it goes on: a file is handed over only
    after the transaction that wrote it, and the bureau sees a batch once. Raises ProductionFileLost after all others are done.
    """
    exchange = Exchange.at(bureau.folder)
    counts = WriteCounts()
    lost: ProductionFileLost | None = None
    for batch_id in await _due(database):
        async with database.work(SYSTEM) as work:
            written = await _write(work, bureau, exchange, batch_id)
        try:
            async with database.work(SYSTEM) as work:
                counts += await _hand(work, exchange, batch_id)
        except ProductionFileLost as error:
            lost = error
        counts += written
        progress(written.cards)
    if lost:
        raise lost
    return counts


async def _due(database: Database) -> list[int]:
    closed = after(BatchStatus.OPEN, BatchAction.CLOSE)
    async with database.work(SYSTEM) as work:
        await work.run(SQL["take_turn"])
        await work.run(SQL["close_batches"], {"from_status": BatchStatus.OPEN, "to_status": closed})
        due = await work.rows(SQL["batches_in"], {"statuses": [closed, BatchStatus.WRITTEN]})
    return [batch_id for (batch_id,) in due]


async def _write(work: Work, bureau: Bureau, exchange: Exchange, batch_id: int) -> WriteCounts:
    if await work.value(SQL["lock_batch"], {"batch_id": batch_id}) != BatchStatus.CLOSED:
        return WriteCounts()  # written before, or by another process meanwhile
    rule = (await load(work)).card_making(work.present_day)
    orders = await work.rows(SQL["batch_orders"], {"batch_id": batch_id}, BatchOrder)
    batch = await contents.batch_of(work, batch_id, bureau.division, rule)
    lines = await contents.lines_of(work, orders)
    fit, unfit = await asyncio.to_thread(contents.looked_at, batch, lines, rule)
    await _set_aside(work, unfit)
    if not fit:
        await _move(work, batch_id, BatchStatus.CLOSED, BatchAction.ANSWER)
        return WriteCounts(unfit=len(unfit))
    keys = await hand_out(work, bureau.keys, batch_id, len(fit), bureau.theirs)
    content = contents.production(batch, fit, keys)
    name = production_name(batch_id)
    digest = await asyncio.to_thread(_lay, bureau, exchange, name, content)
    await _note(work, batch_id, name, digest, len(fit))
    await _note_sent(work, content, fit)
    return WriteCounts(cards=len(fit), unfit=len(unfit))


def _lay(bureau: Bureau, exchange: Exchange, name: str, content: Production) -> bytes:
    sealed = files.seal_file(
        bureau.ours, bureau.theirs, name, files.write_production(content), len(content.records)
    )
    exchange.lay(name, sealed)
    return sm3(sealed)


async def _set_aside(work: Work, unfit: Sequence[Unfit]) -> None:
    """Let cards fail for good that nobody can make as they are: they go on the exception list, each with its reason."""
    if not unfit:
        return
    orders = [one.line.order for one in unfit]
    await settle(work, orders, [(UNFIT, one.reason) for one in unfit], OrderAction.FAIL)
    work.record_many("production.failed", [(order.person_id, order.order_id) for order in orders])


async def _move(work: Work, batch_id: int, was: BatchStatus, action: BatchAction) -> None:
    await work.run(SQL["move_batch"], {
        "batch_id": batch_id, "from_status": was, "to_status": after(was, action), "now": work.now,
    })  # fmt: skip


async def _note(work: Work, batch_id: int, name: str, digest: bytes, cards: int) -> None:
    await work.run(SQL["note_written"], {
        "batch_id": batch_id, "file_name": name, "file_digest": digest, "sent": cards, "now": work.now,
        "from_status": BatchStatus.CLOSED, "to_status": after(BatchStatus.CLOSED, BatchAction.WRITE),
    })  # fmt: skip
    await custody.note(work, batch_id, Step.WRITTEN, file_name=name, cards=cards, digest=digest)


async def _note_sent(work: Work, content: Production, fit: Sequence[Fit]) -> None:
    """Note what the file says of each card. It opened people's identities: that is recorded too."""
    digest = work.vault.digest
    orders = [one.line.order for one in fit]
    records = content.records
    await work.run(SQL["note_sent"], {
        "people": [order.person_id for order in orders],
        "orders": [order.order_id for order in orders],
        "id_digests": [digest("id_number", record.social_security_number) for record in records],
        "name_digests": [digest("name", record.name) for record in records],
        "bank_digests": [digest("bank", bank_text(record.bank, record.account_number)) for record in records],
        "chip_digests": [digest("chip", one.digest.hex().upper()) for one in fit],
    })  # fmt: skip
    work.record_many("production.sent_to_bureau", [(order.person_id, order.order_id) for order in orders])


async def _hand(work: Work, exchange: Exchange, batch_id: int) -> WriteCounts:
    """Let the bureau have a file that was written, as it was written."""
    sent = await work.row(SQL["sent"], {"batch_id": batch_id}, Sent)
    if sent is None or sent.status != BatchStatus.WRITTEN:
        return WriteCounts()
    assert sent.file_name
    assert sent.file_digest
    assert sent.cards is not None
    await asyncio.to_thread(exchange.hand, sent.file_name, sent.file_digest)
    await _move(work, batch_id, BatchStatus.WRITTEN, BatchAction.HAND)
    await custody.note(
        work, batch_id, Step.HANDED, file_name=sent.file_name, cards=sent.cards, digest=sent.file_digest
    )
    return WriteCounts(files=1)

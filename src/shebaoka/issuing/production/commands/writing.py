"""Batches are closed and their production files laid into the bureau's folder, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from shebaoka.issuing.production.arrival import production_name
from shebaoka.issuing.production.contents import production_of
from shebaoka.issuing.production.errors import RecordsMoved
from shebaoka.issuing.production.exchange import Exchange
from shebaoka.issuing.production.model import BatchOrder, Progress, WriteCounts, quiet
from shebaoka.issuing.production.sorting import bank_text
from shebaoka.issuing.production.states import BatchAction, BatchStatus, after
from shebaoka.issuing.production.store import SQL
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work
from shebaoka.records import bureau
from shebaoka.records.bureau import Production, ProductionRecord


async def write_due(
    database: Database, bureau_dir: Path, bureau_key: bytes, progress: Progress = quiet
) -> WriteCounts:
    """Close the open batches and write the sealed production file of every closed one.

    This function will hold one batch in memory at a time. Killed between file and commit and run again it finds the
    file, in the folder or already done by the bureau, and takes what that says for what was ordered.
    """
    exchange = Exchange.at(bureau_dir, bureau_key)
    cards = 0
    batches = await _close(database)
    for batch_id in batches:
        async with database.work(SYSTEM) as work:
            cards += (written := await _write(work, exchange, batch_id))
        progress(written)
    return WriteCounts(len(batches), cards)


async def _close(database: Database) -> list[int]:
    closed = after(BatchStatus.OPEN, BatchAction.CLOSE)
    async with database.work(SYSTEM) as work:
        await work.run(SQL["take_turn"])
        await work.run(SQL["close_batches"], {"from_status": BatchStatus.OPEN, "to_status": closed})
        return [batch_id for (batch_id,) in await work.rows(SQL["batches_in"], {"status": closed})]


async def _write(work: Work, exchange: Exchange, batch_id: int) -> int:
    if await work.value(SQL["lock_batch"], {"batch_id": batch_id}) != BatchStatus.CLOSED:
        return 0  # another process has written it meanwhile
    orders = await work.rows(SQL["batch_orders"], {"batch_id": batch_id}, BatchOrder)
    name = production_name(batch_id)
    there = exchange.sent(name)
    if there is None:
        content = await production_of(work, orders)
        digest = await asyncio.to_thread(_send, exchange, name, content)
        records = content.records
    else:
        digest, records = (
            sm3(there),
            bureau.read_production(bureau.open_file(exchange.key, name, there)).records,
        )
    await _note(work, batch_id, name, digest)
    await _note_sent(work, orders, records)
    return len(orders)


def _send(exchange: Exchange, name: str, content: Production) -> bytes:
    return sm3(exchange.send(name, bureau.write_production(content.records, content.photos)))


async def _note(work: Work, batch_id: int, name: str, digest: bytes) -> None:
    await work.run(SQL["note_written"], {
        "batch_id": batch_id, "file_name": name, "file_digest": digest, "now": work.now,
        "from_status": BatchStatus.CLOSED, "to_status": after(BatchStatus.CLOSED, BatchAction.WRITE),
    })  # fmt: skip
    work.record(0, "production_file.written", batch_id)


async def _note_sent(work: Work, orders: Sequence[BatchOrder], records: Sequence[ProductionRecord]) -> None:
    """Note what the file said of each card. It opened people's identities: that is recorded too."""
    said = {record.card_number: record for record in records}
    if said.keys() != {order.card_number for order in orders}:
        raise RecordsMoved("the file that lies there holds other cards than the batch")
    rows = [(order, said[order.card_number]) for order in orders]
    digest = work.vault.digest
    await work.run(SQL["note_sent"], {
        "people": [order.person_id for order, _ in rows],
        "orders": [order.order_id for order, _ in rows],
        "id_digests": [digest("id_number", record.social_security_number) for _, record in rows],
        "name_digests": [digest("name", record.name) for _, record in rows],
        "bank_digests": [digest("bank", bank_text(record.bank, record.account_number)) for _, record in rows],
    })  # fmt: skip
    work.record_many("production.sent_to_bureau", [(order.person_id, order.order_id) for order in orders])

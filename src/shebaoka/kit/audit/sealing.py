"""The sequencer: seals facts into the chain and writes each link to a checkpoint file outside the database."""

from __future__ import annotations

import asyncio
from pathlib import Path

from shebaoka.kit import queries
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.audit import checkpoints as kept
from shebaoka.kit.audit.chain import GENESIS, Fact, chained, leaf, merkle_root
from shebaoka.kit.database import Database
from shebaoka.kit.work import Row, Work

SQL = queries.load(str(Path(__file__).with_name("store.py")))
FACTS_PER_BATCH_MAX = 2_500
LEAVES_AT_ONCE = 250
"""How many facts are digested before others have their turn: about a millisecond. The service answers meanwhile."""


def city_of(work: Work) -> str:
    """Name the city that a database holds, so that the checkpoints of two never mix in one file."""
    return work.vault.digest("audit", "city").hex()


async def seal_due(database: Database, checkpoints: Path) -> int:
    """Seal every fact committed so far and give how many; each batch is one transaction and one checkpoint line.

    This function will raise CheckpointsUnusable, and seal nothing more, when a line cannot be written: the facts wait.
    """
    sealed = 0
    while True:
        kept.make_ready(checkpoints)
        async with database.work(SYSTEM) as work:
            await work.run(SQL["take_turn"])
            await _catch_up(work, checkpoints)
            checkpoint = await _seal_batch(work)
        if checkpoint is None:
            return sealed
        await asyncio.to_thread(kept.append, checkpoints, [checkpoint])
        sealed += checkpoint.fact_count


async def _catch_up(work: Work, checkpoints: Path) -> None:
    """Write the lines that a crash, or a full disk, kept from following their batches."""
    city = city_of(work)
    last = kept.last_kept(checkpoints, city)
    rows = await work.rows(SQL["batches_after"], {"after": last, "batches_max": kept.BEHIND_MAX + 1})
    if 0 < len(rows) <= kept.BEHIND_MAX:
        lines = [kept.Checkpoint(city, number, count, bytes(link).hex()) for number, count, link in rows]
        await asyncio.to_thread(kept.append, checkpoints, lines)


async def _seal_batch(work: Work) -> kept.Checkpoint | None:
    facts = await work.rows(SQL["unsealed"], {"facts_max": FACTS_PER_BATCH_MAX})
    if not facts:
        return None
    batch_no, previous = await work.row(SQL["last_batch"]) or (0, GENESIS)
    batch_no += 1
    root = merkle_root(await _leaves(facts))
    link = chained(previous, batch_no, len(facts), root)
    people, numbers = [int(fact[0]) for fact in facts], [int(fact[1]) for fact in facts]
    marked = await work.run(SQL["mark_sealed"], {"batch_no": batch_no, "people": people, "facts": numbers})
    assert marked == len(facts), "a fact was sealed by somebody else while the lock was held"
    await work.run(
        SQL["add_batch"],
        {"batch_no": batch_no, "fact_count": len(facts), "root": root, "previous": previous, "chained": link,
         "sealed_at": work.now},
    )  # fmt: skip
    return kept.Checkpoint(city_of(work), batch_no, len(facts), link.hex())


async def _leaves(facts: list[Row]) -> list[bytes]:
    leaves: list[bytes] = []
    for start in range(0, len(facts), LEAVES_AT_ONCE):
        leaves += [leaf(Fact(*fact)) for fact in facts[start : start + LEAVES_AT_ONCE]]
        await asyncio.sleep(0)
    return leaves

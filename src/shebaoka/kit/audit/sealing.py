"""The sequencer: seals facts into the chain and writes each link to a checkpoint file outside the database."""

from __future__ import annotations

from pathlib import Path

import msgspec

from shebaoka.kit import queries
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.audit.chain import GENESIS, Fact, chained, leaf, merkle_root
from shebaoka.kit.database import Database
from shebaoka.kit.work import Work

SQL = queries.load(str(Path(__file__).with_name("store.py")))
FACTS_PER_BATCH_MAX = 10_000


class Checkpoint(msgspec.Struct, frozen=True):
    """A link of the chain as it leaves the database: whoever keeps it can later tell whether history was cut."""

    city: str
    batch_no: int
    fact_count: int
    chained: str


def city_of(work: Work) -> str:
    """Name the city that a database holds, so that the checkpoints of two never mix in one file."""
    return work.vault.digest("audit", "city").hex()


async def seal_due(database: Database, checkpoints: Path) -> int:
    """Seal every fact committed so far and give how many; each batch is one transaction and one checkpoint line.

    The line is written after the commit: a crash between the two leaves the file one line short, which
    `verify` accepts (the file may lag, the database may not).
    """
    sealed = 0
    while True:
        async with database.work(SYSTEM) as work:
            checkpoint = await _seal_batch(work)
        if checkpoint is None:
            return sealed
        _append(checkpoints, checkpoint)
        sealed += checkpoint.fact_count


async def _seal_batch(work: Work) -> Checkpoint | None:
    await work.run(SQL["take_turn"])
    facts = await work.rows(SQL["unsealed"], {"facts_max": FACTS_PER_BATCH_MAX})
    if not facts:
        return None
    batch_no, previous = await work.row(SQL["last_batch"]) or (0, GENESIS)
    batch_no += 1
    root = merkle_root([leaf(Fact(*fact)) for fact in facts])
    link = chained(previous, batch_no, len(facts), root)
    people, numbers = [int(fact[0]) for fact in facts], [int(fact[1]) for fact in facts]
    marked = await work.run(SQL["mark_sealed"], {"batch_no": batch_no, "people": people, "facts": numbers})
    assert marked == len(facts), "a fact was sealed by somebody else while the lock was held"
    await work.run(
        SQL["add_batch"],
        {"batch_no": batch_no, "fact_count": len(facts), "root": root, "previous": previous, "chained": link,
         "sealed_at": work.now},
    )  # fmt: skip
    return Checkpoint(city_of(work), batch_no, len(facts), link.hex())


def _append(checkpoints: Path, checkpoint: Checkpoint) -> None:
    checkpoints.parent.mkdir(parents=True, exist_ok=True)
    with checkpoints.open("ab") as file:
        file.write(msgspec.json.encode(checkpoint) + b"\n")

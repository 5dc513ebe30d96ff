"""Nobody rewrites history unnoticed: every kind of tampering is found, by facts alone or by the checkpoints."""

import asyncio
import random

import pytest

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.audit import seal_due, verify
from shebaoka.kit.audit.chain import Fact, leaf, merkle_root


async def write_facts(database, count, start=0):
    async with database.work(SYSTEM) as work:
        for i in range(start, start + count):
            work.record(i % 7, "card.opened", f"card:{i}", step=i, note="é社")


@pytest.fixture
async def sealed(database, tmp_path):
    """Three batches sealed, with their checkpoints."""
    checkpoints = tmp_path / "audit" / "checkpoints.jsonl"
    for batch in range(3):
        await write_facts(database, 20, batch * 20)
        assert await seal_due(database, checkpoints) == 20
    return checkpoints


async def test_untouched_history_verifies(database, sealed):
    verdict = await verify(database, sealed)
    assert (verdict.verified, verdict.batches, verdict.facts, verdict.unsealed) == (True, 3, 60, 0)


async def test_sealing_nothing_makes_no_batch(database, tmp_path):
    assert await seal_due(database, tmp_path / "c.jsonl") == 0
    assert (await verify(database, tmp_path / "c.jsonl")).batches == 0


async def test_facts_written_while_sealing_are_sealed_once(database, tmp_path):
    checkpoints = tmp_path / "c.jsonl"
    await asyncio.gather(
        *[write_facts(database, 30, i * 30) for i in range(6)],
        *[seal_due(database, checkpoints) for _ in range(4)],
    )
    await seal_due(database, checkpoints)
    verdict = await verify(database, checkpoints)
    assert (verdict.verified, verdict.facts, verdict.unsealed) == (True, 180, 0)


async def tamper(database, statement):
    """Act as a database administrator would: the guard on the table is switched off first."""
    async with database.connection() as connection:
        await connection.execute("ALTER TABLE audit_fact DISABLE TRIGGER USER")
        cursor = await connection.execute(statement)
        assert cursor.rowcount > 0, "the tampering touched something"
        await connection.execute("ALTER TABLE audit_fact ENABLE TRIGGER USER")


ONE = "SELECT fact_id FROM audit_fact WHERE batch_no = 2 ORDER BY fact_id OFFSET %d LIMIT 1"
TAMPERINGS = {
    "edit action": f"UPDATE audit_fact SET action = 'card.closed' WHERE fact_id = ({ONE % 3})",
    "edit detail": f"UPDATE audit_fact SET detail = '{{}}' WHERE fact_id = ({ONE % 4})",
    "edit time": f"UPDATE audit_fact SET at = at + interval '1 microsecond' WHERE fact_id = ({ONE % 5})",
    "edit actor": f"UPDATE audit_fact SET actor = 'staff:2' WHERE fact_id = ({ONE % 6})",
    "edit person": f"UPDATE audit_fact SET person_id = 99 WHERE fact_id = ({ONE % 7})",
    "delete": f"DELETE FROM audit_fact WHERE fact_id = ({ONE % 8})",
    "insert": "INSERT INTO audit_fact SELECT 5, 1, at, actor, organisation_id, action, subject, detail, batch_no"
    f" FROM audit_fact WHERE fact_id = ({ONE % 0})",
    "move to another batch": f"UPDATE audit_fact SET batch_no = 3 WHERE fact_id = ({ONE % 9})",
    "unseal": f"UPDATE audit_fact SET batch_no = NULL WHERE fact_id = ({ONE % 9})",
    "claim a batch that is not": f"UPDATE audit_fact SET batch_no = 9 WHERE fact_id = ({ONE % 9})",
    "reorder": "UPDATE audit_fact f SET fact_id = -o.fact_id FROM audit_fact o WHERE f.fact_id = o.fact_id AND f.batch_no = 2",
    "cut the tail": "WITH cut AS (DELETE FROM audit_batch WHERE batch_no = 3) DELETE FROM audit_fact WHERE batch_no = 3",
    "cut the middle": "WITH cut AS (DELETE FROM audit_batch WHERE batch_no = 2) DELETE FROM audit_fact WHERE batch_no = 2",
    "edit a root": "UPDATE audit_batch SET root = sha256('x') WHERE batch_no = 2",
    "edit a count": "UPDATE audit_batch SET fact_count = 19 WHERE batch_no = 2",
}


@pytest.mark.parametrize("statement", TAMPERINGS.values(), ids=TAMPERINGS.keys())
async def test_tampering_is_found(database, sealed, statement):
    await tamper(database, statement)
    verdict = await verify(database, sealed)
    assert not verdict.verified
    assert verdict.findings


async def test_a_forged_chain_is_found_by_the_checkpoints(database, sealed):
    """Whoever can write the database can repeat our digests; only what left the database gives him away."""
    await tamper(database, "UPDATE audit_fact SET action = 'card.closed' WHERE batch_no = 3")
    async with database.connection() as connection:
        await connection.execute("ALTER TABLE audit_fact DISABLE TRIGGER USER")
        await connection.execute("UPDATE audit_fact SET batch_no = NULL WHERE batch_no = 3")
        await connection.execute("DELETE FROM audit_batch WHERE batch_no = 3")
        await connection.execute("ALTER TABLE audit_fact ENABLE TRIGGER USER")
    forged = sealed.with_name("elsewhere.jsonl")
    await seal_due(database, forged)
    assert (await verify(database, forged)).verified
    assert not (await verify(database, sealed)).verified


async def test_the_guard_refuses_changes_of_facts(database, sealed):
    async with database.connection() as connection:
        for statement in (
            "UPDATE audit_fact SET action = 'x'",
            "DELETE FROM audit_fact",
            "UPDATE audit_fact SET batch_no = 9",
        ):
            with pytest.raises(Exception, match="append-only"):
                await connection.execute(statement)


async def test_a_checkpoint_line_cut_by_a_crash_is_no_tampering(database, sealed):
    sealed.write_bytes(sealed.read_bytes()[:-10])
    assert (await verify(database, sealed)).verified


def test_every_column_of_a_fact_is_in_its_digest():
    fact = Fact("1", "2", "3", "a", "0", "b", "c", "{}")
    digests = {leaf(fact)} | {leaf(fact._replace(**{name: "other"})) for name in Fact._fields}
    assert len(digests) == len(Fact._fields) + 1
    assert leaf(fact._replace(actor="ab", organisation_id="0")) != leaf(
        fact._replace(actor="a", organisation_id="b0")
    )


def test_the_order_of_facts_is_in_the_root():
    leaves = [leaf(Fact(str(i), "2", "3", "a", "0", "b", "c", "{}")) for i in range(9)]
    shuffled = leaves[:]
    random.Random(4).shuffle(shuffled)
    assert merkle_root(leaves) != merkle_root(shuffled)
    assert merkle_root(leaves[:1]) == leaves[0]

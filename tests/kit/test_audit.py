"""Nobody rewrites history unnoticed: every kind of tampering is found, by facts alone or by the checkpoints."""

import asyncio
import random

import pytest

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.audit import seal_due, verify, verifying
from shebaoka.kit.audit.chain import Fact, leaf, merkle_root
from shebaoka.kit.audit.checkpoints import CheckpointsUnusable
from shebaoka.kit.audit.sealing import SQL


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
    "insert before the first batch": "INSERT INTO audit_fact SELECT 5, 1, at, actor, organisation_id, action, subject,"
    f" detail, 0 FROM audit_fact WHERE fact_id = ({ONE % 0})",
    "cut the tail": "WITH cut AS (DELETE FROM audit_batch WHERE batch_no = 3) DELETE FROM audit_fact WHERE batch_no = 3",
    "cut the middle": "WITH cut AS (DELETE FROM audit_batch WHERE batch_no = 2) DELETE FROM audit_fact WHERE batch_no = 2",
    "edit a root": "UPDATE audit_batch SET root = sha256('x') WHERE batch_no = 2",
    "edit a count": "UPDATE audit_batch SET fact_count = 19 WHERE batch_no = 2",
    "edit what came before": "UPDATE audit_batch SET previous = sha256('x') WHERE batch_no = 2",
}


@pytest.mark.parametrize("statement", TAMPERINGS.values(), ids=TAMPERINGS.keys())
async def test_tampering_is_found(database, sealed, statement):
    await tamper(database, statement)
    verdict = await verify(database, sealed)
    assert not verdict.verified
    assert verdict.findings


async def test_a_root_that_was_made_to_fit_an_edited_fact_does_not_follow(database, sealed):
    """The chain alone gives this one away: the facts fit the root, and the checkpoints know the links only."""
    await tamper(database, TAMPERINGS["edit action"])
    async with database.work(SYSTEM) as work:
        facts = await work.rows(SQL["facts_of_batches"], {"first": 2, "last": 2})
        root = merkle_root([leaf(Fact(*row[1:])) for row in facts])
        await work.run("UPDATE audit_batch SET root = %(root)s WHERE batch_no = 2", {"root": root})
    assert (await verify(database, sealed)).findings == ["batch 2 does not follow from the one before it"]


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


async def test_sealing_goes_on_after_a_line_was_cut(database, sealed):
    whole = sealed.read_bytes()
    sealed.write_bytes(whole[:-10])
    await write_facts(database, 5, 60)
    await seal_due(database, sealed)
    verdict = await verify(database, sealed)
    assert (verdict.findings, verdict.checkpoints) == ([], 4)
    assert whole.splitlines()[-1] in sealed.read_bytes().splitlines()


async def test_a_folder_that_cannot_be_written_holds_sealing_up_and_loses_no_checkpoint(database, tmp_path):
    folder = tmp_path / "audit"
    folder.write_text("a file where the folder should be")
    for facts in range(3):
        await write_facts(database, 1, facts)
        with pytest.raises(CheckpointsUnusable, match="audit"):
            await seal_due(database, folder / "checkpoints.jsonl")
    folder.unlink()
    await seal_due(database, folder / "checkpoints.jsonl")
    verdict = await verify(database, folder / "checkpoints.jsonl")
    assert (verdict.findings, verdict.facts) == ([], 3)
    assert verdict.checkpoints == verdict.batches


async def test_facts_sealed_during_a_verification_are_no_tampering(database, sealed, monkeypatch):
    walk = verifying._check_facts

    async def walk_while_somebody_seals(work, batches):
        await write_facts(database, 3, 60)
        await seal_due(database, sealed)
        return await walk(work, batches)

    monkeypatch.setattr(verifying, "_check_facts", walk_while_somebody_seals)
    assert (await verify(database, sealed)).findings == []


@pytest.fixture
async def long_sealed(database, sealed):
    """Twelve batches, so that a file without most of them cannot be the work of a crash."""
    for batch in range(3, 12):
        await write_facts(database, 1, batch * 20)
        await seal_due(database, sealed)
    return sealed


@pytest.mark.parametrize(
    "kept", [slice(0, 0), slice(0, 4), slice(8, 12)], ids=["all of it", "its end", "its beginning"]
)
@pytest.mark.parametrize("sealing_goes_on", [False, True])
async def test_a_checkpoint_file_that_was_cut_is_found(database, long_sealed, kept, sealing_goes_on):
    assert (await verify(database, long_sealed)).verified
    long_sealed.write_bytes(b"".join(long_sealed.read_bytes().splitlines(keepends=True)[kept]))
    if sealing_goes_on:
        await write_facts(database, 1, 500)
        await seal_due(database, long_sealed)
    verdict = await verify(database, long_sealed)
    assert not verdict.verified
    assert "no checkpoint" in verdict.findings[0]


@pytest.mark.parametrize("line", [b"{}", b"\xff", b'{"city":1}'])
async def test_a_checkpoint_that_cannot_be_read_is_named(database, sealed, line):
    lines = sealed.read_bytes().splitlines()
    sealed.write_bytes(b"\n".join([lines[0], line, lines[2], b""]))
    verdict = await verify(database, sealed)
    assert verdict.findings == ["line 2 of the checkpoint file cannot be read"]


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

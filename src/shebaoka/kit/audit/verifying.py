"""Verification: repeats every digest, and holds the chain against the checkpoints kept outside the database."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import msgspec

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.audit.chain import GENESIS, Fact, chained, leaf, merkle_root
from shebaoka.kit.audit.sealing import SQL, Checkpoint, city_of
from shebaoka.kit.database import Database
from shebaoka.kit.work import Row, Work

BATCHES_AT_ONCE = 20
FINDINGS_MAX = 20


class Verdict(msgspec.Struct, frozen=True):
    """What verification found. `verified` is true when nothing was edited, deleted, inserted, reordered or cut."""

    verified: bool
    batches: int
    facts: int
    unsealed: int
    checkpoints: int
    findings: list[str]


async def verify(database: Database, checkpoints: Path) -> Verdict:
    """Walk the whole chain and give a verdict; reads everything, changes nothing."""
    findings: list[str] = []
    facts = 0
    async with database.work(SYSTEM) as work:
        batches = await work.rows(SQL["batches"])
        kept = _read_checkpoints(checkpoints, city_of(work))
        findings += _check_links(batches) + _check_checkpoints(batches, kept)
        for start in range(0, len(batches), BATCHES_AT_ONCE):
            some = batches[start : start + BATCHES_AT_ONCE]
            found, counted = await _check_facts(work, some)
            findings += found
            facts += counted
        last = batches[-1][0] if batches else 0
        claimed, unsealed = await work.row(SQL["beyond_chain"], {"last": last}) or (0, 0)
    if claimed:
        findings.append(f"{claimed} facts claim a batch that the chain does not have")
    return Verdict(not findings, len(batches), facts, unsealed, len(kept), findings[:FINDINGS_MAX])


def _check_links(batches: list[Row]) -> list[str]:
    findings, previous = [], GENESIS
    for expected, (batch_no, count, root, before, link) in enumerate(batches, start=1):
        if batch_no != expected:
            findings.append(f"batch {expected} is missing before batch {batch_no}")
        if bytes(before) != previous or chained(previous, batch_no, count, bytes(root)) != bytes(link):
            findings.append(f"batch {batch_no} does not follow from the one before it")
        previous = bytes(link)
    return findings


def _check_checkpoints(batches: list[Row], kept: list[Checkpoint]) -> list[str]:
    links = {batch[0]: bytes(batch[4]).hex() for batch in batches}
    return [
        f"batch {checkpoint.batch_no} {'differs from' if checkpoint.batch_no in links else 'is gone, but stands in'}"
        " the checkpoint file"
        for checkpoint in kept
        if links.get(checkpoint.batch_no) != checkpoint.chained
    ]


async def _check_facts(work: Work, batches: list[Row]) -> tuple[list[str], int]:
    rows = await work.rows(SQL["facts_of_batches"], {"first": batches[0][0], "last": batches[-1][0]})
    leaves = {
        batch_no: [leaf(Fact(*row[1:])) for row in group]
        for batch_no, group in groupby(rows, key=lambda row: row[0])
    }
    findings = []
    for batch_no, count, root, _, _ in batches:
        mine = leaves.get(batch_no, [])
        if len(mine) != count:
            findings.append(f"batch {batch_no} was sealed with {count} facts and has {len(mine)}")
        elif merkle_root(mine) != bytes(root):
            findings.append(f"a fact of batch {batch_no} was changed")
    return findings, len(rows)


def _read_checkpoints(checkpoints: Path, city: str) -> list[Checkpoint]:
    if not checkpoints.exists():
        return []
    lines = checkpoints.read_bytes().splitlines(keepends=True)
    # A line without its end was cut by a crash while it was written.
    read = [msgspec.json.decode(line, type=Checkpoint) for line in lines if line.endswith(b"\n")]
    return [checkpoint for checkpoint in read if checkpoint.city == city]

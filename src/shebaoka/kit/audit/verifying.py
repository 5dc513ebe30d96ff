"""Verification: repeats every digest, and holds the chain against the checkpoints kept outside the database."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

import msgspec

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.audit import checkpoints as kept
from shebaoka.kit.audit.chain import GENESIS, Fact, chained, leaf, merkle_root
from shebaoka.kit.audit.sealing import SQL, city_of
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
    """Walk the whole chain and give a verdict; reads everything, changes nothing, and lets others seal meanwhile."""
    facts = 0
    async with database.work(SYSTEM) as work:
        # The file first: what is sealed after this look is in the database only.
        links, findings = kept.read(checkpoints, city_of(work))
        batches = await work.rows(SQL["batches"])
        findings += _check_links(batches) + _check_checkpoints(batches, links)
        for start in range(0, len(batches), BATCHES_AT_ONCE):
            some = batches[start : start + BATCHES_AT_ONCE]
            found, counted = await _check_facts(work, some)
            findings += found
            facts += counted
        findings += await _check_claims(work, batches[-1][0] if batches else 0)
        unsealed = await work.value(SQL["unsealed_count"])
    return Verdict(not findings, len(batches), facts, unsealed, len(links), findings[:FINDINGS_MAX])


async def _check_claims(work: Work, last: int) -> list[str]:
    """Find facts outside the chain. Who sealed since we read it has committed his batch together with its facts."""
    claims = await work.rows(SQL["beyond_chain"], {"last": last})
    since = {row[0] for row in await work.rows(SQL["batches_after"], {"after": last, "batches_max": None})}
    return [
        f"{count} facts claim batch {number}, which the chain does not have"
        for number, count in claims
        if number not in since
    ]


def _check_links(batches: list[Row]) -> list[str]:
    findings, previous = [], GENESIS
    for expected, (batch_no, count, root, before, link) in enumerate(batches, start=1):
        if batch_no != expected:
            findings.append(f"batch {expected} is missing before batch {batch_no}")
        if bytes(before) != previous or chained(previous, batch_no, count, bytes(root)) != bytes(link):
            findings.append(f"batch {batch_no} does not follow from the one before it")
        previous = bytes(link)
    return findings


def _check_checkpoints(batches: list[Row], links: Mapping[int, set[str]]) -> list[str]:
    chain = {batch[0]: bytes(batch[4]).hex() for batch in batches}
    return _check_gaps(sorted(chain), links) + [
        f"batch {number} {'differs from' if number in chain else 'is gone, but stands in'} the checkpoint file"
        for number, said in sorted(links.items())
        if said != {chain.get(number)}
    ]


def _check_gaps(numbers: list[int], links: Mapping[int, set[str]]) -> list[str]:
    gaps = [list(gap) for lacking, gap in groupby(numbers, key=lambda number: number not in links) if lacking]
    return [
        f"batches {gap[0]} to {gap[-1]} have no checkpoint: the file was cut, or is another city's"
        for gap in gaps
        if len(gap) > kept.BEHIND_MAX
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

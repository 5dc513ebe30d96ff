"""How facts are digested, gathered into a Merkle root and chained. Pure; whoever has the facts can repeat it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from shebaoka.kit.sm import sm3

GENESIS = bytes(32)


class Fact(NamedTuple):
    """An audit fact as it is digested: every column as text, the time in microseconds since 1970."""

    person_id: str
    fact_id: str
    at_us: str
    actor: str
    organisation_id: str
    action: str
    subject: str
    detail: str


def leaf(fact: Fact) -> bytes:
    """Give the digest of one fact: a JSON array of its columns, so that no two facts read the same."""
    return sm3(b"\x00" + msgspec.json.encode(fact))


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Give the Merkle root (at least one leaf); an odd one out moves up as it is."""
    level = list(leaves)
    while len(level) > 1:
        pairs = [sm3(b"\x01" + a + b) for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def chained(previous: bytes, batch_no: int, fact_count: int, root: bytes) -> bytes:
    """Give the chain value of a batch, which depends on every batch before it."""
    return sm3(b"\x02" + previous + b"%d:%d:" % (batch_no, fact_count) + root)

"""Identifiers: 63-bit integers that grow with time, so that indexes stay dense and order means age."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from shebaoka.kit.clock import Clock

EPOCH = datetime(2018, 1, 1, tzinfo=UTC)
LOW_BITS = 20


def first_of(moment: datetime) -> int:
    """Give the least identifier that can have been given at a moment: what is younger is greater."""
    return int((moment - EPOCH).total_seconds() * 1000) << LOW_BITS


class Ids:
    """Gives identifiers: milliseconds since 2018 in the high bits, a random start and a count in the low 20.

    Within one process they strictly grow, and within one millisecond they follow each other: drawing anew would drive
    every process to the end of the same million. Two identifiers of two processes are the same, in the same millisecond,
    with a chance of one in a million; every table's key also names the person, and a clash is an error, never an
    overwrite.
    """

    def __init__(self, clock: Clock, chance: random.Random) -> None:
        self._clock = clock
        self._chance = chance
        self._last = 0

    def one(self) -> int:
        """Give the next identifier."""
        return self.many(1)[0]

    def many(self, count: int) -> range:
        """Give `count` consecutive identifiers."""
        milliseconds = int((self._clock.now() - EPOCH).total_seconds() * 1000)
        first = self._last + 1
        if milliseconds > first >> LOW_BITS:
            first = (milliseconds << LOW_BITS) | self._chance.getrandbits(LOW_BITS)
        self._last = first + count - 1
        return range(first, first + count)

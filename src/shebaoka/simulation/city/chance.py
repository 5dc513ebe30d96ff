"""Chance that a seed replays: whole columns of it, each from a stream with a name of its own.

Streams do not disturb each other: drawing more from one leaves all others as they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Final

import polars as pl

_UNIT: Final = 2.0**-53


class Chance:
    """Random columns. The same seed, stream and length give the same column on every machine."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def uniform(self, stream: str, count: int) -> pl.Series:
        """Draw `count` numbers of [0, 1); this function will take the bytes of Python's own generator."""
        if not count:
            return pl.Series([], dtype=pl.Float64)
        drawn = Random(f"{self.seed}/{stream}").randbytes(8 * count)  # noqa: S311 - a demo, no secret
        words = pl.Series([drawn]).bin.reinterpret(dtype=pl.Array(pl.UInt64, count), endianness="little")
        return (words.explode() // 2**11).cast(pl.Float64) * _UNIT

    def below(self, stream: str, count: int, limit: int) -> pl.Series:
        """Draw whole numbers of 0 … limit - 1, all alike."""
        return (self.uniform(stream, count) * limit).cast(pl.Int64)

    def happens(self, stream: str, count: int, share: float) -> pl.Series:
        """Draw booleans, true in `share` of the cases."""
        return self.uniform(stream, count) < share

    def index(self, stream: str, count: int, weights: Sequence[float]) -> pl.Series:
        """Draw indexes of `weights`, each as often as its weight says."""
        bounds = pl.Series(list(accumulate(weights)), dtype=pl.Float64)
        drawn = self.uniform(stream, count) * float(bounds[-1])
        return bounds.search_sorted(drawn, side="right").clip(0, len(weights) - 1).cast(pl.Int64)

    def word(self, stream: str, count: int, words: Sequence[str]) -> pl.Series:
        """Draw words, all alike."""
        return pl.Series(list(words), dtype=pl.String).gather(self.below(stream, count, len(words)))

    def choice(self, stream: str, count: int, shares: Mapping[str, float]) -> pl.Series:
        """Draw names by their shares."""
        return pl.Series(list(shares), dtype=pl.String).gather(
            self.index(stream, count, list(shares.values()))
        )

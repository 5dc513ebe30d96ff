"""Chance without a state: the same seed and words always fall the same way, whatever was asked before."""

from __future__ import annotations

from hashlib import blake2b


def draw(seed: int, *words: str) -> int:
    """Give 64 bits that hang on seed and words alone."""
    text = "\x1f".join((str(seed), *words))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def share(seed: int, *words: str) -> float:
    """Give a number from 0 up to, not including, 1 that hangs on seed and words alone."""
    return (draw(seed, *words) >> 11) / (1 << 53)


def choose(options: tuple[str, ...], seed: int, *words: str) -> str:
    """Choose one of the options."""
    return options[draw(seed, *words) % len(options)]

"""The room's only door to its tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Final

from shebaoka.kit import queries

SQL: Final = queries.load(__file__)

# Arrays as PostgreSQL writes them. The driver looks at every element for its type and its quotes; of 5,000 rows in
# fourteen columns that was a fifth of a roster's time (measured with cProfile on 100,000 rows).


def numbers(values: Iterable[int | None]) -> str:
    """Write an array of whole numbers."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def words(values: Iterable[str | None]) -> str:
    """Write an array of texts, of which few are different."""
    return "{" + ",".join([_quoted(value) for value in values]) + "}"


def moments(values: Iterable[datetime]) -> str:
    """Write an array of moments, of which few are different."""
    return "{" + ",".join([_moment(value) for value in values]) + "}"


def binaries(values: Iterable[bytes]) -> str:
    r"""Write an array of bytes: \x and hex digits, the backslash doubled inside an array."""
    return "{" + ",".join(['"\\\\x' + value.hex() + '"' for value in values]) + "}"


@lru_cache(1_000)
def _quoted(text: str | None) -> str:
    if text is None:
        return "NULL"
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


@lru_cache(1_000)
def _moment(at: datetime) -> str:
    return f'"{at.isoformat()}"'

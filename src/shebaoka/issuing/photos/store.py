"""The room's only door to its table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from shebaoka.kit import queries
from shebaoka.kit.work import Work

SQL: Final = queries.load(__file__)
COLUMNS: Final = ("person_id", "photo_id", "source", "taken_on", "received_at", "digest", "sealed")
TYPES: Final = ("int8", "int8", "text", "date", "timestamptz", "bytea", "bytea")


async def keep(work: Work, rows: Iterable[tuple[Any, ...]]) -> None:
    """Write photos; rows are as `COLUMNS`."""
    await work.copy("photo", COLUMNS, rows, TYPES)

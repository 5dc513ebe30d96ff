"""The room's only door to its tables."""

from __future__ import annotations

from typing import Final

from shebaoka.kit import queries

SQL: Final = queries.load(__file__)


def place(person_id: int) -> str:
    """Give the place that a guest's sealed identity belongs to."""
    return f"guest:{person_id}"

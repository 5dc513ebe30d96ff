"""The room's only door to its tables."""

from __future__ import annotations

from typing import Final

from shebaoka.kit import queries

SQL: Final = queries.load(__file__)

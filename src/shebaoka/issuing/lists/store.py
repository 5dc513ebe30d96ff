"""The room's only door to its tables."""

from __future__ import annotations

from typing import Final

from shebaoka.kit import queries

SQL: Final = queries.load(__file__)
REJECT_COLUMNS: Final = (
    "list_id", "row_no", "ordinal", "column_name", "reason", "reason_zh", "reason_en", "remedy_zh", "remedy_en",
)  # fmt: skip

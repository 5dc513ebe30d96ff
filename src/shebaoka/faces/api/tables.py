"""Answers that are a table to download: CSV in UTF-8, with the mark that Excel looks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Final, Literal

from litestar import Response
from litestar.params import QueryParameter

from shebaoka.records.table import as_csv

CSV: Final = "text/csv; charset=utf-8"
Form = Annotated[
    Literal["json", "csv"], QueryParameter(name="format", description="JSON 或表格 · JSON or a table")
]


def table(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response[bytes]:
    """Give rows under their headings as a file of this name."""
    shown = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(as_csv(columns, rows), media_type=CSV, headers=shown)

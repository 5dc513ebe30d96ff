"""Rows as a CSV file that a spreadsheet opens as it is: UTF-8 with its mark, and no cell that could run as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

COULD_RUN: Final = re.compile(r"[=+\-@\t\r]")


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Write a header and rows; this function will write None as an empty cell and true and false as 1 and 0."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and COULD_RUN.match(value):
        return f"'{value}"
    return value

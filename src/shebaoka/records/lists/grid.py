"""Cells of a file before anything is known about them: sheets of rows, and how a cell becomes text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import polars as pl

FLOAT_EXACT_MAX: Final = 10**15
"""From here on a spreadsheet's figure has lost digits: it keeps fifteen."""
Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table as it stands in the file.

    `rows`: every row from the first on, also blank ones, top to bottom; `merged`: merged cells as
    ((row, column), (row, column)), from 0, columns counted as in `rows`. `ragged`: rows may have different lengths.
    `hidden`: the sender does not see it.
    """

    name: str
    rows: Iterator[Sequence[Any]]
    merged: tuple[Range, ...] = ()
    ragged: bool = False
    hidden: bool = False


def text_column(values: Sequence[Any]) -> pl.Series:
    """Turn a column of cells into text; this function will look at single cells only where some are no text."""
    if set(map(type, values)) <= {str}:
        return pl.Series(values, dtype=pl.String)
    return pl.Series([value if type(value) is str else cell_text(value) for value in values], dtype=pl.String)


def cell_text(value: Any) -> str:
    """Turn one cell into text.

    This function will write whole figures of up to fifteen digits plainly, longer ones as 3.10101199001011E+17 so that
    the loss of digits shows, and days as 2019-05-06.
    """
    if isinstance(value, float):
        return _figure(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _figure(value: float) -> str:
    if abs(value) >= FLOAT_EXACT_MAX:
        return f"{value:.14E}"
    return str(int(value)) if value.is_integer() else repr(value)

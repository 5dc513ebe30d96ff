"""From a file to a table of text: the right sheet, its header, and every row below with its own number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import Any, Final

import polars as pl

from shebaoka.records.lists import delimited, headers, workbook
from shebaoka.records.lists.errors import ListEmpty, ListSheetsSeveral, ListTooLarge
from shebaoka.records.lists.grid import Range, Sheet, cell_text, text_column
from shebaoka.records.lists.headers import Header
from shebaoka.records.lists.model import ROW_NO, ListKind

ROWS_MAX: Final = 1_048_576
"""The rows of a sheet in Excel, blank ones too."""
CELLS_MAX: Final = 16_000_000
CHUNK_ROWS: Final = 20_000
OVERFLOW: Final = "overflow"
"""True where a row has more filled cells than the header."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file's rows as text.

    `cells`: `row_no`, c0, c1, … (String, as they came), `overflow`; blank rows are left out and counted in `blank_rows`.
    `filled`: how many cells took the value of a merged cell, by field.
    """

    header: Header
    cells: pl.DataFrame
    blank_rows: int
    filled: dict[str, pl.Series]


def open_source(data: bytes, name: str, kind: ListKind) -> Source:
    """Open a list.

    This function will take the sheet that has all headers of `kind` within its first rows, and people below; a hidden one
    only where no other has. Raises the problems of `errors`.
    """
    tables = workbook.sheets(data) if workbook.is_workbook(data) else iter([delimited.sheet(data, name)])
    seen: list[list[Sequence[Any]]] = []
    found: dict[str, Source] = {}
    headed = False
    for table in tables:
        if found and table.hidden:
            break
        seen.append(list(islice(table.rows, headers.ROWS_LOOKED_AT)))
        header = headers.find(seen[-1], kind)
        if header is None:
            continue
        headed = True
        below = chain(seen[-1][header.row + 1 :], table.rows)
        if not found:
            found |= _read(table, header, below, kind)
        elif any(_is_filled(row) for row in below):
            raise ListSheetsSeveral([*found, table.name])
    if found:
        return next(iter(found.values()))
    if headed or not any(_is_filled(row) for rows in seen for row in rows):
        raise ListEmpty
    raise headers.refusal([rows for rows in seen if rows], kind)


def _is_filled(row: Sequence[Any]) -> bool:
    return any(cell_text(cell).strip() for cell in row)


def _read(table: Sheet, header: Header, rows: Iterator[Sequence[Any]], kind: ListKind) -> dict[str, Source]:
    """Read the rows below the header; this function will give them under the sheet's name, or nothing if all are blank."""
    frames: list[pl.DataFrame] = []
    row_no = header.row + 2
    count = 0
    while chunk := list(islice(rows, CHUNK_ROWS)):
        frames.append(_frame(chunk, row_no, len(header.cells), ragged=table.ragged))
        row_no += len(chunk)
        count += frames[-1].height
        if row_no > ROWS_MAX + 1 or count * len(header.cells) > CELLS_MAX:
            raise ListTooLarge(
                f"超过{ROWS_MAX}行或{CELLS_MAX}格 · More than {ROWS_MAX} rows or {CELLS_MAX} cells"
            )
    if not count:
        return {}
    cells = pl.concat(frames, rechunk=True)
    cells, filled = _fill_merged(cells, table.merged, header, kind)
    return {table.name: Source(header, cells, row_no - header.row - 2 - count, filled)}


def _frame(rows: list[Sequence[Any]], row_no: int, width: int, *, ragged: bool) -> pl.DataFrame:
    columns = list(zip_longest(*rows, fillvalue="")) if ragged else list(zip(*rows, strict=True))
    blank = ("",) * len(rows)
    texts = {
        f"c{place}": text_column(columns[place] if place < len(columns) else blank) for place in range(width)
    }
    over = (
        [any(cell.strip() for cell in row[width:]) for row in rows]
        if ragged and len(columns) > width
        else [False] * len(rows)
    )
    frame = pl.DataFrame(
        {ROW_NO: pl.int_range(row_no, row_no + len(rows), dtype=pl.UInt32, eager=True)} | texts
    ).with_columns(pl.Series(OVERFLOW, over))
    filled = [pl.col(text).str.contains(r"\S") for text in texts]
    return frame.filter(pl.any_horizontal(*filled, OVERFLOW))


def _fill_merged(
    cells: pl.DataFrame, merged: tuple[Range, ...], header: Header, kind: ListKind
) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """Write a merged cell's value into all its rows, in the columns where one value may stand for many people."""
    filled: dict[str, pl.Series] = {}
    for column in kind.columns:
        place = header.places.get(column.field)
        spans = [
            (top + 1, bottom + 1)
            for (top, left), (bottom, _) in merged
            if column.shared and left == place and header.row < top < bottom
        ]
        if spans and place is not None:
            cells, filled[column.field] = _fill(cells, f"c{place}", spans)
    return cells, filled


def _fill(cells: pl.DataFrame, column: str, spans: list[tuple[int, int]]) -> tuple[pl.DataFrame, pl.Series]:
    tops = pl.DataFrame(spans, schema={"top": pl.UInt32, "bottom": pl.UInt32}, orient="row").sort("top")
    nearest = cells.select(ROW_NO).join_asof(tops, left_on=ROW_NO, right_on="top")
    inside = (nearest[ROW_NO] > nearest["top"]) & (nearest[ROW_NO] <= nearest["bottom"])
    inside = inside.fill_null(value=False)
    values = nearest.join(
        cells.select(pl.col(ROW_NO).alias("top"), pl.col(column)), on="top", how="left", maintain_order="left"
    )[column]
    return cells.with_columns(pl.when(inside).then(values).otherwise(pl.col(column)).alias(column)), inside

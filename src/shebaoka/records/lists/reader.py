"""Reading a list: good rows go through, every other row is answered with column, reason and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from shebaoka.records.lists import answers
from shebaoka.records.lists.model import (
    EXAMPLE_MARK,
    ROW_NO,
    SEQUENCE,
    Checked,
    Column,
    Context,
    ListKind,
    ListResult,
)
from shebaoka.records.lists.source import OVERFLOW, Source, open_source
from shebaoka.records.lists.tidy import tidy

_FOOTER: Final = r"^(?:合计|总计|小计|共计|共\d+人|制表|填表|填报|经办|审核|复核|备注|说明|注[:：])"


def read_list(
    data: bytes | Path, name: str, kind: ListKind, *, on: date, invented_allowed: bool
) -> ListResult:
    """Read and check a list as people and their spreadsheet programs really make it.

    `data`: the file (.xlsx, .xls, .csv, .txt) or where it lies; `on`: the day, for birth dates and ages. This function
    will mend what can be mended without guessing, note it, and answer every other row. Raises `ListUnreadable`,
    `ListProtected`, `ListHeaderMissing`, `ListSheetsSeveral`, `ListEmpty` or `ListTooLarge` for a file that cannot be taken at all.
    """
    content = data if isinstance(data, bytes) else data.read_bytes()
    source = open_source(content, name, kind)
    tidied = {column.field: tidy(_cells(source, column)) for column in kind.columns}
    kept = _person_rows(source, {field: cells for field, (cells, _) in tidied.items()}, kind)
    checked = {
        column.field: _check(column, tidied[column.field], kept, Context(on, invented_allowed))
        for column in kind.columns
    }
    return _result(source, name, kind, kept, checked)


def _cells(source: Source, column: Column) -> pl.Series:
    place = source.header.places.get(column.field)
    if place is None:
        return pl.Series([None], dtype=pl.String).extend_constant(None, source.cells.height - 1)
    return source.cells[f"c{place}"]


def _person_rows(source: Source, cells: Mapping[str, pl.Series], kind: ListKind) -> pl.Series:
    """Mark the rows that speak of a person: not blank but for a number, no footer, not the template's example.

    This function will take a footer's word for one where nothing else stands, or under 序号 in a row without ID number; the
    example only while it has its own number: people type their first person over it.
    """
    frame = pl.DataFrame({field: column for field, column in cells.items() if field != SEQUENCE})
    filled = frame.select(pl.sum_horizontal(pl.all().is_not_null())).to_series()
    footer = frame.select(
        pl.any_horizontal(pl.all().str.contains(_FOOTER).fill_null(value=False))
    ).to_series()
    kept = ((filled > 0) & ~((filled == 1) & footer)) | source.cells[OVERFLOW]
    if SEQUENCE in cells:
        number = cells[kind.key]
        example = next(column.example for column in kind.columns if column.field == kind.key)
        total = cells[SEQUENCE].str.contains(_FOOTER) & number.is_null()
        shown = (cells[SEQUENCE] == EXAMPLE_MARK) & (number.fill_null(example) == example)
        kept &= ~(total | shown).fill_null(value=False)
    return kept


def _check(
    column: Column, tidied: tuple[pl.Series, dict[str, pl.Series]], kept: pl.Series, context: Context
) -> tuple[pl.Series, Checked]:
    text = tidied[0].filter(kept)
    repairs = {note: mask.filter(kept) for note, mask in tidied[1].items()}
    checked = column.check(text, context)
    reason = checked.reason
    if column.required and text.null_count():
        reason = pl.select(pl.when(text.is_null()).then(pl.lit("missing")).otherwise(reason)).to_series()
    return text, Checked(
        checked.value, reason, checked.detail, answers.united(repairs, checked.repairs), checked.derived
    )


def _result(
    source: Source,
    name: str,
    kind: ListKind,
    kept: pl.Series,
    checked: Mapping[str, tuple[pl.Series, Checked]],
) -> ListResult:
    cells = source.cells.filter(kept)
    row_no = cells[ROW_NO]
    faults = [answers.faults(row_no, column, *checked[column.field]) for column in kind.columns] + [
        answers.overflows(row_no, cells[OVERFLOW])
    ]
    rejects = pl.concat(faults)
    rows = _typed(kind, row_no, checked).join(rejects, on=ROW_NO, how="anti", maintain_order="left")
    rows, duplicates = answers.without_duplicates(rows, kind)
    return ListResult(
        kind=kind,
        name=name,
        rows=rows,
        rejects=pl.concat([rejects, duplicates]).sort(ROW_NO, maintain_order=True),
        notes=answers.notes(source, kind, kept, {field: check for field, (_, check) in checked.items()}),
        total_rows=cells.height,
        ignored_rows=source.blank_rows + source.cells.height - cells.height,
        headers=source.header.cells,
        source=cells.drop(OVERFLOW),
    )


def _typed(
    kind: ListKind, row_no: pl.Series, checked: Mapping[str, tuple[pl.Series, Checked]]
) -> pl.DataFrame:
    columns = {
        column.field: checked[column.field][1].value for column in kind.columns if column.field != SEQUENCE
    }
    derived = {name: column for _, check in checked.values() for name, column in check.derived.items()}
    return pl.DataFrame({ROW_NO: row_no} | derived | columns)

"""The list files as their senders make them: workbooks and text with the habits of many offices."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any, Final

import xlsxwriter

from shebaoka.records.lists import ListKind

WORKBOOK: Final = "xlsx"
_WRITTEN: Final = datetime(2019, 1, 1)  # noqa: DTZ001 - Excel knows no time zones
_DEPARTMENT_ROWS: Final = 7
_HABITS: Final = ("title", "own_headers", "department", "numbered_blanks", "footer", "notes_sheet", "gap")


@dataclass(frozen=True, slots=True)
class Manner:
    """How one sender writes: file format, and which habits."""

    format: str
    habits: frozenset[str]

    @property
    def typed(self) -> bool:
        """Whether cells may be figures and days."""
        return self.format == WORKBOOK


def manner(random: Random, formats: Mapping[str, float], habit_share: float) -> Manner:
    """Draw a sender's manner."""
    chosen = random.choices(list(formats), list(formats.values()))[0]
    return Manner(chosen, frozenset(habit for habit in _HABITS if random.random() < habit_share))


def write(path: Path, kind: ListKind, rows: Sequence[Mapping[str, Any]], how: Manner) -> Path:
    """Write a list.

    This function will add the suffix, and title, blank, footer and extra columns as the manner says; rows are by field.
    A field that no row has is left out. Gives the path of the file.
    """
    table = _laid_out(kind, rows, how)
    path = path.with_suffix(".xlsx" if how.typed else ".csv")
    if how.typed:
        _write_workbook(path, table, how)
    else:
        _write_text(path, table, how.format)
    return path


def _laid_out(kind: ListKind, rows: Sequence[Mapping[str, Any]], how: Manner) -> list[list[Any]]:
    columns = [column for column in kind.columns if column.field == "sequence" or column.field in rows[0]]
    own = "own_headers" in how.habits
    head = [column.aliases[0] if own and column.aliases else column.header for column in columns]
    department = "department" in how.habits
    table: list[list[Any]] = [[kind.name_zh], []] if "title" in how.habits else []
    table.append([*head, "部门"] if department else head)
    for number, row in enumerate(rows, start=1):
        cells = [number if column.field == "sequence" else row[column.field] for column in columns]
        if "gap" in how.habits and number == len(rows) // 2:
            table.append([])
        top = (number - 1) % _DEPARTMENT_ROWS == 0
        table.append(
            [*cells, f"{(number - 1) // _DEPARTMENT_ROWS + 1}部" if top else ""] if department else cells
        )
    if "numbered_blanks" in how.habits:
        table += [[number] for number in range(len(rows) + 1, len(rows) + 6)]
    if "footer" in how.habits:
        table.append(["", f"合计：{len(rows)}人"])
    return table


def _write_text(path: Path, table: list[list[Any]], how: str) -> None:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter="\t" if how == "tab" else ",").writerows(table)
    path.write_bytes(target.getvalue().encode("utf-8" if how == "tab" else how))


def _write_workbook(path: Path, table: list[list[Any]], how: Manner) -> None:
    with xlsxwriter.Workbook(str(path), {"in_memory": True}) as book:
        book.set_properties({"created": _WRITTEN})
        if "notes_sheet" in how.habits:
            book.add_worksheet("填写说明").write_string(0, 0, "请如实填写，证件号码请用文本格式")
        sheet = book.add_worksheet("名单")
        day = book.add_format({"num_format": "yyyy/m/d"})
        for number, row in enumerate(table):
            for place, cell in enumerate(row):
                _write_cell(sheet, number, place, cell, day)
        if "title" in how.habits:
            sheet.merge_range(0, 0, 0, 5, table[0][0])


def _write_cell(sheet: Any, number: int, place: int, cell: Any, day: Any) -> None:
    if isinstance(cell, str):
        if cell:
            sheet.write_string(number, place, cell)
    elif isinstance(cell, date):
        sheet.write_datetime(number, place, cell, day)
    else:
        sheet.write_number(number, place, cell)

"""What we hand back: the refused rows, ready to be corrected and sent again, and empty templates."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any, Final

import polars as pl
import xlsxwriter

from shebaoka.records.lists.model import (
    EXAMPLE_MARK,
    ORIGIN_HEADERS,
    ROW_NO,
    SEQUENCE,
    Column,
    ListKind,
    ListResult,
)

ANSWER_HEADERS: Final = (*ORIGIN_HEADERS, "原因", "办法")
CELL_CHARS_MAX: Final = 2_000
_NOT_IN_XML: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\u{fffe}\u{ffff}]"
_COULD_RUN: Final = r"^[=+\-@\t\r]"
_TEXT: Final = {"num_format": "@"}
_HEAD: Final = _TEXT | {"bold": True, "bg_color": "#E8EEF4", "bottom": 1}
_NEEDED: Final = _HEAD | {"font_color": "#9C1C1C"}
_ANSWER: Final = _TEXT | {"text_wrap": True, "valign": "top", "font_color": "#9C1C1C"}
_WRITTEN: Final = datetime(2019, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Stands in every workbook as its date of creation: the same content gives the same bytes."""


def write_rejects(result: ListResult, list_no: str = "") -> bytes:
    """Write the refused rows as .xlsx. `list_no`: the number under which the list is kept.

    This function will keep the sender's columns and cells, as text, and add that number, the row number, the reasons and
    the remedies; the reader passes over these, so the corrected file can be sent again as it is, and `origins` knows
    which row of which list each row was. A cell that a spreadsheet could
    run as a formula gets an apostrophe in front, which the reader drops.
    """
    answered = _answered(result)
    places = [place for place, header in enumerate(result.headers) if header not in ANSWER_HEADERS]
    places = [
        place for place in places if result.headers[place] or answered[f"c{place}"].str.contains(r"\S").any()
    ]
    cells = answered.select(_harmless(pl.col(f"c{place}")).alias(f"c{place}") for place in places)
    target = io.BytesIO()
    with _workbook(target) as book:
        sheet = book.add_worksheet("退回名单")
        head = [result.headers[place] for place in places] + list(ANSWER_HEADERS)
        _row(sheet, 0, head, book.add_format(_HEAD))
        text, answer = book.add_format(_TEXT), book.add_format(_ANSWER)
        sheet.set_column(0, len(places) - 1, 18, text)
        sheet.set_column(len(places), len(places) + 1, 18, text)
        sheet.set_column(len(places) + 2, len(places) + 3, 46, answer)
        sheet.freeze_panes(1, 0)
        told = answered.select(pl.col(ROW_NO).cast(pl.String), "reason", "remedy").rows()
        for number, (row, (row_no, reason, remedy)) in enumerate(
            zip(cells.rows(), told, strict=True), start=1
        ):
            _row(sheet, number, [*row, list_no, row_no], text)
            _row(sheet, number, [reason, remedy], answer, first=len(places) + 2)
    return target.getvalue()


def write_template(kind: ListKind) -> bytes:
    """Write an empty list as .xlsx.

    This function will format every column as text, so that Excel keeps long numbers and leading zeros, and show one row
    marked 示例 under 序号, which the reader skips. Headers that must be filled are red; a second sheet explains the columns.
    """
    target = io.BytesIO()
    with _workbook(target) as book:
        sheet, text = book.add_worksheet(kind.name_zh), book.add_format(_TEXT)
        sheet.set_column(0, len(kind.columns) - 1, 22, text)
        for place, column in enumerate(kind.columns):
            sheet.write_string(
                0, place, column.header, book.add_format(_NEEDED if column.required else _HEAD)
            )
        if kind.columns[0].field == SEQUENCE:
            _row(sheet, 1, [EXAMPLE_MARK, *(column.example for column in kind.columns[1:])], text)
        sheet.freeze_panes(1, 0)
        _explain(book, kind.columns)
    return target.getvalue()


def _explain(book: Any, columns: tuple[Column, ...]) -> None:
    sheet = book.add_worksheet("填写说明")
    sheet.set_column(0, 2, 40)
    _row(sheet, 0, ["列名 Column", "是否必填 Needed", "也可写作 Other names"], book.add_format(_HEAD))
    for number, column in enumerate(columns, start=1):
        needed = "必填 yes" if column.required else "选填 no"
        _row(sheet, number, [f"“{column.header}”", needed, "、".join(column.aliases)], None)


def _answered(result: ListResult) -> pl.DataFrame:
    """Put all answers to a row together, and the row's own cells beside them."""
    told = result.rejects.with_columns(
        reason=pl.format("{}：{} · {}", "column", "reason_zh", "reason_en").str.strip_prefix("："),
        remedy=pl.format("{} · {}", "remedy_zh", "remedy_en"),
    )
    by_row = told.group_by(ROW_NO, maintain_order=True).agg(
        pl.col("reason").str.join("\n"), pl.col("remedy").unique(maintain_order=True).str.join("\n")
    )
    return result.source.join(by_row, on=ROW_NO, how="inner", maintain_order="left")


def _harmless(cell: pl.Expr) -> pl.Expr:
    plain = cell.str.slice(0, CELL_CHARS_MAX).str.replace_all(_NOT_IN_XML, "")
    return pl.when(plain.str.contains(_COULD_RUN)).then(pl.lit("'") + plain).otherwise(plain)


def _workbook(target: io.BytesIO) -> Any:
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": _WRITTEN})
    return book


def _row(sheet: Any, number: int, cells: list[str], style: Any, *, first: int = 0) -> None:
    for place, cell in enumerate(cells, start=first):
        sheet.write_string(number, place, cell, style)

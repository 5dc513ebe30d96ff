"""Delimited text (.csv, .txt): encoding, separator and quotes found out, then read as rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from shebaoka.records.lists.errors import ListTooLarge, ListUnreadable
from shebaoka.records.lists.grid import Sheet

SEPARATORS: Final = ",\t;"
LINES_LOOKED_AT: Final = 10
LINES_IN_ROW_MAX: Final = 50
COLUMNS_MAX: Final = 500
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def sheet(data: bytes, name: str) -> Sheet:
    """Read delimited text.

    This function will take UTF-8 (with or without BOM), UTF-16 with BOM or GB18030, and comma, tab or semicolon.
    Rows come lazily; a quote that never closes, a web page, or bytes that are no text, raise `ListUnreadable`.
    """
    text = decoded(data)
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        # What many programs export as .xls: Excel shows a table, after a warning.
        raise ListUnreadable(
            "文件内容是网页（HTML或XML），不是表格 · It is a web page (HTML or XML), no spreadsheet"
        )
    return Sheet(name, _rows(text, separator(text)), ragged=True)


def decoded(data: bytes) -> str:
    """Turn bytes into text; this function will try UTF-8 before GB18030, which takes almost anything."""
    encodings = [encoding for bom, encoding in _BOMS if data.startswith(bom)] or ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
            text.encode()
        except UnicodeError:
            continue
        if "\0" not in text:
            return text
    raise ListUnreadable("既不是表格也不是文本 · Neither a spreadsheet nor text in UTF-8 or GB18030")


def separator(text: str) -> str:
    """Find the separator; this function will take the one seen most often in the first lines."""
    head = "".join(line for line, _ in zip(io.StringIO(text), range(LINES_LOOKED_AT), strict=False))
    return max(SEPARATORS, key=head.count)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    row_no = line = 0
    try:
        for row_no, row in enumerate(reader, start=1):
            if reader.line_num - line > LINES_IN_ROW_MAX:
                raise ListUnreadable(_unclosed(row_no))
            if len(row) > COLUMNS_MAX:
                raise ListTooLarge(
                    f"第{row_no}行超过{COLUMNS_MAX}列 · Row {row_no} has more than {COLUMNS_MAX} columns"
                )
            line = reader.line_num
            yield row
    except csv.Error as error:
        raise ListUnreadable(_unclosed(row_no + 1)) from error


def _unclosed(row_no: int) -> str:
    return f"第{row_no}行有未闭合的引号，或单元格过长 · Row {row_no} has a quote that never closes, or a huge cell"

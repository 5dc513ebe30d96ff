"""The cells of a CSV file that an operator brings, with a fault for what is no table."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from shebaoka.records.reason import Reason

Note = Callable[[str, int, str, Reason], None]
"""Notes what is wrong with one cell: file, row, column, reason."""

FILE_UNREADABLE: Final = Reason(
    "文件不存在或不是 UTF-8 编码的 CSV", "The file is missing or is no CSV in UTF-8",
    "请放入该文件，用 UTF-8 编码保存", "Put the file there, saved as UTF-8",
)  # fmt: skip
COLUMN_MISSING: Final = Reason(
    "缺少该列", "The column is missing", "请补上表头中的该列", "Add the column to the header"
)
ROW_LENGTH: Final = Reason(
    "该行的单元格数与表头不符", "The row does not have as many cells as the header",
    "请检查内容中的逗号，含逗号的内容加引号", "Look for commas inside a cell and quote such cells",
)  # fmt: skip
EMPTY: Final = Reason("必填项为空", "The cell is empty", "请补填", "Fill it in")


def rows_of(
    path: Path, columns: Sequence[str], filled: Sequence[str], note: Note
) -> Iterator[tuple[int, dict[str, str]]]:
    """Give every line of a file with its number, the header being 1; `filled`: columns where no cell may be empty.

    This function will note faults, never raise for what a file says.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            yield from _rows(path.name, columns, filled, note, csv.reader(text, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error):
        note(path.name, 1, "", FILE_UNREADABLE)


def _rows(
    file: str, columns: Sequence[str], filled: Sequence[str], note: Note, lines: Iterator[list[str]]
) -> Iterator[tuple[int, dict[str, str]]]:
    header = [name.strip() for name in next(lines, [])]
    missing = [column for column in columns if column not in header]
    for column in missing:
        note(file, 1, column, COLUMN_MISSING)
    if missing:
        return
    for row, line in enumerate(lines, start=2):
        if len(line) != len(header):
            if line:
                note(file, row, "", ROW_LENGTH)
            continue
        cells = dict(zip(header, map(str.strip, line), strict=True))
        for column in filled:
            if not cells[column]:
                note(file, row, column, EMPTY)
        yield row, cells

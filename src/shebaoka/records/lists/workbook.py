"""Spreadsheets (.xlsx, .xls): unpacked within limits, then read by calamine.

A workbook is a zip whose sizes may lie, and calamine lays a sheet out as a full rectangle. So every part is unpacked
here first, measured, and handed on in a new archive that holds only what was measured.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

import python_calamine as calamine

from shebaoka.records.lists.errors import ListProtected, ListTooLarge, ListUnreadable
from shebaoka.records.lists.grid import Sheet

UNPACKED_BYTES_MAX: Final = 256 * 1024**2
"""Some 450,000 rows of a roster; reading them takes three to four times as much memory."""
RATIO_MAX: Final = 400
RATIO_FREE_BYTES: Final = 16 * 1024**2
CELLS_MAX: Final = 16_000_000
ROWS_OF_EXCEL: Final = 1_048_576
MERGED_MAX: Final = 100_000
STRINGS_MAX: Final = 5_000_000
OTHER_PART_BYTES_MAX: Final = 16 * 1024**2
"""Styles, relations and the like: far smaller in any real list, and they swell in memory."""
PARTS_MAX: Final = 2_000
SHEETS_MAX: Final = 100
ZIP_MAGIC: Final = b"PK\x03\x04"
OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_UNNEEDED: Final = (
    "xl/media/",
    "xl/drawings/",
    "xl/theme/",
    "xl/printerSettings/",
    "xl/pivot",
    "docProps/",
    "xl/vba",
)
_ZIP_TROUBLE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    KeyError,
)
_WIDE: Final = re.compile(rb"""r\s*=\s*["']([A-Za-z]{2,})[0-9]""")
_ROW: Final = re.compile(rb"<(?:\w+:)?row\b")
_LETTERS: Final = 26


def is_workbook(data: bytes) -> bool:
    """Tell by its first bytes whether a file is a spreadsheet; this function will not trust its name."""
    return data.startswith((ZIP_MAGIC, OLE_MAGIC))


def sheets(data: bytes) -> Iterator[Sheet]:
    """Open a spreadsheet.

    This function will give its visible sheets in order, then the hidden ones. Raises `ListUnreadable`,
    `ListProtected` or `ListTooLarge`.
    """
    if data.startswith(OLE_MAGIC) and "EncryptedPackage".encode("utf-16-le") in data:
        raise ListProtected
    book = _load(repacked(data) if data.startswith(ZIP_MAGIC) else data)
    if len(book.sheets_metadata) > SHEETS_MAX:
        raise ListTooLarge(f"超过{SHEETS_MAX}张工作表 · More than {SHEETS_MAX} sheets")
    visible = calamine.SheetVisibleEnum.Visible
    for meta in sorted(book.sheets_metadata, key=lambda meta: meta.visible != visible):
        if meta.typ == calamine.SheetTypeEnum.WorkSheet:
            yield from _sheet(book, meta.name, hidden=meta.visible != visible)


def repacked(data: bytes) -> bytes:
    """Unpack and measure a workbook; this function will give an uncompressed archive of the parts that matter."""
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(packed, "w") as copy:
            for part in _parts(archive):
                content = archive.read(part)
                _measure(content)
                copy.writestr(zipfile.ZipInfo(part.filename), content)
    except _ZIP_TROUBLE as error:
        raise ListUnreadable("压缩包已损坏 · The archive is damaged") from error
    return packed.getvalue()


def _parts(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    parts = {part.filename: part for part in archive.infolist() if not part.filename.startswith(_UNNEEDED)}
    if "xl/workbook.xml" not in parts:
        raise ListUnreadable("不是.xlsx文件 · This is no .xlsx file")
    size = sum(part.file_size for part in parts.values())
    packed_size = sum(part.compress_size for part in parts.values())
    if size > UNPACKED_BYTES_MAX or len(parts) > PARTS_MAX:
        raise ListTooLarge(f"解压后超过{UNPACKED_BYTES_MAX >> 20} MB · More than that once unpacked")
    if size > max(RATIO_FREE_BYTES, RATIO_MAX * packed_size):
        raise ListTooLarge("压缩比异常 · Packed more tightly than any real list")
    return list(parts.values())


def _measure(content: bytes) -> None:
    """Refuse a part that would swell in memory; this function will tell sheets by what is in them: names may lie."""
    if b"sheetData" in content:
        _measure_sheet(content)
    elif len(content) > OTHER_PART_BYTES_MAX and b"<si" not in content and b":si" not in content:
        raise ListTooLarge("工作簿附属内容过大 · Something beside the sheets is too large")
    if (
        content.count(b"mergeCell ") > MERGED_MAX
        or content.count(b"<si") + content.count(b":si") > STRINGS_MAX
    ):
        raise ListTooLarge("合并单元格或文字过多 · Too many merged cells or texts")


def _measure_sheet(content: bytes) -> None:
    """Refuse a sheet whose rectangle is out of proportion, e.g. one cell at the far corner."""
    columns = max(_LETTERS, *map(_column_number, set(_WIDE.findall(content))), _cells_in_row_max(content), 0)
    rows = _row_number_max(content, 1 if columns > _LETTERS else 6)
    if rows > ROWS_OF_EXCEL or rows * columns > max(CELLS_MAX, ROWS_OF_EXCEL * 12):
        raise ListTooLarge("表格区域过大 · The sheet's used area is too large")


def _row_number_max(content: bytes, digits: int) -> int:
    """Find the highest row; this function will not look at numbers of fewer digits, which a narrow sheet may have."""
    numbers: list[bytes] = re.findall(rb"""["'][A-Za-z]*([0-9]{%d,})["']""" % digits, content)
    return max([int("9" * digits) // 10, content.count(b"<row"), *map(int, set(numbers))])


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + letter - ord("A") + 1
    return number


def _cells_in_row_max(content: bytes) -> int:
    """Count cells without an address, which follow each other: their number makes the width."""
    if content.count(b"<c ") == content.count(b'<c r="') and b"<c>" not in content and b":c" not in content:
        return 0
    return max(row.count(b"<c") + row.count(b":c") for row in _ROW.split(content))


def _load(data: bytes) -> Any:
    return _guarded(lambda: calamine.load_workbook(io.BytesIO(data)))


def _sheet(book: Any, name: str, *, hidden: bool) -> Iterator[Sheet]:
    sheet = _guarded(lambda: book.get_sheet_by_name(name))
    if sheet.start is None:
        return
    first_column = sheet.start[1]
    merged = tuple(
        ((top, left - first_column), (bottom, right - first_column))
        for (top, left), (bottom, right) in _guarded(lambda: sheet.merged_cell_ranges) or ()
    )
    yield Sheet(name, iter(sheet.iter_rows()), merged, hidden=hidden)


def _guarded(step: Any) -> Any:
    """Run a step of the reader written in Rust: whatever it stumbles over is the file's fault."""
    try:
        return step()
    except calamine.PasswordError as error:
        raise ListProtected from error
    except BaseException as error:
        if isinstance(error, calamine.CalamineError | ValueError) or type(error).__name__ == "PanicException":
            raise ListUnreadable("工作簿内容损坏 · The workbook is damaged") from error
        raise

"""CSV whose last line counts the others and carries their digest: the form of both files of the card bureau."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeVar

from shebaoka.kit.problems import Problem
from shebaoka.kit.sm import sm3

Record = TypeVar("Record")

TRAILER: Final = b"#TOTAL,"
TRAILER_REST: Final = re.compile(rb"([0-9]{1,9}),([0-9A-Fa-f]{64})(?:\r?\n)?")


class BureauFileRefused(Problem):
    """A file of the card bureau's exchange cannot be used; nothing of it was taken.

    Members of the document: `reason` (a word for programs), and where known `line` (1 is the header) and
    `field` (column name). Values are never repeated: they are personal.
    """

    slug: ClassVar[str] = "bureau-file-refused"
    status: ClassVar[int] = 422
    title_zh: ClassVar[str] = "制卡文件不能使用，未读取其中任何记录"
    title_en: ClassVar[str] = "The bureau's file cannot be used; none of its records was taken"
    remedy_zh: ClassVar[str] = "请按所示行、列更正后重新生成文件；如文件在传输中受损，请重新传送"
    remedy_en: ClassVar[str] = (
        "Mend the line and column shown and make the file again; if it was damaged on the way, send it again"
    )


def refused(reason: str, zh: str, en: str, *, line: int = 0, field: str = "") -> BureauFileRefused:
    """Give the refusal that names reason, line and field, where these are known."""
    members: dict[str, Any] = {"reason": reason}
    members |= {"line": line} if line else {}
    members |= {"field": field} if field else {}
    where_zh = (f"第 {line} 行" if line else "") + (f"“{field}”" if field else "")
    where_en = (f"line {line} " if line else "") + (f"{field} " if field else "")
    return BureauFileRefused(f"{where_zh}{zh} · {where_en}{en}", **members)


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of value is written, read (ValueError when it is not one), and described to a person."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the file, the record's attribute, and the kind of its values."""

    name: str
    attribute: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Discord:
    """Fields of one record that contradict each other: the column to look at, and why."""

    field: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of file: its columns in order, and a check across one record's fields."""

    columns: tuple[Column, ...]
    discord: Callable[[Any], Discord | None]


def write_sheet(layout: Layout, records: Sequence[Any]) -> bytes:
    """Write header, one line a record, and the trailer.

    This function will refuse (BureauFileRefused) a record that `read_sheet` would not give back equal.
    """
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow([column.name for column in layout.columns])
    for line, record in enumerate(records, start=2):
        writer.writerow(_written(layout, record, line))
    body = sheet.getvalue().encode()
    return body + trailer(body, len(records))


def trailer(body: bytes, lines: int) -> bytes:
    """Give the trailer line that fits these bytes before it."""
    return TRAILER + f"{lines},{sm3(body).hex().upper()}\n".encode()


def read_sheet(layout: Layout, make: Callable[..., Record], data: bytes) -> list[Record]:
    """Read what `write_sheet` wrote: all its records, in the file's order.

    This function will raise BureauFileRefused, with reason, line and field, at the first thing that is wrong
    with trailer, digest, encoding, columns, total or a value; it never gives a part of a file.
    """
    body, total = _without_trailer(data)
    header, *lines = _lines(_decoded(body))
    order = _order(layout, _cells(header, 1))
    if len(lines) != total:
        raise refused(
            "total",
            f"尾行合计 {total} 行，实有 {len(lines)} 行",
            f"the trailer counts {total} lines, the file has {len(lines)}",
        )
    return [_record(layout, make, order, text, line) for line, text in enumerate(lines, start=2)]


def _written(layout: Layout, record: Any, line: int) -> list[str]:
    cells = []
    for column in layout.columns:
        value = getattr(record, column.attribute)
        cell = column.kind.write(value)
        if _value(column, cell, line) != value:
            raise _wrong(column, line)
        cells.append(cell)
    _agree(layout, record, line)
    return cells


def _value(column: Column, cell: str, line: int) -> Any:
    try:
        return column.kind.read(cell)
    except ValueError:
        raise _wrong(column, line) from None


def _wrong(column: Column, line: int) -> BureauFileRefused:
    return refused("value", column.kind.zh, column.kind.en, line=line, field=column.name)


def _agree(layout: Layout, record: Any, line: int) -> None:
    if discord := layout.discord(record):
        raise refused("discord", discord.zh, discord.en, line=line, field=discord.field)


def _without_trailer(data: bytes) -> tuple[bytes, int]:
    body, mark, rest = data.rpartition(TRAILER)
    found = TRAILER_REST.fullmatch(rest)
    if not mark or not found or not body.endswith(b"\n"):
        raise refused("trailer", "缺少尾行 #TOTAL,行数,SM3，或其格式不对",
                      "the trailer line #TOTAL,lines,SM3 is missing or malformed")  # fmt: skip
    if sm3(body) != bytes.fromhex(found[2].decode()):
        raise refused("digest", "尾行的 SM3 摘要与内容不符：文件已被改动或截断",
                      "the trailer's SM3 does not fit the content: the file was changed or cut")  # fmt: skip
    return body, int(found[1])


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise refused("encoding", "不是 UTF-8 编码", "is not UTF-8", line=line) from None


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").replace("\r\n", "\n").removesuffix("\r").split("\n")


def _order(layout: Layout, header: list[str]) -> list[int]:
    """Where in a line each column of the layout stands."""
    wanted = [column.name for column in layout.columns]
    for name in wanted:
        if header.count(name) != 1:
            raise refused(
                "column", "表头缺少该列或重复", "is missing or stands there twice", line=1, field=name
            )
    if len(header) != len(wanted):
        raise refused("column", "表头有多余的列", "has columns that do not belong", line=1)
    return [header.index(name) for name in wanted]


def _cells(text: str, line: int) -> list[str]:
    """Split one line by itself: a quoted cell cannot run over its end."""
    try:
        return next(csv.reader([text], strict=True))
    except csv.Error:
        raise _broken(line) from None


def _broken(line: int) -> BureauFileRefused:
    return refused("line", "不是完整的一行", "is not one whole line", line=line)


def _record(layout: Layout, make: Callable[..., Record], order: list[int], text: str, line: int) -> Record:
    cells = _cells(text, line)
    if len(cells) != len(order):
        raise _broken(line)
    values = {
        column.attribute: _value(column, cells[at], line)
        for column, at in zip(layout.columns, order, strict=True)
    }
    record = make(**values)
    _agree(layout, record, line)
    return record

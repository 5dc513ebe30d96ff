"""The sheet that the bank's staff fill in at a collection, read from CSV. Pure."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping
from typing import Final

from shebaoka.issuing.employers.errors import SheetUnreadable
from shebaoka.issuing.employers.model import CAPACITY_MAX, Note
from shebaoka.issuing.employers.states import Noting
from shebaoka.registry.programme.model import Taken

COLUMNS: Final = ("编号", "姓名", "证件号码", "状态", "结果", "采集内容", "后续网点")
SEAT, OUTCOME, TAKEN, OUTLET = "编号", "结果", "采集内容", "后续网点"
OUTCOMES: Final[Mapping[str, Noting]] = {
    "已采集": Noting.TAKE, "done": Noting.TAKE, "未到场": Noting.MISS, "未办成": Noting.MISS, "missed": Noting.MISS,
}  # fmt: skip
CONTENTS: Final[Mapping[str, Taken]] = {
    "身份": "identity", "identity": "identity", "同意": "consent", "consent": "consent", "签名": "signature",
    "signature": "signature", "相片": "photo", "photo": "photo",
}  # fmt: skip
SEATS_DIGITS_MAX: Final = 9


def read(data: bytes) -> list[Note]:
    """Read what came of seats, in the order of the rows; a row without a result is passed over.

    This function will take UTF-8 (with or without its mark) and GB18030, and contents with anything between them
    (身份、同意 签名). Raises SheetUnreadable naming the row, the header being 1.
    """
    rows = list(_rows(_text(data)))
    header = [_plain(cell) for cell in rows[0]] if rows else []
    missing = [name for name in (SEAT, OUTCOME, TAKEN, OUTLET) if name not in header]
    if missing:
        raise SheetUnreadable(f"缺少列 missing columns: {'、'.join(missing)}", row=1)
    places = {name: header.index(name) for name in (SEAT, OUTCOME, TAKEN, OUTLET)}
    notes = []
    for number, cells in enumerate(rows[1:], start=2):
        one = {name: _plain(cells[place]) if place < len(cells) else "" for name, place in places.items()}
        if one[OUTCOME]:
            notes.append(_note(one, number))
    if len(notes) > CAPACITY_MAX:
        raise SheetUnreadable(f"超过 {CAPACITY_MAX} 行 · more rows than a collection has seats", row=0)
    return notes


def _note(one: Mapping[str, str], row: int) -> Note:
    noting = OUTCOMES.get(one[OUTCOME].casefold())
    if noting is None:
        raise SheetUnreadable(f"第{row}行“{OUTCOME}” · row {row}", row=row)
    seat = one[SEAT]
    if not (seat.isascii() and seat.isdigit() and len(seat) <= SEATS_DIGITS_MAX):
        raise SheetUnreadable(f"第{row}行“{SEAT}” · row {row}", row=row)
    return Note(int(seat), noting, _contents(one[TAKEN], row), one[OUTLET].upper()[:64])


def _contents(text: str, row: int) -> tuple[Taken, ...]:
    taken: list[Taken] = []
    for mark in "、，;；/+":
        text = text.replace(mark, " ")
    for word in text.replace(",", " ").casefold().split():
        if word not in CONTENTS:
            raise SheetUnreadable(f"第{row}行“{TAKEN}” · row {row}", row=row)
        taken.append(CONTENTS[word])
    return tuple(dict.fromkeys(taken))


def _text(data: bytes) -> str:
    if b"\x00" in data:
        raise SheetUnreadable("不是 CSV 文本 · no CSV text", row=0)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetUnreadable("编码 encoding", row=0)


def _rows(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise SheetUnreadable(str(error), row=0) from error


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().removeprefix("'")

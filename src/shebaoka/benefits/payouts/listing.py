"""Lists of what is owed, and of accounts on file: read line by line, each line taken or told what is wrong with it. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final, TypeVar

import msgspec

from shebaoka.banking.connector import sound
from shebaoka.benefits.payouts.errors import PayoutListRefused
from shebaoka.benefits.payouts.model import LINES_MAX, AccountLine, Fault, ItemLine, Scheme
from shebaoka.records import id_number as numbers
from shebaoka.registry.programme.model import Benefit

BYTES_MAX: Final = 8 * 2**20
AMOUNT: Final = re.compile(r"^(\d{1,10})(?:\.(\d{1,2}))?$")
MONTH: Final = re.compile(r"^(\d{4})-?(\d{2})$")
TEXT_MAX: Final = 64
Line = TypeVar("Line", ItemLine, AccountLine)
BENEFITS: Final[Mapping[str, Benefit]] = MappingProxyType(
    {
        "pension": "pension", "养老金": "pension", "unemployment": "unemployment", "失业保险金": "unemployment",
        "work_injury": "work_injury", "工伤待遇": "work_injury", "medical": "medical", "医疗报销": "medical",
    }
)  # fmt: skip
SCHEMES: Final[Mapping[str, Scheme]] = MappingProxyType(
    {"": "none", "employee": "employee", "职工": "employee", "resident": "resident", "居民": "resident"}
)
ITEM_COLUMNS: Final = MappingProxyType(
    {
        "benefit": "待遇", "id_number": "证件号码", "name": "姓名", "period": "所属期", "amount": "金额", "reference": "业务编号",
        "scheme": "险种",
    }
)  # fmt: skip
ACCOUNT_COLUMNS: Final = MappingProxyType(
    {"id_number": "证件号码", "name": "姓名", "bank": "银行代码", "account": "账号", "since": "起始日"}
)
MAY_LACK: Final = frozenset({"scheme"})


class _Wrong(Exception):  # noqa: N818 - a fault of one line, told and gone on from
    def __init__(self, column: str, zh: str, en: str) -> None:
        super().__init__(column)
        self.column, self.zh, self.en = column, zh, en


def read_items(content: bytes, *, on: date, invented_allowed: bool) -> tuple[list[ItemLine], list[Fault]]:
    """Read what is owed from CSV or JSON: lines, and what is wrong with the others. PayoutListRefused for no list at all."""

    def line(number: int, row: Mapping[str, str]) -> ItemLine:
        benefit = BENEFITS.get(row["benefit"])
        if benefit is None:
            raise _Wrong(
                "benefit",
                "待遇须为 养老金、失业保险金、工伤待遇 或 医疗报销",
                "pension, unemployment, work_injury or medical",
            )
        scheme = SCHEMES.get(row["scheme"])
        if scheme is None or (benefit == "medical") != (scheme != "none"):
            raise _Wrong(
                "scheme",
                "医疗报销须写险种（职工或居民），其他待遇留空",
                "employee or resident for medical, empty for all else",
            )
        return ItemLine(
            number, benefit, _id_number(row, on, invented_allowed), _text(row, "name"), _month(row, on), _amount(row),
            _text(row, "reference"), scheme,
        )  # fmt: skip

    return _read(content, ITEM_COLUMNS, line)


def read_accounts(
    content: bytes, *, on: date, invented_allowed: bool
) -> tuple[list[AccountLine], list[Fault]]:
    """Read accounts on file from CSV or JSON, as `read_items`."""

    def line(number: int, row: Mapping[str, str]) -> AccountLine:
        if not sound(row["account"]):
            raise _Wrong(
                "account",
                "账号须为 19 位数字且校验位正确",
                "an account has 19 digits, the last of them Luhn's",
            )
        try:
            since = date.fromisoformat(row["since"])
        except ValueError:
            raise _Wrong("since", "起始日须为 YYYY-MM-DD", "a day is YYYY-MM-DD") from None
        return AccountLine(
            number, _id_number(row, on, invented_allowed), _text(row, "name"), _text(row, "bank"), row["account"], since
        )  # fmt: skip

    return _read(content, ACCOUNT_COLUMNS, line)


def _read(
    content: bytes, columns: Mapping[str, str], line: Callable[[int, Mapping[str, str]], Line]
) -> tuple[list[Line], list[Fault]]:
    lines: list[Line] = []
    faults: list[Fault] = []
    for number, row in _rows(content, columns):
        try:
            lines.append(line(number, row))
        except _Wrong as wrong:
            faults.append(Fault(number, wrong.column, wrong.zh, wrong.en))
    return lines, faults


def _rows(content: bytes, columns: Mapping[str, str]) -> list[tuple[int, dict[str, str]]]:
    """Give rows by their columns' names in code, with their line; the first line of a CSV is 1, the first object of JSON too."""
    if len(content) > BYTES_MAX:
        raise PayoutListRefused(f"{len(content):,} > {BYTES_MAX:,} bytes：请分成几份 · hand it in in parts")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PayoutListRefused("不是 UTF-8 编码 · not UTF-8") from None
    if "\x00" in text:
        raise PayoutListRefused("含有空字符 · a NUL character is in it")
    found = _objects(text) if text.lstrip()[:1] in ("[", "{") else _table(text)
    if len(found) > LINES_MAX:
        raise PayoutListRefused(f"{len(found):,} > {LINES_MAX:,} 行：请分成几份 · hand it in in parts")
    if not found:
        raise PayoutListRefused("没有任何一行 · no line at all")
    names = set(found[0][1])
    lacking = [
        f"{zh} {name}" for name, zh in columns.items() if not {name, zh} & names and name not in MAY_LACK
    ]
    if lacking:
        raise PayoutListRefused(f"缺少列 · columns are missing: {', '.join(lacking)}")
    return [(number, {name: _cell(row, name, zh) for name, zh in columns.items()}) for number, row in found]


def _table(text: str) -> list[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text), restkey="…", strict=True)
    try:
        return [
            (reader.line_num, {(name or "").strip(): cell for name, cell in row.items()}) for row in reader
        ]
    except csv.Error as error:
        raise PayoutListRefused(
            f"第{reader.line_num}行不是 CSV · line {reader.line_num} is no CSV: {error}"
        ) from None


def _objects(text: str) -> list[tuple[int, dict[str, Any]]]:
    try:
        rows = msgspec.json.decode(text, type=list[dict[str, str]])
    except (msgspec.DecodeError, RecursionError) as error:
        raise PayoutListRefused(
            f"JSON 须为对象的数组，值都写成文本 · a list of objects whose values are texts: {error}"
        ) from None
    return list(enumerate(rows, 1))


def _cell(row: Mapping[str, Any], name: str, zh: str) -> str:
    value = row.get(name, row.get(zh))
    return value.strip() if isinstance(value, str) else ""


def _text(row: Mapping[str, str], column: str) -> str:
    value = row[column]
    if not 0 < len(value) <= TEXT_MAX or not value.isprintable():
        raise _Wrong(
            column,
            f"不能为空，不超过 {TEXT_MAX} 个字，不含控制字符",
            f"1 to {TEXT_MAX} characters that can be printed",
        )
    return value


def _id_number(row: Mapping[str, str], on: date, invented_allowed: bool) -> str:
    try:
        return numbers.parse(row["id_number"], on=on, invented_allowed=invented_allowed).text
    except numbers.IdNumberRefused as refused:
        reason = numbers.REASONS[refused.code]
        raise _Wrong(
            "id_number", f"{reason.zh}；{reason.remedy_zh}", f"{reason.en}; {reason.remedy_en}"
        ) from None


def _month(row: Mapping[str, str], on: date) -> date:
    found = MONTH.match(row["period"])
    try:
        month = date(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        month = None
    if month is None or month > on:
        raise _Wrong("period", "所属期须为 YYYY-MM，且不晚于本月", "a month is YYYY-MM, and none to come")
    return month


def _amount(row: Mapping[str, str]) -> int:
    found = AMOUNT.match(row["amount"].replace(",", ""))
    fen = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    if not fen:
        raise _Wrong(
            "amount", "金额须为大于零的元，最多两位小数", "yuan above nought with two decimals at most"
        )
    return fen


def twice(lines: Sequence[ItemLine]) -> tuple[list[ItemLine], int, list[Fault]]:
    """Sort out what stands twice in one list: the first of each, how many said the same again, and those that say otherwise."""
    first: dict[tuple[str, Benefit, date, str], ItemLine] = {}
    repeated, faults = 0, []
    for one in lines:
        was = first.setdefault((one.id_number, one.benefit, one.period, one.reference), one)
        if was is one:
            continue
        if (was.amount_fen, was.scheme) == (one.amount_fen, one.scheme):
            repeated += 1
        else:
            faults.append(differs(one.line))
    return list(first.values()), repeated, faults


def differs(line: int) -> Fault:
    """Tell of a line that says otherwise than what was taken before under its number."""
    return Fault(
        line, "amount", "同一业务编号先前已按另一金额收下；金额有变请用新的业务编号，原来的先停发",
        "taken before with another amount under this number; stop that one and use a new number",
    )  # fmt: skip

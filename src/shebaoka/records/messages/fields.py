"""What a message's fields may hold: a declaration for each, by which values are read and written. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

Kind = Literal["C", "N", "M", "D", "DT"]
"""C text, N number, M money (two decimals outside, whole fen inside), D day, DT moment in Shanghai's local time, without a zone."""
FEN: Final = 100
NUMBER: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
FORMS: Final[Mapping[Kind, tuple[str, str]]] = {"D": ("%Y-%m-%d", "yyyy-MM-dd"), "DT": ("%Y-%m-%d %H:%M:%S", "yyyy-MM-dd HH:mm:ss")}  # fmt: skip
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class Wrong(Exception):  # noqa: N818 - named for the fact
    """A value is not what its field takes: what is to be mended, in Chinese and English. It repeats no value."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name and meaning, what it holds, how long it may be, which codes it takes, and when it must be there.

    `length`: characters of a text; digits in all of a number, of which `decimals` after the point. `needed_with`: another
    field of the same node, and the values with which this one must be there.
    """

    name: str
    zh: str
    kind: Kind
    length: int = 0
    decimals: int = 0
    codes: Mapping[str, str] | None = None
    needed: bool = False
    needed_with: tuple[str, tuple[str, ...]] | None = None

    def must(self, beside: Mapping[str, Any]) -> bool:
        """Tell whether the field must be there, beside what else was said."""
        if self.needed_with is None:
            return self.needed
        name, values = self.needed_with
        return beside.get(name) in values

    def read(self, raw: Any) -> Any:
        """Give the value of what came; Wrong. Numbers come as JSON numbers (Decimal or int) or as text."""
        return READ[self.kind](self, raw)

    def write(self, value: Any) -> Any:
        """Give what goes out: text, or a Decimal with exactly as many decimals as the field has. ValueError where it does not fit."""
        return WRITE[self.kind](self, value)


def _text(field: Field, raw: Any) -> str:
    if not isinstance(raw, str):
        raise Wrong("须为字符串", "must be text")
    text = raw.strip()
    if CONTROL.search(text):
        raise Wrong("含有控制字符", "has control characters")
    if field.length and len(text) > field.length:
        raise Wrong(f"超过{field.length}个字符", f"is longer than {field.length} characters")
    if field.codes is not None and text not in field.codes:
        told = "、".join(f"{code} {zh}" for code, zh in list(field.codes.items())[:8])
        raise Wrong(f"不在字典内，可用：{told}", f"is not in the dictionary: {', '.join(field.codes)}")
    return text


def _digits(field: Field, raw: Any) -> tuple[str, str, str]:
    """Give sign, whole digits and decimals of what came, as they stand there."""
    if isinstance(raw, bool) or not isinstance(raw, (int, Decimal, str)):
        raise Wrong("须为数字", "must be a number")
    found = NUMBER.fullmatch(str(raw).strip())
    if found is None:
        raise Wrong("须为十进制数字，不用指数", "must be a decimal number without exponent")
    sign, whole, decimals = found[1], found[2].lstrip("0") or "0", found[3] or ""
    if len(decimals) > field.decimals:
        raise Wrong(f"小数不超过{field.decimals}位", f"has more than {field.decimals} decimals")
    if field.length and len(whole) > field.length - field.decimals:
        raise Wrong(f"整数不超过{field.length - field.decimals}位", f"has more than {field.length - field.decimals} digits before the point")  # fmt: skip
    return sign, whole, decimals


def _number(field: Field, raw: Any) -> Decimal | int:
    sign, whole, decimals = _digits(field, raw)
    return Decimal(f"{sign}{whole}.{decimals}") if field.decimals else int(sign + whole)


def _money(field: Field, raw: Any) -> int:
    sign, whole, decimals = _digits(field, raw)
    fen = int(whole) * FEN + int(decimals.ljust(2, "0"))
    return -fen if sign else fen


def _day(field: Field, raw: Any) -> date:
    return _moment(field, raw).date()


def _moment(field: Field, raw: Any) -> datetime:
    form, shown = FORMS[field.kind]
    if not isinstance(raw, str):
        raise Wrong(f"须为 {shown} 格式的字符串", f"must be text as {shown}")
    try:
        found = datetime.strptime(raw.strip(), form)  # noqa: DTZ007 - a moment without a zone, as it is sent
    except ValueError:
        raise Wrong(f"须为存在的日期，格式 {shown}", f"must be a date that exists, as {shown}") from None
    if len(raw.strip()) != len(shown):
        raise Wrong(f"须补足位数，格式 {shown}", f"must have all digits, as {shown}")
    return found


def _write_text(field: Field, value: Any) -> str:
    text = str(value)
    if field.length and len(text) > field.length:
        raise ValueError(f"{field.name}: longer than {field.length}")
    if field.codes is not None and text not in field.codes:
        raise ValueError(f"{field.name}: {text} is not in its dictionary")
    return text


def _write_number(field: Field, value: Any) -> Decimal:
    exact = Decimal(value).quantize(Decimal(1).scaleb(-field.decimals))
    if exact != Decimal(value):
        raise ValueError(f"{field.name}: more than {field.decimals} decimals")
    return exact


def _write_money(_field: Field, value: Any) -> Decimal:
    return Decimal(int(value)).scaleb(-2)


def _write_moment(field: Field, value: Any) -> str:
    return str(value.strftime(FORMS[field.kind][0]))


READ: Final[Mapping[Kind, Callable[[Field, Any], Any]]] = {
    "C": _text, "N": _number, "M": _money, "D": _day, "DT": _moment,
}  # fmt: skip
WRITE: Final[Mapping[Kind, Callable[[Field, Any], Any]]] = {
    "C": _write_text, "N": _write_number, "M": _write_money, "D": _write_moment, "DT": _write_moment,
}  # fmt: skip

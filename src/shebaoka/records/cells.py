"""What may stand in a cell of a partner's file."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from shebaoka.records.trailed_csv import Kind

# Control characters, line separators and half a surrogate pair: none can stand in one line of UTF-8.
TEXT_RULE: Final = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]"


def pattern(rule: str, zh: str, en: str) -> Kind:
    """Give the kind of text that matches the whole rule, kept as it is."""
    compiled = re.compile(rule, re.ASCII)

    def read(cell: str) -> str:
        if not compiled.fullmatch(cell):
            raise ValueError
        return cell

    return Kind(read, str, zh, en)


def hex_digits(count: int) -> Kind:
    """Give the kind of `count` hex digits, read as capitals, or nothing."""
    shape = pattern(
        rf"(?:[0-9A-Fa-f]{{{count}}})?", f"应为 {count} 位十六进制数", f"must be {count} hex digits"
    )
    return Kind(lambda cell: str(shape.read(cell)).upper(), str, shape.zh, shape.en)


def digits(fewest: int, most: int) -> Kind:
    """Give the kind of so many digits."""
    many = f"{most}" if fewest == most else f"{fewest} 至 {most}"
    return pattern(
        f"[0-9]{{{fewest},{most}}}", f"应为 {many} 位数字", f"must be {many.replace(' 至 ', ' to ')} digits"
    )


def _whole(cell: str) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,8}", cell):
        raise ValueError
    return int(cell)


def _number(cell: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,18}", cell):
        raise ValueError
    return int(cell)


def _moment(cell: str) -> datetime:
    if not re.fullmatch(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})", cell
    ):
        raise ValueError
    return datetime.fromisoformat(cell)


def _count(cell: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,8}", cell):
        raise ValueError
    return int(cell)


def _day(cell: str) -> date:
    if not re.fullmatch(r"[0-9]{8}", cell):
        raise ValueError
    return date(int(cell[:4]), int(cell[4:6]), int(cell[6:]))


def _day_text(day: date | None) -> str:
    # Not strftime: it writes the year 999 with three digits on some systems.
    return f"{day.year:04}{day.month:02}{day.day:02}" if day else ""


COUNT: Final = Kind(_count, str, "应为 1 至 999999999 的整数", "must be a whole number from 1 to 999999999")
COUNT_OR_ZERO: Final = Kind(
    _whole, str, "应为 0 至 999999999 的整数", "must be a whole number from 0 to 999999999"
)
NUMBER: Final = Kind(_number, str, "应为 1 至 19 位的编号", "must be a number of 1 to 19 digits")
MOMENT: Final = Kind(
    _moment,
    datetime.isoformat,
    "应为带时区、精确到秒的时刻（RFC 3339）",
    "must be a moment to the second, with an offset (RFC 3339)",
)
MOMENT_OR_NONE: Final = Kind(
    lambda cell: _moment(cell) if cell else None,
    lambda moment: moment.isoformat() if moment else "",
    f"{MOMENT.zh}或空",
    f"{MOMENT.en}, or empty",
)
DAY: Final = Kind(_day, _day_text, "应为八位日期 YYYYMMDD", "must be a date YYYYMMDD")
DAY_OR_NONE: Final = Kind(
    lambda cell: _day(cell) if cell else None,
    _day_text,
    "应为八位日期 YYYYMMDD 或空",
    "must be a date YYYYMMDD or empty",
)
TEXT: Final = pattern(
    TEXT_RULE + "{1,200}",
    "应为 1 至 200 个字，不含控制字符",
    "must be 1 to 200 characters, no control characters",
)
TEXT_OR_NONE: Final = pattern(
    TEXT_RULE + "{0,200}",
    "至多 200 个字，不含控制字符",
    "must be at most 200 characters, no control characters",
)
CARD_NUMBER: Final = pattern("[0-9A-Z]{9}", "应为九位卡号", "must be a card number of nine characters")
SOCIAL_SECURITY_NUMBER: Final = pattern(
    "[0-9]{17}[0-9X]", "应为 18 位社会保障号码", "must be an 18-character social security number"
)
ACCOUNT_NUMBER: Final = pattern("[0-9]{0,30}", "应为数字账号或空", "must be digits or empty")

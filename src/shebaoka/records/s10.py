"""UPU S10 waybill numbers: two letters, eight digits, a check digit, the country's two letters."""

from __future__ import annotations

import re
from typing import ClassVar, Final

from shebaoka.kit.problems import Problem

WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)
SERIALS: Final = 100_000_000
SHAPE: Final = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")


class WaybillRefused(Problem):
    """The text is not a waybill number, or its check digit does not fit; member `why`: `shape` or `check_digit`.

    The digit that would fit is never told: whoever puts it in makes a good number of a misread one, another parcel's.
    """

    slug: ClassVar[str] = "waybill-refused"
    status: ClassVar[int] = 422
    title_zh: ClassVar[str] = "邮件号码不正确"
    title_en: ClassVar[str] = "The waybill number is not right"
    remedy_zh: ClassVar[str] = "请对照面单核对全部 13 位邮件号码，或重新扫描条码；不要只改末位数字"
    remedy_en: ClassVar[str] = (
        "Compare all 13 characters with the label, or scan it again; do not mend the last digit alone"
    )


def check_digit(serial: str) -> str:
    """Give the check digit of eight digits: 11 − (weighted sum mod 11), where 10 becomes 0 and 11 becomes 5."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, serial, strict=True))
    digit = 11 - total % 11
    return {10: "0", 11: "5"}.get(digit, str(digit))


def make(prefix: str, serial: int, country: str = "CN") -> str:
    """Make the waybill of a service (two capitals) and a serial (0 to 99,999,999).

    This function will give the 13 characters, or raise WaybillRefused when a part does not fit its place.
    """
    if not 0 <= serial < SERIALS:
        raise WaybillRefused("序号须在 0 至 99999999 之间 · the serial must lie between 0 and 99999999")
    digits = f"{serial:08}"
    return validate(f"{prefix}{digits}{check_digit(digits)}{country}")


def compact(text: str) -> str:
    """Give the number without the blanks and hyphens people write, in capitals."""
    return re.sub(r"[\s-]", "", text).upper()


def validate(text: str) -> str:
    """Give the waybill compacted.

    This function will raise WaybillRefused when its shape or its check digit is wrong.
    """
    waybill = compact(text)
    if not SHAPE.fullmatch(waybill):
        raise WaybillRefused(
            "应为两个字母、九位数字、两个字母 · must be two letters, nine digits, two letters", why="shape"
        )
    if check_digit(waybill[2:10]) != waybill[10]:
        raise WaybillRefused("校验位不符 · the check digit does not fit", why="check_digit")
    return waybill


def is_valid(text: str) -> bool:
    """Whether `validate` would take it."""
    try:
        validate(text)
    except WaybillRefused:
        return False
    return True

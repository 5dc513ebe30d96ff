"""ID numbers of eighteen characters: citizens, HK/Macao/Taiwan residents, foreign permanent residents.

Layout (GB 11643): area (6), birth date (8), order (3, odd for men), check character (ISO 7064 MOD 11-2).
Residence permits of Hong Kong, Macao and Taiwan have areas 81, 82 and 83; permanent-residence cards of foreigners
begin with 9 and carry an area and a nationality before the birth date. All share the check character.

Invented people have the province code 10, which GB/T 2260 never assigned: no real person can hold such a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from stdnum.cn import ric

from shebaoka.kit.problems import Problem
from shebaoka.records.reason import Reason

INVENTED_PROVINCE: Final = "10"
YEARS_LIVED_MAX: Final = 130
_PROVINCE_RANGES: Final = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
PROVINCES: Final = tuple(str(code) for first, last in _PROVINCE_RANGES for code in range(first, last + 1))
"""Province codes of GB/T 2260, and the three used on residence permits."""

DROPPED: Final = (
    " \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff-'"
)
"""Blanks, hyphens and Excel's apostrophe: never part of a number."""
REPLACED: Final = {chr(0xFF10 + digit): str(digit) for digit in range(10)} | {"x": "X", "ｘ": "X", "Ｘ": "X"}
_COMPACT: Final = str.maketrans(REPLACED | dict.fromkeys(DROPPED, ""))


class Kind(StrEnum):
    """Whose number it is."""

    CITIZEN = "citizen"
    HK_MACAO_TAIWAN = "hk_macao_taiwan"
    FOREIGN = "foreign"
    INVENTED = "invented"


class Sex(StrEnum):
    """Sex as the order code tells it, in the words of the partners' files."""

    MALE = "男"
    FEMALE = "女"


_ASK_AGAIN_ZH: Final = "请对照身份证件原件重新填写18位证件号码"
_ASK_AGAIN_EN: Final = "Type the 18 characters again from the document itself"
REASONS: Final = {
    "id-length": Reason(
        "证件号码应为18位（或15位旧号码）",
        "An ID number has 18 characters (15 in old documents)",
        _ASK_AGAIN_ZH,
        _ASK_AGAIN_EN,
    ),
    "id-character": Reason(
        "证件号码只能是数字，末位可以是X",
        "An ID number has digits only; the last may be X",
        _ASK_AGAIN_ZH,
        _ASK_AGAIN_EN,
    ),
    "id-province": Reason(
        "证件号码前两位不是省级行政区划代码",
        "The first two digits are no province code",
        _ASK_AGAIN_ZH,
        _ASK_AGAIN_EN,
    ),
    "id-invented": Reason(
        "以10开头的号码是演示用的虚构号码",
        "A number that begins with 10 is an invented one, for demos",
        "正式环境只接受真实证件号码",
        "A production system takes real numbers only",
    ),
    "id-birth-date": Reason(
        "证件号码中的出生日期不存在",
        "The birth date in the ID number does not exist",
        _ASK_AGAIN_ZH,
        _ASK_AGAIN_EN,
    ),
    "id-birth-future": Reason(
        "证件号码中的出生日期晚于今天",
        "The birth date in the ID number is in the future",
        _ASK_AGAIN_ZH,
        _ASK_AGAIN_EN,
    ),
    "id-check-digit": Reason(
        "证件号码末位校验码不符，至少有一位填错",
        "The check character does not fit: at least one character is wrong",
        _ASK_AGAIN_ZH,
        _ASK_AGAIN_EN,
    ),
}


class IdNumberRefused(Problem):
    """The text is no ID number; member `reason` says which rule it breaks."""

    slug = "id-number-refused"
    status = 422
    title_zh = "证件号码有误"
    title_en = "The ID number is not right"
    remedy_zh = _ASK_AGAIN_ZH
    remedy_en = _ASK_AGAIN_EN

    def __init__(self, code: str) -> None:
        reason = REASONS[code]
        super().__init__(
            f"{reason.zh} · {reason.en}", reason=code, remedy_zh=reason.remedy_zh, remedy_en=reason.remedy_en
        )
        self.code = code


@dataclass(frozen=True, slots=True)
class IdNumber:
    """An ID number that keeps every rule. `text` has 18 characters; `upgraded` tells that 15 were given."""

    text: str
    birth_date: date
    sex: Sex
    kind: Kind
    upgraded: bool = False


def parse(text: str, *, on: date, invented_allowed: bool) -> IdNumber:
    """Read an ID number as somebody typed it.

    This function will drop blanks and hyphens, read full-width digits and a small x, and lengthen a 15-digit
    number by its century and check character. Raises `IdNumberRefused` with the first rule that is broken;
    a birth date after `on`, or more than 130 years before, breaks one.
    """
    given = text.translate(_COMPACT)
    number = upgraded(given)
    code = _fault(number, on=on, invented_allowed=invented_allowed)
    if code:
        raise IdNumberRefused(code)
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return IdNumber(number, birth_date(number), sex, kind_of(number), upgraded=number != given)


def birth_date(number: str) -> date:
    """Give the birth date that a sound 18-character number tells; this function will judge nothing."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def upgraded(number: str) -> str:
    """Give the 18 characters of a 15-digit number of before 1999; this function will leave any other text alone."""
    if len(number) != 15 or not _digits(number):  # noqa: PLR2004 - the old length
        return number
    return with_check_character(f"{number[:6]}19{number[6:]}")


def with_check_character(first_17: str) -> str:
    """Complete seventeen digits: this function will append the ISO 7064 MOD 11-2 check character."""
    return first_17 + str(ric.calc_check_digit(first_17 + "0"))


def kind_of(number: str) -> Kind:
    """Tell whose number a sound 18-character number is; this function will look at its head only."""
    if number.startswith("9"):
        return Kind.FOREIGN
    if number.startswith(INVENTED_PROVINCE):
        return Kind.INVENTED
    return Kind.HK_MACAO_TAIWAN if number.startswith("8") else Kind.CITIZEN


def mask(number: str) -> str:
    """Hide a number for screens and logs; this function will leave its first two and last two characters."""
    keep = 2
    if len(number) <= 4 * keep:
        return "*" * len(number)
    return number[:keep] + "*" * (len(number) - 2 * keep) + number[-keep:]


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _fault(number: str, *, on: date, invented_allowed: bool) -> str:
    if len(number) != 18:  # noqa: PLR2004 - the length of GB 11643
        return "id-length"
    if not _digits(number[:17]) or number[17] not in "0123456789X":
        return "id-character"
    fault = _province_fault(number, invented_allowed=invented_allowed) or _birth_fault(number[6:14], on)
    if fault:
        return fault
    return "" if number == with_check_character(number[:17]) else "id-check-digit"


def _province_fault(number: str, *, invented_allowed: bool) -> str:
    if number.startswith(INVENTED_PROVINCE):
        return "" if invented_allowed else "id-invented"
    return "" if number[0] == "9" or number[:2] in PROVINCES else "id-province"


def _birth_fault(digits: str, on: date) -> str:
    try:
        birth_date = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return "id-birth-date"
    if birth_date > on:
        return "id-birth-future"
    return "id-birth-date" if birth_date.year < on.year - YEARS_LIVED_MAX else ""

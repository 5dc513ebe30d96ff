"""Unified social credit codes (GB 32100): eighteen characters that name an employer, a school, a bank.

Layout: registering authority (1), kind (1), area (6), organisation code (9, GB 11714), check character.
Invented organisations have areas 109900 to 109999: no area begins with 10 in GB/T 2260, and the one exception, 100000
for bodies registered with the national authority, is not among them. So no real organisation can hold such a code.
"""

from __future__ import annotations

from typing import Final

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

INVENTED_AREA: Final = "1099"
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


def is_sound(code: str) -> bool:
    """Tell whether a compact code has the right form and check character; this function will not look it up."""
    try:
        return bool(uscc.validate(code) == code)
    except ValidationError:
        return False


def is_invented(code: str) -> bool:
    """Tell whether a code belongs to an invented organisation; this function will look at its area only."""
    return code[2:6] == INVENTED_AREA


def invented(serial: int) -> str:
    """Make the code of an invented company from its serial number, 0 to 999,999.

    This function will build area and organisation code from the serial and append both check characters.
    """
    if not 0 <= serial <= 999_999:  # noqa: PLR2004 - what the digits of the organisation code leave room for
        raise ValueError(f"serial out of range: {serial}")
    first_8 = f"99{serial:06d}"
    total = sum(int(digit) * weight for digit, weight in zip(first_8, _ORGANISATION_WEIGHTS, strict=True))
    organisation = first_8 + _organisation_check(total)
    first_17 = f"91{INVENTED_AREA}{serial % 100:02d}{organisation}"
    return first_17 + str(uscc.calc_check_digit(first_17))


def _organisation_check(total: int) -> str:
    check = 11 - total % 11
    return {10: "X", 11: "0"}.get(check, str(check))

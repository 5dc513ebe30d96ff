"""Card numbers: nine characters, eight of them a serial in base 36, the ninth a check character.

How the real check character is computed is not public. Ours is inferred: Luhn's algorithm over thirty-six characters.
Whoever knows the real one passes it in: anything that fits `CheckCharacter` will do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from stdnum import luhn

from shebaoka.kit.problems import Problem

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHARACTERS: Final = frozenset(ALPHABET)
SERIAL_COUNT: Final = len(ALPHABET) ** 8
CARD_NUMBER_LENGTH: Final = 9

CheckCharacter: TypeAlias = Callable[[str], str]
"""Takes the eight characters of a serial, gives the ninth."""


class CardNumberRefused(Problem):
    """The text is no card number: wrong length, a strange character, or the check character does not fit."""

    slug = "card-number-refused"
    status = 422
    title_zh = "社保卡号有误"
    title_en = "The card number is not right"
    remedy_zh = "请对照卡面重新填写9位社保卡号"
    remedy_en = "Type the nine characters again from the face of the card"


def luhn_mod_36(serial: str) -> str:
    """Give the inferred check character; this function will run Luhn's algorithm over `ALPHABET`."""
    return str(luhn.calc_check_digit(serial, alphabet=ALPHABET))


def from_serial(serial: int, *, check: CheckCharacter = luhn_mod_36) -> str:
    """Make the card number of a serial, 0 to 36^8 - 1; this function will raise `ValueError` beyond that."""
    if not 0 <= serial < SERIAL_COUNT:
        raise ValueError(f"serial out of range: {serial}")
    characters = ""
    for _ in range(CARD_NUMBER_LENGTH - 1):
        serial, digit = divmod(serial, len(ALPHABET))
        characters = ALPHABET[digit] + characters
    return characters + check(characters)


def parse(text: str, *, check: CheckCharacter = luhn_mod_36) -> str:
    """Read a card number as somebody typed it.

    This function will drop blanks, raise small letters and give nine characters. Raises `CardNumberRefused`.
    """
    number = "".join(text.split()).upper()
    if len(number) != CARD_NUMBER_LENGTH:
        raise CardNumberRefused("应为9位 · Nine characters are needed")
    if not CHARACTERS.issuperset(number):
        raise CardNumberRefused("只能是数字和字母 · Digits and letters only")
    if check(number[:-1]) != number[-1]:
        raise CardNumberRefused("校验码不符 · The check character does not fit")
    return number

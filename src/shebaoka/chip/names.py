"""A holder's name over two records: 30 bytes in 09, and what does not fit in 4E (from version 2 on). Pure."""

from __future__ import annotations

from typing import Final

from shebaoka.chip.codecs import CHARACTER_SET
from shebaoka.chip.errors import ChipValueRefused

NAME_BYTES: Final = 0x1E
EXTENSION_BYTES: Final = 0x14


def split(name: str, *, extended: bool = True) -> tuple[str, str]:
    """Give the name's two parts, never cut inside a character.

    `extended`: whether the layout has record 4E. ChipValueRefused when the name is longer than the card can hold.
    """
    first = name
    while len(_bytes(first)) > NAME_BYTES:
        first = first[:-1]
    rest = name[len(first) :]
    if rest and (not extended or len(_bytes(rest)) > EXTENSION_BYTES):
        room = NAME_BYTES + (EXTENSION_BYTES if extended else 0)
        raise ChipValueRefused(
            f"姓名最长 {room} 字节（一个汉字占 2 字节）· a name has at most {room} bytes", element="name"
        )
    return first, rest


def joined(first: str, rest: str) -> str:
    """Give the whole name of its two parts."""
    return first + rest


def _bytes(text: str) -> bytes:
    # What GBK lacks is refused where it is written, with its place; here only lengths matter.
    return text.encode(CHARACTER_SET, "replace")

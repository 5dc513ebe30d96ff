"""Numbers that we give and are named by again: whose, and of what. Inferred: senders keep them as they are. Pure."""

from __future__ import annotations

import re
from typing import Final

from shebaoka.faces.terminals.refusals import MessageRefused

DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PARTS: Final = re.compile(r"[0-9A-Z]{1,13}(?:-[0-9A-Z]{1,13})*")
ID_MAX: Final = 2**63 - 1


def made(*ids: int) -> str:
    """Give one number of several identifiers: a person's, then a visit's, a quote's or a settlement's, then a bill's."""
    return "-".join(map(_in_36, ids))


def read(field: str, text: str, parts: int) -> tuple[int, ...]:
    """Give the identifiers that a number of ours is made of. Raises MessageRefused for one that is not ours."""
    found = text.split("-") if PARTS.fullmatch(text) else []
    ids = tuple(int(part, 36) for part in found)
    if len(ids) != parts or max(ids) > ID_MAX:
        raise MessageRefused(f"{field} 不是本系统给出的编号，请原样填写返回的值")
    return ids


def _in_36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits or "0"

"""What a status list knows a card by: a digest of its number under the list's own salt, and the beginning of it."""

from __future__ import annotations

from typing import Final

from shebaoka.kit.sm import sm3

FINGERPRINT_BYTES: Final = 6


def digest(salt: bytes, card_number: bytes) -> bytes:
    """Give the 32 bytes from which all places of a card come: SM3 of the salt and the nine characters."""
    return sm3(salt + card_number)


def fingerprint(digested: bytes) -> int:
    """Give the number of six bytes by which a card is listed."""
    return int.from_bytes(digested[:FINGERPRINT_BYTES], "big")

"""The lock of demos and small cities: two officers' passphrases. Neither passphrase alone tells anything, not even that it is right."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from argon2.low_level import Type, hash_secret_raw
from zxcvbn import zxcvbn

from shebaoka.keys.errors import CardKeysClosed, PassphraseRefused
from shebaoka.keys.keeping.locks import OFFICERS, ByPassphrases
from shebaoka.kit.sm import KEY_BYTES, SealBroken, sm3_keyed, sm4_open, sm4_seal

SALT_BYTES: Final = 16
LENGTHS: Final = range(16, 1025)
STRENGTH: Final = 4
"""Of zxcvbn's 0 to 4: a file can be guessed at for as long as one likes, unlike a log-in."""
LOOKED_AT: Final = 72
PASSES, MEMORY_KIB, LANES = 3, 64 * 1024, 4
"""RFC 9106, section 4, second recommendation."""


class Passphrases:
    """Seals with SM4-GCM under a key that both passphrases give."""

    def __init__(self, text: ByPassphrases, passphrases: Sequence[str]) -> None:
        assert len(passphrases) == OFFICERS
        halves = [_half(text, salt, one) for salt, one in zip(text.salts, passphrases, strict=True)]
        self._key = sm3_keyed(halves[0], halves[1])[:KEY_BYTES]

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """Seal for one place."""
        return sm4_seal(self._key, plain, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """Open what was sealed for this place; CardKeysClosed."""
        try:
            return sm4_open(self._key, sealed, place)
        except SealBroken as error:
            raise CardKeysClosed(
                "口令有误，或文件被改动 · a wrong passphrase, or the file was changed"
            ) from error

    def random(self, length: int) -> bytes:
        """Give bytes of the system's generator."""
        return os.urandom(length)


def new_text(passes: int = PASSES, memory_kib: int = MEMORY_KIB, lanes: int = LANES) -> ByPassphrases:
    """Give what a new file says of its lock: new salts, and what guessing is to cost."""
    return ByPassphrases([os.urandom(SALT_BYTES) for _ in range(OFFICERS)], passes, memory_kib, lanes)


def check(passphrases: Sequence[str]) -> None:
    """Raise PassphraseRefused for one that is too short, too easily guessed, or the other officer's as well."""
    for number, one in enumerate(passphrases, 1):
        if len(one) not in LENGTHS or zxcvbn(one[:LOOKED_AT])["score"] < STRENGTH:
            raise PassphraseRefused(f"第 {number} 位 · officer {number}")
    if len(set(passphrases)) != len(passphrases):
        raise PassphraseRefused("两位相同 · both are the same")


def _half(text: ByPassphrases, salt: bytes, passphrase: str) -> bytes:
    return hash_secret_raw(
        passphrase.encode(), salt, time_cost=text.passes, memory_cost=text.memory_kib, parallelism=text.lanes,
        hash_len=32, type=Type.ID,
    )  # fmt: skip

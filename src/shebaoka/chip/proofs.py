"""Keys of one card, and what is proved with them: SM4 (version 3) and triple DES (versions 1 and 2). Pure.

Inferred throughout: the standard's text on derivation is not public. The forms are those of PBOC cards for triple DES,
and the same with SM4's block. A key travels to a card enciphered and authenticated under its transport key, so
that whoever sends it never holds it in clear.
"""

from __future__ import annotations

import hmac
from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from shebaoka.chip.errors import ChipUnreadable
from shebaoka.chip.numbers import FACTOR_BYTES, MAC_BYTES
from shebaoka.chip.versions import DES, SM4

KEY_BYTES: Final = 16
CHALLENGE_BYTES: Final = {DES: 8, SM4: 16}
"""A challenge is one block of the card's algorithm."""
READ_KEY: Final = 0x0A
"""By which a terminal proves that it may read the holder's number and name (stated)."""
WRITE_KEY: Final = 0x04
"""By which it proves that it may write them (stated)."""
CARD_KEY: Final = 0x01
"""By which the card proves that it is this card (inferred, as the next two)."""
UNBLOCK_KEY: Final = 0x06
TRANSPORT_KEY: Final = 0x00
"""With it a blank chip leaves its maker; it goes when personalisation ends."""
WRAPPED_BYTES: Final = KEY_BYTES + MAC_BYTES
PAD: Final = b"\x80"


class Schedule:
    """A key set up in its algorithm. Setting up costs several times what enciphering a block does: keep it where a key is used again."""

    __slots__ = ("_algorithm", "_cipher", "_encipher")

    def __init__(self, algorithm: int, key: bytes) -> None:
        assert len(key) == KEY_BYTES
        self._algorithm = algorithm
        self._cipher = Cipher(_algorithm(algorithm, key), modes.ECB())  # noqa: S305 - single blocks, as cards do
        self._encipher = self._cipher.encryptor().update

    def diversified(self, factor: bytes) -> bytes:
        """Give the key below: of a city, an application or a card, by eight bytes that are its own."""
        assert len(factor) == FACTOR_BYTES
        complement = bytes(byte ^ 0xFF for byte in factor)
        return self._encipher(factor + complement)

    def proof(self, challenge: bytes) -> bytes:
        """Give what proves possession of the key: the challenge, enciphered."""
        assert len(challenge) == CHALLENGE_BYTES[self._algorithm]
        return self._encipher(challenge)

    def mac(self, data: bytes) -> bytes:
        """Give the four bytes that authenticate data: CBC over blocks padded with 80 00…, the last block's beginning."""
        block = CHALLENGE_BYTES[self._algorithm]
        padded = data + PAD
        padded += bytes(-len(padded) % block)
        last = bytes(block)
        for start in range(0, len(padded), block):
            plain = int.from_bytes(padded[start : start + block], "big") ^ int.from_bytes(last, "big")
            last = self._encipher(plain.to_bytes(block, "big"))
        return last[:MAC_BYTES]

    def wrapped(self, key: bytes) -> bytes:
        """Give a key as a blank card takes it under this, its transport key: 16 bytes enciphered, then their MAC."""
        assert len(key) == KEY_BYTES
        enciphered = self._encipher(key)
        return enciphered + self.mac(enciphered)

    def unwrapped(self, sealed: bytes) -> bytes:
        """Give the key of what `wrapped` made, as the card does; ChipUnreadable when it was made under another transport key."""
        enciphered, given = sealed[:KEY_BYTES], sealed[KEY_BYTES:]
        if not hmac.compare_digest(given, self.mac(enciphered)):
            raise ChipUnreadable(
                "密钥密文校验不符 · the enciphered key was made under another transport key", element="key"
            )
        return self._cipher.decryptor().update(enciphered)


def _algorithm(algorithm: int, key: bytes) -> algorithms.SM4 | TripleDES:
    match algorithm:
        case 0x03:
            return algorithms.SM4(key)
        case 0x01:
            return TripleDES(key + key[:8])
        case _:
            raise ChipUnreadable(
                "卡片算法不支持（SSF33 不公开）· the card's algorithm is not supported", element="algorithm"
            )

"""How WeChat signs and seals what it sends: SHA-1 over sorted words, AES-256-CBC under the account's EncodingAESKey.

Written from WeChat's documentation (“消息加解密说明”); no kept library does it (ADR 13).
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

KEY_CHARACTERS: Final = 43
BLOCK_BITS: Final = 256
"""Of the padding: WeChat fills up to 32 bytes, twice the block of AES."""
CHANCE_BYTES: Final = 16
LENGTH_BYTES: Final = 4


class SealBroken(Exception):  # noqa: N818 - named for the fact
    """What came was not sealed for this account."""


def read_key(text: str) -> bytes:
    """Give the AES key (32 bytes) that an EncodingAESKey stands for: base64 of 43 characters without its “=”; ValueError."""
    if len(text) != KEY_CHARACTERS:
        raise ValueError(f"{KEY_CHARACTERS} characters are needed")
    return b64decode(f"{text}=", validate=True)


@dataclass(frozen=True, slots=True)
class Seal:
    """An account's secrets. `token` signs; `key` (32 bytes) seals; `app_id` stands inside every seal."""

    app_id: str
    token: str = field(repr=False)
    key: bytes = field(repr=False)

    def signature(self, *words: str) -> str:
        """Sign timestamp and nonce, and what is sealed where there is something."""
        return sha1("".join(sorted((self.token, *words))).encode(), usedforsecurity=False).hexdigest()

    def fits(self, given: str, *words: str) -> bool:
        """Tell whether a signature is right, in a time that says nothing about it."""
        return hmac.compare_digest(given.encode(), self.signature(*words).encode())

    def open(self, sealed: str) -> bytes:
        """Give what was sealed; SealBroken. Its signature is to be checked before."""
        try:
            data = b64decode(sealed, validate=True)
            cipher = self._cipher().decryptor()
            unpadder = PKCS7(BLOCK_BITS).unpadder()
            plain = unpadder.update(cipher.update(data) + cipher.finalize()) + unpadder.finalize()
        except (NotBase64, ValueError) as error:
            raise SealBroken(str(error)) from None
        begin = CHANCE_BYTES + LENGTH_BYTES
        end = begin + int.from_bytes(plain[CHANCE_BYTES:begin], "big")
        if plain[end:] != self.app_id.encode():
            raise SealBroken("sealed for another account")
        return plain[begin:end]

    def close(self, message: bytes, chance: bytes) -> str:
        """Seal a message. `chance`: 16 random bytes."""
        plain = chance + len(message).to_bytes(LENGTH_BYTES, "big") + message + self.app_id.encode()
        padder, cipher = PKCS7(BLOCK_BITS).padder(), self._cipher().encryptor()
        return b64encode(cipher.update(padder.update(plain) + padder.finalize()) + cipher.finalize()).decode()

    def _cipher(self) -> Cipher[CBC]:
        return Cipher(AES256(self.key), CBC(self.key[:16]))

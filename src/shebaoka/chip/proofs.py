"""Keys of one card, and what is proved with them: SM4 (version 3) and triple DES (versions 1 and 2). Pure.

Inferred throughout: the standard's text on derivation is not public. The forms are those of PBOC cards, whose public figures for DES
our own agree with, and the same with SM4's block. A key travels to a card enciphered and authenticated under its transport key, so
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


def diversified(algorithm: int, key: bytes, factor: bytes) -> bytes:
    """Give the key below: of a city, an application or a card, by eight bytes that are its own."""
    assert len(key) == KEY_BYTES
    assert len(factor) == FACTOR_BYTES
    complement = bytes(byte ^ 0xFF for byte in factor)
    return _blocks(algorithm, key, factor + complement)


def proof(algorithm: int, key: bytes, challenge: bytes) -> bytes:
    """Give what proves possession of a key: the challenge, enciphered."""
    assert len(challenge) == CHALLENGE_BYTES[algorithm]
    return _blocks(algorithm, key, challenge)


def mac(algorithm: int, key: bytes, data: bytes) -> bytes:
    """Give the four bytes that authenticate data: CBC over blocks padded with 80 00…, the last block's beginning."""
    block = CHALLENGE_BYTES[algorithm]
    padded = data + PAD
    padded += bytes(-len(padded) % block)
    encryptor = Cipher(_cipher(algorithm, key), modes.CBC(bytes(block))).encryptor()
    return (encryptor.update(padded) + encryptor.finalize())[-block:][:MAC_BYTES]


def wrapped(algorithm: int, transport_key: bytes, key: bytes) -> bytes:
    """Give a key as a blank card takes it: 16 bytes enciphered under the card's transport key, then their MAC."""
    assert len(key) == KEY_BYTES
    enciphered = _blocks(algorithm, transport_key, key)
    return enciphered + mac(algorithm, transport_key, enciphered)


def unwrapped(algorithm: int, transport_key: bytes, sealed: bytes) -> bytes:
    """Give the key of what `wrapped` made, as the card does; ChipUnreadable when it was made under another transport key."""
    enciphered, given = sealed[:KEY_BYTES], sealed[KEY_BYTES:]
    if not hmac.compare_digest(given, mac(algorithm, transport_key, enciphered)):
        raise ChipUnreadable(
            "密钥密文校验不符 · the enciphered key was made under another transport key", element="key"
        )
    decryptor = Cipher(_cipher(algorithm, transport_key), modes.ECB()).decryptor()  # noqa: S305 - as above
    return decryptor.update(enciphered) + decryptor.finalize()


def _blocks(algorithm: int, key: bytes, plain: bytes) -> bytes:
    encryptor = Cipher(_cipher(algorithm, key), modes.ECB()).encryptor()  # noqa: S305 - single blocks, as cards do
    return encryptor.update(plain) + encryptor.finalize()


def _cipher(algorithm: int, key: bytes) -> algorithms.SM4 | TripleDES:
    match algorithm:
        case 0x03:
            return algorithms.SM4(key)
        case 0x01:
            return TripleDES(key + key[:8])
        case _:
            raise ChipUnreadable(
                "卡片算法不支持（SSF33 不公开）· the card's algorithm is not supported", element="algorithm"
            )

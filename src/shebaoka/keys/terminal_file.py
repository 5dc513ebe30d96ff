"""A terminal's key file: reading keys only, sealed by one passphrase. Pure but for chance.

For terminals without a security module of their own (PSAM). Whoever has file and passphrase can read holders off cards of this city:
no more, and no card is made or written with it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import zip_longest
from typing import Annotated, Final, Literal

import msgspec
from argon2.low_level import Type, hash_secret_raw
from msgspec import Meta, Struct

from shebaoka.chip.proofs import KEY_BYTES, READ_KEY
from shebaoka.keys.errors import CardKeysClosed
from shebaoka.keys.hierarchy import Ring
from shebaoka.kit.sm import SealBroken, sm4_open, sm4_seal

FORMAT: Final = "shebaoka terminal keys 1"
SALT_BYTES: Final = 16
PASSES, MEMORY_KIB, LANES = 3, 64 * 1024, 4
BYTES_MAX: Final = 2**16
Hex = Annotated[str, Meta(pattern=f"^[0-9a-f]{{{2 * KEY_BYTES}}}$")]


class Sealed(Struct, frozen=True, forbid_unknown_fields=True):
    """What the file says: for which terminal, and the keys, sealed."""

    format: Literal["shebaoka terminal keys 1"]
    terminal: Annotated[str, Meta(min_length=1, max_length=64)]
    salt: Annotated[bytes, Meta(min_length=SALT_BYTES, max_length=SALT_BYTES)]
    sealed: bytes


class Held(Struct, frozen=True, forbid_unknown_fields=True):
    """A version's reading key."""

    algorithm: int
    version: int
    key: Hex


class Content(Struct, frozen=True, forbid_unknown_fields=True):
    """What is sealed; of each algorithm the version in force first."""

    city: Annotated[str, Meta(pattern="^[0-9]{4}$")]
    keys: list[Held]


def sealed(terminal: str, rings: Sequence[Ring], passphrase: str) -> bytes:
    """Give the file for a terminal, of the reading keys of some rings of one city; those in force come first."""
    held = [
        Held(algorithm, ring.version, key.hex())
        for ring in rings
        for (algorithm, number), key in ring.keys.items()
        if number == READ_KEY
    ]
    salt = os.urandom(SALT_BYTES)
    content = msgspec.json.encode(Content(rings[0].city, held))
    body = sm4_seal(_key(passphrase, salt), content, _place(terminal))
    return msgspec.json.format(msgspec.json.encode(Sealed(FORMAT, terminal, salt, body)), indent=1) + b"\n"


def opened(raw: bytes, passphrase: str) -> list[Ring]:
    """Open a terminal's file; CardKeysClosed.

    A card does not say which version its keys are of: this function will give rings to be tried one after the other, what is
    in force first. A wrong proof costs the card one try of its key, which the right one gives back.
    """
    try:
        file = msgspec.json.decode(raw[:BYTES_MAX], type=Sealed)
        plain = sm4_open(_key(passphrase, file.salt), file.sealed, _place(file.terminal))
        content = msgspec.json.decode(plain, type=Content)
    except SealBroken as error:
        raise CardKeysClosed(
            "终端密钥文件的口令有误，或文件被改动 · a wrong passphrase, or the file was changed"
        ) from error
    except ValueError as error:
        raise CardKeysClosed("不是终端密钥文件 · this is no terminal's key file") from error
    return _attempts(
        [
            Ring.of(content.city, one.algorithm, {READ_KEY: bytes.fromhex(one.key)}, one.version)
            for one in content.keys
        ]
    )


def _attempts(rings: Sequence[Ring]) -> list[Ring]:
    """Put together the first of each algorithm, then the second of each, and so on."""
    by_algorithm: dict[int, list[Ring]] = {}
    for ring in rings:
        for algorithm, _ in ring.keys:
            by_algorithm.setdefault(algorithm, []).append(ring)
    return [
        Ring(rings[0].city, {which: key for ring in one if ring for which, key in ring.keys.items()})
        for one in zip_longest(*by_algorithm.values())
    ]


def _key(passphrase: str, salt: bytes) -> bytes:
    return hash_secret_raw(
        passphrase.encode(), salt, time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, hash_len=KEY_BYTES,
        type=Type.ID,
    )  # fmt: skip


def _place(terminal: str) -> bytes:
    return f"{FORMAT}/{terminal}".encode()

"""What seals the entries of a store of card keys, and how it is found again: what its file says of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, Protocol, TypeAlias

from msgspec import Meta, Struct

from shebaoka.keys.errors import CardKeysClosed

Bytes = Annotated[bytes, Meta(max_length=4096)]
OFFICERS: Final = 2


class ByPassphrases(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="passphrases"):
    """Two officers' passphrases, each through Argon2id with a salt of its own; both together give the key that seals."""

    salts: Annotated[list[Bytes], Meta(min_length=OFFICERS, max_length=OFFICERS)]
    passes: Annotated[int, Meta(ge=1, le=64)]
    memory_kib: Annotated[int, Meta(ge=8, le=2**20)]
    lanes: Annotated[int, Meta(ge=1, le=16)]


class ByModule(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="pkcs11"):
    """An AES key that never leaves the token of this label, under its own label there."""

    token: str
    key: str


LockText: TypeAlias = ByPassphrases | ByModule


class Lock(Protocol):
    """An opened lock. What it does may take a while, and is done beside the event loop."""

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """Seal for one place."""

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """Open what was sealed for this place; CardKeysClosed when it was changed, moved, or sealed by another lock."""

    def random(self, length: int) -> bytes:
        """Give bytes of chance."""


Unlock: TypeAlias = Callable[[LockText], Lock]
"""Opens the lock that a file names; CardKeysClosed."""


class SecretsRefused(CardKeysClosed):
    """The officers' secrets are not the right ones: trying the same again would at best do nothing, and at worst block a token."""


def secret_in(path: Path) -> str:
    """Give an officer's secret from a file that only its owner reads; CardKeysClosed."""
    try:
        mode, secret = path.stat().st_mode, path.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise CardKeysClosed(
            f"{path}: {error.strerror if isinstance(error, OSError) else 'UTF-8'}"
        ) from error
    if mode & 0o077:
        raise CardKeysClosed(f"{path}: 他人可读，请执行 · others can read it, run: chmod 600 {path}")
    if not secret:
        raise CardKeysClosed(f"{path}: 文件为空 · the file is empty")
    return secret

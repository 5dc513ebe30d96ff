"""The file of a store of card keys: its format, and how it is replaced so that a power cut leaves the old one or the new one."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from shebaoka.keys.errors import CardKeysClosed
from shebaoka.keys.keeping.locks import Bytes, LockText

FORMAT: Final = "shebaoka card keys 1"
CHECK: Final = b"shebaoka"
BYTES_MAX: Final = 2**20


class StoreFile(Struct, frozen=True, forbid_unknown_fields=True):
    """What the file says: whose keys, how they are sealed, something sealed by which a lock shows that it is the right one, and them."""

    format: Literal["shebaoka card keys 1"]
    city: Annotated[str, Meta(pattern="^[0-9]{4}$")]
    lock: LockText
    check: Bytes
    keys: dict[str, Bytes]

    def place(self, name: str) -> bytes:
        """Give the place that an entry is sealed for."""
        return f"{self.city}/{name}".encode()


def read(path: Path) -> StoreFile:
    """Read a file; CardKeysClosed where there is none, others can read it, or it is none of ours."""
    try:
        mode, raw = path.stat().st_mode, path.read_bytes()
    except FileNotFoundError as error:
        raise CardKeysClosed(
            f"{path}: 尚未建立，请执行 · there is none yet, run: shebaoka card-keys init"
        ) from error
    except OSError as error:
        raise CardKeysClosed(f"{path}: {error.strerror}") from error
    if mode & 0o077:
        raise CardKeysClosed(f"{path}: 他人可读，请执行 · others can read it, run: chmod 600 {path}")
    try:
        return msgspec.json.decode(raw[:BYTES_MAX], type=StoreFile)
    except ValueError as error:
        raise CardKeysClosed(f"{path}: 不是卡片密钥库，或已损坏 · no store, or damaged: {error}") from error


def write(path: Path, content: StoreFile, *, new: bool = False) -> None:
    """Put a file in the place of the one before, whole or not at all; `new`: only where there is none (FileExistsError)."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
        try:
            file.write(msgspec.json.format(msgspec.json.encode(content), indent=1))
            file.flush()
            os.fsync(file.fileno())
            if new:
                os.link(file.name, path)
            else:
                Path(file.name).replace(path)
        finally:
            Path(file.name).unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """Let one process at a time read, change and write a file."""
    with path.with_name(f".{path.name}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def fingerprint(*paths: Path) -> tuple[tuple[int, ...] | None, ...]:
    """Give what changes when any of some files does."""
    return tuple(map(_stamp, paths))


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode


@contextmanager
def absent(path: Path) -> Iterator[None]:
    """Refuse before anything is asked or made where there is a file already: CardKeysClosed."""
    if path.exists():
        raise CardKeysClosed(f"{path}: 已存在，不会覆盖 · there is one already; it is never replaced")
    yield


def keep_secret(path: Path, secret: str) -> None:
    """Write an officer's secret where only its owner reads it."""
    keep_bytes(path, f"{secret}\n".encode())


def keep_bytes(path: Path, content: bytes) -> None:
    """Write a new file that only its owner reads; CardKeysClosed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(content)
    except OSError as error:
        raise CardKeysClosed(f"{path}: {error.strerror}") from error

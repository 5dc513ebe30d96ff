"""The store as the city uses it: opened when it is first needed, and again whenever it was changed or its module came back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from threading import RLock
from typing import Final

from msgspec.structs import replace

from shebaoka.keys.errors import CardKeysClosed
from shebaoka.keys.keeping import files
from shebaoka.keys.keeping.files import CHECK, StoreFile
from shebaoka.keys.keeping.locks import Lock, LockText, SecretsRefused, Unlock

AGAIN_SECONDS: Final = 2.0
"""How long a failure to open counts for who asks next: a module that is down is not asked by everybody at once."""


class SealedFile:
    """A store in a file (`kit.key_store.KeyStore`). `secrets`: the officers' files, looked at to see whether they changed."""

    def __init__(self, path: Path, city: str, unlock: Unlock, secrets: Sequence[Path] = ()) -> None:
        self._path = path
        self._city = city
        self._unlock = unlock
        self._secrets = tuple(secrets)
        self._turn = RLock()
        self._seen: tuple[object, StoreFile] | None = None
        self._lock: tuple[object, Lock] | None = None
        self._failed: tuple[object, float, CardKeysClosed] | None = None

    async def read(self, names: Collection[str]) -> dict[str, bytes]:
        """Give the keys of these names; names that the store does not hold are left out."""
        return await asyncio.to_thread(self._read, tuple(names))

    async def put(self, keys: Mapping[str, bytes]) -> None:
        """Keep keys under names, all or none."""
        await asyncio.to_thread(self._change, dict(keys), ())

    async def forget(self, names: Collection[str]) -> None:
        """Destroy keys: the file no longer has them. Copies of the file do (docs/keys.md)."""
        await asyncio.to_thread(self._change, {}, tuple(names))

    async def names(self) -> list[str]:
        """Give the names of all that the store holds."""
        return sorted((await asyncio.to_thread(self._content)).keys)

    async def random(self, length: int) -> bytes:
        """Give bytes of chance of the lock's own generator."""
        return await asyncio.to_thread(lambda: self._opened()[1].random(length))

    async def closed_because(self) -> str:
        """Say why the store cannot be opened; an empty text says that it is open."""
        try:
            content, lock = await asyncio.to_thread(self._opened)
            await asyncio.to_thread(lock.open, content.check, content.place("check"))
        except CardKeysClosed as error:
            return error.detail or error.title_zh
        return ""

    def _read(self, names: Sequence[str]) -> dict[str, bytes]:
        content, lock = self._opened()
        return {
            name: lock.open(content.keys[name], content.place(name)) for name in names if name in content.keys
        }

    def _change(self, put: Mapping[str, bytes], forget: Sequence[str]) -> None:
        self._opened()
        with files.turn(self._path):
            content, lock = self._opened()
            kept = {name: sealed for name, sealed in content.keys.items() if name not in forget}
            kept |= {name: lock.seal(key, content.place(name)) for name, key in put.items()}
            try:
                files.write(self._path, replace(content, keys=kept))
            except OSError as error:
                raise CardKeysClosed(f"{self._path}: {error.strerror}") from error

    def _content(self) -> StoreFile:
        """Give what the file says, read again when it was changed."""
        with self._turn:
            stamp = files.fingerprint(self._path)
            if self._seen is None or self._seen[0] != stamp:
                self._seen = (stamp, files.read(self._path))
            content = self._seen[1]
        if content.city != self._city:
            raise CardKeysClosed(
                f"{self._path}: {content.city} ≠ {self._city}: 密钥库属于另一城市 · the store is another city's"
            )
        return content

    def _opened(self) -> tuple[StoreFile, Lock]:
        content = self._content()
        with self._turn:
            if self._lock is None or self._lock[0] != content.lock:
                self._lock = (content.lock, self._unlocked(content))
            return content, self._lock[1]

    def _unlocked(self, content: StoreFile) -> Lock:
        """Open the lock; what failed is not tried again at once, and with secrets that were refused not before they change."""
        stamp = files.fingerprint(self._path, *self._secrets)
        if self._failed and self._failed[0] == stamp:
            _, at, error = self._failed
            if isinstance(error, SecretsRefused) or time.monotonic() - at < AGAIN_SECONDS:
                raise type(error)(error.detail)
        try:
            lock = self._unlock(content.lock)
            _prove(lock, content)
        except CardKeysClosed as error:
            self._failed = (stamp, time.monotonic(), error)
            raise
        self._failed = None
        return lock


def _prove(lock: Lock, content: StoreFile) -> None:
    if lock.open(content.check, content.place("check")) != CHECK:
        raise CardKeysClosed("校验内容不符 · the check does not hold")


def make(path: Path, city: str, text: LockText, lock: Lock) -> None:
    """Make a new store; CardKeysClosed where there is a file already: it is never replaced."""
    content = StoreFile(files.FORMAT, city, text, b"", {})
    content = replace(content, check=lock.seal(CHECK, content.place("check")))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, content, new=True)
    except FileExistsError as error:
        raise CardKeysClosed(
            f"{path}: 已有密钥库，不会覆盖 · there is one already; it is never replaced"
        ) from error
    except OSError as error:
        raise CardKeysClosed(f"{path}: {error.strerror}") from error


def lock_anew(path: Path, old: Lock, text: LockText, new: Lock) -> None:
    """Seal all that a store holds under another lock: an officer left, or the keys move into a module."""
    with files.turn(path):
        content = files.read(path)
        _prove(old, content)
        opened = {name: old.open(sealed, content.place(name)) for name, sealed in content.keys.items()}
        files.write(path, replace(
            content, lock=text, check=new.seal(CHECK, content.place("check")),
            keys={name: new.seal(key, content.place(name)) for name, key in opened.items()},
        ))  # fmt: skip

"""The folder shared with the card bureau: files appear whole or not at all, and never twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shebaoka.issuing.production.errors import ExchangeFolderUnusable, ProductionFileLost
from shebaoka.kit.sm import sm3
from shebaoka.records.trailed_csv import BureauFileRefused, refused

RETURN_BYTES_MAX: Final = 16 * 1024 * 1024
"""A return file of 2,000 cards has less than 1 MB; more than this is not one."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """The folder shared with the bureau."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> Exchange:
        """Give the exchange, its folders made; ExchangeFolderUnusable when they cannot be written."""
        exchange = cls(folder)
        with usable(folder):
            for below in (exchange.done_there, exchange.done_here, exchange.refused):
                below.mkdir(parents=True, exist_ok=True)
        return exchange

    @property
    def outgoing(self) -> Path:
        """Where the bureau finds our files."""
        return self.folder / "to-bureau"

    @property
    def done_there(self) -> Path:
        """Where the bureau puts what it has dealt with."""
        return self.outgoing / "done"

    @property
    def incoming(self) -> Path:
        """Where the bureau puts its answers."""
        return self.folder / "from-bureau"

    @property
    def done_here(self) -> Path:
        """Where we put answers that we have taken in."""
        return self.incoming / "done"

    @property
    def refused(self) -> Path:
        """Where we put answers that we could not use, each with a text that says why."""
        return self.incoming / "refused"

    def lay(self, name: str, sealed: bytes) -> None:
        """Lay a file ready, whole and on the disk, under a name that the bureau does not look at."""
        with usable(self.folder):
            _lay(self.outgoing / name, sealed)

    def hand(self, name: str, digest: bytes) -> None:
        """Hand over a file that was laid ready and is still what it was (`digest`: its SM3); ProductionFileLost.

        One that was handed over before stays there.
        """
        with usable(self.folder):
            ready = _hidden(self.outgoing / name)
            # The bureau only ever moves it forward, to done: looked for in this order it cannot slip by.
            for path in (ready, self.outgoing / name, self.done_there / name):
                try:
                    found = path.read_bytes()
                except FileNotFoundError:
                    continue
                if sm3(found) != digest:
                    raise ProductionFileLost(f"{path}: 内容与写好时不同 · it is not what was written")
                if path == ready:
                    ready.replace(self.outgoing / name)
                    _settle(self.outgoing)
                return
        raise ProductionFileLost(f"{ready}")

    def arrivals(self) -> list[Path]:
        """Give the complete files that wait, in the order of their names."""
        with usable(self.folder):
            return sorted(
                path for path in self.incoming.iterdir() if path.is_file() and not path.name.startswith(".")
            )

    def read(self, path: Path) -> bytes:
        """Read an arrival as it lies there; BureauFileRefused when it is far too large to be one."""
        with usable(self.folder):
            if path.stat().st_size > RETURN_BYTES_MAX:
                raise refused("size", "文件过大，不是回盘文件", "the file is too large to be a return file")
            return path.read_bytes()

    def put_away(self, path: Path) -> None:
        """Move a file that was taken in to done; the same one again replaces itself."""
        with usable(self.folder):
            path.replace(self.done_here / path.name)
            _settle(self.incoming)

    def turn_away(self, path: Path, explanation: str) -> None:
        """Move a file that cannot be used to refused, beside a text that says what to do; nothing is overwritten."""
        with usable(self.folder):
            target = _free(self.refused / path.name)
            _put(target.with_name(target.name + ".txt"), explanation.encode())
            path.replace(target)
            _settle(self.incoming)


@contextmanager
def usable(folder: Path) -> Iterator[None]:
    """Say a failing disk in plain words."""
    try:
        yield
    except OSError as error:
        raise ExchangeFolderUnusable(f"{error.filename or folder}: {error.strerror or error}") from error


def digest_of_file(exchange: Exchange, path: Path) -> bytes:
    """Give the SM3 of a file as it lies there, or of its name when it is too large to be read."""
    try:
        return sm3(exchange.read(path))
    except BureauFileRefused:
        return sm3(path.name.encode())


def _free(target: Path) -> Path:
    number = 1
    free = target
    while free.exists():
        number += 1
        free = target.with_name(f"{target.name}.{number}")
    return free


def _hidden(target: Path) -> Path:
    return target.with_name(f".{target.name}")


def _lay(target: Path, content: bytes) -> Path:
    """Write a file under the name that it has before it is complete."""
    hidden = _hidden(target)
    with hidden.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _settle(target.parent)
    return hidden


def _put(target: Path, content: bytes) -> None:
    _lay(target, content).replace(target)
    _settle(target.parent)


def _settle(folder: Path) -> None:
    """Bring a folder's list of names to the disk: a rename is only safe then."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

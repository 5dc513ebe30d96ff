"""File locks. The kernel drops them when their holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shebaoka.kit.postgres.errors import DataDirectoryBusy

PAUSE_S = 0.02


@contextmanager
def alone(path: Path, timeout_s: float) -> Iterator[None]:
    """Hold path for oneself, waiting at most timeout_s."""
    lock = _open(path)
    deadline = time.monotonic() + timeout_s
    try:
        while not _took(lock, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise DataDirectoryBusy(f"{path}")
            time.sleep(PAUSE_S)
        yield
    finally:
        os.close(lock)


def share(path: Path) -> int:
    """Hold path together with others until the descriptor given back is closed."""
    lock = _open(path)
    if not _took(lock, fcntl.LOCK_SH):
        os.close(lock)
        raise DataDirectoryBusy(f"{path}")
    return lock


def is_shared(path: Path) -> bool:
    """Tell whether anybody holds path."""
    lock = _open(path)
    try:
        return not _took(lock, fcntl.LOCK_EX)
    finally:
        os.close(lock)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def _took(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

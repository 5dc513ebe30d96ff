"""CPU seconds that the parts of a running system have used, read from /proc."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")
MY_OWN, WAITED_FOR = slice(11, 13), slice(13, 15)
PARENT: Final = 1


def cpu_seconds(pid: int) -> float:
    """Give the CPU seconds of a process, its living descendants, and those it has waited for."""
    parents = _parents()
    family, grown = {pid}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in family} - family
        family, grown = family | more, bool(more)
    return sum(_own(member) for member in family)


def children(words: str) -> list[int]:
    """Give the processes below this one whose command line holds `words`."""
    mine = {pid for pid, parent in _parents().items() if parent == os.getpid()}
    return [pid for pid in mine if words in _command(pid)]


def _own(pid: int) -> float:
    fields = _fields(pid)
    return sum(map(int, [*fields[MY_OWN], *fields[WAITED_FOR]])) / TICKS_PER_SECOND if fields else 0.0


def _parents() -> dict[int, int]:
    found = {
        int(entry.name): _fields(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()
    }
    return {pid: int(fields[PARENT]) for pid, fields in found.items() if fields}


def _fields(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:  # it has ended meanwhile
        return []


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""

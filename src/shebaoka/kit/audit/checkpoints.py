"""The checkpoint file: the links of the chain as they leave the database, one line of JSON each, only ever appended to.

Each pins the whole chain before it. It is written after its batch is committed, so the file may lag by what was cut
off by a crash; the next sealing writes such lines first. More than that is never filled in: a file that somebody
emptied must not be made whole again from the database that it is to bear witness about.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from shebaoka.kit.problems import Problem

BEHIND_MAX: Final = 4
"""How many batches in a row may lack a line: one for each process that seals, and was cut off at once."""
TAIL_BYTES: Final = 64 * 1024


class CheckpointsUnusable(Problem):
    """The checkpoint file cannot be read or written."""

    slug = "checkpoints-unusable"
    status = 500
    title_zh = "审计检查点文件无法读写"
    title_en = "The file of audit checkpoints cannot be read or written"
    remedy_zh = (
        "请修改所列文件及其目录的权限或清理磁盘，或用 SHEBAOKA_AUDIT_CHECKPOINTS 指定他处；待封记录均已保留"
    )
    remedy_en = (
        "Mend the rights of the file named and of its folder, or free some space, or name another place with "
        "SHEBAOKA_AUDIT_CHECKPOINTS; the facts wait, none is lost"
    )


class Checkpoint(msgspec.Struct, frozen=True):
    """A link of the chain as it leaves the database: whoever keeps it can later tell whether history was cut."""

    city: str
    batch_no: int
    fact_count: int
    chained: str


@contextmanager
def _usable(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CheckpointsUnusable(f"{file}: {error.strerror}") from error


def make_ready(file: Path) -> None:
    """Make the file where it is missing, or refuse: who cannot write a checkpoint must not seal."""
    with _usable(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.open("ab").close()


def append(file: Path, checkpoints: Sequence[Checkpoint]) -> None:
    """Write lines that last; a line that a crash left half written stays as it is, on a line of its own."""
    lines = b"".join(msgspec.json.encode(one) + b"\n" for one in checkpoints)
    with _usable(file), file.open("ab+") as opened:
        opened.seek(max(0, opened.tell() - 1))
        torn = opened.read(1) not in {b"", b"\n"}
        opened.write(b"\n" * torn + lines)
        opened.flush()
        os.fsync(opened.fileno())


def last_kept(file: Path, city: str) -> int:
    """Give the number of this city's last batch among the file's last lines, or 0."""
    with _usable(file), file.open("rb") as opened:
        opened.seek(max(0, opened.seek(0, os.SEEK_END) - TAIL_BYTES))
        lines = opened.read().split(b"\n")
    return max((one.batch_no for line in lines if (one := _read(line)) and one.city == city), default=0)


def read(file: Path, city: str) -> tuple[dict[int, set[str]], list[str]]:
    """Give what the file says of each of this city's batches, and what is wrong with the file itself."""
    kept: dict[int, set[str]] = {}
    findings = []
    with _usable(file):
        lines = (file.read_bytes() if file.exists() else b"").split(b"\n")
    for number, (line, following) in enumerate(zip(lines, [*lines[1:], b""], strict=True), start=1):
        checkpoint = _read(line)
        # A line that a crash cut is the last one, or is followed by the same line written again.
        if checkpoint is None and number < len(lines) and not following.startswith(line):
            findings.append(f"line {number} of the checkpoint file cannot be read")
        if checkpoint and checkpoint.city == city:
            kept.setdefault(checkpoint.batch_no, set()).add(checkpoint.chained)
    return kept, findings


def _read(line: bytes) -> Checkpoint | None:
    try:
        return msgspec.json.decode(line, type=Checkpoint)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None

"""What was published, and what has yet to be said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shebaoka.records.status_list import Version

Listed = Literal["not_listed", "suspended", "void"]


@dataclass(frozen=True, slots=True)
class File:
    """A published file: a base (sequence 0) or a delta. `signer`, `digest`: docs/status-list.md; sizes in bytes."""

    epoch: int
    sequence: int
    made_at: datetime
    stale_at: datetime
    salt: bytes
    signer: bytes
    digest: bytes
    size_bytes: int
    void: int
    suspended: int
    cleared: int
    old_part_bytes: int

    @property
    def version(self) -> Version:
        """Which base, and how many deltas since."""
        return Version(self.epoch, self.sequence)


@dataclass(frozen=True, slots=True)
class Untold:
    """A card of which the list has yet to say what it is; `until`: when a temporary loss report ends."""

    person_id: int
    card_id: int
    card_number: str
    listed: Listed
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Published:
    """What came of a run: the version published, None when none was due."""

    version: str | None = None
    size_bytes: int = 0
    void: int = 0
    suspended: int = 0
    cleared: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """What terminals can have now. `overdue`: the next file should have been there, as the rules say."""

    files: tuple[File, ...]
    overdue: bool

    @property
    def newest(self) -> File | None:
        """The newest file."""
        return self.files[-1] if self.files else None

"""Values of the readiness room. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from msgspec import Struct

from shebaoka.registry.institutions.liveness import Status
from shebaoka.service.readiness.states import Action

Direction = Literal["from_partner", "to_partner"]
RunStatus = Literal["open", "passed", "failed"]
Shows = Literal["done", "good", "not_good", "refused"]
"""What a partner's client makes of an answer and shows to its user."""
SEEN_MAX: Final = 200
"""So many requests a run keeps: a client that loops must not fill the table."""
BLOCKERS_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Step:
    """Something that made an institution more or less ready."""

    action: Action
    was: Status
    became: Status
    live_from: date | None
    valid_until: date | None
    run_ids: list[int] | None
    evidence: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """A conformance run. `version`: the day from which the script is as it was run. `evidence`: SM3 of what was seen."""

    run_id: int
    institution_id: int
    script: str
    version: date
    direction: Direction
    status: RunStatus
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None
    valid_until: date | None
    evidence: bytes | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A scripted request as it was seen: what was asked, what should have come and what came."""

    step: str
    request: str
    expected: str
    observed: str
    passed: bool
    duration_ms: int
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Expected:
    """A request of a script, its placeholders filled in. `shows`: what the client must make of the answer."""

    step: str
    zh: str
    en: str
    method: str
    path: str
    body: Mapping[str, Any]
    status: int
    answer: Mapping[str, Any]
    shows: Shows


@dataclass(frozen=True, slots=True)
class Matched:
    """A request of an open run that is in its script; it may be carried out."""

    run: Run
    expected: Expected


class Progress(Struct, frozen=True):
    """Institutions of a kind by how ready they are. `district` "": the whole city, with the number to be live there."""

    district: str
    kind: str
    planned: int
    built: int
    tested: int
    live: int
    suspended: int
    target: int | None
    to_go: int | None
    complete_by: date | None


class Blocker(Struct, frozen=True):
    """An institution that does not serve and should, or whose test has lapsed; `days`: how long it has stood so."""

    institution: str
    name_zh: str
    name_en: str
    kind: str
    district: str
    readiness: Status
    since: date
    days: int
    missing_zh: str
    missing_en: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How ready one institution is, how it came there, and what lacks."""

    institution_id: int
    code: str
    must_be_live: bool
    readiness: Status
    since: datetime
    live_from: date | None
    missing_zh: str
    missing_en: str
    scripts: tuple[str, ...]
    tested_until: date | None
    steps: tuple[Step, ...]
    runs: tuple[Run, ...]

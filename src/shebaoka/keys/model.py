"""Values of the keys room. No I/O; none of them holds a key that is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from shebaoka.chip.proofs import CARD_KEY, READ_KEY, UNBLOCK_KEY
from shebaoka.keys.hierarchy import CODE_KEY, NUMBERS
from shebaoka.keys.states import Ceremony, HandOut, KeySet, Step


class Purpose(StrEnum):
    """What card keys are used for; each use names one and gets the keys of that one only."""

    READ = "read"
    CHECK = "check"
    PERSONALISE = "personalise"
    BUREAU = "bureau"
    UNBLOCK = "unblock"


NEEDED: Final = {
    Purpose.READ: frozenset({READ_KEY}),
    Purpose.CHECK: frozenset({CARD_KEY, CODE_KEY}),
    Purpose.PERSONALISE: frozenset(NUMBERS),
    Purpose.BUREAU: frozenset(NUMBERS),
    Purpose.UNBLOCK: frozenset({READ_KEY, UNBLOCK_KEY}),
}
FOR_NEW_CARDS: Final = frozenset({Purpose.PERSONALISE, Purpose.BUREAU})
"""Only the version in force is used for these."""
SLOTS: Final = {
    Purpose.READ: 16,
    Purpose.CHECK: 16,
    Purpose.PERSONALISE: 1,
    Purpose.BUREAU: 1,
    Purpose.UNBLOCK: 1,
}
"""Uses of hot purposes do not wait for each other, and their day's limit may be passed by those under way at once."""


class Level(StrEnum):
    """Where a key stands in the hierarchy."""

    ROOT = "root"
    CITY = "city"
    APPLICATION = "application"


class Kind(StrEnum):
    """What a ceremony is for."""

    GENERATE = "generate"
    IMPORT = "import"
    DERIVE = "derive"
    PUT_IN_FORCE = "put_in_force"
    DESTROY = "destroy"


STEP: Final = {Kind.DERIVE: Step.DERIVE, Kind.PUT_IN_FORCE: Step.PUT_IN_FORCE, Kind.DESTROY: Step.DESTROY}
"""What a ceremony does to the version that it is about; the other kinds make a new one."""


@dataclass(frozen=True, slots=True)
class Component:
    """One officer's part of a key that is taken in, with the check value printed beside it. Its text shows neither."""

    part: bytes = field(repr=False)
    check: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an officer opens a ceremony for.

    `version`: the version that is derived, put in force or destroyed; generating and importing make the next one.
    `top`, `expected`, `component`: of an import: which key comes in, the whole key's check value, and the opener's part.
    """

    kind: Kind
    algorithm: int
    reason: str
    version: int | None = None
    top: Level = Level.ROOT
    expected: bytes = b""
    component: Component | None = None


@dataclass(frozen=True, slots=True)
class CeremonyRow:
    """A ceremony as the table has it."""

    ceremony_id: int
    kind: Kind
    algorithm: int
    version: int
    status: Ceremony
    top: Level | None
    expected_check: bytes | None
    reason: str
    opened_by: str
    opened_at: datetime
    lapses_at: datetime
    closed_by: str | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an algorithm's keys."""

    algorithm: int
    version: int
    status: KeySet
    top: Level
    created_at: datetime
    ready_at: datetime | None
    in_force_at: datetime | None
    former_at: datetime | None
    destroyed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Made:
    """A key that was made, by its check value."""

    algorithm: int
    version: int
    level: Level
    number: int
    check_value: bytes


@dataclass(frozen=True, slots=True)
class Used:
    """How often a version was used for a purpose, and for how many cards: ever, and today."""

    algorithm: int
    version: int
    purpose: Purpose
    uses: int
    cards: int
    cards_today: int


@dataclass(frozen=True, slots=True)
class HandedOut:
    """Keys that the bureau was given for one batch. `used`: the cards it says it made with them."""

    batch_id: int
    algorithm: int
    version: int
    status: HandOut
    cards: int
    recipient: bytes
    package: bytes
    handed_at: datetime
    due_on: date
    used: int | None
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Record:
    """One record of what befell card keys. `facts`: JSON."""

    record_id: int
    ceremony_id: int | None
    at: datetime
    actor: str
    action: str
    facts: str
    digest: bytes


COMPONENT: Final = "component."


def key_name(algorithm: int, version: int, level: str, number: int = 0) -> str:
    """Give the name under which the store keeps a key."""
    return f"{algorithm}.{version}.{level}.{number}"


def component_name(ceremony_id: int) -> str:
    """Give the name under which the store keeps the first component of a key that is being taken in."""
    return f"{COMPONENT}{ceremony_id}"

"""Staff, clients and what they are let in with."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shebaoka.kit.actor import Actor
from shebaoka.registry.institutions.liveness import Readiness

NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")
"""The names of accounts, of staff and of clients."""
IDLE: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=12)
RESIDENT_LONGEST: Final = timedelta(hours=2)
"""A resident's session ends after this at the latest, and like the staff's when it lies idle."""
TOKEN_LIFE: Final = timedelta(hours=1)
LOG_IN_WITHIN: Final = timedelta(minutes=10)
"""How long a log-in of several steps may take."""
DEVICE_LENGTH_MAX: Final = 200
FAILURES_MAX: Final = 10
FAILURES_WITHIN: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who works with the system; `active` is False while the account is closed."""

    staff_id: int
    institution_id: int
    login: str
    name: str
    role: str
    active: bool


@dataclass(frozen=True, slots=True)
class Client:
    """An institution's system."""

    client_id: str
    institution_id: int
    role: str
    active: bool


@dataclass(frozen=True, slots=True)
class Admission:
    """A token just given out, and when it ends at the latest."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """What a password or a secret is checked against."""

    name: str
    institution_id: int
    role: str
    secret_hash: str
    active: bool
    temporary: bool = False
    """Whether somebody else knows the password, too."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What a valid token says: who comes, and until when, if the token is not used again."""

    name: str
    institution_id: int
    role: str
    until: datetime
    person_id: int | None = None
    readiness: tuple[Readiness, ...] = ()
    """Of the institution, and of its bank where it is an outlet; a resident's platform needs none."""


class Next(StrEnum):
    """What follows a right password before there is a session."""

    CODE = "code"
    ENROLMENT = "enrolment"
    PASSWORD = "password"  # noqa: S105 - the name of a step


@dataclass(frozen=True, slots=True)
class Step:
    """A log-in under way: the ticket to go on with, and what is next."""

    ticket: str = field(repr=False)
    next: Next
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Passed:
    """Where a code has led to; with the recovery codes of an app that was set up just now, shown this once."""

    then: Admission | Step
    recovery_codes: list[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an app is set up with: the secret to type, and the address that a picture of it holds."""

    secret: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a log-in came from: a network address, and what the browser or program says of itself."""

    source: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class LogIn:
    """A log-in whose password was right."""

    staff_id: int
    institution_id: int
    role: str
    login: str
    source: str
    device: str
    started_at: datetime
    proven: bool

    @property
    def actor(self) -> Actor:
        """Whoever logs in."""
        return Actor(f"staff:{self.staff_id}", self.institution_id, self.role)


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """An app's secret that counts, and one that is being set up; both sealed."""

    sealed: bytes | None
    pending: bytes | None
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """A session under way."""

    session_id: int
    staff_id: int
    started_at: datetime
    seen_at: datetime
    source: str
    device: str
    token_digest: bytes = field(repr=False)

"""Staff, clients and what they are let in with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shebaoka.registry.institutions.liveness import Readiness

NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")
"""The names of accounts, of staff and of clients."""
IDLE: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=12)
RESIDENT_LONGEST: Final = timedelta(hours=2)
"""A resident's session ends after this at the latest, and like the staff's when it lies idle."""
TOKEN_LIFE: Final = timedelta(hours=1)
FAILURES_MAX: Final = 10
FAILURES_WITHIN: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who works with the system; `active` is False for good once the account is closed."""

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

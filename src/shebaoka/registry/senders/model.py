"""Systems of institutions that send messages, and what they sign with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shebaoka.kit.actor import Actor

WINDOW: Final = timedelta(minutes=5)
"""How far a message's time may be off; its nonce is kept twice as long."""
OVERLAP: Final = timedelta(days=7)
"""How long a secret that was renewed is still good, unless whoever renews it says otherwise."""
SECRET_BYTES: Final = 32
NONCE_MAX: Final = 64
ROLE: Final = "hospital_system"


@dataclass(frozen=True, slots=True)
class Sender:
    """An institution's system, known by its key."""

    paasid: str
    institution_id: int
    code: str
    name: str

    @property
    def actor(self) -> Actor:
        """Give who acts: the system, for its institution."""
        return Actor(f"sender:{self.paasid}", self.institution_id, ROLE)


@dataclass(frozen=True, slots=True)
class Secret:
    """What one key signs with; `good_until`: its end, where it has one."""

    sender: Sender
    secret: bytes = field(repr=False)
    good_until: datetime | None


@dataclass(frozen=True, slots=True)
class KeyTold:
    """A key as it is listed: whose, since when, until when; never its secret."""

    paasid: str
    key_id: int
    institution: str
    made_at: datetime
    good_until: datetime | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An operator of an institution who signed in."""

    sign_no: str
    operator: str
    signed_in_at: datetime
    good_until: datetime

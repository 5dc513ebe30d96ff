"""Codes that change every thirty seconds (RFC 6238, RFC 4226), as apps for telephones show them. Pure.

These few lines instead of a dependency: which time step a code belongs to must be known to take it once only, and libraries
for this answer yes or no.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

STEP_SECONDS: Final = 30
DIGITS: Final = 6
STEPS_OFF: Final = 1
"""By how many steps a telephone's clock may be wrong, to either side."""
SECRET_BYTES: Final = 20
"""As long as the digest (RFC 4226, 4)."""
ISSUER: Final = "社保卡"
ALGORITHM: Final = "sha1"
"""The one that every app can do; nothing here depends on its resistance to collisions."""


def code(secret: bytes, step: int, digits: int = DIGITS, algorithm: str = ALGORITHM) -> str:
    """Give the code of a time step (RFC 4226, 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), algorithm)
    at = digest[-1] & 0xF
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}}"


def step_at(moment: datetime) -> int:
    """Give the number of the time step that a moment lies in."""
    return int(moment.timestamp()) // STEP_SECONDS


def step_of(secret: bytes, given: str, now: datetime) -> int | None:
    """Give the time step whose code was given, or None when it is none of those around now."""
    here = step_at(now)
    for step in range(here - STEPS_OFF, here + STEPS_OFF + 1):
        if hmac.compare_digest(code(secret, step).encode(), given.encode()):
            return step
    return None


def written(secret: bytes) -> str:
    """Give a secret as a person types it into an app (Base32)."""
    return b32encode(secret).decode().rstrip("=")


def address(secret: bytes, login: str) -> str:
    """Give the address that a picture (QR) holds for an app to scan."""
    label = f"{quote(ISSUER)}:{quote(login)}"
    return f"otpauth://totp/{label}?{urlencode({'secret': written(secret), 'issuer': ISSUER})}"

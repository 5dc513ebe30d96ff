"""Passwords and secrets: hashed with Argon2id, some 50 ms each, beside the event loop."""

from __future__ import annotations

import asyncio
import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from shebaoka.registry.staff.errors import PasswordRefused

# OWASP's least is 19 MiB and two passes; 32 MiB and two take about 50 ms on a 2-core machine.
HASHER: Final = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)
LENGTHS: Final = range(12, 129)
DIFFERENT_MIN: Final = 6
TOKEN_BYTES: Final = 32
STRENGTH_MIN: Final = 3
"""Of zxcvbn's 0 to 4: safe against who has the hashes. Its lists hold what people commonly take; length alone lets it pass."""
STRENGTH_LENGTH: Final = 72
"""It looks at no more than so many characters."""
TEMPORARY_LENGTH: Final = 16
LETTERS: Final = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of passwords that are read from one screen and typed at another: without what is easily read as something else."""


def check(login: str, password: str) -> None:
    """Raise PasswordRefused for a password that is short, long, monotonous, common, or contains its account."""
    if len(password) not in LENGTHS or len(set(password)) < DIFFERENT_MIN or login in password.lower():
        raise PasswordRefused
    found = zxcvbn(password[:STRENGTH_LENGTH], user_inputs=[login, "shebaoka"])
    if found["score"] < STRENGTH_MIN:
        raise PasswordRefused


def temporary() -> str:
    """Give a password of chance, for somebody to change at the first log-in."""
    return "".join(secrets.choice(LETTERS) for _ in range(TEMPORARY_LENGTH))


async def hashed(secret: str) -> str:
    """Give the hash of a password or secret."""
    return await asyncio.to_thread(HASHER.hash, secret)


async def matches(secret_hash: str | None, secret: str) -> bool:
    """Tell whether a secret fits its hash; without a hash this function will work as long and say no."""
    return await asyncio.to_thread(_matches, secret_hash or _nobody(), secret) and secret_hash is not None


def _matches(secret_hash: str, secret: str) -> bool:
    try:
        return HASHER.verify(secret_hash, secret[: LENGTHS.stop])
    except (VerificationError, InvalidHashError):  # What is no hash fits nothing.
        return False


@cache
def _nobody() -> str:
    return HASHER.hash(secrets.token_urlsafe(TOKEN_BYTES))

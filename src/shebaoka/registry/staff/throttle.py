"""Guessing is slowed down: few failures per account and per source, counted from the beginning of an attempt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shebaoka.kit.work import Work
from shebaoka.registry.staff import store
from shebaoka.registry.staff.errors import TooManyFailures
from shebaoka.registry.staff.model import FAILURES_WITHIN


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt under way."""

    subjects: tuple[bytes, ...]
    attempt_id: int


async def begin(work: Work, account: str, source: str) -> Attempt:
    """Count an attempt on an account from a source; TooManyFailures when either failed too often lately.

    What somebody types as an account may be a password or an ID number: only keyed digests are kept.
    """
    subjects = tuple(sorted((work.vault.digest("account", account), work.vault.digest("source", source))))
    horizon = work.now - FAILURES_WITHIN
    for subject in subjects:
        await store.take_turn(work, subject)
    blocking = [await store.failure_that_blocks(work, subject, horizon) for subject in subjects]
    waits = [(failed_at - horizon).total_seconds() for failed_at in blocking if failed_at]
    if waits:
        raise TooManyFailures(math.ceil(max(waits)))
    attempt = Attempt(subjects, work.ids.one())
    await store.forget_failures(work, horizon)
    await store.add_attempt(work, subjects, attempt.attempt_id)
    return attempt


async def succeeded(work: Work, attempt: Attempt) -> None:
    """Take out an attempt that turned out good."""
    await store.attempt_succeeded(work, attempt.subjects, attempt.attempt_id)


async def unlock(work: Work, accounts: Sequence[str]) -> None:
    """Forget the failures of accounts, as they are named to `begin`; those of sources stay."""
    await store.forget_failures_of(work, [work.vault.digest("account", one) for one in accounts])


def passwords_of(login: str) -> str:
    """Name the password of a member of staff, whose failures are counted."""
    return f"staff_account:{login}"


def codes_of(staff_id: int) -> str:
    """Name the codes of a member of staff, whose failures are counted."""
    return f"second_factor:{staff_id}"

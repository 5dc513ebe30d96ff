"""The second factor of a member of staff: an app's secret that counts once a code of it was given, and codes to recover with."""

from __future__ import annotations

import secrets
from typing import Final

from shebaoka.kit.work import Work
from shebaoka.registry.staff import login_store, totp
from shebaoka.registry.staff.errors import CodeRefused, EnrolmentNotBegun

RECOVERY_CODES: Final = 10
LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without what is easily read as something else."""
RECOVERY_LENGTH: Final = 12


async def begin(work: Work, staff_id: int) -> bytes:
    """Give the secret to be set up; the one before counts until a code of this one was given.

    This function will give the same secret until then, so that a page that is loaded again shows what was scanned.
    """
    known = await login_store.second_factor(work, staff_id)
    if known and known.pending:
        return work.vault.open(known.pending, _place(staff_id))
    secret = secrets.token_bytes(totp.SECRET_BYTES)
    await login_store.put_pending(work, staff_id, work.vault.seal(secret, _place(staff_id)))
    work.record(0, "staff.second_factor_begun", staff_id)
    return secret


async def confirm(work: Work, staff_id: int, code: str) -> list[str]:
    """Let the secret that was set up count, and give ten new recovery codes, shown this once. CodeRefused, EnrolmentNotBegun."""
    known = await login_store.second_factor(work, staff_id)
    if known is None or not known.pending:
        raise EnrolmentNotBegun
    step = totp.step_of(work.vault.open(known.pending, _place(staff_id)), _plain(code), work.now)
    if step is None:
        raise CodeRefused
    await login_store.confirm_second_factor(work, staff_id, step)
    codes = ["".join(secrets.choice(LETTERS) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    await login_store.replace_recovery_codes(work, staff_id, [_digest(work, staff_id, one) for one in codes])
    work.record(0, "staff.second_factor_set", staff_id)
    return [_spaced(one) for one in codes]


async def prove(work: Work, staff_id: int, code: str) -> None:
    """Take a code of the app, or a recovery code, once. CodeRefused, also for one that was taken before."""
    known = await login_store.second_factor(work, staff_id)
    given = _plain(code)
    if known and known.sealed:
        step = totp.step_of(work.vault.open(known.sealed, _place(staff_id)), given, work.now)
        if step is not None and await login_store.take_step(work, staff_id, step):
            return
        if await login_store.use_recovery_code(work, staff_id, _digest(work, staff_id, given)):
            work.record(0, "staff.recovery_code_used", staff_id)
            return
    raise CodeRefused


async def forget(work: Work, staff_id: int, action: str) -> None:
    """Take the second factor away, with its recovery codes."""
    await login_store.forget_second_factor(work, staff_id)
    await login_store.replace_recovery_codes(work, staff_id, [])
    work.record(0, action, staff_id)


def _place(staff_id: int) -> str:
    return f"staff:{staff_id}"


def _digest(work: Work, staff_id: int, code: str) -> bytes:
    return work.vault.digest("recovery", f"{staff_id}:{code}")


def _plain(code: str) -> str:
    """Give a code as it is meant: people type blanks, hyphens and small letters."""
    return "".join(code.split()).replace("-", "").upper()


def _spaced(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))

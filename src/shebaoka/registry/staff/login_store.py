"""The SQL of this room about log-ins of several steps, second factors, and sessions one by one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from shebaoka.kit.work import Work
from shebaoka.registry.staff.model import (
    DEVICE_LENGTH_MAX,
    IDLE,
    LOG_IN_WITHIN,
    LONGEST,
    Account,
    Caller,
    LogIn,
    SecondFactor,
    Session,
)
from shebaoka.registry.staff.store import SQL, staff_member

NEWEST: Final = 2**63 - 1


async def add_log_in(work: Work, account: Account, caller: Caller, digest: bytes) -> None:
    """Write a log-in whose password was right, and forget those that nobody finished."""
    await work.run(SQL["forget_log_ins"], {"horizon": work.now - LOG_IN_WITHIN})
    named = {
        "digest": digest, "staff_id": int(account.name), "source": caller.source, "now": work.now,
        "device": caller.device[:DEVICE_LENGTH_MAX],
    }  # fmt: skip
    await work.run(SQL["add_log_in"], named)


async def log_in(work: Work, digest: bytes) -> LogIn | None:
    """Give the log-in of a ticket, and hold it; None when it is none, too old, or its account is closed."""
    row = await work.row(SQL["log_in"], {"digest": digest, "horizon": work.now - LOG_IN_WITHIN})
    member = await staff_member(work, row[0]) if row else None
    if row is None or member is None or not member.active:
        return None
    staff_id, source, device, started_at, proven = row
    return LogIn(
        staff_id, member.institution_id, member.role, member.login, source, device, started_at, proven
    )


async def log_in_proven(work: Work, digest: bytes) -> None:
    """Note that a code was given."""
    await work.run(SQL["log_in_proven"], {"digest": digest})


async def end_log_in(work: Work, digest: bytes) -> bool:
    """End a log-in; False when it is over already."""
    return await work.run(SQL["end_log_in"], {"digest": digest}) == 1


async def end_log_ins_of(work: Work, staff_id: int) -> None:
    """End all log-ins of somebody that are under way."""
    await work.run(SQL["end_log_ins_of"], {"staff_id": staff_id})


async def second_factor(work: Work, staff_id: int) -> SecondFactor | None:
    """Give somebody's second factor, and hold it."""
    return await work.row(SQL["second_factor"], {"staff_id": staff_id}, SecondFactor)


async def with_second_factor(work: Work, staff_ids: Collection[int]) -> set[int]:
    """Tell which of some members of staff have a second factor that counts."""
    rows = await work.rows(SQL["with_second_factor"], {"staff_ids": list(staff_ids)})
    return {row[0] for row in rows}


async def put_pending(work: Work, staff_id: int, sealed: bytes) -> None:
    """Write a secret that is to be set up."""
    await work.run(SQL["put_pending"], {"staff_id": staff_id, "pending": sealed})


async def confirm_second_factor(work: Work, staff_id: int, step: int) -> None:
    """Let the secret count that was set up, and take its code."""
    await work.run(SQL["confirm_second_factor"], {"staff_id": staff_id, "step": step, "now": work.now})


async def take_step(work: Work, staff_id: int, step: int) -> bool:
    """Take the code of a time step; False when it, or a later one, was taken before."""
    return await work.run(SQL["take_step"], {"staff_id": staff_id, "step": step}) == 1


async def forget_second_factor(work: Work, staff_id: int) -> None:
    """Take somebody's second factor away."""
    await work.run(SQL["forget_second_factor"], {"staff_id": staff_id})


async def replace_recovery_codes(work: Work, staff_id: int, digests: Sequence[bytes]) -> None:
    """Write new recovery codes in place of the old ones."""
    await work.run(SQL["forget_recovery_codes"], {"staff_id": staff_id})
    await work.run(SQL["add_recovery_codes"], {"staff_id": staff_id, "digests": list(digests)})


async def use_recovery_code(work: Work, staff_id: int, digest: bytes) -> bool:
    """Use a recovery code; False when it is none, or was used."""
    named = {"staff_id": staff_id, "digest": digest, "now": work.now}
    return await work.run(SQL["use_recovery_code"], named) == 1


async def recovery_codes_left(work: Work, staff_id: int) -> int:
    """Count the recovery codes that somebody has left."""
    return int(await work.value(SQL["recovery_codes_left"], {"staff_id": staff_id}))


async def sessions(work: Work, staff_id: int | None, before: int | None, limit: int) -> list[Session]:
    """Give sessions under way, newest first, of everybody or of one."""
    named = {
        "staff_id": staff_id, "before": before or NEWEST, "now": work.now, "idle": IDLE, "longest": LONGEST,
        "sessions_max": limit,
    }  # fmt: skip
    return await work.rows(SQL["sessions"], named, Session)


async def end_one_session(work: Work, session_id: int, staff_id: int | None) -> int | None:
    """End a session, of whomever or of one only, and give whose it was."""
    named = {"session_id": session_id, "staff_id": staff_id, "now": work.now}
    found: int | None = await work.value(SQL["end_one_session"], named)
    return found


async def end_other_sessions(work: Work, staff_id: int, digest: bytes) -> int:
    """End all of somebody's sessions but one, and give how many."""
    return await work.run(
        SQL["end_other_sessions"], {"staff_id": staff_id, "digest": digest, "now": work.now}
    )

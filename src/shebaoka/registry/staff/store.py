"""The SQL of this room."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from shebaoka.kit import queries
from shebaoka.kit.work import Work
from shebaoka.registry.institutions.liveness import Readiness, Status
from shebaoka.registry.people import views as people
from shebaoka.registry.staff.model import (
    DEVICE_LENGTH_MAX,
    FAILURES_MAX,
    IDLE,
    LONGEST,
    RESIDENT_LONGEST,
    TOKEN_LIFE,
    Account,
    Caller,
    Client,
    Pass,
    StaffMember,
)

SQL = queries.load(__file__)


async def add_staff(work: Work, **columns: Any) -> bool:
    """Write a new member of staff; False when the login is taken."""
    return await work.run(SQL["add_staff"], columns) == 1


async def staff(
    work: Work, institution_id: int | None, role: str | None, text: str | None, after: str, limit: int | None
) -> list[StaffMember]:
    """Give members of staff after a login: all, or of an institution, of a role, whose login holds some text."""
    asked = {"institution_id": institution_id, "role": role, "text": text, "after": after, "staff_max": limit}
    return await work.rows(SQL["staff"], asked, StaffMember)


async def staff_by_ids(work: Work, staff_ids: Collection[int]) -> dict[int, StaffMember]:
    """Give some members of staff by their numbers."""
    found = await work.rows(SQL["staff_by_ids"], {"staff_ids": list(staff_ids)}, StaffMember)
    return {one.staff_id: one for one in found}


async def staff_member(work: Work, staff_id: int) -> StaffMember | None:
    """Give one member of staff."""
    return await work.row(SQL["staff_member"], {"staff_id": staff_id}, StaffMember)


async def staff_account(work: Work, login: str) -> Account | None:
    """Give what a password is checked against."""
    return await work.row(SQL["staff_account"], {"login": login}, Account)


async def set_password(work: Work, staff_id: int, password_hash: str, *, temporary: bool) -> bool:
    """Write a new password; False when there is nobody active."""
    named = {"staff_id": staff_id, "password_hash": password_hash, "temporary": temporary}
    return await work.run(SQL["set_password"], named) == 1


async def reactivate_staff(work: Work, staff_id: int, password_hash: str) -> bool:
    """Open an account again with a temporary password; False when there is no closed one."""
    named = {"staff_id": staff_id, "password_hash": password_hash}
    return await work.run(SQL["reactivate_staff"], named) == 1


async def set_role(work: Work, staff_id: int, role: str) -> bool:
    """Write another role; False when there is nobody active."""
    return await work.run(SQL["set_role"], {"staff_id": staff_id, "role": role}) == 1


async def deactivate_staff(work: Work, staff_id: int) -> bool:
    """Close an account; False when there is nobody active."""
    return await work.run(SQL["deactivate_staff"], {"staff_id": staff_id}) == 1


async def administrators(work: Work) -> int:
    """Count active administrators, and keep others from making or closing one until the transaction ends."""
    await work.run(SQL["take_administrators_turn"])
    return int(await work.value(SQL["administrators"]))


async def start_session(work: Work, account: Account, caller: Caller, digest: bytes) -> bool:
    """Start a session; False when the account changed since it was read."""
    named = {
        "staff_id": int(account.name), "secret_hash": account.secret_hash, "digest": digest, "now": work.now,
        "source": caller.source, "device": caller.device[:DEVICE_LENGTH_MAX],
    }  # fmt: skip
    return await work.run(SQL["start_session"], named) == 1


async def use_session(work: Work, digest: bytes) -> Pass | None:
    """Give who comes with a session token, and note its use."""
    named = {"digest": digest, "now": work.now, "idle": IDLE, "longest": LONGEST}
    row = await work.row(SQL["use_session"], named)
    member = await work.row(SQL["member_at_work"], {"staff_id": row[0]}) if row else None
    if row is None or member is None:
        return None
    staff_id, institution_id, role, active, *ready = member
    until = min(work.now + IDLE, row[1] + LONGEST)
    return (
        Pass(f"staff:{staff_id}", institution_id, role, until, None, _ready(institution_id, ready))
        if active
        else None
    )


async def goes_on(work: Work, digest: bytes) -> bool:
    """Tell whether a session of staff or a client's token is still good."""
    named = {"digest": digest, "now": work.now, "idle": IDLE, "longest": LONGEST}
    return bool(await work.value(SQL["goes_on"], named))


async def end_session(work: Work, digest: bytes) -> int | None:
    """End a session and give whose it was."""
    found: int | None = await work.value(SQL["end_session"], {"digest": digest, "now": work.now})
    return found


async def end_sessions_of(work: Work, staff_id: int) -> None:
    """End all sessions of somebody."""
    await work.run(SQL["end_sessions_of"], {"staff_id": staff_id, "now": work.now})


async def start_resident_session(work: Work, person_id: int, digest: bytes, assertion: bytes) -> bool:
    """Start a resident's session on the word of the acting platform; False when that word was used before."""
    named = {
        "digest": digest, "resident_id": person_id, "organisation_id": work.actor.organisation_id,
        "client": work.actor.name, "assertion": assertion, "now": work.now,
    }  # fmt: skip
    return await work.run(SQL["start_resident_session"], named) == 1


async def use_resident_session(work: Work, digest: bytes) -> Pass | None:
    """Give who comes with a resident's token, and note its use; nobody once they have died."""
    named = {"digest": digest, "now": work.now, "idle": IDLE, "longest": RESIDENT_LONGEST}
    row = await work.row(SQL["use_resident_session"], named)
    person = (await people.by_ids(work, [row[0]])).get(row[0]) if row else None
    if row is None or person is None or person.died_on is not None:
        return None
    until = min(work.now + IDLE, row[2] + RESIDENT_LONGEST)
    return Pass(f"resident:{person.person_id}", row[1], "resident", until, person.person_id)


async def end_resident_session(work: Work, digest: bytes) -> int | None:
    """End a resident's session and give whose it was."""
    found: int | None = await work.value(SQL["end_resident_session"], {"digest": digest, "now": work.now})
    return found


async def end_resident_sessions_of(work: Work, person_id: int) -> int:
    """End all sessions of a resident and give how many there were."""
    return await work.run(SQL["end_resident_sessions_of"], {"resident_id": person_id, "now": work.now})


async def end_resident_sessions_by(work: Work, client_id: str) -> None:
    """End all sessions for which a client vouched."""
    await work.run(SQL["end_resident_sessions_by"], {"client": f"client:{client_id}", "now": work.now})


async def add_client(work: Work, **columns: Any) -> bool:
    """Write a new client; False when the name is taken."""
    return await work.run(SQL["add_client"], columns) == 1


async def clients(work: Work) -> list[Client]:
    """Give all clients."""
    return await work.rows(SQL["clients"], None, Client)


async def client_account(work: Work, client_id: str) -> Account | None:
    """Give what a secret is checked against."""
    return await work.row(SQL["client_account"], {"client_id": client_id}, Account)


async def set_secret(work: Work, client_id: str, secret_hash: str) -> bool:
    """Write a new secret; False when there is no active client."""
    return await work.run(SQL["set_secret"], {"client_id": client_id, "secret_hash": secret_hash}) == 1


async def deactivate_client(work: Work, client_id: str) -> bool:
    """Close a client; False when there is no active one."""
    return await work.run(SQL["deactivate_client"], {"client_id": client_id}) == 1


async def issue_token(work: Work, account: Account, digest: bytes) -> bool:
    """Write a token; False when the client changed since it was read."""
    named = {"client_id": account.name, "secret_hash": account.secret_hash, "digest": digest}
    return (
        await work.run(SQL["issue_token"], {**named, "now": work.now, "expires_at": work.now + TOKEN_LIFE})
        == 1
    )


async def use_token(work: Work, digest: bytes) -> Pass | None:
    """Give who comes with an access token."""
    row = await work.row(SQL["use_token"], {"digest": digest, "now": work.now})
    if row is None:
        return None
    name, institution_id, role, until, *ready = row
    return Pass(name, institution_id, role, until, None, _ready(institution_id, ready))


def _ready(institution_id: int, columns: Sequence[Any]) -> tuple[Readiness, ...]:
    """Read how ready an institution is (five columns), and its bank (six, empty when there is none)."""
    rows = ((institution_id, *columns[:5]), tuple(columns[5:]))
    return tuple(
        Readiness(row[0], row[1], row[2], Status(row[3]), row[4], row[5])
        for row in rows
        if row[0] is not None
    )


async def revoke_token(work: Work, digest: bytes) -> str | None:
    """Revoke a token and give whose it was."""
    found: str | None = await work.value(SQL["revoke_token"], {"digest": digest, "now": work.now})
    return found


async def revoke_tokens_of(work: Work, client_id: str) -> None:
    """Revoke all tokens of a client."""
    await work.run(SQL["revoke_tokens_of"], {"client_id": client_id, "now": work.now})


async def take_turn(work: Work, subject: bytes) -> None:
    """Wait until no other attempt on this subject is being counted."""
    await work.run(SQL["take_turn"], {"subject": subject})


async def forget_failures(work: Work, horizon: datetime) -> None:
    """Forget some of what is too old to count."""
    await work.run(SQL["forget_failures"], {"horizon": horizon})


async def failure_that_blocks(work: Work, subject: bytes, horizon: datetime) -> datetime | None:
    """Give the failure that must grow old before the next attempt."""
    named = {"subject": subject, "horizon": horizon, "failures_max": FAILURES_MAX}
    found: datetime | None = await work.value(SQL["failure_that_blocks"], named)
    return found


async def add_attempt(work: Work, subjects: Sequence[bytes], attempt_id: int) -> None:
    """Count an attempt as failed."""
    await work.run(
        SQL["add_attempt"], {"subjects": list(subjects), "attempt_id": attempt_id, "now": work.now}
    )


async def attempt_succeeded(work: Work, subjects: Sequence[bytes], attempt_id: int) -> None:
    """Take out an attempt that succeeded."""
    await work.run(SQL["attempt_succeeded"], {"subjects": list(subjects), "attempt_id": attempt_id})


async def forget_failures_of(work: Work, subjects: Sequence[bytes]) -> None:
    """Forget what failed of some accounts."""
    await work.run(SQL["forget_failures_of"], {"subjects": list(subjects)})

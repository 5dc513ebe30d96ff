"""Everything that reads staff and clients."""

from __future__ import annotations

from collections.abc import Collection

from shebaoka.kit.work import Work
from shebaoka.registry.staff import login_store, store
from shebaoka.registry.staff.model import Client, Session, StaffMember


async def staff(
    work: Work,
    institution_id: int | None = None,
    *,
    role: str | None = None,
    text: str | None = None,
    after: str = "",
    limit: int | None = None,
) -> list[StaffMember]:
    """Give members of staff in the order of their logins, after one: all, or of an institution, of a role, with some text."""
    return await store.staff(work, institution_id, role, text, after, limit)


async def staff_by_ids(work: Work, staff_ids: Collection[int]) -> dict[int, StaffMember]:
    """Give some members of staff by their numbers."""
    return await store.staff_by_ids(work, staff_ids)


async def with_second_factor(work: Work, staff_ids: Collection[int]) -> set[int]:
    """Tell which of some members of staff have a second factor that counts."""
    return await login_store.with_second_factor(work, staff_ids)


async def recovery_codes_left(work: Work, staff_id: int) -> int:
    """Count the recovery codes that somebody has left."""
    return await login_store.recovery_codes_left(work, staff_id)


async def sessions(
    work: Work, staff_id: int | None = None, before: int | None = None, limit: int = 200
) -> list[Session]:
    """Give sessions under way, newest first, of everybody or of one."""
    return await login_store.sessions(work, staff_id, before, limit)


async def goes_on(work: Work, digest: bytes) -> bool:
    """Tell whether a session of staff, or a client's token, is still good. `digest`: `gatekeeper.digest_of` its token."""
    return await store.goes_on(work, digest)


async def account(work: Work, login: str) -> StaffMember | None:
    """Give the member of staff of a login, or None."""
    found = await store.staff_account(work, login)
    return await store.staff_member(work, int(found.name)) if found else None


async def staff_member(work: Work, staff_id: int) -> StaffMember | None:
    """Give one member of staff, or None."""
    return await store.staff_member(work, staff_id)


async def clients(work: Work) -> list[Client]:
    """Give all institution clients, in the order of their names."""
    return await store.clients(work)

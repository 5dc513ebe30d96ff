"""Everything that reads staff and clients."""

from __future__ import annotations

from shebaoka.kit.work import Work
from shebaoka.registry.staff import store
from shebaoka.registry.staff.model import Client, StaffMember


async def staff(work: Work, institution_id: int | None = None) -> list[StaffMember]:
    """Give members of staff, all or of one institution, in the order of their logins."""
    return await store.staff(work, institution_id)


async def staff_member(work: Work, staff_id: int) -> StaffMember | None:
    """Give one member of staff, or None."""
    return await store.staff_member(work, staff_id)


async def clients(work: Work) -> list[Client]:
    """Give all institution clients, in the order of their names."""
    return await store.clients(work)

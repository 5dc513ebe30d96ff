"""Who may be sent: staff of the outlet, or of its bank, who are there."""

from __future__ import annotations

from collections.abc import Sequence

from shebaoka.issuing.outreach.errors import VisitStaffUnfit
from shebaoka.kit.work import Work
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.staff import views as staff
from shebaoka.registry.staff.model import StaffMember


def employers_of(outlet: Institution) -> tuple[int, ...]:
    """Give whose staff may serve for an outlet: its own, and its bank's."""
    return tuple(one for one in (outlet.institution_id, outlet.parent_id) if one is not None)


async def staff_of(work: Work, outlet: Institution, wanted: Sequence[int], needed: int) -> tuple[int, ...]:
    """Give the members of staff, in one order; VisitStaffUnfit for too few, and for somebody who does not work there."""
    known = [(number, await staff.staff_member(work, number)) for number in sorted(set(wanted))]
    unfit = [str(number) for number, member in known if not fit(outlet, member)]
    if unfit or len(known) < needed:
        raise VisitStaffUnfit(needed=needed, unfit=unfit)
    return tuple(number for number, _ in known)


def fit(outlet: Institution, member: StaffMember | None) -> bool:
    """Tell whether somebody works at an outlet or its bank today."""
    return member is not None and member.active and member.institution_id in employers_of(outlet)


async def who_may_go(work: Work, outlet: Institution) -> list[StaffMember]:
    """Give who may be sent for an outlet, its own people first, in the order of their logins."""
    found = [one for place in employers_of(outlet) for one in await staff.staff(work, place)]
    return [one for one in found if fit(outlet, one)]

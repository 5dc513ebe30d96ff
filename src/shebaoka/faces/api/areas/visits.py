"""One visit at home as those see it who make it: where it stands, whom to call and where to go, and who may be sent."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, post
from litestar.params import JSONBody

from shebaoka.faces.api.access import RESIDENTS_TOO
from shebaoka.faces.api.areas.applications import RevealBody
from shebaoka.faces.api.areas.outreach import OutletCode, VisitView, visits_shown
from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import ONE, protected
from shebaoka.faces.api.wire import Holder, PathId
from shebaoka.issuing.outreach import staffing, views
from shebaoka.kit.problems import NotFound
from shebaoka.registry.people import views as people


class ContactView(msgspec.Struct, frozen=True):
    """Whom to call and where to go."""

    name: str
    mobile: str
    address: str
    remark: str


class MemberView(msgspec.Struct, frozen=True):
    """Somebody who may be sent."""

    staff_id: str
    name: str


class Members(msgspec.Struct, frozen=True):
    """Who may be sent, in the order of their logins."""

    items: list[MemberView]


@get(
    "/outreach/visits/{visit_id:int}",
    **protected("visit.read", "outreach", "一次上门 · One visit", refuses=ONE, residents=RESIDENTS_TOO),
)
async def one_visit(request: Call, visit_id: PathId) -> VisitView:
    """Give one visit; its holder is masked. The look is recorded."""
    async with reading(request) as work:
        found = await views.visit(work, visit_id)
        work.record(found.person_id, "visit.seen", visit_id)
        (view,) = await visits_shown(work, [found])
        named = await people.identities(work, [found.person_id])
        return msgspec.structs.replace(view, holder=Holder.of(named[found.person_id]))


@post(
    "/outreach/visits/{visit_id:int}/contact",
    status_code=200,
    **protected("outreach.plan", "outreach", "查看上门联系方式 · Show whom to call and where to go", refuses=ONE,
                unkeyed="it changes nothing but the audit log"),
)  # fmt: skip
async def show_contact(request: Call, visit_id: PathId, data: JSONBody[RevealBody]) -> ContactView:
    """Show name, number and address of a visit that is under way. The look is recorded with its reason."""
    async with reading(request) as work:
        found = await views.visit(work, visit_id)
        work.record(found.person_id, "visit.revealed", visit_id, reason=data.reason)
        known = (await views.contacts(work, [found])).get(visit_id)
        if known is None:
            raise NotFound(f"上门联系方式 contact of visit {visit_id}")
        named = await people.identities(work, [found.person_id])
        return ContactView(named[found.person_id].name, known.mobile, known.address, known.remark)


@get(
    "/outreach/staff",
    **protected("outreach.plan", "outreach", "可派人员 · Who may be sent", refuses=ONE),
)
async def who_may_go(request: Call, outlet: OutletCode = None) -> Members:
    """Give the staff of an outlet and of its bank who are there: who may be sent to visits, stations and stalls."""
    async with reading(request) as work:
        found = await staffing.who_may_go(work, await views.outlet(work, outlet))
        return Members([MemberView(str(one.staff_id), one.name) for one in found])


HANDLERS: tuple[Any, ...] = (one_visit, show_contact, who_may_go)

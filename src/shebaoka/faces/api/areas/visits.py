"""One visit at home as those see it who make it: where it stands, whom to call and where to go, and who may be sent."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody
from msgspec import Meta

from shebaoka.faces.api.access import RESIDENTS_ONLY, RESIDENTS_TOO
from shebaoka.faces.api.areas.applications import RevealBody
from shebaoka.faces.api.areas.outreach import (
    ASKING_MAY_REFUSE,
    OutletCode,
    VisitAnswer,
    VisitRequest,
    VisitView,
    number_of,
    visit_asked_for,
    visits_shown,
)
from shebaoka.faces.api.calling import CREATED, Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, Holder, Id, LongText, PathId, Text
from shebaoka.issuing.outreach import staffing, views
from shebaoka.issuing.outreach.model import MobilityDocument, Task
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.acting.views import reach_of
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.programme import Programme


class OwnVisit(Body, frozen=True):
    """A resident asks that the bank comes to oneself or a ward (`person_id`; default: oneself).

    Without `mobile` and `address` the register's are taken. `document`: what is held to show that one can hardly leave home.
    """

    tasks: Annotated[list[Task], Meta(min_length=1, max_length=2)]
    person_id: Id | None = None
    mobile: Text | None = None
    address: LongText | None = None
    remark: LongText | None = None
    document: MobilityDocument | None = None


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


@post(
    "/family/visits",
    status_code=CREATED,
    **protected("visit.request", "family", "为本人或被监护人申请上门 · Ask for a visit to oneself or a ward", keyed=True,
                residents=RESIDENTS_ONLY, refuses=(*ONE, *ASKING_MAY_REFUSE)),
)  # fmt: skip
async def request_own_visit(
    request: Call, data: JSONBody[OwnVisit], key: RequestKey = None
) -> Response[VisitAnswer]:
    """Ask for a visit. The rules say at once whether there will be one; who is somebody else is not found."""
    programme = await service(request).programme()

    async def act(work: Work) -> VisitAnswer:
        return await visit_asked_for(work, programme, await _of_family(work, programme, data))

    return await write(request, key, data, act, status=CREATED)


async def _of_family(work: Work, programme: Programme, data: OwnVisit) -> VisitRequest:
    own = work.actor.person_id
    assert own is not None, "only residents come in here"
    wanted = own if data.person_id is None else number_of(data.person_id, "person_id")
    if wanted not in await reach_of(work, programme):
        raise NotFound(f"本人或被监护人 person {wanted}")
    known = (await people.identities(work, [wanted]))[wanted]
    return VisitRequest(
        id_number=known.id_number, name=known.name, tasks=data.tasks, mobile=data.mobile, address=data.address,
        remark=data.remark, limited=data.document is not None, document=data.document,
    )  # fmt: skip


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


HANDLERS: tuple[Any, ...] = (request_own_visit, one_visit, show_contact, who_may_go)

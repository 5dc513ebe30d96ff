"""Going to people: visits at home, an outlet's diary and routes, stations and stalls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from shebaoka.cards.errors import OtherBanksCard
from shebaoka.faces.api.access import RESIDENTS_TOO
from shebaoka.faces.api.calling import CREATED, Call, asking_about, reading, write
from shebaoka.faces.api.captured import VisitOutcome
from shebaoka.faces.api.counter import (
    ACTING_MAY_REFUSE,
    ActsFor,
    check_reach,
    check_who_acts,
    named_holder,
)
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.rendering import malformed
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import (
    ID_MAX,
    Body,
    Code,
    Cursor,
    Holder,
    Id,
    IdNumberText,
    InstitutionRef,
    Limit,
    LongText,
    Page,
    PathId,
    Text,
    page_of,
    references,
)
from shebaoka.issuing.applications.errors import BankNotServing, NameDiffers, PersonDeceased, PersonUnknown
from shebaoka.issuing.outreach import commands, routing, states, views
from shebaoka.issuing.outreach.commands.equipping import days_between
from shebaoka.issuing.outreach.errors import (
    SiteUnfit,
    SlotNotFree,
    SlotOverbooked,
    VisitExists,
    VisitOutletUnfit,
    VisitPlannedAnew,
    VisitStaffUnfit,
)
from shebaoka.issuing.outreach.model import (
    Asked,
    CancelReason,
    Contact,
    MobilityDocument,
    NewSite,
    Planning,
    Route,
    Site,
    SiteKind,
    Slot,
    SlotFree,
    Task,
    Told,
    Visit,
)
from shebaoka.kit.problems import Problem, TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.model import ActingAs, VisitGround
from shebaoka.registry.programme.programme import Programme

DAYS_AT_ONCE_MAX: Final = 92
Staff = Annotated[list[Id], Meta(min_length=1, max_length=20, description="工作人员编号 · staff numbers")]
Weekday = Annotated[int, Meta(ge=1, le=7)]
OutletCode = Annotated[
    str | None,
    QueryParameter(
        description="网点代码，缺省为本网点 · code of an outlet; default: one's own", max_length=64
    ),
]


class VisitRequest(Body, frozen=True):
    """Somebody asks that the bank comes to a person's home. Without `mobile` and `address` the register's are taken.

    `limited`: the person can hardly leave home; `document`: what was shown of it. `represented`: somebody is to be authorised,
    or to act, at the visit. `bank`: a code; without it the person's bank, as far as one is known.
    """

    id_number: IdNumberText
    name: Text
    tasks: Annotated[list[Task], Meta(min_length=1, max_length=2)]
    mobile: Text | None = None
    address: LongText | None = None
    remark: LongText | None = None
    bank: Code | None = None
    limited: bool = False
    document: MobilityDocument | None = None
    represented: bool = False
    acts_for: ActsFor | None = None


class PlanningBody(Body, frozen=True):
    """Where from (a code), when and by whom."""

    outlet: Code
    day: date
    slot: Slot
    staff: Staff


class CancellingVisit(Body, frozen=True):
    """Why a visit is not needed any more."""

    reason: CancelReason


class SlotsBody(Body, frozen=True):
    """How many visits are made in the mornings or afternoons from the first to the last day, on these weekdays (1 Monday)."""

    first: date
    last: date
    slot: Slot
    capacity: Annotated[int, Meta(ge=0, le=1_000)]
    weekdays: Annotated[list[Weekday], Meta(min_length=1, max_length=7)] = msgspec.field(
        default_factory=lambda: [1, 2, 3, 4, 5]
    )
    outlet: Code | None = None


class SiteBody(Body, frozen=True):
    """A station in an enterprise (`employer`: its code; without `to_day` for good) or a stall in a compound."""

    kind: SiteKind
    outlet: Code
    district: Code
    name_zh: Text
    name_en: Text
    place: Text
    from_day: date
    opens: time
    closes: time
    capacity: Annotated[int, Meta(ge=1, le=10_000)]
    staff: Staff
    devices: Annotated[list[Id], Meta(max_length=50)] = msgspec.field(default_factory=list)
    to_day: date | None = None
    employer: Code | None = None


class VisitView(msgspec.Struct, frozen=True):
    """A visit, without what is sealed in it. `attempt`: the how many-th was planned. `why_*`: the rule that decided.

    `holder`: masked, in lists only.
    """

    visit_id: str
    status: states.Visit
    ground: VisitGround
    rule_id: str
    document: MobilityDocument | None
    asked_as: ActingAs
    represented: bool
    tasks: list[Task]
    taken_in_by: InstitutionRef | None
    bank: InstitutionRef | None
    outlet: InstitutionRef | None
    day: date | None
    slot: Slot | None
    staff: list[str]
    attempt: int
    reason: str | None
    requested_at: datetime
    updated_at: datetime
    holder: Holder | None = None


class VisitAnswer(msgspec.Struct, frozen=True):
    """A visit as it was asked for, and in words whether there will be one, why, and what else there is."""

    visit: VisitView
    eligible: bool
    why_zh: str
    why_en: str
    remedy_zh: str
    remedy_en: str


class SlotView(msgspec.Struct, frozen=True):
    """Half a day: how many visits, and how many are still free."""

    day: date
    slot: Slot
    capacity: int
    free: int


class Slots(msgspec.Struct, frozen=True):
    """An outlet's half days, soonest first. `today`: the day in Shanghai as the programme counts it."""

    outlet: InstitutionRef
    items: list[SlotView]
    today: date


class StopView(msgspec.Struct, frozen=True):
    """A visit of a route: whom to call and where to go, and why it stands here."""

    order: int
    visit_id: str
    attempt: int
    tasks: list[Task]
    represented: bool
    slot: Slot
    name: str
    mobile: str
    address: str
    remark: str
    why_zh: str
    why_en: str


class RouteView(msgspec.Struct, frozen=True):
    """The visits that the same members of staff make on a day, in order."""

    staff: list[str]
    stops: list[StopView]


class Routes(msgspec.Struct, frozen=True):
    """An outlet's routes of a day."""

    outlet: InstitutionRef
    day: date
    items: list[RouteView]


class SiteView(msgspec.Struct, frozen=True):
    """Where people are served, and when. `to_day` null: for good."""

    site_id: str
    kind: SiteKind
    status: states.Site
    outlet: InstitutionRef | None
    employer: InstitutionRef | None
    district: str
    name_zh: str
    name_en: str
    place: str
    from_day: date
    to_day: date | None
    opens: time
    closes: time
    capacity: int


class Sites(msgspec.Struct, frozen=True):
    """Stations and stalls, by district."""

    items: list[SiteView]


ASKING_MAY_REFUSE: Final[tuple[type[Problem], ...]] = (
    PersonDeceased,
    BankNotServing,
    OtherBanksCard,
    VisitExists,
    *ACTING_MAY_REFUSE,
)
"""Why a visit to somebody who is known cannot be asked for."""


@post(
    "/outreach/visits",
    status_code=CREATED,
    **protected("visit.request", "outreach", "申请上门服务 · Ask for a visit at home", keyed=True,
                refuses=(IdNumberRefused, PersonUnknown, NameDiffers, *ASKING_MAY_REFUSE), residents=RESIDENTS_TOO),
)  # fmt: skip
async def request_visit(
    request: Call, data: JSONBody[VisitRequest], key: RequestKey = None
) -> Response[VisitAnswer]:
    """Ask for a visit. The dated rules say at once whether there will be one; a refused request is kept too, with its rule."""
    programme = await service(request).programme()

    async def act(work: Work) -> VisitAnswer:
        return await visit_asked_for(work, programme, data)

    async with asking_about(request, data.id_number):
        return await write(request, key, data, act, status=CREATED)


async def visit_asked_for(work: Work, programme: Programme, data: VisitRequest) -> VisitAnswer:
    """Ask for a visit, for oneself or for whom one acts, and say whether there will be one and why."""
    await check_reach(work, programme, data.id_number)
    holder = await named_holder(work, data.id_number, data.name)
    asked_as = await check_who_acts(work, programme, holder, data.acts_for, subject="visit")
    known = (await people.identities(work, [holder.person_id]))[holder.person_id]
    contact = Contact(data.mobile or known.mobile, data.address or known.address, data.remark or "")
    heard = await commands.request(work, programme, Asked(
        holder.person_id, asked_as, tuple(dict.fromkeys(data.tasks)), contact, data.bank, data.limited,
        data.document, data.represented,
    ))  # fmt: skip
    (view,) = await visits_shown(work, [heard.visit])
    return VisitAnswer(
        view, heard.decided.eligible, heard.why.reason_zh, heard.why.reason_en, heard.decided.remedy_zh,
        heard.decided.remedy_en,
    )  # fmt: skip


@get(
    "/outreach/visits",
    **protected("visit.read", "outreach", "上门服务 · Visits that one may see", residents=RESIDENTS_TOO),
)
async def list_visits(
    request: Call,
    status: Annotated[
        states.Visit | None, QueryParameter(description="只列此状态 · only those in this status")
    ] = None,
    unheld: Annotated[
        bool,
        QueryParameter(
            description="只列已过日期、尚未回报的 · only those whose day is over and nobody told how it went"
        ),
    ] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[VisitView]:
    """Give the visits that one's own outlet makes or took in (a bank: all of its outlets'), newest first; holders are masked."""
    async with reading(request) as work:
        found = await views.page(work, status, cursor, limit, work.today if unheld else None)
        named = await people.identities(work, {one.person_id for one in found.items})
        shown = await visits_shown(work, found.items)
        return page_of(
            [
                msgspec.structs.replace(view, holder=Holder.of(named[one.person_id]))
                for view, one in zip(shown, found.items, strict=True)
            ],
            found.cursor,
        )


@post(
    "/outreach/visits/{visit_id:int}/planning",
    status_code=200,
    **protected("outreach.plan", "outreach", "安排上门或改期 · Plan a visit, or move it", keyed=True,
                refuses=(*ONE, TransitionRefused, VisitOutletUnfit, VisitStaffUnfit, SlotNotFree)),
)  # fmt: skip
async def plan_visit(
    request: Call, visit_id: PathId, data: JSONBody[PlanningBody], key: RequestKey = None
) -> Response[VisitView]:
    """Give a visit its outlet, half day and staff; the person is told. Two members of staff where the rules want two."""
    programme = await service(request).programme()

    async def act(work: Work) -> VisitView:
        planning = Planning(
            data.outlet, data.day, data.slot, tuple(number_of(one, "staff") for one in data.staff)
        )
        (view,) = await visits_shown(work, [await commands.plan(work, programme, visit_id, planning)])
        return view

    return await write(request, key, data, act)


@post(
    "/outreach/visits/{visit_id:int}/outcome",
    status_code=200,
    **protected("outreach.plan", "outreach", "回报上门结果 · Tell how a visit went", keyed=True,
                refuses=(*ONE, TransitionRefused, VisitPlannedAnew)),
)  # fmt: skip
async def tell_outcome(
    request: Call, visit_id: PathId, data: JSONBody[VisitOutcome], key: RequestKey = None
) -> Response[VisitView]:
    """Tell with a network how a visit went; without one the device brings it (`POST /api/outreach/sync`)."""
    programme = await service(request).programme()

    async def act(work: Work) -> VisitView:
        told = Told(data.attempt, data.outcome, work.now, reason=data.reason)
        (view,) = await visits_shown(work, [await commands.settle(work, programme, visit_id, told)])
        return view

    return await write(request, key, data, act)


@post(
    "/outreach/visits/{visit_id:int}/cancellation",
    status_code=200,
    **protected("visit.request", "outreach", "取消上门 · Cancel a visit", keyed=True,
                refuses=(*ONE, TransitionRefused), residents=RESIDENTS_TOO),
)  # fmt: skip
async def cancel_visit(
    request: Call, visit_id: PathId, data: JSONBody[CancellingVisit], key: RequestKey = None
) -> Response[VisitView]:
    """Cancel a visit: the person has moved, has had it done elsewhere, or wishes it no more. A death cancels it by itself."""

    async def act(work: Work) -> VisitView:
        (view,) = await visits_shown(work, [await commands.cancel(work, visit_id, data.reason)])
        return view

    return await write(request, key, data, act)


@post(
    "/outreach/slots",
    status_code=200,
    **protected("outreach.plan", "outreach", "设置上门名额 · Say how many visits an outlet makes", keyed=True,
                refuses=(*ONE, SlotOverbooked)),
)  # fmt: skip
async def open_slots(request: Call, data: JSONBody[SlotsBody], key: RequestKey = None) -> Response[Slots]:
    """Open half days for visits, or change how many places they have."""

    async def act(work: Work) -> Slots:
        if not 0 <= (data.last - data.first).days < DAYS_AT_ONCE_MAX:
            raise malformed(
                "last", f"首尾日期相隔 0 至 {DAYS_AT_ONCE_MAX - 1} 天 · up to {DAYS_AT_ONCE_MAX} days at once"
            )
        days = days_between(data.first, data.last, data.weekdays)
        if not days:
            raise malformed("weekdays", "所选日期中没有这些星期 · none of these weekdays in between")
        outlet = await commands.open_slots(work, data.outlet, days, data.slot, data.capacity)
        return _slots(
            work, InstitutionRef.of(outlet), await views.slots(work, outlet.institution_id, days[0])
        )

    return await write(request, key, data, act)


@get(
    "/outreach/slots",
    **protected("outreach.plan", "outreach", "上门名额余量 · Where there is room for visits", refuses=ONE),
)
async def list_slots(request: Call, outlet: OutletCode = None) -> Slots:
    """Give an outlet's half days from today on, with what is free."""
    async with reading(request) as work:
        found = await views.outlet(work, outlet)
        return _slots(
            work, InstitutionRef.of(found), await views.slots(work, found.institution_id, work.today)
        )


@get(
    "/outreach/route",
    **protected("outreach.plan", "outreach", "当日上门路线 · The routes of a day", refuses=ONE),
)
async def day_s_routes(
    request: Call,
    on: Annotated[
        date | None, QueryParameter(description="日期，缺省为今天 · the day; default: today")
    ] = None,
    outlet: OutletCode = None,
) -> Routes:
    """Give whom an outlet's staff visit on a day, in order: morning before afternoon, then by district, street and number.

    It shows names, numbers and addresses to take along; every look is recorded.
    """
    async with reading(request) as work:
        found = await views.outlet(work, outlet)
        day = on or work.today
        routes = await views.day_s_routes(work, found.institution_id, day)
        return Routes(InstitutionRef.of(found), day, [route_shown(one) for one in routes])


@post(
    "/outreach/sites",
    status_code=CREATED,
    **protected("outreach.plan", "outreach", "设立驻点或便民摊点 · Set up a station or stall", keyed=True,
                refuses=(*ONE, SiteUnfit)),
)  # fmt: skip
async def set_up_site(request: Call, data: JSONBody[SiteBody], key: RequestKey = None) -> Response[SiteView]:
    """Set up a station inside an enterprise, for a while or for good, or a stall in a compound; it is listed at once."""

    async def act(work: Work) -> SiteView:
        asked = NewSite(
            data.kind, data.outlet, data.district, data.name_zh, data.name_en, data.place, data.from_day, data.to_day,
            data.opens, data.closes, data.capacity, tuple(number_of(one, "staff") for one in data.staff),
            tuple(number_of(one, "devices") for one in data.devices), data.employer,
        )  # fmt: skip
        (view,) = await _sites_shown(work, [await commands.set_up_site(work, asked)])
        return view

    return await write(request, key, data, act, status=CREATED)


@get(
    "/outreach/sites",
    **protected("institution.read", "outreach", "就近服务点 · Stations and stalls: where one can go"),
)
async def list_sites(
    request: Call,
    district: Annotated[
        str | None, QueryParameter(description="只列此区 · only of this district (its code)", max_length=64)
    ] = None,
    on: Annotated[
        date | None,
        QueryParameter(description="此日及以后，缺省为今天 · on this day or later; default: today"),
    ] = None,
) -> Sites:
    """Give where banks serve people outside their outlets, by district."""
    async with reading(request) as work:
        return Sites(await _sites_shown(work, await views.sites(work, on or work.today, district)))


@post(
    "/outreach/sites/{site_id:int}/closing",
    status_code=200,
    **protected("outreach.plan", "outreach", "撤销服务点 · Close a station or stall", keyed=True,
                refuses=(*ONE, TransitionRefused)),
)  # fmt: skip
async def close_site(request: Call, site_id: PathId, key: RequestKey = None) -> Response[SiteView]:
    """Close a station or stall before its last day; what was captured there comes in as before."""

    async def act(work: Work) -> SiteView:
        (view,) = await _sites_shown(work, [await commands.close_site(work, site_id)])
        return view

    return await write(request, key, None, act)


async def visits_shown(work: Work, visits: Sequence[Visit]) -> list[VisitView]:
    """Give visits as they go over the wire, without their holders."""
    named = await references(
        work, {number for one in visits for number in (one.organisation_id, one.bank_id, one.outlet_id)}
    )
    return [
        VisitView(
            str(one.visit_id), states.Visit(one.status), one.ground, one.rule_id, one.document, one.asked_as,
            one.represented, list(one.tasks), named.get(one.organisation_id), named.get(one.bank_id or 0),
            named.get(one.outlet_id or 0), one.day, one.slot, [str(number) for number in one.staff], one.attempt,
            one.reason, one.requested_at, one.updated_at,
        )
        for one in visits
    ]  # fmt: skip


def route_shown(route: Route) -> RouteView:
    """Give a route as it goes over the wire."""
    stops = []
    for order, one in enumerate(route.stops, start=1):
        assert one.visit.slot, "who is on a route has a time"
        why_zh, why_en = routing.why(one)
        stops.append(StopView(
            order, str(one.visit.visit_id), one.visit.attempt, list(one.visit.tasks), one.visit.represented, one.visit.slot,
            one.name, one.contact.mobile, one.contact.address, one.contact.remark, why_zh, why_en,
        ))  # fmt: skip
    return RouteView([str(number) for number in route.staff], stops)


def number_of(text: str, field: str) -> int:
    """Read an identifier that a body names; RequestMalformed for one that none can be."""
    number = int(text)
    if number > ID_MAX:
        raise malformed(field, "编号过大 · no identifier is as large")
    return number


def _slots(work: Work, outlet: InstitutionRef, found: Sequence[SlotFree]) -> Slots:
    places = [SlotView(one.day, one.slot, one.capacity, one.capacity - one.taken) for one in found]
    return Slots(outlet, places, work.today)


async def _sites_shown(work: Work, sites: Sequence[Site]) -> list[SiteView]:
    named = await references(work, {number for one in sites for number in (one.outlet_id, one.employer_id)})
    return [
        SiteView(
            str(one.site_id), one.kind, states.Site(one.status), named.get(one.outlet_id), named.get(one.employer_id or 0),
            one.district_code, one.name_zh, one.name_en, one.place, one.from_day, one.to_day, one.opens, one.closes,
            one.capacity,
        )
        for one in sites
    ]  # fmt: skip


HANDLERS: tuple[Any, ...] = (
    request_visit, list_visits, plan_visit, tell_outcome, cancel_visit, open_slots, list_slots, day_s_routes, set_up_site,
    list_sites, close_site,
)  # fmt: skip

"""Outlets, for anybody: where they are, when they are open, what one can do there, how many wait."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import Meta

from shebaoka.faces.api.areas.institutions import CodeCursor
from shebaoka.faces.api.calling import Call, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected, public
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, InstitutionRef, Limit, Page
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions.liveness import Status, status_on
from shebaoka.registry.outlets import commands, views
from shebaoka.registry.outlets.hours import Spans, Standing
from shebaoka.registry.outlets.model import WAITING_MAX, InDistrict, Outlet, Profile, Wanted
from shebaoka.registry.outlets.services import WORDS, Service
from shebaoka.registry.programme.errors import NoRuleApplies
from shebaoka.registry.programme.model import Group

OPEN: Final = "where outlets are and what they do is for everybody to know, and says nothing about anybody"
District = Annotated[str, QueryParameter(pattern=r"^[0-9]{6}$", description="区代码 · code of a district")]
Code = Annotated[
    str,
    PathParameter(
        min_length=1, max_length=64, pattern=r"^[^\x00]*$", description="网点代码 · code of an outlet"
    ),
]
For = Annotated[
    Service | None,
    QueryParameter(name="service", description="要办的事，缺省不限 · what one wants to do; default anything"),
]
Bank = Annotated[
    str | None,
    QueryParameter(
        max_length=64,
        pattern=r"^[^\x00]*$",
        required=False,
        description="银行代码，缺省不限 · code of a bank; default any",
    ),
]


class SpanView(msgspec.Struct, frozen=True):
    """From when until when it is open on a day."""

    opens: time
    closes: time


class OtherDayView(msgspec.Struct, frozen=True):
    """A day with other hours than the week's; without any it is closed."""

    day: date
    hours: list[SpanView]
    reason_zh: str
    reason_en: str


class ServiceView(msgspec.Struct, frozen=True):
    """Something that one can do there."""

    code: Service
    zh: str
    en: str


class WaitingView(msgspec.Struct, frozen=True):
    """How many people waited when somebody there last looked, at most half an hour ago."""

    waiting: int
    noted_at: datetime


class NowView(msgspec.Struct, frozen=True):
    """Whether it is open at the moment that was asked. `until`: when it closes; `opens_at`: when a closed one opens, null: not within a month."""

    at: datetime
    open: bool
    until: datetime | None
    opens_at: datetime | None


class ProfileView(msgspec.Struct, frozen=True):
    """Where it is and when it is open. `week`: Monday to Sunday; a day without hours is closed."""

    address_zh: str
    address_en: str
    phone: str
    week: list[list[SpanView]]


class OutletView(msgspec.Struct, frozen=True):
    """An outlet. `serves`: it does business today; else `readiness` and `live_from` say how far it is, and there are no services.

    `mainly_for`: the groups that the rules send here first. `profile` null: nobody has told us, and so nobody knows of `now`.
    """

    outlet: InstitutionRef
    district_code: str | None
    bank: InstitutionRef | None
    serves: bool
    readiness: Status
    live_from: date | None
    services: list[ServiceView]
    mainly_for: list[Group]
    profile: ProfileView | None
    other_days: list[OtherDayView]
    now: NowView | None
    waiting: WaitingView | None


class Districts(msgspec.Struct, frozen=True):
    """The districts of the city, with their outlets that serve; and the banks to look for."""

    items: list[InDistrict]
    banks: list[InstitutionRef]


class Noting(Body, frozen=True):
    """How many people wait at your own outlet now."""

    waiting: Annotated[int, Meta(ge=0, le=WAITING_MAX, description="等候人数 · how many wait")]


@get(
    "/outlets/districts",
    **public(OPEN, "outlets", "各区网点数 · How many outlets each district has", refuses=(NoRuleApplies,)),
)
async def list_districts(request: Call, service_wanted: For = None, bank: Bank = None) -> Districts:
    """Count the outlets that serve today in every district: all, or those that do something, or of a bank."""
    here = service(request)
    programme = await here.programme()
    async with here.city.database.work(SYSTEM) as work:
        found = await views.by_district(work, programme, Wanted(service_wanted, bank))
        return Districts(found, [InstitutionRef.of(one) for one in await views.banks(work, programme)])


@get(
    "/outlets",
    **public(OPEN, "outlets", "一个区的网点 · The outlets of a district", refuses=(NoRuleApplies,)),
)
async def list_outlets(
    request: Call, district: District, service_wanted: For = None, bank: Bank = None, cursor: CodeCursor = "", limit: Limit = 50
) -> Page[OutletView]:  # fmt: skip
    """Give the outlets of a district by code. Where something is wanted, those that do it today; else also those that do not serve."""
    here = service(request)
    programme = await here.programme()
    async with here.city.database.work(SYSTEM) as work:
        wanted = Wanted(service_wanted, bank)
        found = await views.page(work, programme, district, wanted, cursor, limit + 1)
        shown = [_view(one, work.now) for one in found[:limit]]
    return Page(shown, shown[-1].outlet.code if len(found) > limit else None)


@get(
    "/outlets/{outlet_code:str}",
    **public(OPEN, "outlets", "一个网点 · One outlet", refuses=(*ONE, NoRuleApplies)),
)
async def show_outlet(request: Call, outlet_code: Code) -> OutletView:
    """Give an outlet of the city."""
    here = service(request)
    programme = await here.programme()
    async with here.city.database.work(SYSTEM) as work:
        found = await views.outlet(work, programme, outlet_code)
        if found is None:
            raise NotFound(f"网点 outlet {outlet_code}")
        return _view(found, work.now)


@post(
    "/outlets/waiting",
    status_code=200,
    **protected(
        "outlet.note_waiting", "outlets", "登记本网点等候人数 · How many wait at one's own outlet", keyed=True, refuses=ONE
    ),
)  # fmt: skip
async def note_waiting(request: Call, data: JSONBody[Noting], key: RequestKey = None) -> Response[Any]:
    """Note how many people wait at your own outlet now; everybody is told so for half an hour, while it is open."""

    async def act(work: Work) -> WaitingView:
        await commands.note_waiting(work, work.actor.organisation_id, data.waiting)
        return WaitingView(data.waiting, work.now)

    return await write(request, key, data, act)


def _view(one: Outlet, at: datetime) -> OutletView:
    place, today = one.institution, at.astimezone(SHANGHAI).date()
    return OutletView(
        InstitutionRef.of(place), place.district_code, InstitutionRef.of(one.bank) if one.bank else None, one.serves,
        status_on(place, today), place.live_from, [ServiceView(service, *WORDS[service]) for service in one.services],
        list(one.mainly_for), _profile(one.profile) if one.profile else None,
        [OtherDayView(day.on_day, _spans(day.spans), day.reason_zh, day.reason_en) for day in one.other_days],
        _now(one.standing, at) if one.standing else None,
        WaitingView(one.waiting.waiting, one.waiting.noted_at) if one.waiting else None,
    )  # fmt: skip


def _now(standing: Standing, at: datetime) -> NowView:
    return NowView(at, standing.open, standing.until, standing.opens_at)


def _profile(told: Profile) -> ProfileView:
    return ProfileView(told.address_zh, told.address_en, told.phone, [_spans(day) for day in told.week])


def _spans(spans: Spans) -> list[SpanView]:
    return [SpanView(span.opens, span.closes) for span in spans]


HANDLERS: tuple[Any, ...] = (list_districts, list_outlets, show_outlet, note_waiting)

"""Delivery: cards at counters, parcels that go elsewhere or again, and those that a person must look at."""

from __future__ import annotations

from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from shebaoka.cards.errors import CardChangedMeanwhile
from shebaoka.faces.api.access import RESIDENTS_TOO, actor
from shebaoka.faces.api.areas.showing import ApplicationView, shown
from shebaoka.faces.api.calling import Call, reading, write
from shebaoka.faces.api.counter import ACTING_MAY_REFUSE, ActsFor, claim_of
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.rendering import malformed
from shebaoka.faces.api.service import service
from shebaoka.faces.api.tables import Form, table
from shebaoka.faces.api.wire import (
    Body,
    Code,
    Holder,
    IdNumberText,
    InstitutionRef,
    Limit,
    LongText,
    PathId,
    Text,
    read_id_number,
    references,
)
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.errors import ContactMissing, OutletNotServing, PersonDeceased
from shebaoka.issuing.applications.states import Status as ApplicationStatus
from shebaoka.issuing.delivery import commands, views
from shebaoka.issuing.delivery.errors import (
    NoCounterForParcels,
    NotToBeSentAgain,
    ParcelElsewhere,
    ParcelsMoved,
    RedirectPending,
    SignatureMissing,
    TooLateToRedirect,
    WrongCollector,
)
from shebaoka.issuing.delivery.model import (
    DeliveryException,
    Effect,
    Journey,
    Kept,
    Parcel,
    Pickup,
    Signature,
    SignatureKind,
    Standing,
    Wish,
)
from shebaoka.issuing.delivery.states import Redirect, Status
from shebaoka.kit.problems import Problem, TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.records.s10 import WaybillRefused
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.model import ActingAs

Waybill = Annotated[
    str, Meta(min_length=1, max_length=40, pattern=r"^[^\x00]*$", description="邮件号码 · waybill")
]
Lines = Annotated[int, QueryParameter(ge=1, le=1_000, description="条数 · how many")]
NOT_TO_THEM: Final[tuple[type[Problem], ...]] = (*ACTING_MAY_REFUSE, WrongCollector)
"""Refusals of whoever came for a card and may not have it."""
WAITING_COLUMNS: Final = (
    "邮件号", "姓名", "证件号码", "状态", "已存放天数", "到达日期", "最近提醒", "应退回日期",
)  # fmt: skip
STANDINGS: Final = MappingProxyType(
    {"waiting": "待领", "overdue": "逾期", "recalled": "应退回卡中心", "at_centre": "卡中心保管"}
)
SAID: Final = MappingProxyType(
    {
        "nothing": ("与现有信息相同，没有改动", "It is as it was: nothing was changed"),
        "this_card": ("已更改，卡片将寄往新地址", "It is changed: the card goes there"),
        "asked": (
            "卡片已交邮政，正在请邮政改寄；结果将以消息告知",
            "The courier has the card and is asked to take it there; a message tells of the answer",
        ),
        "next_sending": (
            "已更改，用于下一次寄送；可申请重新寄送或到所示网点领取",
            "It is changed for the next sending: ask to have the card sent again, or collect it at the counter named",
        ),
    }
)  # fmt: skip
"""What is said to whoever wanted the card to go elsewhere."""


class SignatureBody(Body, frozen=True):
    """The signature of whoever collects: on paper or on a pad, and where it is found (folio, file number; no name)."""

    kind: SignatureKind
    reference: Code


class Collection(Body, frozen=True):
    """A card is handed over: against an identity document that was seen and a signature that was taken.

    `id_number`: of the document of whoever stands there. Without `acts_for` that is the holder; with it, it is the number
    named there too.
    """

    waybill: Waybill
    id_number: IdNumberText
    signature: SignatureBody
    acts_for: ActsFor | None = None


class ParcelNoted(Body, frozen=True):
    """A parcel that lies on one's own counter, or has just left it."""

    waybill: Waybill


class Destination(Body, frozen=True):
    """Where the card shall go; what is left out stays. `fallback_outlet`: the code of a community centre."""

    mobile: Text | None = None
    address: LongText | None = None
    fallback_outlet: Code | None = None


class Resending(Body, frozen=True):
    """A parcel that the courier refused or brought back, its cause mended, or that the card centre keeps."""

    waybill: Waybill


class ParcelLoss(Body, frozen=True):
    """A parcel that neither the courier nor the outlet finds."""

    waybill: Waybill


class ParcelView(msgspec.Struct, frozen=True):
    """A parcel, without what is sealed in it."""

    parcel_id: str
    application_id: str
    waybill: str
    status: Status
    outlet_id: str
    dispatched_at: datetime | None
    received_at: datetime | None
    updated_at: datetime


class KeptParcel(msgspec.Struct, frozen=True):
    """A parcel on a counter. `standing`: `waiting`, `overdue`, `recalled` (to be sent back), `at_centre`; it is recalled on `recall_on`."""

    parcel: ParcelView
    standing: Standing
    age_days: int
    arrived_on: date | None
    reminded_on: date | None
    recall_on: date | None


class HandOverView(msgspec.Struct, frozen=True):
    """To whom a card was handed over and against which signature."""

    collected_as: ActingAs
    signature_kind: SignatureKind
    signature_reference: str
    at: InstitutionRef | None
    handed_at: datetime


class JourneyView(msgspec.Struct, frozen=True):
    """Where an application's card is (`parcel` null: no parcel yet), at which counter it is or will be fetched, what is due.

    `redirect`: the last wish to send it elsewhere while it was on its way, and the courier's answer.
    """

    application_status: ApplicationStatus
    parcel: ParcelView | None
    counter: InstitutionRef | None
    kept: KeptParcel | None
    redirect: Redirect | None
    handed_over: HandOverView | None


class DestinationAnswer(msgspec.Struct, frozen=True):
    """What came of a wish to send the card elsewhere, said for whoever asked."""

    effect: Effect
    said_zh: str
    said_en: str
    application: ApplicationView


class LostParcelView(msgspec.Struct, frozen=True):
    """A parcel that was given up. `made_again`: another card is made for its application; not where that has ended."""

    parcel: ParcelView
    made_again: bool


class KeptParcels(msgspec.Struct, frozen=True):
    """Cards that lie at one's own counter, longest first."""

    items: list[KeptParcel]


class ParcelException(msgspec.Struct, frozen=True):
    """A parcel that a person must look at, or (`parcel` null) a message that belongs to none. `word`: the courier's last."""

    why: str
    waybill: str
    since: datetime
    age_days: int
    word: str
    parcel: ParcelView | None


class ParcelExceptions(msgspec.Struct, frozen=True):
    """Parcels that a person must look at, oldest first."""

    items: list[ParcelException]


@post(
    "/parcels/collection",
    status_code=200,
    **protected("parcel.collect", "delivery", "网点交付卡片 · Hand a card over at the counter", keyed=True,
                refuses=(*ONE, WaybillRefused, IdNumberRefused, ParcelElsewhere, PersonDeceased, WrongCollector,
                         SignatureMissing, TransitionRefused, ParcelsMoved, *ACTING_MAY_REFUSE)),
)  # fmt: skip
async def collect(request: Call, data: JSONBody[Collection], key: RequestKey = None) -> Response[ParcelView]:
    """Hand over a card that lies at one's own counter, to the holder, the guardian or an agent.

    Whoever collects, with which papers, and where the signature is found is kept; so is every attempt that was refused.
    """
    programme = await service(request).programme()

    async def act(work: Work) -> ParcelView:
        signature = Signature(data.signature.kind, data.signature.reference)
        seen = await read_id_number(work, data.id_number)
        pickup = Pickup(data.waybill, seen, signature, await claim_of(work, data.acts_for))
        return _parcel(await commands.collect(work, programme, pickup))

    try:
        return await write(request, key, data, act)
    except NOT_TO_THEM as problem:
        await _note_refusal(request, data.waybill, problem.slug)
        raise


async def _note_refusal(request: Call, waybill: str, why: str) -> None:
    """Record that somebody came for a card who may not have it, though all else is undone."""
    async with service(request).city.database.work(actor(request)) as work:
        parcel = (await views.by_waybill(work, waybill)).parcel
        work.record(parcel.person_id, "parcel.hand_over_refused", parcel.parcel_id, why=why)


@post(
    "/parcels/arrivals",
    status_code=200,
    **protected("parcel.collect", "delivery", "登记邮件到达本柜台 · Note that a parcel lies on one's own counter", keyed=True,
                refuses=(*ONE, WaybillRefused, NoCounterForParcels, TransitionRefused, ParcelsMoved)),
)  # fmt: skip
async def note_arrival(
    request: Call, data: JSONBody[ParcelNoted], key: RequestKey = None
) -> Response[ParcelView]:
    """Note a parcel that came without the courier's word, or to another outlet than was named; the card centre keeps it."""

    async def act(work: Work) -> ParcelView:
        return _parcel(await commands.note_arrival(work, data.waybill))

    return await write(request, key, data, act)


@post(
    "/parcels/sending-back",
    status_code=200,
    **protected("parcel.collect", "delivery", "退回卡中心 · Note that a recalled card was sent back", keyed=True,
                refuses=(*ONE, WaybillRefused, ParcelElsewhere, TransitionRefused, ParcelsMoved)),
)  # fmt: skip
async def send_back(
    request: Call, data: JSONBody[ParcelNoted], key: RequestKey = None
) -> Response[ParcelView]:
    """Note that one's own outlet has sent a recalled card back to the card centre; until then it can still be fetched."""

    async def act(work: Work) -> ParcelView:
        return _parcel(await commands.send_back(work, data.waybill))

    return await write(request, key, data, act)


@post(
    "/applications/{application_id:int}/destination",
    status_code=200,
    **protected("application.correct", "delivery", "更改寄送地址或备用网点 · Change where the card goes", keyed=True,
                refuses=(*ONE, TransitionRefused, ContactMissing, OutletNotServing, TooLateToRedirect,
                         RedirectPending, ParcelsMoved), residents=RESIDENTS_TOO),
)  # fmt: skip
async def change_destination(
    request: Call, application_id: PathId, data: JSONBody[Destination], key: RequestKey = None
) -> Response[DestinationAnswer]:
    """Send the card elsewhere as far as that is still possible, and say what came of it; the holder is told."""
    if data == Destination():
        raise malformed(
            "address", "请填写要更改的一项：手机号码、寄送地址或备用网点 · name what shall change"
        )

    async def act(work: Work) -> DestinationAnswer:
        wish = Wish(data.mobile, data.address, data.fallback_outlet)
        changed = await commands.change_destination(work, application_id, wish)
        (application,) = await shown(work, [changed.application])
        return DestinationAnswer(changed.effect, *SAID[changed.effect], application)

    return await write(request, key, data, act)


@post(
    "/applications/{application_id:int}/sending-again",
    status_code=200,
    **protected("application.correct", "delivery", "申请重新寄送 · Ask to have the card sent again", keyed=True,
                refuses=(*ONE, NotToBeSentAgain, ParcelsMoved), residents=RESIDENTS_TOO),
)  # fmt: skip
async def ask_again(request: Call, application_id: PathId, key: RequestKey = None) -> Response[ParcelView]:
    """Send a card again that is back at the card centre: a new waybill, to the application's present address."""

    async def act(work: Work) -> ParcelView:
        return _parcel(await commands.ask_again(work, application_id))

    return await write(request, key, None, act)


@get(
    "/applications/{application_id:int}/journey",
    **protected(
        "application.read", "delivery", "卡片在哪里 · Where the card is", refuses=ONE, residents=RESIDENTS_TOO
    ),
)
async def journey(request: Call, application_id: PathId) -> JourneyView:
    """Give where an application's card is, until when it waits, and what became of a wish to send it elsewhere."""
    programme = await service(request).programme()
    async with reading(request) as work:
        application = await applications.by_id(work, application_id)
        found = await views.journey(work, programme, application)
        work.record(application.person_id, "parcel.looked_at", application_id)
        return await _journey(work, ApplicationStatus(application.status), found)


@post(
    "/parcels/resending",
    status_code=200,
    **protected("production.run", "delivery", "重新寄送 · Send a parcel again", keyed=True,
                refuses=(*ONE, WaybillRefused, NotToBeSentAgain, ParcelsMoved)),
)  # fmt: skip
async def send_again(
    request: Call, data: JSONBody[Resending], key: RequestKey = None
) -> Response[ParcelView]:
    """Send a parcel again that was refused or brought back: a new waybill, to the application's present address."""

    async def act(work: Work) -> ParcelView:
        return _parcel(await commands.send_again(work, data.waybill))

    return await write(request, key, data, act)


@post(
    "/parcels/losses",
    status_code=200,
    **protected("production.run", "delivery", "邮件遗失，重新制卡 · Give a lost parcel up and make its card again", keyed=True,
                refuses=(*ONE, WaybillRefused, TransitionRefused, CardChangedMeanwhile, ParcelsMoved)),
)  # fmt: skip
async def declare_lost(
    request: Call, data: JSONBody[ParcelLoss], key: RequestKey = None
) -> Response[LostParcelView]:
    """Give up a parcel that is lost: the card in it is void, and is made again with the same photo, account and address."""

    async def act(work: Work) -> LostParcelView:
        lost = await commands.declare_lost(work, data.waybill)
        return LostParcelView(_parcel(lost.parcel), lost.made_again)

    return await write(request, key, data, act)


@get("/parcels/exceptions", **protected("production.run", "delivery", "寄送异常 · Parcels to look at"))
async def exceptions(request: Call, limit: Limit = 200) -> ParcelExceptions:
    """Give parcels that were refused or returned, are silent for too long, and messages that belong to none."""
    async with reading(request) as work:
        found = await views.exceptions(work, limit)
        work.record_many(
            "parcel.looked_at", [(one.parcel.person_id, one.parcel.parcel_id) for one in found if one.parcel]
        )
    return ParcelExceptions([_exception(one) for one in found])


@get(
    "/parcels/waiting",
    **protected(
        "parcel.collect", "delivery", "本柜台待领与待退 · What lies at one's own counter", answer=KeptParcels
    ),
)
async def waiting(request: Call, limit: Lines = 200, form: Form = "json") -> Response[Any]:
    """Give the cards that lie at one's own counter, longest first: for how long, and which are to be sent back.

    As a table (UTF-8 with the mark that Excel looks for) they come with names, masked. Every look is recorded.
    """
    programme = await service(request).programme()
    async with reading(request) as work:
        found = await views.at_counter(work, programme, work.actor.organisation_id, limit)
        work.record_many("parcel.looked_at", [(one.parcel.person_id, one.parcel.parcel_id) for one in found])
        if form == "json":
            return Response(KeptParcels([_kept(one) for one in found]))
        holders = await people.identities(work, {one.parcel.person_id for one in found})
    rows = [_waiting_row(one, Holder.of(holders[one.parcel.person_id])) for one in found]
    return table("waiting", WAITING_COLUMNS, rows)


def _parcel(one: Parcel) -> ParcelView:
    return ParcelView(
        str(one.parcel_id), str(one.application_id), one.waybill, Status(one.status), str(one.outlet_id),
        one.dispatched_at, one.received_at, one.updated_at,
    )  # fmt: skip


def _exception(one: DeliveryException) -> ParcelException:
    parcel = _parcel(one.parcel) if one.parcel else None
    return ParcelException(one.why, one.waybill, one.since, one.age_days, one.word, parcel)


def _kept(one: Kept) -> KeptParcel:
    parcel = one.parcel
    return KeptParcel(
        _parcel(parcel), one.standing, one.age_days, parcel.arrived_on, parcel.reminded_on, one.recall_on
    )


def _waiting_row(one: Kept, holder: Holder) -> list[Any]:
    return [
        one.parcel.waybill, holder.name_masked, holder.id_number_masked, STANDINGS[one.standing], one.age_days,
        one.parcel.arrived_on, one.parcel.reminded_on, one.recall_on,
    ]  # fmt: skip


async def _journey(work: Work, status: ApplicationStatus, found: Journey | None) -> JourneyView:
    if found is None:
        return JourneyView(status, None, None, None, None, None)
    handed = found.hand_over
    named = await references(work, {found.parcel.counter_id, handed.organisation_id if handed else None})
    view = None
    if handed:
        view = HandOverView(
            handed.collected_as, handed.signature_kind, handed.signature_reference,
            named.get(handed.organisation_id), handed.handed_at,
        )  # fmt: skip
    return JourneyView(
        status, _parcel(found.parcel), named.get(found.parcel.counter_id),
        _kept(found.kept) if found.kept else None, found.redirect, view,
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (
    collect, note_arrival, send_back, change_destination, ask_again, journey, send_again, declare_lost, exceptions, waiting,
)  # fmt: skip

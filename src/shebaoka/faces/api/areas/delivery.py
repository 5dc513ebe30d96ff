"""Delivery: handing cards over at the fallback outlet, and parcels that a person must look at."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from shebaoka.cards.errors import CardChangedMeanwhile
from shebaoka.faces.api.calling import Call, reading, write
from shebaoka.faces.api.counter import ACTING_MAY_REFUSE, ActsFor, check_who_acts
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, Limit
from shebaoka.issuing.delivery import commands, views
from shebaoka.issuing.delivery.errors import (
    IdentityNotChecked,
    NotToBeSentAgain,
    ParcelElsewhere,
    ParcelsMoved,
    SignatureMissing,
)
from shebaoka.issuing.delivery.model import DeliveryException, Parcel
from shebaoka.issuing.delivery.states import Status
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.records.s10 import WaybillRefused
from shebaoka.registry.people import views as people

Waybill = Annotated[
    str, Meta(min_length=1, max_length=40, pattern=r"^[^\x00]*$", description="邮件号码 · waybill")
]


class Collection(Body, frozen=True):
    """A card is handed over: against an identity document that was checked and a signature that was taken.

    Without `acts_for` it is the holder who stands there.
    """

    waybill: Waybill
    id_checked: bool
    signed: bool
    acts_for: ActsFor | None = None


class Resending(Body, frozen=True):
    """A parcel that the courier refused or brought back, its cause mended."""

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


class LostParcelView(msgspec.Struct, frozen=True):
    """A parcel that was given up. `made_again`: another card is made for its application; not where that has ended."""

    parcel: ParcelView
    made_again: bool


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
    **protected("parcel.collect", "delivery", "网点交付卡片 · Hand a card over at the outlet", keyed=True,
                refuses=(*ONE, WaybillRefused, ParcelElsewhere, IdentityNotChecked, SignatureMissing,
                         TransitionRefused, ParcelsMoved, *ACTING_MAY_REFUSE)),
)  # fmt: skip
async def collect(request: Call, data: JSONBody[Collection], key: RequestKey = None) -> Response[ParcelView]:
    """Hand over a card that waits at one's own outlet, to the holder, the guardian or an agent."""
    programme = await service(request).programme()

    async def act(work: Work) -> ParcelView:
        parcel = await commands.collect(work, data.waybill, id_checked=data.id_checked, signed=data.signed)
        holder = (await people.by_ids(work, [parcel.person_id]))[parcel.person_id]
        await check_who_acts(work, programme, holder, data.acts_for, "collect", parcel.parcel_id)
        return _parcel(parcel)

    return await write(request, key, data, act)


@post(
    "/parcels/resending",
    status_code=200,
    **protected("production.run", "delivery", "重新寄送 · Send a parcel again", keyed=True,
                refuses=(*ONE, WaybillRefused, NotToBeSentAgain, ParcelsMoved)),
)  # fmt: skip
async def send_again(
    request: Call, data: JSONBody[Resending], key: RequestKey = None
) -> Response[ParcelView]:
    """Send a parcel again that the courier refused or brought back: a new waybill, to the application's present address."""

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
    **protected("parcel.collect", "delivery", "本网点待领 · What waits at one's own outlet"),
)
async def waiting(
    request: Call, limit: Annotated[int, QueryParameter(ge=1, le=1_000, description="条数 · how many")] = 200
) -> list[ParcelView]:
    """Give the parcels that wait to be collected at one's own outlet, longest first."""
    async with reading(request) as work:
        found = await views.at_outlet(work, work.actor.organisation_id, limit)
        work.record_many("parcel.looked_at", [(one.person_id, one.parcel_id) for one in found])
    return [_parcel(one) for one in found]


def _parcel(one: Parcel) -> ParcelView:
    return ParcelView(
        str(one.parcel_id), str(one.application_id), one.waybill, Status(one.status), str(one.outlet_id),
        one.dispatched_at, one.received_at, one.updated_at,
    )  # fmt: skip


def _exception(one: DeliveryException) -> ParcelException:
    parcel = _parcel(one.parcel) if one.parcel else None
    return ParcelException(one.why, one.waybill, one.since, one.age_days, one.word, parcel)


HANDLERS: tuple[Any, ...] = (collect, send_again, declare_lost, exceptions, waiting)

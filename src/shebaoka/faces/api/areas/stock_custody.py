"""Custody of blanks by the numbers of their chips: deliveries of the chips' maker, where their numbers are, and one chip's way."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta

from shebaoka.faces.api.areas.stock import MovementView, Serial, movement_view
from shebaoka.faces.api.calling import CREATED, Call, reading, write
from shebaoka.faces.api.declaring import RequestKey, protected
from shebaoka.faces.api.wire import Body, Code, InstitutionRef, Limit
from shebaoka.issuing.stock import custody, errors, views
from shebaoka.issuing.stock.model import Custody, Lies
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import Institution

DeliveryKeys = Annotated[
    int,
    Meta(
        ge=1,
        le=1_000,
        description="运输密钥版本 · version of the keys that the blanks' transport keys come from",
    ),
]
ChipSerial = Annotated[
    str,
    PathParameter(
        pattern="^[0-9A-Fa-f]{8}$", description="芯片序列号 · a chip's serial number, 8 hex digits"
    ),
]


class Delivered(Body, frozen=True):
    """What the chips' maker delivered: an unbroken range of serial numbers, both ends included, under one version of transport keys."""

    shipment: Code
    first_serial: Serial
    last_serial: Serial
    keys_version: DeliveryKeys


class LiesView(msgspec.Struct, frozen=True):
    """Numbers that lie together. `outlet` null: at the card centre."""

    outlet: InstitutionRef | None
    first_serial: str
    last_serial: str
    blanks: int


class DeliveryView(msgspec.Struct, frozen=True):
    """A delivery, and where its numbers are.

    `at_outlets` no chip was begun yet; `begun`: given an order, neither a card nor spoiled. `adds_up`: each number is in one place.
    """

    delivery_id: str
    shipment: str
    first_serial: str
    last_serial: str
    keys_version: int
    delivered_by: str
    delivered_at: datetime
    total: int
    at_centre: int
    at_outlets: int
    begun: int
    used: int
    spoiled: int
    adds_up: bool
    lies: list[LiesView]


@get(
    "/stock/deliveries",
    **protected("stock.overview", "stock", "空白卡到货与保管 · Deliveries of blanks, and where their numbers are"),
)  # fmt: skip
async def deliveries(request: Call, limit: Limit = 50) -> list[DeliveryView]:
    """Give the deliveries, newest first, and range by range where what is left of them lies."""
    async with reading(request) as work:
        return await _shown(work, await views.custody(work, limit))


@post(
    "/stock/deliveries",
    status_code=CREATED,
    **protected("stock.deliver", "stock", "登记空白卡到货 · Book a delivery of blanks", keyed=True,
                refuses=(errors.SerialsUnfit, errors.KeysNotKnown, errors.DeliveryBooked)),
)  # fmt: skip
async def deliver(request: Call, data: JSONBody[Delivered], key: RequestKey = None) -> Response[DeliveryView]:
    """Take in what the chips' maker delivered. Outlets receive boxes of it, by their numbers; each number once."""

    async def act(work: Work) -> DeliveryView:
        made = await custody.deliver(
            work, data.shipment, data.first_serial, data.last_serial, data.keys_version
        )
        return (await _shown(work, [made]))[0]

    return await write(request, key, data, act, status=CREATED)


@get(
    "/stock/chips/{serial:str}",
    **protected("stock.overview", "stock", "一张空白卡的流转 · The way of one blank", refuses=(NotFound,)),
)  # fmt: skip
async def chip(request: Call, serial: ChipSerial) -> list[MovementView]:
    """Give every entry that names a chip's number, oldest first: received, returned, used or spoiled, at whichever outlet."""
    async with reading(request) as work:
        found = await views.chip(work, int(serial, 16))
    if not found:
        raise NotFound(f"芯片 chip {serial.upper()}")
    return [movement_view(one) for one in found]


async def _shown(work: Work, found: list[Custody]) -> list[DeliveryView]:
    lying = await views.lying(work, [one.delivery_id for one in found])
    places = await institutions.by_ids(work, {one.outlet_id for one in lying if one.outlet_id is not None})
    return [
        _view(one, [_lies(lies, places) for lies in lying if lies.delivery_id == one.delivery_id])
        for one in found
    ]


def _lies(one: Lies, places: dict[int, Institution]) -> LiesView:
    outlet = None if one.outlet_id is None else InstitutionRef.of(places[one.outlet_id])
    return LiesView(outlet, one.first_serial, one.last_serial, one.blanks)


def _view(one: Custody, lies: list[LiesView]) -> DeliveryView:
    return DeliveryView(
        str(one.delivery_id), one.shipment, one.first_serial, one.last_serial, one.keys_version, one.delivered_by,
        one.delivered_at, one.total, one.at_centre, one.at_outlets, one.begun, one.used, one.spoiled, one.adds_up, lies,
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (deliveries, deliver, chip)

"""Production: the cards that failed for good, their faces, and where the bureau's answers did not fit."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter

from shebaoka.faces.api.calling import Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, Limit, PathId, Why
from shebaoka.issuing.production import commands, views
from shebaoka.issuing.production.errors import NotAnException, RecordsMoved
from shebaoka.issuing.production.model import DifferenceKind, NewOrder, SentOrder
from shebaoka.kit.work import Work
from shebaoka.printing.errors import CardFaceRefused
from shebaoka.printing.face import SideName, composed

PNG: Final = "image/png"
SideOfCard = Annotated[SideName, QueryParameter(description="正面或背面 · which side of the card")]


class FailedCard(msgspec.Struct, frozen=True):
    """A card that failed for good: a person must look at it."""

    order_id: str
    application_id: str
    batch_id: str
    attempt: int
    card_number: str
    failed_stage: str
    failed_reason: str
    failed_at: datetime
    age_days: int


class FailedCards(msgspec.Struct, frozen=True):
    """Cards that failed for good, oldest first."""

    items: list[FailedCard]


class Attempt(msgspec.Struct, frozen=True):
    """A try to make a card: the next one, or the last one of a card that was given up."""

    application_id: str
    card_number: str
    attempt: int


class Difference(msgspec.Struct, frozen=True):
    """Where a line of the bureau's answer did not fit what was ordered."""

    file_name: str
    ordinal: int
    kind: DifferenceKind
    card_number: str
    detail: str
    found_at: datetime


class FaceLook(Body, frozen=True):
    """Which side of the card somebody must look at in full, and why."""

    reason: Why
    side: SideName = "front"


class Differences(msgspec.Struct, frozen=True):
    """Where the bureau's answers did not fit what was ordered, newest first."""

    items: list[Difference]


@get(
    "/production/exceptions",
    **protected("production.run", "production", "制卡失败 · Cards that failed for good"),
)
async def exceptions(request: Call, limit: Limit = 200) -> FailedCards:
    """Give the cards that nobody orders again by itself."""
    async with reading(request) as work:
        found = await views.exceptions(work, limit)
        work.record_many("order.looked_at", [(one.person_id, one.order_id) for one in found])
    return FailedCards([
        FailedCard(str(one.order_id), str(one.application_id), str(one.batch_id), one.attempt, one.card_number,
                   one.failed_stage, one.failed_reason, one.failed_at, one.age_days)
        for one in found
    ])  # fmt: skip


@post(
    "/production/exceptions/{order_id:int}/reorder",
    status_code=200,
    **protected("production.run", "production", "重新制卡 · Order a failed card once more", keyed=True,
                refuses=(*ONE, NotAnException)),
)  # fmt: skip
async def order_again(request: Call, order_id: PathId, key: RequestKey = None) -> Response[Attempt]:
    """Order a card once more that failed for good, after its cause was mended: same number, next attempt."""

    async def act(work: Work) -> Attempt:
        return _attempt(await commands.order_again(work, order_id))

    return await write(request, key, None, act)


@post(
    "/production/exceptions/{order_id:int}/giving-up",
    status_code=200,
    **protected("production.run", "production", "放弃制卡 · Give a failed card up", keyed=True,
                refuses=(*ONE, NotAnException, RecordsMoved)),
)  # fmt: skip
async def give_up(request: Call, order_id: PathId, key: RequestKey = None) -> Response[Attempt]:
    """Give a card up that cannot be made as it was ordered: its application ends, and the holder applies anew."""

    async def act(work: Work) -> Attempt:
        return _attempt(await commands.give_up(work, order_id))

    return await write(request, key, None, act)


def _attempt(order: NewOrder | SentOrder) -> Attempt:
    return Attempt(str(order.application_id), order.card_number, order.attempt)


@get(
    "/production/orders/{order_id:int}/face",
    media_type=PNG,
    **protected("production.run", "production", "卡面（遮蔽） · The face of a card, masked",
                refuses=(*ONE, CardFaceRefused)),
)  # fmt: skip
async def masked_face(request: Call, order_id: PathId, side: SideOfCard = "front") -> Response[bytes]:
    """Give one side of an order's card as PNG, 1011×638 pixels: without its photo, and of name and numbers the ends."""
    return await _face(request, order_id, side, None)


@post(
    "/production/orders/{order_id:int}/face",
    status_code=200,
    media_type=PNG,
    **protected("production.run", "production", "查看完整卡面 · Look at the face of a card",
                refuses=(*ONE, CardFaceRefused), unkeyed="it changes nothing but the audit log"),
)  # fmt: skip
async def look_at_face(request: Call, order_id: PathId, data: JSONBody[FaceLook]) -> Response[bytes]:
    """Give one side of an order's card as PNG, as it is printed. The look is recorded with its reason."""
    return await _face(request, order_id, data.side, data.reason)


async def _face(request: Call, order_id: int, side: SideName, reason: str | None) -> Response[bytes]:
    division = service(request).city.settings.division_code
    async with reading(request) as work:
        face = await views.face(work, division, order_id, reason)
    return Response(await asyncio.to_thread(composed, face, side), media_type=PNG)


@get(
    "/production/differences",
    **protected("production.run", "production", "回盘差异 · Answers that did not fit"),
)
async def differences(request: Call, limit: Limit = 200) -> Differences:
    """Give what the bureau answered that does not fit what was ordered."""
    async with reading(request) as work:
        lines = await views.differences(work, limit)
    return Differences([msgspec.convert(one, Difference, from_attributes=True) for one in lines])


HANDLERS: tuple[Any, ...] = (
    exceptions, order_again, give_up, masked_face, look_at_face, differences,
)  # fmt: skip

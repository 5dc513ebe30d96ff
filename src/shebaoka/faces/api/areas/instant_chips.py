"""The chip of a card that is made at a counter: what is to stand on it, and what is printed on its face."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody
from msgspec import Meta

from shebaoka.chip.errors import ChipUnreadable, ChipValueRefused
from shebaoka.chip.ordering import OrderText, as_text
from shebaoka.faces.api.areas.production import SideOfCard
from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import ONE, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, PathId
from shebaoka.issuing.applications.errors import PersonDeceased
from shebaoka.issuing.instant import commands, errors, views
from shebaoka.issuing.stock.errors import BlankKeysDiffer, ChipNotOfStock
from shebaoka.keys.errors import CardKeyLimit, CardKeysClosed, CardOfAnotherCity, NoCardKeys
from shebaoka.kit.problems import TransitionRefused
from shebaoka.printing.errors import CardFaceRefused
from shebaoka.printing.face import SideName, composed

PNG: Final = "image/png"
Historical = Annotated[
    str,
    Meta(
        pattern="^[0-9A-Fa-f]{26}$",
        description="复位信息的历史字节 · historical bytes of the answer to reset, 26 hex digits",
    ),
]


class ChipThere(Body, frozen=True):
    """The chip of the blank that lies in the reader."""

    historical: Historical


class ChipOrdered(msgspec.Struct, frozen=True):
    """What this chip is to be given, for the machine that writes it. It holds a person's data: keep none of it.

    `face`: where the picture is that is printed on the card.
    """

    application_id: str
    attempt: int
    serial: Annotated[str, Meta(description="芯片序列号 · the chip's serial number, 8 hex digits")]
    face: str
    order: OrderText
    challenge: Annotated[
        str,
        Meta(description="写成后由卡片作内部认证答复 · 32 hex digits that the card answers when it is made"),
    ]


class FaceWanted(Body, frozen=True):
    """Which side of the card is printed; `stock` false: only what the blank does not carry yet."""

    side: SideName = "front"
    stock: bool = False


@post(
    "/instant-issues/{application_id:int}/chip",
    status_code=200,
    **protected("instant.issue", "instant", "写卡内容 · The order for the chip of the blank",
                unkeyed="the same chip gets the same order again, another one is refused; what it holds is stored nowhere",
                refuses=(*ONE, TransitionRefused, PersonDeceased, ChipUnreadable, CardOfAnotherCity, errors.ChipUsed,
                         errors.ChipAnother, errors.ChipOrderOutdated, ChipNotOfStock, BlankKeysDiffer, ChipValueRefused, CardFaceRefused, NoCardKeys, CardKeyLimit, CardKeysClosed)),
)  # fmt: skip
async def order_chip(request: Call, application_id: PathId, data: JSONBody[ChipThere]) -> ChipOrdered:
    """Give the chip in the reader the order of the blank that was taken: all values, its code, its keys enciphered.

    After a power cut or a lost network, ask again with the same chip: it gets the same order. Another chip gets one only after
    the first was booked as spoiled.
    """
    here = service(request)
    programme = await here.programme()
    async with reading(request) as work:
        made = await commands.order_chip(
            work, programme, here.keys, here.city.settings.division_code, application_id, bytes.fromhex(data.historical)
        )  # fmt: skip
    issue = made.session.issue
    return ChipOrdered(
        str(issue.application_id), issue.attempt, issue.chip_serial or "", f"/api/instant-issues/{issue.application_id}/face",
        as_text(made.order), made.challenge.hex().upper(),
    )  # fmt: skip


@get(
    "/instant-issues/{application_id:int}/face",
    media_type=PNG,
    **protected("instant.issue", "instant", "卡面（遮蔽） · The face of the card, masked",
                refuses=(*ONE, TransitionRefused, CardFaceRefused)),
)  # fmt: skip
async def masked_face(
    request: Call,
    application_id: PathId,
    side: SideOfCard = "front",
) -> Response[bytes]:
    """Give one side of the card that is being made as PNG, 1011×638 pixels: without its photo, and of name and numbers the ends."""
    return await _face(request, application_id, side, whole=False, stock=True)


@post(
    "/instant-issues/{application_id:int}/face",
    status_code=200,
    media_type=PNG,
    **protected("instant.issue", "instant", "打印卡面 · The face of the card, to be printed",
                refuses=(*ONE, TransitionRefused, CardFaceRefused), unkeyed="it changes nothing but the audit log"),
)  # fmt: skip
async def face(request: Call, application_id: PathId, data: JSONBody[FaceWanted]) -> Response[bytes]:
    """Give one side of the card that is being made as PNG, whole, for the printer. It is recorded."""
    return await _face(request, application_id, data.side, whole=True, stock=data.stock)


async def _face(
    request: Call, application_id: int, side: SideName, *, whole: bool, stock: bool
) -> Response[bytes]:
    here = service(request)
    programme = await here.programme()
    async with reading(request) as work:
        shows = await views.face(
            work, programme, here.city.settings.division_code, application_id, whole=whole
        )
    return Response(await asyncio.to_thread(composed, shows, side, stock=stock), media_type=PNG)


HANDLERS: tuple[Any, ...] = (order_chip, masked_face, face)

"""An application under way at the counter: followed, sent elsewhere, another bank, sent again, withdrawn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.counter import words
from shebaoka.faces.web.pages.counter.asking import COUNTER, Field, Form, Number, Sheet, ask, banks, outlets
from shebaoka.faces.web.pages.counter.finding import deeds_of_application, lies_here
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page, visitor

HERE = f"{COUNTER}/applications/{{application_id:int}}"


def _at(application_id: int) -> str:
    return f"{COUNTER}/applications/{application_id}"


@get(HERE, **page("staff", "application.read"))
async def application(request: Ask, application_id: Number) -> Template:
    """Show one application, where its card is, and what may be done to it now."""
    return await _show(request, application_id)


@post(f"{HERE}/identity", **page("staff", "application.read"))
async def reveal(request: Ask, application_id: Number, data: Form) -> Template:
    """Show whose it is, for a reason that is kept."""
    asked = {"reason": data.get("reason", "")}
    try:
        revealed = await backend(request).post(f"/api/applications/{application_id}/identity", asked)
    except Refused as refused:
        return await _show(request, application_id, refused=refused)
    return await _show(request, application_id, revealed=revealed)


async def _show(
    request: Ask, application_id: int, *, revealed: Any = None, refused: Refused | None = None
) -> Template:
    one = await backend(request).get(f"/api/applications/{application_id}")
    told = await backend(request).get(f"/api/applications/{application_id}/journey")
    able = deeds_of_application(visitor(request), one, at_own=await lies_here(request, one))
    return show(
        request, "counter/application.html", one=one, journey=told, revealed=revealed, refused=refused, deeds=able,
        words=words, done=request.query_params.get("done", ""),
    )  # fmt: skip


Make = Callable[[Ask, int], Awaitable[Sheet]]
Say = Callable[[Mapping[str, str]], Any]


async def _bank(request: Ask, application_id: int) -> Sheet:
    field = Field("select", "bank", "服务银行", "Bank", "", await banks(request))
    return Sheet("另选银行", "Choose another bank", (field,), _at(application_id))


async def _destination(request: Ask, application_id: int) -> Sheet:
    fields = (
        Field("text", "mobile", "新手机号码", "New mobile", required=False),
        Field("area", "address", "新寄送地址", "New address", required=False),
        Field("select", "fallback_outlet", "新备用网点", "New fallback outlet", "", await outlets(request), required=False),
    )  # fmt: skip
    note = ("只填要更改的一项，留空的不变", "Fill in what shall change; what is left empty stays")
    return Sheet("更正寄送信息", "Correct where the card goes", fields, _at(application_id), note)


async def _withdrawal(_request: Ask, application_id: int) -> Sheet:
    note = ("申请撤回后可以重新申请", "After this the person may apply anew")
    return Sheet("撤回申请", "Withdraw the application", (), _at(application_id), note, danger=True)


async def _sending_again(_request: Ask, application_id: int) -> Sheet:
    note = ("卡片将以新邮件号寄往现有地址", "The card goes to the present address, under a new waybill")
    return Sheet("重新寄送", "Have it sent again", (), _at(application_id), note)


def _filled(*names: str) -> Say:
    return lambda data: {name: data[name] for name in names if data.get(name)}


def _nothing(_data: Mapping[str, str]) -> Any:
    return None


def _pages(deed: str, permission: str, make: Make, say: Say) -> tuple[Any, Any]:
    """Give the page of one action on an application, and what its form leads to."""

    @get(f"{HERE}/{deed}", **page("staff", permission))
    async def asked(request: Ask, application_id: Number) -> Template:
        return await ask(request, await make(request, application_id), person=None, card=None)

    @post(f"{HERE}/{deed}", **page("staff", permission))
    async def carried_out(request: Ask, application_id: Number, data: Form) -> Response[Any]:
        path = f"/api/applications/{application_id}/{deed}"
        try:
            await backend(request).post(path, say(data), key=data.get("key"))
        except Refused as refused:
            sheet = await make(request, application_id)
            return await ask(request, sheet, data, refused=refused, person=None, card=None)
        return go(f"{_at(application_id)}?done={deed}")

    return asked, carried_out


HANDLERS = (
    application, reveal,
    *_pages("bank", "application.choose_bank", _bank, _filled("bank")),
    *_pages("destination", "application.correct", _destination, _filled("mobile", "address", "fallback_outlet")),
    *_pages("withdrawal", "application.withdraw", _withdrawal, _nothing),
    *_pages("sending-again", "application.correct", _sending_again, _nothing),
)  # fmt: skip

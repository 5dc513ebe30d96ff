"""The card itself on the spot: what its chip is to be given goes to this machine's reader, its face to the printer."""

from __future__ import annotations

import base64
from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.counter.asking import Form, Number
from shebaoka.faces.web.pages.counter.instant import API, HERE, at, show_step
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

SIDES: Final = (("front", "正面", "Front"), ("back", "背面", "Back"))
READ: Final = ("historical", "identification_code", "digest", "proof")


@post(f"{HERE}/chip", **page("staff", "instant.issue"))
async def chip(request: Ask, application_id: Number, data: Form) -> Response[Any]:
    """Give the page's script what the chip in the reader is to be given, and the ticket by which the reader proves itself to it."""
    asked = {"historical": data.get("historical", "")}
    try:
        ordered = await backend(request).post(f"{API}/{application_id}/chip", asked)
        wanted = {"purpose": "personalise", "application_id": str(application_id)}
        given = await backend(request).post("/api/card-tickets", wanted)
    except Refused as refused:
        return Response(dict(refused.problem), status_code=refused.status)
    told = {"order": ordered["order"], "ticket": given["ticket"], "challenge": ordered["challenge"]}
    return Response(told, status_code=200)


@post(f"{HERE}/card", **page("staff", "instant.issue"), reader=True)
async def card(request: Ask, application_id: Number, data: Form) -> Response[Any]:
    """Bring back what the reader read of the chip that it has written."""
    read = {name: data.get(name, "") for name in READ}
    try:
        await backend(request).post(f"{API}/{application_id}/card", read, key=data.get("key"))
    except Refused as refused:
        return await show_step(request, application_id, refused=refused)
    return go(at(application_id))


@get(f"{HERE}/face", no_page=True, **page("staff", "instant.issue"))
async def face(request: Ask, application_id: Number) -> Response[bytes]:
    """Give the front of the card, masked, as a picture."""
    picture = await backend(request).ask("GET", f"{API}/{application_id}/face")
    return Response(picture.content, media_type="image/png")


@post(f"{HERE}/print", **page("staff", "instant.issue"), reader=True)
async def printed(request: Ask, application_id: Number) -> Template:
    """Show both sides of the card whole, at their size, to be printed. It is recorded."""
    try:
        pictures = [(zh, en, await _side(request, application_id, side)) for side, zh, en in SIDES]
    except Refused as refused:
        return await show_step(request, application_id, refused=refused)
    return show(request, "counter/instant_print.html", pictures=pictures, back=at(application_id))


async def _side(request: Ask, application_id: int, side: str) -> str:
    asked = {"side": side, "stock": False}
    picture = await backend(request).ask("POST", f"{API}/{application_id}/face", json=asked)
    return base64.b64encode(picture.content).decode()


HANDLERS = (chip, card, face, printed)

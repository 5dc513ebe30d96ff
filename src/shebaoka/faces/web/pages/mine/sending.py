"""Where the card goes: another address or outlet while that is possible, and having it sent again."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.mine.family import Form, One, members, one_of, outlets
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

WISHES: Final = ("mobile", "address", "fallback_outlet")


@get("/mine/sending", **page("resident"))
async def ask_where(request: Ask) -> Template:
    """Ask where the card shall go; what is left empty stays."""
    return await _show(request, request.query_params.get("application", ""), {})


@post("/mine/sending", **page("resident"))
async def send_elsewhere(request: Ask, data: Form) -> Response[Any]:
    """Change where the card goes."""
    number = data.get("application", "")
    typed = {name: data.get(name, "").strip() for name in WISHES}
    whose, _ = await _application(request, number)
    wish = {name: text for name, text in typed.items() if text}
    try:
        answer = await backend(request).post(
            f"/api/applications/{number}/destination", wish, key=data.get("key")
        )
    except Refused as refused:
        return await _show(request, number, typed, refused)
    return go(f"/mine?person={whose['person_id']}&done={answer['effect']}")


@post("/mine/again", **page("resident"))
async def send_again(request: Ask, data: Form) -> Response[Any]:
    """Ask to have the card sent again."""
    number = data.get("application", "")
    whose, _ = await _application(request, number)
    await backend(request).post(f"/api/applications/{number}/sending-again", key=data.get("key"))
    return go(f"/mine?person={whose['person_id']}&done=again")


async def _application(request: Ask, number: str) -> tuple[One, One]:
    """Give an application of the family's with whose it is; any other is not found."""
    pairs = [(member, one) for member in await members(request) for one in member["applications"]]
    found = one_of([{**one, "whose": member} for member, one in pairs], "application_id", number)
    return found["whose"], found


async def _show(request: Ask, number: str, typed: One, refused: Refused | None = None) -> Template:
    whose, application = await _application(request, number)
    return show(
        request, "mine/sending.html", refused=refused, whose=whose, application=application, typed=typed,
        outlets=await outlets(request, "community_centre"),
    )  # fmt: skip


HANDLERS = (ask_where, send_elsewhere, send_again)

"""Applying for another card in place of one that is lost or broken."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.mine import words
from shebaoka.faces.web.pages.mine.family import Form, One, cards, chosen, members, newest, one_of, outlets
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

ASKED: Final = ("replacement", "bank", "fallback_outlet", "mobile", "address")
LOST: Final = (("lost", "丢失", "lost"),)
BROKEN: Final = (("damaged", "损坏", "damaged"), ("unreadable", "读不出", "cannot be read"), ("worn", "磨损", "worn"))  # fmt: skip


@get("/mine/replace", **page("resident"))
async def ask_replacement(request: Ask) -> Template:
    """Ask why the card is replaced, and where the next one goes; what is known is filled in."""
    one = await _card(request, request.query_params.get("card", ""))
    member = chosen(await members(request), one["person_id"])
    last, bank = newest(member), one["card"]["bank"]
    outlet = last["fallback_outlet"] if last else member["centre"]
    typed = {
        "bank": bank["code"] if bank else "",
        "fallback_outlet": outlet["code"] if outlet else "",
        "replacement": "lost" if one["card"]["loss"] else "",
    }
    return await _show(request, one, typed)


@post("/mine/replace", **page("resident"))
async def replace(request: Ask, data: Form) -> Response[Any]:
    """Apply for the replacement."""
    one = await _card(request, data.get("card", ""))
    typed = {name: data.get(name, "").strip() for name in ASKED}
    wish = {name: text for name, text in typed.items() if text}
    path = f"/api/family/cards/{one['number']}/replacement"
    try:
        await backend(request).post(path, wish, key=data.get("key"))
    except Refused as refused:
        return await _show(request, one, typed, refused)
    return go(f"/mine?person={one['person_id']}&done=replaced")


async def _card(request: Ask, number: str) -> One:
    found = (await cards(request))["items"]
    return one_of([{**one, "number": one["card"]["card_id"]} for one in found], "number", number)


async def _show(request: Ask, one: One, typed: One, refused: Refused | None = None) -> Template:
    return show(
        request, "mine/replace.html", refused=refused, one=one, typed=typed, words=words,
        reasons=LOST if one["card"]["loss"] else BROKEN,
        banks=await outlets(request, "bank"), outlets=await outlets(request, "community_centre"),
    )  # fmt: skip


HANDLERS = (ask_replacement, replace)

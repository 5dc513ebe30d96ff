"""Opening a card, with its consequence told; reporting it lost in two taps, and taking that back."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.mine import words
from shebaoka.faces.web.pages.mine.family import Form, One, cards, one_of
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page


@get("/mine/open", **page("resident"))
async def ask_to_open(request: Ask) -> Template:
    """Tell what opening a card does, and ask; of several cards ask which."""
    return await _opening(request, request.query_params.get("card", ""))


@post("/mine/open", **page("resident"))
async def open_card(request: Ask, data: Form) -> Response[Any]:
    """Open a card."""
    card = data.get("card", "")
    try:
        await backend(request).post(f"/api/family/cards/{card}/opening", key=data.get("key"))
    except Refused as refused:
        return await _opening(request, card, refused)
    return go(f"/mine/opened?card={card}")


async def _opening(request: Ask, card: str, refused: Refused | None = None) -> Template:
    found = (await cards(request))["items"]
    openable = [one for one in found if "open" in one["may"]]
    if card and refused is None:
        one_of([_numbered(one) for one in found], "number", card)
    meant = [one for one in openable if one["card"]["card_id"] == card] if card else openable
    one = meant[0] if len(meant) == 1 else None
    dying = [
        each for each in found
        if one and each["person_id"] == one["person_id"] and each is not one and each["card"]["social"] != "void"
    ]  # fmt: skip
    return show(
        request, "mine/open.html", refused=refused, openable=openable, one=one, dying=dying, words=words
    )


def _numbered(one: One) -> One:
    return {**one, "number": one["card"]["card_id"]}


@get("/mine/opened", **page("resident"))
async def opened(request: Ask) -> Template:
    """Show the receipt of an opening."""
    found = (await cards(request))["items"]
    one = one_of([_numbered(each) for each in found], "number", request.query_params.get("card", ""))
    dead = [each for each in found if each["card"]["replaced_by"] == one["card"]["card_number"]]
    return show(request, "mine/opened.html", one=one, dead=dead, words=words)


@get("/mine/loss", **page("resident"))
async def ask_loss(request: Ask) -> Template:
    """Show cards that may be reported lost, and those that are."""
    return await _losing(request)


@post("/mine/loss", **page("resident"))
async def report_loss(request: Ask, data: Form) -> Response[Any]:
    """Report a card lost."""
    return await _changed(request, data, "loss", "lost")


@post("/mine/loss/undo", **page("resident"))
async def undo_loss(request: Ask, data: Form) -> Response[Any]:
    """Take the report of a moment ago back."""
    return await _changed(request, data, "loss/undoing", "found")


async def _changed(request: Ask, data: Form, what: str, said: str) -> Response[Any]:
    card = data.get("card", "")
    try:
        await backend(request).post(f"/api/family/cards/{card}/{what}", key=data.get("key"))
    except Refused as refused:
        return await _losing(request, refused)
    return go(f"/mine/loss?{said}={card}")


async def _losing(request: Ask, refused: Refused | None = None) -> Template:
    found = await cards(request)
    shown = [one for one in found["items"] if "report_loss" in one["may"] or one["card"]["loss"]]
    # The card that works comes first: it is the one whose loss hurts.
    shown.sort(key=lambda one: one["card"]["social"] not in ("open", "suspended"))
    asked = request.query_params
    return show(
        request, "mine/loss.html", refused=refused, cards=shown, days=found["loss_days"], minutes=found["undo_minutes"],
        lost=asked.get("lost", ""), found=asked.get("found", ""), words=words,
    )  # fmt: skip


HANDLERS = (ask_to_open, open_card, opened, ask_loss, report_loss, undo_loss)

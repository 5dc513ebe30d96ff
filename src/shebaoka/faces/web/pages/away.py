"""A centre registers people for care in another province, on the documents that it has seen, and withdraws it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.mine.family import Form
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, Menu, backend, page

HERE: Final = "/staff/away"
API: Final = "/api/away-registrations"
MAY: Final = "cross_province.register"
PAPERS: Final = {"resettled": "residence_proof", "referral": "referral_letter"}


@get(HERE, **page("staff", MAY))
async def away(request: Ask) -> Template:
    """Ask whom it is about."""
    return show(request, "staff/away.html", told=None, who={}, typed={}, refused=None, places=[], done="")


@post(HERE, **page("staff", MAY))
async def find(request: Ask, data: Form) -> Template:
    """Show what somebody has registered, and what may be."""
    return await _show(request, data, {})


@post(f"{HERE}/registration", **page("staff", MAY))
async def register(request: Ask, data: Form) -> Template:
    """Register somebody; the rules say at once whether what was seen is enough."""
    kind = data.get("kind", "")
    days = {name: data[name] for name in ("from_on", "until_on") if data.get(name)}
    body = {
        **_who(data), "kind": kind, "place": data.get("place", "").strip(),
        "documents": [PAPERS[kind]] if data.get("seen") and kind in PAPERS else [], **days,
    }  # fmt: skip
    try:
        await backend(request).post(API, body, key=data.get("key"))
    except Refused as refused:
        return await _show(request, data, data, refused)
    return await _show(request, data, {}, done="registered")


@post(f"{HERE}/ending", **page("staff", MAY))
async def withdraw(request: Ask, data: Form) -> Template:
    """Withdraw a registration from today on."""
    body = {
        **_who(data),
        "registration_id": data.get("registration", ""),
        "reason": data.get("reason", "").strip(),
    }
    try:
        await backend(request).post(f"{API}/ending", body, key=data.get("key"))
    except Refused as refused:
        return await _show(request, data, {}, refused)
    return await _show(request, data, {}, done="withdrawn")


def _who(data: Mapping[str, str]) -> dict[str, str]:
    return {name: data.get(name, "").strip() for name in ("id_number", "name")}


async def _show(
    request: Ask, data: Mapping[str, str], typed: Mapping[str, str], refused: Refused | None = None, done: str = ""
) -> Template:  # fmt: skip
    told: Any = None
    try:
        told = await backend(request).post(f"{API}/search", _who(data))
    except Refused as unknown:
        refused = refused or unknown
    places = [(one["code"], one["zh"], one["en"]) for one in told["places"]] if told else []
    return show(
        request,
        "staff/away.html",
        told=told,
        who=_who(data),
        typed=typed,
        refused=refused,
        places=places,
        done=done,
    )


HANDLERS = (away, find, register, withdraw)
MENU = (Menu(HERE, "异地就医备案", "Care elsewhere", MAY),)

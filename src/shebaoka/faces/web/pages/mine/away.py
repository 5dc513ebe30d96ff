"""Registering oneself or a ward for care in another province, and withdrawing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.mine.family import Form, chosen, members
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

HERE: Final = "/mine/away"
API: Final = "/api/family/away-registrations"
WITHDRAWN_BY_HOLDER: Final = "本人撤销 · withdrawn by the holder"


@get(HERE, **page("resident"))
async def away(request: Ask) -> Template:
    """Show what is registered, and what may be."""
    return await _show(request, request.query_params.get("person", ""), {})


@post(HERE, **page("resident"))
async def register(request: Ask, data: Form) -> Response[Any]:
    """Register on one's own pledge; the rules say at once whether it is enough."""
    person = data.get("person", "")
    body = {
        "kind": data.get("kind", ""), "place": data.get("place", ""), "documents": ["pledge"] if data.get("pledge") else [],
        **({"person_id": person} if person else {}), **({"from_on": data["from_on"]} if data.get("from_on") else {}),
    }  # fmt: skip
    try:
        await backend(request).post(API, body, key=data.get("key"))
    except Refused as refused:
        return await _show(request, person, data, refused)
    return _back(person, "registered")


@post(f"{HERE}/ending", **page("resident"))
async def withdraw(request: Ask, data: Form) -> Response[Any]:
    """Withdraw a registration from today on."""
    person = data.get("person", "")
    body = {
        "registration_id": data.get("registration", ""),
        "reason": WITHDRAWN_BY_HOLDER,
        **({"person_id": person} if person else {}),
    }
    try:
        await backend(request).post(f"{API}/ending", body, key=data.get("key"))
    except Refused as refused:
        return await _show(request, person, {}, refused)
    return _back(person, "withdrawn")


def _back(person: str, done: str) -> Response[Any]:
    return go(f"{HERE}?person={person}&done={done}" if person.isdecimal() else f"{HERE}?done={done}")


async def _show(
    request: Ask, person: str, typed: Mapping[str, str], refused: Refused | None = None
) -> Template:
    found = await members(request)
    member = chosen(found, person)
    told = await backend(request).get(API, person_id=member["person_id"])
    return show(
        request, "mine/away.html", refused=refused, members=found, member=member, told=told, typed=typed,
        places=[(one["code"], one["zh"], one["en"]) for one in told["places"]], done=request.query_params.get("done", ""),
    )  # fmt: skip


HANDLERS = (away, register, withdraw)

"""Who asked who one is by the card; and the code by which one consents to the next who asks."""

from __future__ import annotations

from typing import Any, Final

from litestar import get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.mine.family import Form, chosen, members
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend, page

PAGE: Final = 20
HERE: Final = "/mine/identity"


@get(HERE, **page("resident"))
async def identity(request: Ask) -> Template:
    """Show who asked who one is, or a ward, newest first, and offer a code."""
    return await _show(request, request.query_params.get("person", ""))


@post(HERE, **page("resident"))
async def give_code(request: Ask, data: Form) -> Template:
    """Show a code for one purpose, this once."""
    person, purpose = data.get("person_id", ""), data.get("purpose", "")
    try:
        asked = {"purpose": purpose} | ({"person_id": person} if person else {})
        given = await backend(request).post("/api/family/identity-codes", asked)
    except Refused as refused:
        return await _show(request, person, refused=refused)
    return await _show(request, person, given=given, purpose=purpose)


async def _show(
    request: Ask, person: str, *, refused: Refused | None = None, given: Any = None, purpose: str = ""
) -> Template:
    found = await members(request)
    member = chosen(found, person)
    asked = await backend(request).get(
        "/api/family/identity-requests", person_id=member["person_id"], limit=PAGE, cursor=request.query_params.get("after"),
    )  # fmt: skip
    terms = await backend(request).get("/api/identity-purposes")
    return show(
        request, "mine/identity.html", refused=refused, members=found, member=member, asked=asked["items"],
        after=asked["next"], terms=terms, purposes={one["purpose"]: one for one in terms["items"]}, given=given, purpose=purpose,
    )  # fmt: skip


HANDLERS = (identity, give_code)

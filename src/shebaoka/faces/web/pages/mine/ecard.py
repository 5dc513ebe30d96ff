"""The electronic card on a telephone: a square code for the next minute."""

from __future__ import annotations

from typing import Any, Final

from litestar import get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.mine.family import Form, chosen, members
from shebaoka.faces.web.showing import picture, show
from shebaoka.faces.web.visiting import Ask, backend, page

HERE: Final = "/mine/ecard"


@get(HERE, **page("resident"))
async def ecard(request: Ask) -> Template:
    """Say what the electronic card is, and offer it."""
    return await _show(request, request.query_params.get("person", ""))


@post(HERE, **page("resident"))
async def show_ecard(request: Ask, data: Form) -> Template:
    """Show the square code."""
    person = data.get("person_id", "")
    try:
        shown = await backend(request).post("/api/family/ecards", {"person_id": person} if person else {})
    except Refused as refused:
        return await _show(request, person, refused=refused)
    return await _show(request, person, shown=shown)


async def _show(request: Ask, person: str, *, refused: Refused | None = None, shown: Any = None) -> Template:
    found = await members(request)
    return show(
        request, "mine/ecard.html", refused=refused, members=found, member=chosen(found, person), shown=shown,
        drawn=picture(shown["text"], "电子社保卡二维码 · code of the electronic card") if shown else "",
    )  # fmt: skip


HANDLERS = (ecard, show_ecard)

"""Clearings with other provinces: a month drawn up, payments noted."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.home import Form
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, Menu, backend, page

HERE: Final = "/staff/clearings"
API: Final = "/api/clearings"
MAY: Final = page("staff", "clearing.settle")


@get(HERE, **page("staff", "clearing.read"))
async def overview(request: Ask) -> Template:
    """Show what is owed between provinces, and what stands in the way of the next month."""
    return await _show(request)


@post(HERE, **MAY)
async def draw(request: Ask, data: Form) -> Response[Any]:
    """Draw up a month."""
    return await _act(request, API, {"month": f"{data.get('month', '')}-01"}, data.get("key"), "drawn")


@post(f"{HERE}/payments", **MAY)
async def note_paid(request: Ask, data: Form) -> Response[Any]:
    """Note that a clearing was paid."""
    asked = {name: data.get(name, "") for name in ("province", "month", "on")}
    return await _act(request, f"{API}/payments", asked, data.get("key"), "paid")


async def _act(request: Ask, path: str, asked: Any, key: str | None, done: str) -> Response[Any]:
    try:
        await backend(request).post(path, asked, key=key)
    except Refused as refused:
        return await _show(request, refused)
    return go(f"{HERE}?done={done}")


async def _show(request: Ask, refused: Refused | None = None) -> Template:
    found = await backend(request).get(API)
    done = request.query_params.get("done", "")
    return show(request, "clearings/index.html", refused=refused, found=found, done=done)


HANDLERS: Final = (overview, draw, note_paid)
MENU: Final = (Menu(HERE, "跨省清算", "Clearing", "clearing.read"),)

"""Stations in enterprises and stalls in compounds: where, when, by whom and with which devices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.visits import words
from shebaoka.faces.web.pages.visits.common import (
    HERE,
    PLANS,
    Form,
    Many,
    Number,
    outlet_meant,
    outlets,
    own_code,
    several,
    staff_names,
    text,
)
from shebaoka.faces.web.pages.when import DISTRICTS
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend

SITES: Final = f"{HERE}/sites"
PLAIN: Final = ("kind", "outlet", "district", "name_zh", "name_en", "place", "from_day", "opens", "closes")


@get(SITES, **PLANS)
async def sites(request: Ask) -> Template:
    """Show the stations and stalls of the city, and set one up."""
    return await _show(request, {})


@post(SITES, **PLANS)
async def set_up(request: Ask, data: Many) -> Response[Any]:
    """Set up a station or stall."""
    body: dict[str, Any] = {name: text(data, name) for name in PLAIN}
    body |= {name: text(data, name) for name in ("to_day", "employer") if text(data, name)}
    # A browser says 09:00, the interface wants the seconds too.
    body |= {name: f"{body[name]}:00" for name in ("opens", "closes") if body[name].count(":") == 1}
    capacity = text(data, "capacity")
    body |= {
        "capacity": int(capacity) if capacity.isdecimal() else capacity, "staff": several(data, "staff"),
        "devices": several(data, "devices"),
    }  # fmt: skip
    try:
        await backend(request).post("/api/outreach/sites", body, key=text(data, "key"))
    except Refused as refused:
        return await _show(request, data, refused)
    return go(f"{SITES}?done=site")


@post(f"{SITES}/{{site_id:int}}/closing", **PLANS)
async def close(request: Ask, site_id: Number, data: Form) -> Response[Any]:
    """Close a station or stall before its last day."""
    try:
        await backend(request).post(f"/api/outreach/sites/{site_id}/closing", key=text(data, "key"))
    except Refused as refused:
        return await _show(request, {}, refused)
    return go(f"{SITES}?done=closing")


async def _show(request: Ask, typed: Mapping[str, Any], refused: Refused | None = None) -> Template:
    ask = backend(request)
    outlet = text(typed, "outlet") or outlet_meant(request) or own_code(request)
    offered = await outlets(request)
    known = outlet in [code for code, _, _ in offered]
    devices = (await ask.get("/api/outreach/devices"))["items"]
    return show(
        request, "visits/sites.html", refused=refused, words=words, typed=typed, outlet=outlet if known else "", outlets=offered,
        sites=(await ask.get("/api/outreach/sites"))["items"], staff=await staff_names(request, outlet if known else None),
        devices=[one for one in devices if (one["outlet"] or {}).get("code") == outlet], several=several,
        districts=DISTRICTS, kinds=[(code, *both) for code, both in words.SITE.items()],
        done=request.query_params.get("done", ""),
    )  # fmt: skip


HANDLERS: Final = (sites, set_up, close)

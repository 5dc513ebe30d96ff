"""A day's visits, what is still to be planned, and the route that staff take along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from litestar import get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.visits import words
from shebaoka.faces.web.pages.visits.common import HERE, PLANS, Form, outlet_meant, staff_names, text
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend

LISTED: Final = 200
Visit = Mapping[str, Any]


@get(HERE, **PLANS)
async def visits(request: Ask) -> Template:
    """Show the visits of a day in the order of their half days, masked; before them what is to be planned."""
    return await _show(request, request.query_params.get("on") or None, outlet_meant(request))


@post(f"{HERE}/route", **PLANS)
async def route(request: Ask, data: Form) -> Template:
    """Show whom to call and where to go, in the order of the route; every look is recorded."""
    on, outlet = text(data, "on") or None, text(data, "outlet") or None
    try:
        routes = await backend(request).get("/api/outreach/route", on=on, outlet=outlet)
    except Refused as refused:
        return await _show(request, None, outlet, refused=refused)
    return await _show(request, on, outlet, routes=routes["items"])


async def _show(
    request: Ask, on: str | None, outlet: str | None, *, routes: Any = None, refused: Refused | None = None
) -> Template:
    ask = backend(request)
    diary = await ask.get("/api/outreach/slots", outlet=outlet)
    day = on or diary["today"]
    listed = {status: await _of(request, status) for status in ("requested", "not_met", "planned")}
    here = [one for one in listed["planned"] if one["outlet"] == diary["outlet"]]
    late = (await ask.get("/api/outreach/visits", unheld=True, limit=LISTED))["items"]
    return show(
        request, "visits/overview.html", refused=refused, words=words, day=day, today=diary["today"], outlet=outlet,
        place=diary["outlet"], routes=routes, staff=await staff_names(request, outlet), late=late,
        waiting=[*listed["not_met"], *listed["requested"]], of_day=_in_order([one for one in here if one["day"] == day]),
        later=_in_order([one for one in here if one["day"] > day]), done=request.query_params.get("done", ""),
    )  # fmt: skip


async def _of(request: Ask, status: str) -> list[Visit]:
    found: list[Visit] = (await backend(request).get("/api/outreach/visits", status=status, limit=LISTED))[
        "items"
    ]
    return found


def _in_order(some: Sequence[Visit]) -> list[Visit]:
    """Order visits by day, the morning first; within a half day as they were asked for."""
    return sorted(
        some, key=lambda one: (one["day"], list(words.SLOT).index(one["slot"]), one["requested_at"])
    )


HANDLERS: Final = (visits, route)

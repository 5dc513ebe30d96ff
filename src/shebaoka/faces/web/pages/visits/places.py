"""How many visits an outlet makes in its half days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.visits import words
from shebaoka.faces.web.pages.visits.common import HERE, PLANS, Many, outlet_meant, several, text
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend

PLACES: Final = f"{HERE}/places"
WEEKDAYS: Final = (
    ("1", "周一", "Monday"), ("2", "周二", "Tuesday"), ("3", "周三", "Wednesday"), ("4", "周四", "Thursday"), ("5", "周五", "Friday"),
    ("6", "周六", "Saturday"), ("7", "周日", "Sunday"),
)  # fmt: skip
WORKING: Final = ("1", "2", "3", "4", "5")


@get(PLACES, **PLANS)
async def places(request: Ask) -> Template:
    """Show where there is room, and open places."""
    return await _show(request, outlet_meant(request), {})


@post(PLACES, **PLANS)
async def open_places(request: Ask, data: Many) -> Response[Any]:
    """Open half days, or change how many places they have."""
    outlet = text(data, "outlet") or None
    body = {
        "first": text(data, "first"), "last": text(data, "last"), "slot": text(data, "slot"), "outlet": outlet,
        "capacity": _count(text(data, "capacity")), "weekdays": [int(one) for one in several(data, "weekdays") if one.isdecimal()],
    }  # fmt: skip
    try:
        await backend(request).post("/api/outreach/slots", body, key=text(data, "key"))
    except Refused as refused:
        return await _show(request, outlet, data, refused)
    return go(f"{PLACES}?done=places{f'&outlet={outlet}' if outlet else ''}")


def _count(typed: str) -> Any:
    return int(typed) if typed.isascii() and typed.isdecimal() else typed


async def _show(
    request: Ask, outlet: str | None, typed: Mapping[str, Any], refused: Refused | None = None
) -> Template:
    diary = await backend(request).get("/api/outreach/slots", outlet=outlet)
    return show(
        request, "visits/places.html", refused=refused, words=words, diary=diary, outlet=outlet, typed=typed,
        weekdays=WEEKDAYS, ticked=several(typed, "weekdays") if typed else WORKING, slots=[(code, *both) for code, both in words.SLOT.items()],
        done=request.query_params.get("done", ""),
    )  # fmt: skip


HANDLERS: Final = (places, open_places)

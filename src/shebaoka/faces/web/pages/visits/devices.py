"""The devices that capture work without a network. A device registers itself (`/field`): its secret stands on no page."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.visits import words
from shebaoka.faces.web.pages.visits.common import HERE, PLANS, Form, Number, text
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend

DEVICES: Final = f"{HERE}/devices"


@get(DEVICES, **PLANS)
async def devices(request: Ask) -> Template:
    """Show the devices of one's outlets."""
    return await _show(request)


@post(f"{DEVICES}/{{device_id:int}}/blocking", **PLANS)
async def block(request: Ask, device_id: Number, data: Form) -> Response[Any]:
    """Block a device that is lost: what it brings is shown to a person and not applied."""
    try:
        await backend(request).post(f"/api/outreach/devices/{device_id}/blocking", key=text(data, "key"))
    except Refused as refused:
        return await _show(request, refused)
    return go(f"{DEVICES}?done=blocking")


async def _show(request: Ask, refused: Refused | None = None) -> Template:
    found = await backend(request).get("/api/outreach/devices")
    done = request.query_params.get("done", "")
    return show(
        request, "visits/devices.html", refused=refused, words=words, devices=found["items"], done=done
    )


HANDLERS: Final = (devices, block)

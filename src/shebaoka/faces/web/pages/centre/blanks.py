"""Blank cards at the card centre: what outlets have, what the chips' maker delivered, and where each number lies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.counter.words import MOVEMENT
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
BLANKS: Final = "/staff/blanks"
DELIVERIES: Final = f"{BLANKS}/deliveries"
FIELDS: Final = ("shipment", "first_serial", "last_serial")


@get(BLANKS, **page("staff", "stock.overview"))
async def blanks(request: Ask) -> Template:
    """Show the blank cards of all outlets, and when each runs out; `low`: only those that are to be sent some."""
    outlets = await backend(request).get("/api/stock/overview")
    low = [one for one in outlets if one["order"]]
    only = "low" in request.query_params
    return show(request, "centre/blanks.html", outlets=low if only else outlets, low=len(low), only=only)


@get(DELIVERIES, **page("staff", "stock.overview"))
async def deliveries(request: Ask) -> Template:
    """Show the deliveries and where their numbers lie; of one chip that is asked for, its way."""
    return await _show(request)


@post(DELIVERIES, **page("staff", "stock.deliver"))
async def deliver(request: Ask, data: Form) -> Response[Any]:
    """Book a delivery of the chips' maker."""
    keys = data.get("keys_version", "")
    body = {name: data.get(name, "") for name in FIELDS}
    try:
        await backend(request).post(
            "/api/stock/deliveries",
            {**body, "keys_version": int(keys) if keys.isdecimal() else keys},
            key=data.get("key"),
        )
    except Refused as refused:
        return await _show(request, refused=refused, typed=data)
    return go(f"{DELIVERIES}?done=delivered")


async def _show(
    request: Ask, *, refused: Refused | None = None, typed: Mapping[str, str] | None = None
) -> Template:
    ask, way = backend(request), None
    serial = request.query_params.get("chip", "").strip().upper()
    if serial and not refused:
        try:
            way = await ask.get(f"/api/stock/chips/{serial}")
        except Refused as unknown:
            refused = unknown
    return show(
        request, "centre/deliveries.html", deliveries=await ask.get("/api/stock/deliveries"), refused=refused,
        typed=typed or {}, moved=MOVEMENT, done=request.query_params.get("done", ""), serial=serial, way=way,
    )  # fmt: skip


HANDLERS: Final = (blanks, deliveries, deliver)

"""What waits at this counter: parcels, cards being made on the spot, applications that lack something."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.counter import words
from shebaoka.faces.web.pages.counter.asking import COUNTER, Form
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page, visitor

QUEUE = f"{COUNTER}/queue"
LINES_MAX = 50


@get(QUEUE, **page("staff", "application.apply"))
async def queue(request: Ask) -> Template:
    """Show what waits, longest first."""
    return await _show(request)


async def _show(request: Ask, *, typed: str = "", refused: Refused | None = None) -> Template:
    who, ask = visitor(request), backend(request)
    parcels: list[Any] = []
    if who.may("parcel.collect"):
        parcels = (await ask.get("/api/parcels/waiting", limit=LINES_MAX))["items"]
    issues = await ask.get("/api/instant-issues", limit=LINES_MAX) if who.may("instant.issue") else []
    lacking = [
        (status, (await ask.get("/api/applications", status=status, limit=LINES_MAX))["items"])
        for status in ("needs_photo", "bank_refused")
    ]
    return show(
        request, "counter/queue.html", parcels=parcels, issues=issues, lacking=lacking, words=words, typed=typed,
        refused=refused, done=request.query_params.get("done", ""), limit=LINES_MAX,
    )  # fmt: skip


def _noting(deed: str) -> Any:
    """Give what a form about one parcel leads to."""

    @post(f"{QUEUE}/{deed}", **page("staff", "parcel.collect"))
    async def note(request: Ask, data: Form) -> Response[Any]:
        waybill = data.get("waybill", "")
        try:
            await backend(request).post(f"/api/parcels/{deed}", {"waybill": waybill}, key=data.get("key"))
        except Refused as refused:
            return await _show(request, typed=waybill, refused=refused)
        return go(f"{QUEUE}?done={deed}")

    return note


HANDLERS = (queue, _noting("arrivals"), _noting("sending-back"))

"""What waits at this counter: parcels, cards being made on the spot, applications that lack something."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.counter import words
from shebaoka.faces.web.pages.counter.asking import COUNTER, Form, own
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
    waiting = await _waiting(request) if who.may("outlet.note_waiting") else None
    return show(
        request, "counter/queue.html", waiting=waiting, parcels=parcels, issues=issues, lacking=lacking, words=words, typed=typed,
        refused=refused, done=request.query_params.get("done", ""), limit=LINES_MAX,
    )  # fmt: skip


async def _waiting(request: Ask) -> dict[str, Any] | None:
    """Give what people are told of this outlet, None for a bank's head office: nobody waits there."""
    try:
        told: dict[str, Any] = await backend(request).get(f"/api/outlets/{own(request)['code']}")
    except Refused:
        return None
    return told


@post(f"{QUEUE}/waiting", **page("staff", "outlet.note_waiting"))
async def note_waiting(request: Ask, data: Form) -> Response[Any]:
    """Note how many wait: about so many by one button, or a number."""
    text = data.get("about") or data.get("waiting", "")
    number = int(text) if text.isascii() and text.isdigit() else -1
    try:
        await backend(request).post("/api/outlets/waiting", {"waiting": number}, key=data.get("key"))
    except Refused as refused:
        return await _show(request, refused=refused)
    return go(f"{QUEUE}?done=waiting")


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


HANDLERS = (queue, note_waiting, _noting("arrivals"), _noting("sending-back"))

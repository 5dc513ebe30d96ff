"""What devices brought and could not be done: both sides, and a person decides, with a reason."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.visits import words
from shebaoka.faces.web.pages.visits.common import HERE, Form, Number, text
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

CONFLICTS: Final = f"{HERE}/conflicts"
DECIDES: Final = page("staff", "outreach.capture")
AT_ONCE: Final = 10


@get(CONFLICTS, **DECIDES)
async def conflicts(request: Ask) -> Template:
    """Show what waits for a person, oldest first, both sides beside each other; personal data masked."""
    return await _show(request)


@post(f"{CONFLICTS}/{{capture_id:int}}/content", **DECIDES)
async def content(request: Ask, capture_id: Number, data: Form) -> Template:
    """Show what the device said, in full; the look is recorded with its reason."""
    try:
        shown = await _ask(request, capture_id, "content", {"reason": text(data, "reason")}, None)
    except Refused as refused:
        return await _show(request, refused=refused)
    return await _show(request, content={str(capture_id): words.lines(shown["content"])})


@post(f"{CONFLICTS}/{{capture_id:int}}/acceptance", **DECIDES)
async def accept(request: Ask, capture_id: Number, data: Form) -> Response[Any]:
    """Do what was captured after all."""
    try:
        await _ask(request, capture_id, "acceptance", None, text(data, "key"))
    except Refused as refused:
        return await _show(request, refused=refused)
    return go(f"{CONFLICTS}?done=acceptance")


@post(f"{CONFLICTS}/{{capture_id:int}}/discarding", **DECIDES)
async def discard(request: Ask, capture_id: Number, data: Form) -> Response[Any]:
    """Leave things as they are, lay the item aside, and say why."""
    try:
        await _ask(request, capture_id, "discarding", {"reason": text(data, "reason")}, text(data, "key"))
    except Refused as refused:
        return await _show(request, refused=refused, typed={str(capture_id): text(data, "reason")})
    return go(f"{CONFLICTS}?done=discarding")


async def _ask(request: Ask, capture_id: int, step: str, body: Any, key: str | None) -> Any:
    return await backend(request).post(f"/api/outreach/captures/{capture_id}/{step}", body, key=key)


async def _show(
    request: Ask, *, refused: Refused | None = None, content: Any = None, typed: Any = None
) -> Template:
    cursor = request.query_params.get("cursor") or None
    found = await backend(request).get("/api/outreach/captures", cursor=cursor, limit=AT_ONCE)
    return show(
        request, "visits/conflicts.html", refused=refused, words=words, found=found["items"], next=found["next"],
        content=content or {}, typed=typed or {}, done=request.query_params.get("done", ""),
    )  # fmt: skip


HANDLERS: Final = (conflicts, content, accept, discard)

"""One visit: whom it is for, what to take along, when it is made and by whom, and how it went."""

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
    outlets,
    own_code,
    several,
    staff_names,
    text,
)
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend

ONE: Final = f"{HERE}/{{visit_id:int}}"
PLANNABLE: Final = ("requested", "planned", "not_met")


@get(ONE, **PLANS)
async def one_visit(request: Ask, visit_id: Number) -> Template:
    """Show a visit, with the forms that fit where it stands."""
    return await _show(request, visit_id)


@post(f"{ONE}/contact", **PLANS)
async def contact(request: Ask, visit_id: Number, data: Form) -> Template:
    """Show whom to call and where to go; the look is recorded with its reason."""
    try:
        known = await backend(request).post(
            f"/api/outreach/visits/{visit_id}/contact", {"reason": text(data, "reason")}
        )
    except Refused as refused:
        return await _show(request, visit_id, data, refused)
    return await _show(request, visit_id, contact=known)


@post(f"{ONE}/planning", **PLANS)
async def plan(request: Ask, visit_id: Number, data: Many) -> Response[Any]:
    """Give a visit its half day and staff, or move it; the person is told."""
    day, _, slot = text(data, "when").partition(" ")
    body = {"outlet": text(data, "outlet"), "day": day, "slot": slot, "staff": several(data, "staff")}
    return await _act(request, visit_id, data, "planning", body)


@post(f"{ONE}/outcome", **PLANS)
async def tell(request: Ask, visit_id: Number, data: Form) -> Response[Any]:
    """Tell how a visit went."""
    attempt = text(data, "attempt")
    body: dict[str, Any] = {
        "attempt": int(attempt) if attempt.isdecimal() else attempt,
        "outcome": text(data, "outcome"),
    }
    if text(data, "why"):
        body["reason"] = text(data, "why")
    return await _act(request, visit_id, data, "outcome", body)


@post(f"{ONE}/cancellation", **PLANS)
async def cancel(request: Ask, visit_id: Number, data: Form) -> Response[Any]:
    """Cancel a visit."""
    return await _act(request, visit_id, data, "cancellation", {"reason": text(data, "cancel")})


async def _act(
    request: Ask, visit_id: int, data: Mapping[str, Any], step: str, body: Mapping[str, Any]
) -> Response[Any]:
    try:
        await backend(request).post(f"/api/outreach/visits/{visit_id}/{step}", body, key=text(data, "key"))
    except Refused as refused:
        return await _show(request, visit_id, data, refused)
    return go(f"{HERE}/{visit_id}?done={step}")


async def _show(
    request: Ask,
    visit_id: int,
    typed: Mapping[str, Any] | None = None,
    refused: Refused | None = None,
    contact: Mapping[str, str] | None = None,
) -> Template:
    one = await backend(request).get(f"/api/outreach/visits/{visit_id}")
    return show(
        request, "visits/one.html", refused=refused, one=one, words=words, typed=typed or {}, contact=contact,
        several=several, done=request.query_params.get("done", ""), **await _planning(request, one, typed or {}),
    )  # fmt: skip


async def _planning(request: Ask, one: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """Give where the visit could be made from and, once that is known, when and by whom."""
    asked = typed.get("outlet") or request.query_params.get("outlet")
    known = (one["outlet"] or {}).get("code")
    offered = await outlets(request, (one["bank"] or {}).get("institution_id"))
    codes = [code for code, _, _ in offered]
    outlet = next((code for code in (asked, known, own_code(request)) if code in codes), None)
    if one["status"] not in PLANNABLE or outlet is None:
        return {"outlet": outlet, "outlets": offered, "slots": [], "staff": {}}
    diary = await backend(request).get("/api/outreach/slots", outlet=outlet)
    return {
        "outlet": outlet,
        "outlets": offered,
        "slots": diary["items"],
        "staff": await staff_names(request, outlet),
    }


HANDLERS: Final = (one_visit, contact, plan, tell, cancel)

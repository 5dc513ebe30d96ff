"""One case: its history, what is done to it, where it goes, and whose it is in the end."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.hotline.common import CASES, DESK, Form, Number, case_parts, given
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, local, page, visitor

DONE: Final = {
    "take": ("工单由您办理。", "The case is yours."),
    "release": ("工单已退回本热线。", "The case is the line's again."),
    "note": ("已记入工单。", "It is noted in the case."),
    "wait": ("工单等待中。", "The case waits."),
    "resume": ("工单恢复办理。", "Work goes on."),
    "resolve": ("工单已办结。", "The case is resolved."),
    "close": ("工单已关闭。", "The case is closed."),
    "reopen": ("工单重新打开。", "The case is open again."),
    "handed": ("已转接，等待对方接手。", "Handed over: the other line has yet to accept."),
    "decided": ("已裁定归属。", "It is decided whose the case is."),
}
LINES: Final = ("hotline", "bank_hotline")


@get("/staff/hotline/cases/{case_id:int}", **CASES)
async def one_case(request: Ask, case_id: Number) -> Template:
    """Show a case with all that was said and done."""
    return await _case(request, case_id, done=DONE.get(request.query_params.get("done", "")))


@post("/staff/hotline/cases/{case_id:int}/timeline", **CASES)
async def timeline(request: Ask, case_id: Number, data: Form) -> Template:
    """Show how far the holder's card is, to whoever works on the case; the look is recorded with its reason."""
    try:
        seen = await backend(request).post(
            f"/api/helpdesk/cases/{case_id}/timeline", given(data, reason="reason")
        )
    except Refused as refused:
        return await _case(request, case_id, refused=refused, typed=data)
    return await _case(request, case_id, typed=data, seen=seen)


@post("/staff/hotline/cases/{case_id:int}/moves", **CASES)
async def move(request: Ask, case_id: Number, data: Form) -> Response[Any]:
    """Take a case, release it, note, wait, go on, resolve, close or open it again."""
    body = given(data, move="move", text="note")
    if body.get("move") == "wait":
        body |= given(data, waiting_for="waiting_for")
    return await _do(request, case_id, "moves", body, data, body.get("move", ""))


@post("/staff/hotline/cases/{case_id:int}/handover", **CASES)
async def hand_over(request: Ask, case_id: Number, data: Form) -> Response[Any]:
    """Hand a case to the line that owns a topic, with its story, and its caller where there is one."""
    body = given(data, topic="to_topic", story="story", bank="bank")
    return await _do(request, case_id, "handover", body, data, "handed")


@post("/staff/hotline/cases/{case_id:int}/decision", **page("staff", "help.decide"))
async def decide(request: Ask, case_id: Number, data: Form) -> Response[Any]:
    """Say whose a case is, for good."""
    return await _do(
        request, case_id, "decision", given(data, line="line", text="decision_text"), data, "decided"
    )


async def _do(
    request: Ask, case_id: int, what: str, body: dict[str, str], data: Form, done: str
) -> Response[Any]:
    """Do something to a case, and go back to where it was done: to the call, or to the case itself."""
    try:
        await backend(request).post(f"/api/helpdesk/cases/{case_id}/{what}", body, key=data.get("key"))
    except Refused as refused:
        return await _case(request, case_id, refused=refused, typed=data)
    back = data.get("back", "")
    place = back if back.startswith(f"{DESK}/calls/") else f"{DESK}/cases/{case_id}"
    return go(local(f"{place}?done={'noted' if back and done == 'note' else done}", DESK))


async def _case(
    request: Ask, case_id: int, *, refused: Refused | None = None, typed: Form | None = None, **more: Any
) -> Template:
    shown: dict[str, Any] = {"done": None, "seen": None} | more
    parts = await case_parts(request, str(case_id))
    return show(
        request, "hotline/case.html", refused=refused, typed=typed or {}, lines=await _lines(request),
        place=f"{DESK}/cases/{case_id}", **shown, **parts,
    )  # fmt: skip


async def _lines(request: Ask) -> list[tuple[str, str, str]]:
    """Give the lines that a case may be given to, to whoever decides."""
    if not visitor(request).may("help.decide"):
        return []
    found = [(await backend(request).get("/api/institutions", kind=kind))["items"] for kind in LINES]
    lines = [one["institution"] for some in found for one in some]
    return [(one["code"], one["name_zh"], one["name_en"]) for one in lines]


HANDLERS: Final = (one_case, timeline, move, hand_over, decide)

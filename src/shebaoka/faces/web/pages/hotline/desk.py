"""An agent's desk: answer a call, accept what other lines hand over, go on with a case."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Redirect, Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.hotline.common import (
    CALLS,
    CASES,
    DESK,
    WORDS,
    Form,
    Number,
    given,
    is_here,
    options,
    topics,
)
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, visitor

DONE: Final = {
    "ended": ("通话已结束。", "The call has ended."),
    "declined": ("已谢绝，工单退回原热线。", "Declined: the case went back to the line before."),
}


@get("/staff/hotline", **CASES)
async def desk(request: Ask) -> Template:
    """Show what there is to do at this line."""
    return await _desk(request, done=DONE.get(request.query_params.get("done", "")))


@get("/staff/hotline/arriving", opt=CASES["opt"] | {"no_page": True})
async def arriving(request: Ask) -> Template:
    """Give the part of the desk that changes while nobody touches it."""
    queue = await backend(request).get("/api/helpdesk/queue")
    return show(request, "hotline/arriving.html", **await _arriving(request, queue))


@post("/staff/hotline/calls", **CALLS)
async def open_call(request: Ask, data: Form) -> Response[Any]:
    """Open a call, and go to it. Without words of its own, the reason of the call is its topic."""
    body = given(
        data, topic="topic", case_number="case_number", caller_number="caller_number", reason="reason"
    )
    try:
        body.setdefault("reason", await _reason(request, body.get("topic", "other")))
        call = await backend(request).post("/api/helpdesk/calls", body, key=data.get("key"))
    except Refused as refused:
        return await _desk(request, refused=refused, typed=data)
    return go(f"{DESK}/calls/{call['call_id']}")


async def _reason(request: Ask, topic: str) -> str:
    named = {one["topic"]: one["topic_zh"] for one in await topics(request)}
    return f"来电咨询：{named.get(topic, named['other'])}"


@post("/staff/hotline/search", **CASES)
async def find_case(request: Ask, data: Form) -> Response[Any]:
    """Go to the case whose number somebody says."""
    try:
        case = await backend(request).post("/api/helpdesk/cases/search", given(data, number="number"))
    except Refused as refused:
        return await _desk(request, refused=refused, typed=data)
    return go(f"{DESK}/cases/{case['case_id']}")


@post("/staff/hotline/handovers/{handover_id:int}", **CASES)
async def answer_handover(request: Ask, handover_id: Number, data: Form) -> Response[Any]:
    """Accept a hand-over and go on with its caller or its case; or decline it, or take it back."""
    body = {"answer": data.get("answer", ""), **given(data, text="why")}
    path = f"/api/helpdesk/handovers/{handover_id}/answer"
    try:
        settled = await backend(request).post(path, body, key=data.get("key"))
    except Refused as refused:
        return await _desk(request, refused=refused, typed=data)
    return _after(settled, body["answer"])


def _after(settled: dict[str, Any], answer: str) -> Redirect:
    if settled["call_id"]:
        return go(f"{DESK}/calls/{settled['call_id']}")
    if answer == "decline":
        return go(f"{DESK}?done=declined")
    return go(f"{DESK}/cases/{settled['case']['case_id']}")


@get("/staff/hotline/overdue", **CASES)
async def overdue(request: Ask) -> Template:
    """Show what should have been resolved before today."""
    found = await backend(request).get("/api/helpdesk/overdue")
    named = {one["topic"]: (one["topic_zh"], one["topic_en"]) for one in await topics(request)}
    return show(
        request, "hotline/overdue.html", on=found["on"], cases=found["items"], named=named, done=None, **WORDS
    )


async def _desk(
    request: Ask, *, refused: Refused | None = None, typed: Form | None = None, done: Any = None
) -> Template:
    ask, about = backend(request), await topics(request)
    queue = await ask.get("/api/helpdesk/queue")
    live = await ask.get("/api/helpdesk/calls") if visitor(request).may("help.call") else {"items": []}
    return show(
        request, "hotline/desk.html", refused=refused, typed=typed or {}, done=done, live=live["items"],
        cases=queue["cases"], topics=options(about), **await _arriving(request, queue),
    )  # fmt: skip


async def _arriving(request: Ask, queue: dict[str, Any]) -> dict[str, Any]:
    named = {one["topic"]: (one["topic_zh"], one["topic_en"]) for one in await topics(request)}
    coming = [(one, is_here(request, one["to_line"])) for one in queue["arriving"]]
    return {"arriving": coming, "now": queue["at"], "named": named, **WORDS}


HANDLERS: Final = (desk, arriving, open_call, find_case, answer_handover, overdue)

"""One call: who calls, how far the card is, what is answered, what is done meanwhile, and how the call ends."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.hotline.common import CALLS, DESK, Form, Number, case_parts, given
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, visitor

DONE: Final = {
    "loss": ("已口头挂失，已告知持卡人。", "The card is suspended, and its holder is told."),
    "noted": ("已记入工单。", "It is noted in the case."),
    "topic": ("主题已更改。", "The topic was changed."),
    "handed": (
        "已转接。请陪来电人等到对方接手。",
        "Handed over. Stay with the caller until the other line accepts.",
    ),
}
WRONG: Final = (
    "核对未通过：有一项不符。不要告诉来电人是哪一项，请其再说一遍。",
    "Something does not fit. Do not say what: ask the caller again.",
)
MORE: Final = (
    "姓名和证件号码相符。再答对一项（卡号后四位、手机后四位或邮件号），就可以查看办理进度。",
    "Name and ID number fit. One more right answer (end of card number, of the mobile, or the waybill) opens the timeline.",
)


@get("/staff/hotline/calls/{call_id:int}", **CALLS)
async def one_call(request: Ask, call_id: Number) -> Template:
    """Show a call."""
    return await _call(request, call_id, done=DONE.get(request.query_params.get("done", "")))


@get("/staff/hotline/calls/{call_id:int}/waiting", opt=CALLS["opt"] | {"no_page": True})
async def waiting(request: Ask, call_id: Number) -> Template:
    """Tell whether somebody has accepted a call that was handed over."""
    call = await backend(request).get(f"/api/helpdesk/calls/{call_id}")
    return show(request, "hotline/waiting.html", call=call, case=call["case"])


@post("/staff/hotline/calls/{call_id:int}/topic", **CALLS)
async def set_topic(request: Ask, call_id: Number, data: Form) -> Response[Any]:
    """Put a call on another topic."""
    return await _do(request, call_id, "topic", given(data, topic="topic"), data, "topic")


@post("/staff/hotline/calls/{call_id:int}/caller", **CALLS)
async def identify(request: Ask, call_id: Number, data: Form) -> Response[Any]:
    """Compare what the caller says with the register; what is not enough yet stays in the form for the next answer."""
    body: dict[str, Any] = given(
        data, id_number="id_number", name="name", card_tail="card_tail", mobile_tail="mobile_tail", waybill="waybill",
    )  # fmt: skip
    if speaks := given(data, id_number="guardian_id", name="guardian_name"):
        body["guardian"] = {"role": "guardian", **speaks}
    path = f"/api/helpdesk/calls/{call_id}/identification"
    try:
        said = await backend(request).post(path, body, key=data.get("key"))
    except Refused as refused:
        return await _call(request, call_id, refused=refused, typed=data)
    if said["identified"] and said["level"] == "matched":
        return go(_place(call_id))
    return await _call(request, call_id, typed=data, care=MORE if said["identified"] else WRONG)


@post("/staff/hotline/calls/{call_id:int}/timeline", **CALLS)
async def timeline(request: Ask, call_id: Number, data: Form) -> Template:
    """Show how far the holder's card is; the look is recorded with its reason."""
    return await _call(request, call_id, typed=data, reason=data.get("reason", "").strip())


@post("/staff/hotline/calls/{call_id:int}/medical", **CALLS)
async def medical(request: Ask, call_id: Number, data: Form) -> Template:
    """Show where the holder stands and the newest bills; the look is recorded with its reason."""
    body = {"reason": data.get("reason", "").strip()}
    try:
        told = await backend(request).post(f"/api/helpdesk/calls/{call_id}/medical", body)
    except Refused as refused:
        return await _call(request, call_id, refused=refused, typed=data)
    return await _call(request, call_id, typed=data, medical=told)


@post("/staff/hotline/calls/{call_id:int}/answers", **CALLS)
async def answer(request: Ask, call_id: Number, data: Form) -> Template:
    """Answer a question by the rules of today, for the caller or for anybody. A timeline that is open stays open."""
    body = {"question": data.get("question", ""), "personal": data.get("personal") == "1"}
    try:
        said = await backend(request).post(f"/api/helpdesk/calls/{call_id}/answers", body)
    except Refused as refused:
        return await _call(request, call_id, refused=refused, typed=data, reason=data.get("reason", ""))
    return await _call(request, call_id, typed=data, reason=data.get("reason", ""), said=said)


@post("/staff/hotline/calls/{call_id:int}/loss", **CALLS)
async def report_lost(request: Ask, call_id: Number, data: Form) -> Response[Any]:
    """Suspend the caller's card for the days of the rule."""
    return await _do(request, call_id, "loss", given(data, generation="generation"), data, "loss")


@post("/staff/hotline/calls/{call_id:int}/ending", **CALLS)
async def end_call(request: Ask, call_id: Number, data: Form) -> Response[Any]:
    """End a call, and resolve its case when what the caller wanted is done."""
    body = {"resolved": data.get("ending") == "resolved", **given(data, text="ending_text")}
    try:
        await backend(request).post(f"/api/helpdesk/calls/{call_id}/ending", body, key=data.get("key"))
    except Refused as refused:
        return await _call(request, call_id, refused=refused, typed=data)
    return go(f"{DESK}?done=ended")


async def _do(
    request: Ask, call_id: int, what: str, body: dict[str, str], data: Form, done: str
) -> Response[Any]:
    """Do something in a call, and show the call again: with what came of it, or with what was refused and all that was typed."""
    try:
        await backend(request).post(f"/api/helpdesk/calls/{call_id}/{what}", body, key=data.get("key"))
    except Refused as refused:
        return await _call(request, call_id, refused=refused, typed=data)
    return go(f"{_place(call_id)}?done={done}")


def _place(call_id: int) -> str:
    return f"{DESK}/calls/{call_id}"


async def _call(
    request: Ask, call_id: int, *, refused: Refused | None = None, typed: Form | None = None, reason: str = "",
    **more: Any,
) -> Template:  # fmt: skip
    """Show a call. `reason`: why its timeline is looked at; without one it stays closed."""
    call = await backend(request).get(f"/api/helpdesk/calls/{call_id}")
    seen = None
    if reason:
        try:
            seen = await backend(request).post(
                f"/api/helpdesk/cases/{call['case']['case_id']}/timeline", {"reason": reason}
            )
        except Refused as unseen:
            refused = refused or unseen
    shown: dict[str, Any] = {"done": None, "care": None, "said": None, "medical": None} | more
    return show(
        request, "hotline/call.html", refused=refused, call=call, typed=typed or {}, seen=seen, why=reason or call["case"]["reason"],
        live=call["status"] in ("open", "identified"), elsewhere=_elsewhere(request, call["owner"]), place=_place(call_id),
        **shown, **await case_parts(request, call["case"]["case_id"], call["topic"]),
    )  # fmt: skip


def _elsewhere(request: Ask, owner: dict[str, Any]) -> bool:
    """Tell whether a topic is another line's."""
    here = (visitor(request).me or {})["organisation"]
    if owner["own_bank"]:
        return bool(here["kind"] != "bank_hotline")
    return bool(here["code"] != owner["line_code"])


HANDLERS: Final = (one_call, waiting, set_topic, identify, timeline, medical, answer, report_lost, end_call)

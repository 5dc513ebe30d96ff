"""Asking that the bank comes home, for oneself or a ward, and calling it off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.mine.family import Form, One, chosen, members
from shebaoka.faces.web.pages.visits import words
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

HERE: Final = "/mine/visit"
WANTED: Final = (
    ("apply", "申请新卡", "apply for the new card"), ("open", "开通收到的新卡", "open the new card that came"),
    ("apply open", "两样都办", "both"),
)  # fmt: skip
DOCUMENT: Final = (
    ("disability_certificate", "有残疾人证", "a disability certificate"),
    ("medical_certificate", "有医院证明", "a medical certificate"), ("care_assessment", "有老年照护评估", "a care assessment"),
)  # fmt: skip
UNDER_WAY: Final = ("requested", "planned", "not_met")
TYPED: Final = ("document", "mobile", "address", "remark")


@get(HERE, **page("resident"))
async def ask_visit(request: Ask) -> Template:
    """Show the visit that is under way, or ask what is to be done at home."""
    return await _show(request, request.query_params.get("person", ""), {})


@post(HERE, **page("resident"))
async def request_visit(request: Ask, data: Form) -> Response[Any]:
    """Ask for the visit; the rules say at once whether there will be one, and the page why, and what else there is."""
    person = data.get("person", "")
    typed = {name: data[name].strip() for name in TYPED if data.get(name, "").strip()}
    body = {"tasks": data.get("wanted", "").split(), "person_id": person, **typed}
    try:
        told = await backend(request).post("/api/family/visits", body, key=data.get("key"))
    except Refused as refused:
        return await _show(request, person, data, refused)
    return await _show(request, person, data, told=told)


@post(f"{HERE}/cancellation", **page("resident"))
async def call_off(request: Ask, data: Form) -> Response[Any]:
    """Call a visit off."""
    person, visit = data.get("person", ""), data.get("visit", "")
    number = visit if visit.isascii() and visit.isdecimal() else "0"
    try:
        path = f"/api/outreach/visits/{number}/cancellation"
        await backend(request).post(path, {"reason": "not_wanted"}, key=data.get("key"))
    except Refused as refused:
        return await _show(request, person, {}, refused)
    return go(f"{HERE}?person={person}&done=1" if person.isdecimal() else f"{HERE}?done=1")


async def _show(
    request: Ask, person: str, typed: Mapping[str, str], refused: Refused | None = None, told: Any = None
) -> Template:
    member = chosen(await members(request), person)
    live = [one for status in UNDER_WAY for one in await _of(request, member, status)]
    return show(
        request, "mine/visit.html", refused=refused, member=member, typed=typed, told=told, words=words, wanted=WANTED,
        documents=DOCUMENT, visit=live[0] if live else None, done=bool(request.query_params.get("done")),
    )  # fmt: skip


async def _of(request: Ask, member: One, status: str) -> list[One]:
    """Give the visits of a member of the family in a status: holders are masked, and so they are compared."""
    found = await backend(request).get("/api/outreach/visits", status=status)
    return [one for one in found["items"] if one["holder"] == member["holder"]]


HANDLERS = (ask_visit, request_visit, call_off)

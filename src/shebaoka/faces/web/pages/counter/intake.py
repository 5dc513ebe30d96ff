"""Taking an application in: filled in from the register, the bank suggested with its reason, and the receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.counter import words
from shebaoka.faces.web.pages.counter.asking import (
    COUNTER,
    Form,
    Number,
    Papers,
    acts_for,
    banks,
    find_person,
    identity,
    outlets,
    own,
    papers,
    ticked,
)
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

TAKING_IN = "窗口受理申请，预填登记信息"
GIVEN = ("id_number", "name", "mobile", "address", "fallback_outlet")
UNCHECKED = Refused(
    422,
    {
        "title_zh": "请先核对证件", "title": "Check the document first",
        "remedy_zh": "核对证件原件后勾选“已核对证件”", "remedy_en": "Look at the document itself, then tick the box",
        "errors": [{"field": "id_checked", "message": "请核对证件后勾选 · check and tick"}],
    },
)  # fmt: skip
"""The interface takes the clerk's word for it by the form itself; the page asks for it."""


@get(f"{COUNTER}/people/{{person_id:int}}/apply", **page("staff", "person.reveal"))
async def filled_form(request: Ask, person_id: Number) -> Template:
    """Show the form, filled in with what the register says."""
    found = await find_person(request, person_id=str(person_id))
    known = await identity(request, person_id, TAKING_IN)
    typed = {name: known[name] for name in ("id_number", "name", "mobile", "address")}
    return await _form(request, typed | {"person_id": str(person_id)}, person=found)


@get(f"{COUNTER}/apply", **page("staff", "application.apply", reader=True))
async def empty_form(request: Ask) -> Template:
    """Show the form of a counter that looks nobody up."""
    return await blank_form(request, {})


async def blank_form(request: Ask, typed: Mapping[str, str]) -> Template:
    """Give the form with nothing but what is known so far."""
    return await _form(request, typed)


@post(f"{COUNTER}/apply", **page("staff", "application.apply", reader=True))
async def take_in(request: Ask, data: Form) -> Response[Any]:
    """Take the application in, or say why not, with all that was typed."""
    try:
        if not ticked(data, "id_checked"):
            raise UNCHECKED
        made = await backend(request).post("/api/applications", _application(data), key=data.get("key"))
    except Refused as refused:
        return await _form(request, data, refused=refused)
    return go(f"{COUNTER}/applications/{made['application_id']}/receipt?new=1")


def _application(data: Mapping[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {name: data.get(name, "") for name in GIVEN}
    for name in ("bank", "replacement"):
        if data.get(name):
            body[name] = data[name]
    acting = acts_for(data)
    return body | ({"acts_for": acting} if acting else {})


async def _form(
    request: Ask, typed: Mapping[str, str], *, person: Any = None, refused: Refused | None = None
) -> Template:
    if person is None and typed.get("person_id"):
        person = await find_person(request, person_id=typed["person_id"])
    told = await _explained(request, typed.get("id_number", ""))
    suggested = tuple(told["bank"]["suggested"]) if told else ()
    at = {
        "fallback_outlet": own(request).get("code", "")
        if own(request).get("kind") == "community_centre"
        else ""
    }
    by = str(typed.get("by") or request.query_params.get("by", "holder"))
    age = person["age"] if person else None
    shown: Papers = await papers(request, by, age, "apply")
    return show(
        request, "counter/intake.html", typed=at | dict(typed), person=person, told=told, papers=shown, words=words,
        banks=await banks(request, suggested), outlets=await outlets(request), suggested=suggested, refused=refused,
        replacing=_replacing(request, typed, person), by_options=words.BY,
    )  # fmt: skip


def _replacing(request: Ask, typed: Mapping[str, str], person: Any) -> bool:
    """Tell whether the form asks why a new card is to be replaced; a bank does not know whether there is one."""
    return person is None or "replacement" in typed or "replace" in request.query_params


async def _explained(request: Ask, id_number: str) -> Any:
    """Give how the holder changes the card, with the rules that decide; nothing where the number is not one."""
    try:
        return await backend(request).post("/api/programme/explanations", {"id_number": id_number})
    except Refused:
        return None


@get(f"{COUNTER}/applications/{{application_id:int}}/receipt", **page("staff", "application.read"))
async def receipt(request: Ask, application_id: Number) -> Template:
    """Show the receipt, to be printed and signed."""
    one = await backend(request).get(f"/api/applications/{application_id}")
    return show(request, "counter/receipt.html", one=one, words=words, new="new" in request.query_params)


HANDLERS = (filled_form, empty_form, take_in, receipt)

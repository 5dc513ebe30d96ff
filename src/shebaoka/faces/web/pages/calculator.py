"""What a bill would come to: for whoever is logged in from where they stand, for anybody from what they type; at each level of institutions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from shebaoka.faces.web.amounts import fen_of
from shebaoka.faces.web.backend import Backend, Refused
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend, logged_in, page, visitor_of

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
HERE: Final = "/calculator"
ANYBODY: Final = "anybody"
CARES: Final = (
    ("outpatient", "门诊、急诊", "Clinic"), ("inpatient", "住院", "A stay in hospital"),
    ("emergency_observation", "急诊观察", "Observation in the emergency department"), ("major_illness", "门诊大病", "A major illness, without a stay"),
)  # fmt: skip
WHOS: Final = (
    ("active", "职工医保，在职", "Employees' insurance, working"),
    ("retired", "职工医保，退休", "Employees' insurance, retired"),
    ("resident", "居民医保", "Residents' insurance"),
)
PARTS: Final = ("in_scope_fen", "own_expense_fen", "prepay_fen", "over_limit_fen")
STATE: Final = ("current_account_fen", "historic_account_fen", "deductible_used_fen", "pooled_used_fen")
"""Amounts, typed in yuan under the interface's names; all but the first may be left out."""


@get(HERE, **page("everybody"))
async def ask(request: Ask) -> Template:
    """Ask what the bill is; of whoever is not logged in, or asks for somebody else, also whose it is."""
    return await _show(request, {"for": request.query_params.get("for", "")})


@post(HERE, **page("everybody"))
async def reckon(request: Ask, data: Form) -> Template:
    """Show what the bill comes to at each level, and why."""
    try:
        told = await _reckoned(request, data)
    except Refused as refused:
        return await _show(request, data, refused=refused)
    return await _show(request, data, told=told)


async def _reckoned(request: Ask, data: Mapping[str, str]) -> Any:
    asked = {name: _fen(data, name) for name in PARTS[1:]} | {
        "in_scope_fen": fen_of(data, "in_scope_fen"), "care": data.get("care", "")
    }  # fmt: skip
    own = _own(request)
    if own is not None and data.get("for") != ANYBODY:
        person = {"person_id": data["person_id"]} if data.get("person_id") else {}
        return await own.post("/api/family/quotes", asked | person)
    who = data.get("who", "")
    days = {name: data[name] for name in ("retired_on", "worked_since") if data.get(name)}
    return await backend(request).post("/api/benefits/comparisons", asked | days | {
        "scheme": "resident" if who == "resident" else "employee", "status": None if who == "resident" else who,
        "birth_date": data.get("birth_date", ""), "severely_disabled": data.get("severely_disabled") == "1",
        "state": {name: _fen(data, name) for name in STATE},
    })  # fmt: skip


def _fen(data: Mapping[str, str], name: str) -> int:
    return fen_of(data, name) if data.get(name, "").strip() else 0


def _own(request: Ask) -> Backend | None:
    """Give the interface as whoever is logged in reaches it."""
    token = logged_in(request, "resident")
    return visitor_of(request, "resident", token).backend if token else None


async def _show(
    request: Ask, typed: Mapping[str, str], *, told: Any = None, refused: Refused | None = None
) -> Template:
    own = None if typed.get("for") == ANYBODY else await _standing(request, typed.get("person_id", ""))
    return show(
        request, "medical/calculator.html", refused=refused, typed=typed, told=told, own=own, cares=CARES, whos=WHOS,
        members=await _members(request) if own else (), known=bool(_own(request)),
    )  # fmt: skip


async def _members(request: Ask) -> Sequence[tuple[str, str, str]]:
    here = _own(request)
    found = (await here.get("/api/family"))["items"] if here else []
    return [
        (one["person_id"], one["holder"]["name_masked"], "myself" if one["relation"] == "self" else "somebody I look after")
        for one in found
    ]  # fmt: skip


async def _standing(request: Ask, number: str) -> Any:
    """Give where whoever is logged in stands, or a ward; None for nobody, and where the session has ended."""
    here = _own(request)
    if here is None:
        return None
    try:
        return await here.get("/api/family/insurance", person_id=number or None)
    except Refused:
        return None


HANDLERS: tuple[Any, ...] = (ask, reckon)

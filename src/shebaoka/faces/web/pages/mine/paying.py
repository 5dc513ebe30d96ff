"""Paying one's contributions, or a ward's, from the account on the card: what is owed and why, then one tap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.amounts import fen_of
from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.mine.family import Form, One, chosen, members
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

HERE: Final = "/mine/medical/paying"
API: Final = "/api/family/card-contributions"


@get(HERE, **page("resident"))
async def paying(request: Ask) -> Template:
    """Show what may be paid and what was; of a month or year that was chosen, how much is owed and why."""
    asked = request.query_params
    try:
        owed = await backend(request).post(f"{API}/owed", _asked(asked)) if asked.get("period") else None
    except Refused as refused:
        return await _show(request, asked, refused=refused)
    return await _show(request, asked, owed)


@post(HERE, **page("resident"))
async def pay(request: Ask, data: Form) -> Response[Any]:
    """Have what is owed taken from the card."""
    try:
        await backend(request).post(API, _asked(data), key=data.get("key"))
    except Refused as refused:
        return await _show(request, data, refused=refused)
    person = data.get("person", "")
    return go(f"{HERE}?person={person}&done=1" if person.isdecimal() else f"{HERE}?done=1")


def _asked(data: Mapping[str, str]) -> dict[str, Any]:
    base = fen_of(data, "base") if data.get("base", "").strip() else 0
    person = data.get("person", "")
    return {
        "period": data.get("period", ""),
        "base_fen": base,
        **({"person_id": person} if person else {}),
    }


async def _show(
    request: Ask, typed: Mapping[str, str], owed: One | None = None, refused: Refused | None = None
) -> Template:
    found = await members(request)
    member = chosen(found, typed.get("person", ""))
    told = await backend(request).get(API, person_id=member["person_id"])
    periods = [(one, *_named(told["scheme"], one)) for one in told["periods"]]
    return show(
        request, "medical/paying.html", refused=refused, members=found, member=member, told=told, owed=owed, typed=typed,
        periods=periods, done=typed.get("done", ""), here_is=HERE,
    )  # fmt: skip


def _named(scheme: str, period: str) -> tuple[str, str]:
    year, month = period[:4], int(period[5:7])
    return (f"{year}年{month}月", period[:7]) if scheme == "employee" else (f"{year}年全年", year)


HANDLERS = (paying, pay)

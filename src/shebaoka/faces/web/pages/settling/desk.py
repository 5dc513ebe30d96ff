"""One screen on which a hospital or pharmacy without a system settles: card, lines, quote, confirmation, reversal; the keyboard is enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Template

from shebaoka.faces.web.amounts import fen_of
from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.settling import words
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page, visitor

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
HERE: Final = "/staff/settling"
VISIT: Final = f"{HERE}/{{person_id:int}}/{{visit_id:int}}"
PERMISSION: Final = "settlement.settle"
API: Final = "/api/settling"
BATCH: Final = "1"
"""On this screen a visit is settled at once."""


@get(HERE, **page("staff", PERMISSION))
async def desk(request: Ask) -> Template:
    """Ask for the next patient's card, beside the day of one's own institution."""
    return await _show(request)


@post(HERE, **page("staff", PERMISSION))
async def begin(request: Ask, data: Form) -> Response[Any]:
    """Begin a visit with a card or an electronic card."""
    body = {"card": data.get("card", "").strip(), "kind": data.get("kind", "")} | {
        name: data[name].strip() for name in ("number", "id_number") if data.get(name, "").strip()
    }
    try:
        made = await backend(request).post(f"{API}/visits", body, key=data.get("key"))
    except Refused as refused:
        return await _show(request, typed=data, refused=refused)
    return go(f"{HERE}/{made['person_id']}/{made['visit_id']}")


@get(VISIT, **page("staff", PERMISSION))
async def one_visit(request: Ask, person_id: FromPath[int], visit_id: FromPath[int]) -> Template:
    """Show a visit with its lines, what it comes to, and what was settled."""
    return await _show(request, (person_id, visit_id))


@post(f"{VISIT}/lines", **page("staff", PERMISSION))
async def add_line(
    request: Ask, person_id: FromPath[int], visit_id: FromPath[int], data: Form
) -> Response[Any]:
    """Add a line."""
    at = (person_id, visit_id)
    try:
        line = {
            "line": data.get("line", ""), "item": data.get("item", "").strip(), "amount_fen": fen_of(data, "amount"),
            "catalogue_class": data.get("catalogue_class", ""),
        }  # fmt: skip
        if data.get("count", "").strip():
            line["count"] = _whole(data["count"].strip())
        if data.get("limit", "").strip():
            line["limit_fen"] = fen_of(data, "limit")
        if data.get("percent", "").strip():
            line["prepay_percent"] = _whole(data["percent"].strip())
        await _post(request, at, "lines", data, {"lines": [line], "batch": BATCH})
    except Refused as refused:
        return await _show(request, at, typed=data, refused=refused)
    return _back(at)


@post(f"{VISIT}/removal", **page("staff", PERMISSION))
async def remove_line(
    request: Ask, person_id: FromPath[int], visit_id: FromPath[int], data: Form
) -> Response[Any]:
    """Take a line out."""
    body = {"lines": [data.get("line", "")], "batch": BATCH}
    return await _act(request, (person_id, visit_id), "lines/removal", data, body)


@post(f"{VISIT}/quote", **page("staff", PERMISSION))
async def quote(request: Ask, person_id: FromPath[int], visit_id: FromPath[int], data: Form) -> Response[Any]:
    """Quote all lines."""
    return await _act(request, (person_id, visit_id), "quotes", data, {"batch": BATCH})


@post(f"{VISIT}/settlement", **page("staff", PERMISSION))
async def settle(
    request: Ask, person_id: FromPath[int], visit_id: FromPath[int], data: Form
) -> Response[Any]:
    """Settle what was quoted, by the card that the visit began with."""
    return await _act(
        request, (person_id, visit_id), "settlements", data, {"quote_id": data.get("quote_id", "")}
    )


@post(f"{VISIT}/reversal", **page("staff", PERMISSION))
async def reverse(
    request: Ask, person_id: FromPath[int], visit_id: FromPath[int], data: Form
) -> Response[Any]:
    """Take back what was settled."""
    at = (person_id, visit_id)
    try:
        await backend(request).post(f"{API}/reversals", {"names": data.get("names", "")}, key=data.get("key"))
    except Refused as refused:
        return await _show(request, at, refused=refused)
    return _back(at)


@post(f"{VISIT}/discharge", **page("staff", PERMISSION))
async def discharge(
    request: Ask, person_id: FromPath[int], visit_id: FromPath[int], data: Form
) -> Response[Any]:
    """End a stay."""
    return await _act(
        request, (person_id, visit_id), "discharge", data, {"on": data["on"]} if data.get("on") else {}
    )


@post(f"{VISIT}/readmission", **page("staff", PERMISSION))
async def readmit(
    request: Ask, person_id: FromPath[int], visit_id: FromPath[int], data: Form
) -> Response[Any]:
    """Take a discharge back."""
    return await _act(request, (person_id, visit_id), "readmission", data)


@post(f"{VISIT}/cancellation", **page("staff", PERMISSION))
async def cancel(
    request: Ask, person_id: FromPath[int], visit_id: FromPath[int], data: Form
) -> Response[Any]:
    """Cancel a visit of which nothing is settled."""
    return await _act(request, (person_id, visit_id), "cancellation", data)


async def _act(
    request: Ask,
    at: tuple[int, int],
    step: str,
    data: Mapping[str, str],
    body: Mapping[str, Any] | None = None,
) -> Response[Any]:
    try:
        await _post(request, at, step, data, body)
    except Refused as refused:
        return await _show(request, at, refused=refused)
    return _back(at)


async def _post(
    request: Ask, at: tuple[int, int], step: str, data: Mapping[str, str], body: Mapping[str, Any] | None
) -> None:
    await backend(request).post(f"{API}/visits/{at[0]}/{at[1]}/{step}", body, key=data.get("key"))


def _back(at: tuple[int, int]) -> Response[Any]:
    return go(f"{HERE}/{at[0]}/{at[1]}")


async def _show(
    request: Ask,
    at: tuple[int, int] | None = None,
    *,
    typed: Mapping[str, str] | None = None,
    refused: Refused | None = None,
) -> Template:
    here = backend(request)
    found = None if at is None else await here.get(f"{API}/visits/{at[0]}/{at[1]}")
    live = None
    if found is not None:
        live = next((one for one in found["settlements"] if one["reversed_at"] is None), None)
    place = (visitor(request).me or {}).get("organisation") or {}
    return show(
        request, "settling/desk.html", refused=refused, typed=typed or {}, found=found, live=live, place=place,
        day_here=await here.get(f"{API}/day"), kinds=_kinds(place.get("kind")), words=words,
        next_line=_next(found["lines"] if found else []),
    )  # fmt: skip


def _kinds(kind: str | None) -> list[str]:
    return ["pharmacy"] if kind == "pharmacy" else ["outpatient", "inpatient"]


def _next(lines: list[Mapping[str, Any]]) -> str:
    """Give the number of the next line: one above the last, so that none comes twice."""
    return f"{max((int(one['line']) for one in lines if one['line'].isdecimal()), default=0) + 1:03}"


def _whole(typed: str) -> int | str:
    """Give a number as typed; what is none goes on as it is, and is refused with its field named."""
    return int(typed) if typed.isascii() and typed.isdigit() else typed


HANDLERS: Final = (
    desk, begin, one_visit, add_line, remove_line, quote, settle, reverse, discharge, readmit, cancel,
)  # fmt: skip

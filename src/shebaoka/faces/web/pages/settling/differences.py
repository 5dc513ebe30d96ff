"""What differs when a day is reconciled: listed, looked at from both sides, and closed with a reason."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.settling import words
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
HERE: Final = "/staff/settling/differences"
ONE: Final = f"{HERE}/{{difference_id:int}}"
API: Final = "/api/settling/differences"
FILTERS: Final = ("institution", "status", "from", "to")
STATUS: Final = (("open", "待处理", "open"), ("closed", "已处理", "closed"), ("all", "全部", "all"))


@get(HERE, **page("staff", "settlement.difference"))
async def differences(request: Ask) -> Template:
    """List differences, oldest first; by institution, days, and whether they are closed."""
    asked = {name: request.query_params.get(name, "").strip() for name in FILTERS}
    try:
        found = await backend(request).get(API, **{name: said for name, said in asked.items() if said})
    except Refused as refused:
        return _listed(request, asked, [], refused)
    return _listed(request, asked, found["items"])


def _listed(
    request: Ask, asked: dict[str, str], items: list[Any], refused: Refused | None = None
) -> Template:
    return show(
        request, "settling/differences.html", refused=refused, asked=asked, items=items, statuses=STATUS, words=words,
        closed=request.query_params.get("closed", ""),
    )  # fmt: skip


@get(ONE, **page("staff", "settlement.difference"))
async def one_difference(request: Ask, difference_id: FromPath[int]) -> Template:
    """Show what each side says of a message."""
    return await _one(request, difference_id)


@post(ONE, **page("staff", "settlement.close_difference"))
async def close(request: Ask, difference_id: FromPath[int], data: Form) -> Response[Any]:
    """Close a difference with a reason."""
    try:
        body = {"reason": data.get("reason", "").strip()}
        await backend(request).post(f"{API}/{difference_id}/closing", body, key=data.get("key"))
    except Refused as refused:
        return await _one(request, difference_id, data.get("reason", ""), refused)
    return go(f"{HERE}?closed={difference_id}")


async def _one(request: Ask, difference_id: int, typed: str = "", refused: Refused | None = None) -> Template:
    found = await backend(request).get(f"{API}/{difference_id}")
    return show(request, "settling/difference.html", refused=refused, found=found, typed=typed, words=words)


HANDLERS: Final = (differences, one_difference, close)

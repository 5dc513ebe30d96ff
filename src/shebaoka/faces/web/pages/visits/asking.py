"""A visit asked for by telephone: by the hotline, or by whoever takes such a request, for a person who says who they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.counter.words import MOBILITY
from shebaoka.faces.web.pages.visits import words
from shebaoka.faces.web.pages.visits.common import HERE, Form, text
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend, page

ASKING: Final = f"{HERE}/request"
ASKS: Final = page("staff", "visit.request")
WANTED: Final = (
    *((code, *said) for code, said in words.TASK.items()),
    ("apply open", "两样都办", "both"),
)
TOLD: Final = ("mobile", "address", "remark", "document")


@get(ASKING, **ASKS)
async def ask_visit(request: Ask) -> Template:
    """Ask whom the visit is for, and what is to be done there."""
    return _show(request, {})


@post(ASKING, **ASKS)
async def request_visit(request: Ask, data: Form) -> Response[Any]:
    """Ask for the visit; the rules say at once whether there will be one, and the page why, to be read out."""
    body: dict[str, Any] = {name: text(data, name) for name in TOLD if text(data, name)}
    body |= {
        "id_number": text(data, "id_number"), "name": text(data, "name"), "tasks": text(data, "wanted").split(),
        "limited": "document" in body, "represented": text(data, "represented") == "1",
    }  # fmt: skip
    try:
        told = await backend(request).post("/api/outreach/visits", body, key=text(data, "key"))
    except Refused as refused:
        return _show(request, data, refused=refused)
    return _show(request, {}, told=told)


def _show(
    request: Ask, typed: Mapping[str, str], *, refused: Refused | None = None, told: Any = None
) -> Template:
    return show(
        request, "visits/asking.html", refused=refused, typed=typed, told=told, wanted=WANTED, documents=MOBILITY,
    )  # fmt: skip


HANDLERS: Final = (ask_visit, request_visit)

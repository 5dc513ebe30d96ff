"""The audit log: searched by person, member of staff, institution, kind, reason and days; and whether its chain is whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.files import handed_on
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend, page

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
HERE: Final = "/staff/audit"
PERMISSION: Final = "audit.read"
FIELDS: Final = ("id_number", "staff", "institution", "action", "reason", "first", "last")


@get(HERE, **page("staff", PERMISSION))
async def ask_audit(request: Ask) -> Template:
    """Ask for what to search the log, and tell when its chain was verified."""
    return await _page(request, {})


@post(HERE, **page("staff", PERMISSION))
async def search(request: Ask, data: Form) -> Template:
    """Search the log. What is searched for is sent in the form, never in the address."""
    try:
        found = await backend(request).post("/api/audit/search", _asked(data))
    except Refused as refused:
        return await _page(request, data, refused=refused)
    return await _page(request, data, found=found)


@post(f"{HERE}/file", **page("staff", PERMISSION))
async def export(request: Ask, data: Form) -> Response[Any]:
    """Give what a search finds as a table."""
    body = {name: value for name, value in _asked(data).items() if name != "cursor"}
    try:
        answer = await backend(request).ask("POST", "/api/audit/search/file", json=body)
    except Refused as refused:
        return await _page(request, data, refused=refused)
    return handed_on(answer)


def _asked(data: Mapping[str, str]) -> dict[str, str]:
    """Give the fields that were filled in."""
    return {name: value for name in (*FIELDS, "cursor") if (value := data.get(name, "").strip())}


async def _page(
    request: Ask, data: Mapping[str, str], *, found: Any = None, refused: Refused | None = None
) -> Template:
    ask = backend(request)
    chain = await ask.get("/api/audit/verification")
    kinds = [(one["action"], one["zh"], one["en"]) for one in (await ask.get("/api/audit/kinds"))["items"]]
    asked = {name: data.get(name, "") for name in FIELDS}
    return show(
        request, "admin/audit.html", refused=refused, asked=asked, found=found, chain=chain, kinds=kinds
    )


HANDLERS: Final = (ask_audit, search, export)

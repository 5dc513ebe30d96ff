"""For which purposes institutions may ask who a holder is: registered and withdrawn, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend, page

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
HERE: Final = "/staff/relying-parties"
PERMISSION: Final = "relying.register"
KINDS: Final = {
    "agency": ("政务机构", "agencies"),
    "hotel": ("旅馆", "hotels"),
    "library": ("图书馆", "libraries"),
}
DONE: Final = {
    "": ("已登记，即时生效。", "Registered; it counts at once."),
    "/withdrawal": ("已撤销，即时生效。", "Withdrawn; it counts at once."),
}


@get(HERE, **page("staff", PERMISSION))
async def parties(request: Ask) -> Template:
    """Show who may ask what, and who is registered for it."""
    return await _show(request, {})


@post(HERE, **page("staff", PERMISSION))
async def register(request: Ask, data: Form) -> Template:
    """Register an institution for a purpose."""
    return await _change(request, data, "")


@post(f"{HERE}/withdrawal", **page("staff", PERMISSION))
async def withdraw(request: Ask, data: Form) -> Template:
    """Withdraw a purpose from an institution."""
    return await _change(request, data, "/withdrawal")


async def _change(request: Ask, data: Form, what: str) -> Template:
    body = {name: data.get(name, "").strip() for name in ("institution", "purpose")}
    try:
        await backend(request).post(f"/api/relying-parties{what}", body, key=data.get("key"))
    except Refused as refused:
        return await _show(request, data, refused=refused)
    return await _show(request, {}, done=DONE[what])


async def _show(
    request: Ask,
    typed: Mapping[str, str],
    *,
    refused: Refused | None = None,
    done: tuple[str, str] | None = None,
) -> Template:
    found = await backend(request).get("/api/relying-parties")
    terms = (await backend(request).get("/api/identity-purposes"))["items"]
    options = {one["purpose"]: (one["purpose"], one["zh"], one["en"]) for one in terms}
    return show(
        request, "identity/parties.html", refused=refused, typed=typed, done=done, items=found["items"], terms=terms,
        options=tuple(options.values()), kinds=KINDS,
    )  # fmt: skip


HANDLERS: Final = (parties, register, withdraw)

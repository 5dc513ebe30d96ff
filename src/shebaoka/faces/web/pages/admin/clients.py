"""Institutions' systems: made with a secret that is shown once, given a new one, closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.admin.accounts import roles_of
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
HERE: Final = "/staff/clients"
PERMISSION: Final = "client.manage"
STEPS: Final = {
    "secret": ("密钥已更换，原密钥和令牌全部失效。", "The secret is changed; the old one and its tokens are good no more."),
    "deactivation": ("客户端已停用。", "The client is closed."),
}  # fmt: skip


@get(HERE, **page("staff", PERMISSION))
async def clients(request: Ask) -> Template:
    """Show the systems of institutions."""
    return await _all(request, {})


@post(HERE, **page("staff", PERMISSION))
async def make_client(request: Ask, data: Form) -> Response[Any]:
    """Make a client and show its secret, this once."""
    body = {name: data.get(name, "").strip() for name in ("client_id", "institution", "role")}
    try:
        made = await backend(request).post("/api/clients", body, key=data.get("key"))
    except Refused as refused:
        return await _all(request, data, refused)
    return await _all(request, {}, done=("客户端已建立。", "The client is made."), made=made)


@post(f"{HERE}/change", **page("staff", PERMISSION))
async def change_client(request: Ask, data: Form) -> Response[Any]:
    """Give a client a new secret, or close it."""
    step, client_id = data.get("do", ""), data.get("client_id", "")
    if step not in STEPS or not client_id.replace("-", "").replace(".", "").replace("_", "").isalnum():
        return go(HERE)
    try:
        made = await backend(request).post(f"/api/clients/{client_id}/{step}", key=data.get("key"))
    except Refused as refused:
        return await _all(request, {}, refused)
    return await _all(request, {}, done=STEPS[step], made=made if step == "secret" else None)


async def _all(
    request: Ask, given: Mapping[str, str], refused: Refused | None = None, **told: Any
) -> Template:
    found = await backend(request).get("/api/clients")
    roles = await roles_of(request, "client")
    return show(
        request, "admin/clients.html", refused=refused, given=given, items=found["items"], roles=roles,
        named={code: (zh, en) for code, zh, en in roles}, done=told.get("done"), made=told.get("made"),
    )  # fmt: skip


HANDLERS: Final = (clients, make_client, change_client)

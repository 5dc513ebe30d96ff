"""Accounts of staff: found, made, closed and opened again, and what helps whoever cannot log in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
HERE: Final = "/staff/accounts"
ONE: Final = "/staff/accounts/{staff_id:int}"
PERMISSION: Final = "staff.manage"
ROWS: Final = 50
STEPS: Final = {
    "deactivation": ("账号已停用，登录已全部结束。", "The account is closed and logged out."),
    "unlocking": ("可以立即重新登录。", "They can log in again at once."),
    "second-factor/reset": (
        "两步验证已重置；角色要求两步验证的，下次登录时重新设置。",
        "The second factor is reset; whose role needs one sets it up at the next log-in.",
    ),
    "role": ("角色已更换，须重新登录。", "The role is changed; they log in again."),
    "password": ("密码已重置，登录已全部结束。", "The password is reset and all sessions are over."),
    "activation": ("账号已重新启用。", "The account is open again."),
}
"""What can be done to an account, by the interface's name for it, and what is said when it is done."""


@get(HERE, **page("staff", PERMISSION))
async def accounts(request: Ask) -> Template:
    """Show accounts: all, or of an institution, of a role, by their log-in names."""
    return await _all(request)


@get(f"{HERE}/new", **page("staff", PERMISSION))
async def ask_account(request: Ask) -> Template:
    """Ask for what a new account needs."""
    return await _new(request, {})


@post(f"{HERE}/new", **page("staff", PERMISSION))
async def make_account(request: Ask, data: Form) -> Response[Any]:
    """Make an account and show its temporary password, this once."""
    body = {name: data.get(name, "").strip() for name in ("institution", "login", "name", "role")}
    try:
        made = await backend(request).post("/api/staff", body, key=data.get("key"))
    except Refused as refused:
        return await _new(request, data, refused)
    done = "账号已建立。", "The account is made."
    return await _one(request, int(made["id"]), done=done, password=made["password"])


@get(ONE, **page("staff", PERMISSION))
async def account(request: Ask, staff_id: FromPath[int]) -> Template:
    """Show one account and what can be done to it."""
    return await _one(request, staff_id)


@post(ONE, **page("staff", PERMISSION))
async def change_account(request: Ask, staff_id: FromPath[int], data: Form) -> Response[Any]:
    """Do one of the things that can be done to an account."""
    step = data.get("do", "")
    if step not in STEPS:
        return go(f"{HERE}/{staff_id}")
    body = {"role": {"role": data.get("role", "")}, "password": {}}.get(step)
    try:
        done = await backend(request).post(f"/api/staff/{staff_id}/{step}", body, key=data.get("key"))
    except Refused as refused:
        return await _one(request, staff_id, refused=refused)
    return await _one(request, staff_id, done=STEPS[step], password=done.get("password"))


async def _all(request: Ask) -> Template:
    asked = {name: request.query_params.get(name, "").strip() for name in ("institution", "role", "login")}
    refused, found = None, dict[str, Any](items=[], next=None)
    after = request.query_params.get("after") or None
    try:
        given = {name: value or None for name, value in asked.items()}
        found = await backend(request).get("/api/staff", **given, after=after, limit=ROWS)
    except Refused as wrong:
        refused = wrong
    return show(
        request, "admin/accounts.html", refused=refused, asked=asked, found=found, roles=await roles_of(request, "staff"),
        named=await _named(request),
    )  # fmt: skip


async def _new(request: Ask, given: Mapping[str, str], refused: Refused | None = None) -> Template:
    roles = await roles_of(request, "staff")
    return show(request, "admin/new_account.html", refused=refused, given=given, roles=roles)


async def _one(request: Ask, staff_id: int, *, refused: Refused | None = None, **told: Any) -> Template:
    found = await backend(request).get(f"/api/staff/{staff_id}")
    kind = (found["institution"] or {}).get("kind")
    return show(
        request, "admin/account.html", refused=refused, one=found, named=await _named(request),
        roles=await roles_of(request, "staff", kind), done=told.get("done"), password=told.get("password"),
    )  # fmt: skip


async def roles_of(request: Ask, holder: str, kind: str | None = None) -> list[tuple[str, str, str]]:
    """Give the roles to choose from, of staff or clients, in one kind of institution or in any."""
    found = (await backend(request).get("/api/staff/roles"))["items"]
    return [
        (one["role"], one["name_zh"], one["name_en"])
        for one in found if one["holder"] == holder and (kind is None or kind in one["kinds"])
    ]  # fmt: skip


async def _named(request: Ask) -> dict[str, tuple[str, str]]:
    return {code: (zh, en) for code, zh, en in await roles_of(request, "staff")}


HANDLERS: Final = (accounts, ask_account, make_account, account, change_account)

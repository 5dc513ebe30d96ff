"""One's own account: where one is logged in, the password, the second factor."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.admin import words
from shebaoka.faces.web.showing import go, picture, show
from shebaoka.faces.web.visiting import Ask, backend, page

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
HERE: Final = "/staff/me"
SCANNED: Final = "otpauth://totp/"
LENGTH_MAX: Final = 400
DONE: Final = {
    "password": (
        "密码已更换，其他登录已结束。",
        "Your password is changed and your other sessions are over.",
    ),
    "ended": ("已结束。", "Ended."),
    "off": ("两步验证已关闭。", "Your second factor is switched off."),
}


@get(HERE, **page("staff"))
async def me(request: Ask) -> Template:
    """Show one's own account."""
    return await _me(request)


@post(f"{HERE}/sessions", **page("staff"))
async def end_sessions(request: Ask, data: Form) -> Response[Any]:
    """End one other session of one's own, or all of them."""
    number = data.get("session_id") or None
    return await _done(request, "/api/me/sessions/ending", {"session_id": number}, "ended")


@post(f"{HERE}/password", **page("staff"))
async def change_password(request: Ask, data: Form) -> Response[Any]:
    """Change one's own password."""
    body = {"current": data.get("current", ""), "password": data.get("password", "")}
    return await _done(request, "/api/me/password", body, "password")


@post(f"{HERE}/second-factor", **page("staff"))
async def begin_second_factor(request: Ask, data: Form) -> Response[Any]:
    """Show what to set an app up with."""
    try:
        found = await backend(request).post("/api/me/second-factor", {"password": data.get("password", "")})
    except Refused as refused:
        return await _me(request, refused)
    return _app(request, found["secret"], found["address"])


@post(f"{HERE}/second-factor/confirmation", **page("staff"))
async def confirm_second_factor(request: Ask, data: Form) -> Response[Any]:
    """Take the first code of an app that was set up, and show the recovery codes."""
    try:
        found = await backend(request).post(
            "/api/me/second-factor/confirmation", {"code": data.get("code", "")}
        )
    except Refused as refused:
        address = data.get("address", "")[:LENGTH_MAX]
        if not address.startswith(SCANNED):
            return await _me(request, refused)
        return _app(request, data.get("secret", ""), address, refused)
    return show(request, "staff/codes.html", codes=found["recovery_codes"], then=HERE, signed_in=True)


@post(f"{HERE}/second-factor/removal", **page("staff"))
async def give_up_second_factor(request: Ask, data: Form) -> Response[Any]:
    """Switch one's own second factor off."""
    return await _done(request, "/api/me/second-factor/removal", {"code": data.get("code", "")}, "off")


async def _done(request: Ask, path: str, body: dict[str, Any], what: str) -> Response[Any]:
    try:
        await backend(request).post(path, body)
    except Refused as refused:
        return await _me(request, refused)
    return go(f"{HERE}?done={what}")


def _app(request: Ask, secret: str, address: str, refused: Refused | None = None) -> Template:
    return show(
        request, "admin/app.html", refused=refused, secret=secret, address=address,
        drawn=picture(address, "验证器二维码 · code for the app"),
    )  # fmt: skip


async def _me(request: Ask, refused: Refused | None = None) -> Template:
    ask = backend(request)
    account, sessions = await ask.get("/api/me/account"), await ask.get("/api/me/sessions")
    done = None if refused else DONE.get(request.query_params.get("done", ""))
    return show(
        request, "admin/me.html", refused=refused, account=account, sessions=sessions["items"], done=done,
        device=words.device,
    )  # fmt: skip


HANDLERS: Final = (
    me, end_sessions, change_password, begin_second_factor, confirm_second_factor, give_up_second_factor,
)  # fmt: skip

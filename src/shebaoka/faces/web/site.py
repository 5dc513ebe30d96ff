"""The pages as one Litestar application, beside the JSON interface that they ask for everything."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from litestar import Litestar, Request, Response
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import CacheControlHeader, State
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Redirect, Template
from litestar.static_files import create_static_files_router
from litestar.template.config import TemplateConfig
from litestar.types import ASGIApp, Message, Scope

from shebaoka.faces.web.backend import UNAUTHORIZED, Refused
from shebaoka.faces.web.letting_in import LettingIn
from shebaoka.faces.web.pages import (
    admin,
    app,
    apply,
    away,
    calculator,
    centre,
    clearings,
    collections,
    counter,
    dashboard,
    family,
    field,
    home,
    hotline,
    identity,
    lists,
    mine,
    outlets,
    payouts,
    payroll,
    resident_login,
    settling,
    signing_in,
    unopened,
    visits,
    when,
)
from shebaoka.faces.web.showing import STATIC, environment, show
from shebaoka.faces.web.visiting import (
    YEAR_SECONDS,
    LogInFirst,
    Menu,
    NotYours,
    back_to,
    door,
    no_session,
)

AREAS: Final[tuple[Any, ...]] = (
    home,
    app,
    when,
    outlets,
    apply,
    family,
    mine,
    calculator,
    resident_login,
    signing_in,
    hotline,
    counter,
    away,
    identity,
    settling,
    centre,
    payouts,
    clearings,
    dashboard,
    lists,
    payroll,
    collections,
    unopened,
    visits,
    field,
    admin,
)
"""Each has HANDLERS, and a MENU where staff find it."""
FORM_BYTES_MAX: Final = 64 * 2**10
SERVER_ERROR: Final = 500
POLICY: Final = b"content-security-policy"
CONNECT: Final = "connect-src 'self'"
HEADERS: Final = {
    POLICY: f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; {CONNECT}; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'".encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"permissions-policy": b"camera=(self), geolocation=(self), microphone=()",
    b"cross-origin-opener-policy": b"same-origin",
}
READER: Final = "http://127.0.0.1:8600"
"""Where `shebaoka reader` listens if nobody says otherwise."""
CACHE: Final = b"cache-control"
NO_STORE: Final = (CACHE, b"no-store")
ASKED_ANEW: Final = (CACHE, b"private, no-cache")
"""Of the few pages that the app's worker may keep; all others are kept by nobody."""
log = structlog.get_logger()


def create_site(
    api: ASGIApp, csrf_secret: str, letting_in: LettingIn | None = None, reader: str = READER
) -> Litestar:
    """Give the pages of the city behind an interface. `csrf_secret`: signs the tokens of forms, the same in every process.

    `letting_in`: how residents log in; without it they are told that they cannot yet. `reader`: the origin of the reader
    service on a counter's own machine.
    """
    return Litestar(
        route_handlers=[*(handler for area in AREAS for handler in area.HANDLERS), _static()],
        guards=[door],
        state=State({"api": api, "menu": _menu(), "letting_in": letting_in, "reader": reader}),
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(environment())),
        csrf_config=CSRFConfig(
            secret=csrf_secret, cookie_name="__Host-form", cookie_secure=True, cookie_httponly=True,
        ),
        compression_config=CompressionConfig(backend="gzip", exclude_opt_key="uncompressed"),
        exception_handlers={
            Refused: _refused, LogInFirst: _log_in_first, NotYours: _not_yours,
            PermissionDeniedException: _form_too_old, HTTPException: _http, SERVER_ERROR: _bug,
        },
        before_send=[_keep_strangers_out],
        request_max_body_size=FORM_BYTES_MAX,
        openapi_config=None,
        logging_config=None,
    )  # fmt: skip


async def _keep_strangers_out(message: Message, scope: Scope) -> None:
    """Give every answer, refusals too, the headers that tell browsers what no page of ours ever does."""
    if message["type"] == "http.response.start":
        visitor = scope["state"].get("visitor")
        kept = visitor is not None and visitor.kept
        said = [one for one in message["headers"] if one != NO_STORE]
        if all(name != CACHE for name, _ in said):
            said.append(ASKED_ANEW if kept else NO_STORE)
        reader = visitor.reader if visitor is not None else ""
        message["headers"] = [*said, *(HEADERS | _reaching(reader)).items()]


def _reaching(reader: str) -> dict[bytes, bytes]:
    """Give what is otherwise for a page whose scripts may reach a card reader: that very address, and nothing else."""
    return (
        {POLICY: HEADERS[POLICY].replace(CONNECT.encode(), f"{CONNECT} {reader}".encode())} if reader else {}
    )


def _static() -> Any:
    return create_static_files_router(
        path="/static", directories=[str(STATIC)], opt={"who": "everybody", "permission": "", "plain": True},
        cache_control=CacheControlHeader(public=True, max_age=YEAR_SECONDS, immutable=True),
    )  # fmt: skip


def _menu() -> tuple[Menu, ...]:
    return tuple(entry for area in AREAS for entry in getattr(area, "MENU", ()))


Here = Request[Any, Any, State]


def _refused(request: Here, refused: Refused) -> Response[Any]:
    """Show a refusal that the page itself did not expect; a session that has ended leads to the log-in."""
    visitor = request.scope["state"].get("visitor")
    if refused.status == UNAUTHORIZED and visitor is not None and visitor.who != "everybody":
        answer = _log_in_first(request, LogInFirst(visitor.who, _again(request), ended=True))
        answer.set_cookie(no_session(visitor.who))
        return answer
    return show(request, "refused.html", refused=refused)


def _again(request: Here) -> str:
    """Give where somebody goes on after logging in once more: the page, or the one that the form stood on."""
    if request.method == "GET":
        return back_to(request)
    stood_on = urlsplit(request.headers.get("referer", "/"))
    return f"{stood_on.path}?{stood_on.query}" if stood_on.query else stood_on.path


def _log_in_first(_request: Here, first: LogInFirst) -> Redirect:
    return Redirect(first.where, status_code=303)


def _not_yours(request: Here, _refusal: NotYours) -> Template:
    return _told(request, 403, "此页面不对您的角色开放", "This page is not for your role")


def _form_too_old(request: Here, _refusal: PermissionDeniedException) -> Template:
    return _told(
        request, 403, "表单已失效，内容没有提交。请返回上一页，刷新后再提交",
        "The form is no longer valid and was not sent. Go back, reload the page and send it again",
    )  # fmt: skip


def _http(request: Here, error: HTTPException) -> Response[Any]:
    match error.status_code:
        case 404:
            return _told(request, 404, "没有这个页面", "There is no such page")
        case 413:
            return _told(request, 413, "提交的内容过大", "What was sent is too large")
        case status if status < SERVER_ERROR:
            return _told(
                request,
                status,
                "请求无法读取，请返回重试",
                "The request cannot be read: go back and try again",
            )
        case _:
            return _bug(request, error)


def _bug(request: Here, error: Exception) -> Template:
    request_id = str(request.scope["state"].get("request_id", ""))
    log.error("page.failed", path=request.scope["path"], request_id=request_id, exc_info=error)
    return _told(
        request, 500, f"系统出错，请稍后再试。如仍出错，请告知编号 {request_id}",
        f"Something went wrong on our side: try again later. If it goes on, tell us the number {request_id}",
    )  # fmt: skip


def _told(request: Here, status: int, zh: str, en: str) -> Template:
    return show(request, "told.html", status=status, zh=zh, en=en)

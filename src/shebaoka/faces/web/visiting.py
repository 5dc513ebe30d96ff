"""Who sits before a page: what their cookies say, and the door before every page.

Residents and staff have a cookie each, so that a clerk who looks after his own card in the same browser does not do it as a clerk.
The cookie holds the session's token: `HttpOnly`, only over TLS or to this machine, and sent by no other site's forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal
from urllib.parse import quote

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, State
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler

from shebaoka.faces.web.backend import Backend, Refused

Ask = Request[Any, Any, State]
Who = Literal["everybody", "resident", "staff"]
COOKIES: Final[Mapping[str, str]] = {"resident": "__Host-resident", "staff": "__Host-staff"}
TICKET_COOKIE: Final = "__Host-staff-log-in"
"""The ticket of a staff log-in whose password was right; it opens no page."""
ELDER_COOKIE: Final = "elder"
AMOUNTS_COOKIE: Final = "amounts"
AMOUNTS_SECONDS: Final = 600
"""How long amounts stay in sight once asked for: the time to read them, not to forget the telephone on a table."""
WISHES: Final = "/api/family/preferences"
LOG_IN: Final[Mapping[str, str]] = {"resident": "/login", "staff": "/staff/login"}
YEAR_SECONDS: Final = 365 * 86_400


class LogInFirst(Exception):  # noqa: N818 - named for the fact
    """The page is for somebody who has logged in."""

    def __init__(self, who: str, back_to: str, *, ended: bool = False) -> None:
        """`ended`: a session was there and is over, which the page says."""
        super().__init__(who)
        self.where = f"{LOG_IN[who]}?next={quote(back_to, safe='')}{'&why=ended' if ended else ''}"
        self.who = who


class NotYours(HTTPException):
    """The page is not for this role."""

    status_code = 403


@dataclass(frozen=True, slots=True)
class Menu:
    """An entry of the staff's menu, shown to whoever has the permission."""

    path: str
    zh: str
    en: str
    permission: str


@dataclass
class Visitor:
    """Whoever sits before the page."""

    who: Who
    backend: Backend
    elder: bool
    kept: bool = False
    """Whether the app's worker may keep what is shown: the page says so, and nobody has logged in here."""
    reader: str = ""
    """Where the page may reach a card reader: the service on the visitor's own machine; empty for most pages."""
    me: Mapping[str, Any] | None = None
    menu: tuple[Menu, ...] = field(default=())

    @cached_property
    def permissions(self) -> frozenset[str]:
        """What a member of staff may do."""
        return frozenset(one["permission"] for one in (self.me or {}).get("permissions", ()))

    def may(self, permission: str) -> bool:
        """Tell whether a member of staff may do something, for what a page offers; the interface decides when it is done."""
        return permission in self.permissions


def page(who: Who, permission: str = "", *, reader: bool = False) -> dict[str, Any]:
    """Declare a page: for whom it is, and which permission a member of staff needs to be shown it.

    `reader`: whether its scripts may reach the reader service of the visitor's own machine.
    """
    return {"opt": {"who": who, "permission": permission, "reader": reader}}


async def door(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let a visitor through to a page, or send them to log in. A page that does not say for whom it is is for nobody."""
    who = handler.opt.get("who")
    if who is None:
        raise NotYours
    token = connection.cookies.get(COOKIES.get(who, ""), "")
    if who != "everybody" and not token:
        raise LogInFirst(who, back_to(connection))
    found = visitor_of(connection, who, token)
    connection.scope["state"]["visitor"] = found
    found.reader = connection.app.state.reader if handler.opt.get("reader") else ""
    found.kept = bool(handler.opt.get("kept")) and not connection.cookies.get(COOKIES["resident"])
    if who != "staff" and not handler.opt.get("plain"):
        found.elder = await _wants_elder(connection, found.elder)
    if who == "staff":
        await _staff_through(connection, handler, found)


async def _wants_elder(connection: ASGIConnection[Any, Any, Any, Any], cookie: bool) -> bool:
    """Tell whether pages are shown in the elder version: as the person who is logged in has said, else as this device was told."""
    token = connection.cookies.get(COOKIES["resident"], "")
    if not token:
        return cookie
    try:
        said = (await visitor_of(connection, "resident", token).backend.get(WISHES))["elder"]
    except Refused:  # The session has ended: the page itself says so where that matters.
        return cookie
    return cookie if said is None else bool(said)


async def _staff_through(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler, found: Visitor
) -> None:
    found.me = await found.backend.get("/api/me")
    found.menu = tuple(one for one in connection.app.state.menu if found.may(one.permission))
    permission = handler.opt["permission"]
    if permission and not found.may(permission):
        raise NotYours


def visitor_of(connection: ASGIConnection[Any, Any, Any, Any], who: Who, token: str) -> Visitor:
    """Give the visitor of a connection, with the interface as this token reaches it."""
    source = connection.client.host if connection.client else "unknown"
    device = connection.headers.get("user-agent", "").encode("ascii", "replace").decode()
    return Visitor(who, Backend(connection.app.state.api, token, source, device), wants_elder(connection))


def wants_elder(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Tell whether this device was told to show the elder version: what counts before anybody is known, on a page that is none too."""
    return connection.cookies.get(ELDER_COOKIE) == "1"


def visitor(request: Ask) -> Visitor:
    """Give who sits before this page."""
    found: Visitor = request.scope["state"]["visitor"]
    return found


def backend(request: Ask) -> Backend:
    """Give the interface as this visitor reaches it."""
    return visitor(request).backend


def logged_in(request: Ask, who: Who) -> str:
    """Give the token of a session of this kind in this browser, empty when there is none."""
    return request.cookies.get(COOKIES[who], "")


def session_cookie(who: Who, token: str) -> Cookie:
    """Give the cookie of a session. It ends with the browser; how long the session lasts, the interface decides."""
    return Cookie(key=COOKIES[who], value=token, secure=True, httponly=True, samesite="lax")


def no_session(who: Who) -> Cookie:
    """Give the cookie that takes a session's away."""
    return Cookie(key=COOKIES[who], value="", max_age=0, secure=True, httponly=True, samesite="lax")


def elder_cookie(*, on: bool) -> Cookie:
    """Give the cookie that remembers the elder version."""
    return Cookie(
        key=ELDER_COOKIE, value="1" if on else "0", max_age=YEAR_SECONDS, samesite="lax", httponly=True
    )


def shows_amounts(request: Ask) -> bool:
    """Tell whether this device was asked for the holder's amounts a short time ago."""
    return request.cookies.get(AMOUNTS_COOKIE) == "1"


def amounts_cookie(*, on: bool) -> Cookie:
    """Give the cookie that remembers, for a short time, that the holder asked to see amounts."""
    return Cookie(
        key=AMOUNTS_COOKIE, value="1" if on else "", max_age=AMOUNTS_SECONDS if on else 0, path="/mine",
        secure=True, samesite="lax", httponly=True,
    )  # fmt: skip


def back_to(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Give where somebody goes on after logging in: the page asked for, or for a form its own page."""
    query = connection.scope["query_string"].decode("latin-1")
    return f"{connection.scope['path']}?{query}" if query else str(connection.scope["path"])


def local(path: str, otherwise: str = "/") -> str:
    """Give a path of this site, or `otherwise`: nobody is led to another site by an address that begins with ours."""
    plain = path.startswith("/") and not path.startswith("//")
    return path if plain and not any(mark in path for mark in "\\\r\n\t\x00") else otherwise

"""Who may call a route. Every route says either which permission it needs or why it is open; all else is refused."""

from __future__ import annotations

from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from shebaoka.faces.api.rehearsing import rehearse, rehearsed
from shebaoka.faces.api.service import Service
from shebaoka.kit.actor import Actor
from shebaoka.kit.problems import Problem
from shebaoka.registry.institutions.errors import InstitutionNotLive
from shebaoka.registry.staff import roles
from shebaoka.registry.staff.errors import Forbidden

BEARER: Final = b"bearer "
"""The scheme's name, which may be written in capitals or not (RFC 9110)."""
LOGGED_IN: Final = "logged-in"
"""Stands in place of a permission where everybody who has a token may call: about themselves only."""
NO_RESIDENTS: Final = "none"
RESIDENTS_TOO: Final = "too"
RESIDENTS_ONLY: Final = "only"
"""Whether a route serves residents, who reach themselves and their wards."""
WHEN_LIVE: Final = "live"
WHEN_BUILT: Final = "built"
ALWAYS: Final = "always"
"""How ready an institution must be for a route: live for all business, built for rehearsals; its own readiness it may always see."""
UNDECLARED: Final = "undeclared"
"""What a route asks for that declares nothing: nobody has it."""


class NotAuthenticated(Problem):
    """The request carries no valid token."""

    slug = "not-authenticated"
    status = 401
    title_zh = "请先登录"
    title_en = "Log in first"
    remedy_zh = "请在 Authorization 请求头中给出有效令牌：工作人员用 POST /api/sessions 登录，机构用 POST /oauth/token 领取"
    remedy_en = "Send a valid token in the Authorization header: staff log in at /api/sessions, institutions at /oauth/token"


def declared(handler: BaseRouteHandler) -> tuple[str | None, str | None]:
    """Give the permission that a route needs, and the reason why it is open; exactly one of them is set."""
    return handler.opt.get("permission"), handler.opt.get("public")


class Door:
    """ASGI middleware before every route of the service: lets a request through to its route, or refuses it.

    Not one of Litestar's guards, which would be handed a copy of the route's handler for every request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when its route is open or its actor may."""
        handler = scope["route_handler"]
        permission, public = declared(handler)
        run_id = rehearsed(scope)
        if public is None:
            await admit(
                scope,
                permission or UNDECLARED,
                handler.opt.get("residents", NO_RESIDENTS),
                WHEN_BUILT if run_id is not None else handler.opt.get("readiness", WHEN_LIVE),
            )
        if run_id is None:
            await self.app(scope, receive, send)
        else:
            # Whatever route it is for: what carries the header is never carried out for good.
            await rehearse(self.app, scope, receive, send, run_id)


async def admit(scope: Scope, permission: str, residents: str, readiness: str = WHEN_LIVE) -> None:
    """Note who comes and how far they may go, or refuse."""
    service: Service = scope["litestar_app"].state.service
    visitor = await service.gatekeeper.look(bearer(scope))
    actor = visitor.actor
    state = scope["state"]
    state["actor"] = actor
    if permission == LOGGED_IN:
        return
    try:
        state["scope"] = _allowed(actor, permission, residents)
        if readiness == WHEN_LIVE:
            visitor.must_be_live()
        elif readiness == WHEN_BUILT:
            visitor.must_be_built()
    except (Forbidden, InstitutionNotLive) as refused:
        why = "role" if isinstance(refused, Forbidden) else "readiness"
        await note_refusal(service, actor, str(scope["path_template"]), why=why)
        raise


def _allowed(actor: Actor, permission: str, residents: str) -> roles.Scope:
    scope = roles.allowed(actor, permission)
    # A route that knows whose person and wards it may show says so; no other has a door for residents.
    closed = NO_RESIDENTS if scope is roles.Scope.SELF else RESIDENTS_ONLY
    if residents == closed:
        raise Forbidden(permission=permission, role=actor.role)
    return scope


async def note_refusal(service: Service, actor: Actor, subject: str, **detail: str) -> None:
    """Record that somebody reached for what is not theirs."""
    async with service.city.database.work(actor) as work:
        work.record(0, "access.refused", subject, **detail)


def bearer(scope: Scope) -> str:
    """Give the token of the Authorization header, or refuse."""
    for name, value in scope["headers"]:
        if name == b"authorization" and value[: len(BEARER)].lower() == BEARER:
            return value[len(BEARER) :].decode("latin-1")
    raise NotAuthenticated


def actor(connection: ASGIConnection[Any, Any, Any, Any]) -> Actor:
    """Give the actor whom the guard has let in."""
    found: Actor = connection.scope["state"]["actor"]
    return found


def scope(connection: ASGIConnection[Any, Any, Any, Any]) -> roles.Scope:
    """Give how far the permission of this route goes for this actor."""
    found: roles.Scope = connection.scope["state"]["scope"]
    return found

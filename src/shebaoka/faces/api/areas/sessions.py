"""Logging in and out, and who one is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, delete, get, post
from litestar.params import JSONBody

from shebaoka.faces.api.access import LOGGED_IN, actor, bearer
from shebaoka.faces.api.calling import CREATED, Call, reading, source
from shebaoka.faces.api.declaring import protected, public
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, InstitutionRef, Secret, Text, references
from shebaoka.registry.staff.errors import LogInRefused, TooManyFailures
from shebaoka.registry.staff.roles import PERMISSIONS, ROLES


class LogIn(Body, frozen=True):
    """Account and password of a member of staff."""

    login: Text
    password: Secret


class Session(msgspec.Struct, frozen=True):
    """A session: idle 15 minutes, at most until `expires_at`. The token is shown this once."""

    token: str
    expires_at: datetime


class Permission(msgspec.Struct, frozen=True):
    """Something that one may do. `scope`: `own` (what one's organisation handles) or `all`."""

    permission: str
    scope: str
    zh: str
    en: str


class Me(msgspec.Struct, frozen=True):
    """Who comes with this token, for which organisation, and what they may do."""

    actor: str
    role: str
    role_zh: str
    role_en: str
    organisation: InstitutionRef | None
    permissions: list[Permission]


@post(
    "/sessions",
    status_code=CREATED,
    **public(
        "it is where staff log in", "sessions", "工作人员登录 · Log in", refuses=(LogInRefused, TooManyFailures),
        unkeyed="each log-in is a session of its own, and its token is not kept",
    ),
)  # fmt: skip
async def log_in(request: Call, data: JSONBody[LogIn]) -> Session:
    """Start a session. Ten failures in a quarter of an hour, of an account or from an address, and further ones wait."""
    admission = await service(request).gatekeeper.log_in(data.login, data.password, source(request))
    return Session(admission.token, admission.expires_at)


@delete(
    "/sessions/current",
    status_code=204,
    **protected(LOGGED_IN, "sessions", "退出登录 · Log out", unkeyed="a session ended twice is ended once"),
)
async def log_out(request: Call) -> None:
    """End the session (or give back the token) that this request comes with."""
    await service(request).gatekeeper.revoke(bearer(request.scope))


@get("/me", **protected(LOGGED_IN, "sessions", "我的身份和权限 · Who I am and what I may do"))
async def me(request: Call) -> Response[Me]:
    """Tell who comes with this token."""
    who = actor(request)
    role = ROLES[who.role]
    async with reading(request) as work:
        organisation = (await references(work, [who.organisation_id])).get(who.organisation_id)
    permissions = [
        Permission(name, scope.value, *PERMISSIONS[name]) for name, scope in sorted(role.may.items())
    ]
    return Response(Me(who.name, who.role, role.name_zh, role.name_en, organisation, permissions))


HANDLERS: tuple[Any, ...] = (log_in, log_out, me)

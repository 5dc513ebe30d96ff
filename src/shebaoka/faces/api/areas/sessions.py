"""Logging in and out, and who one is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, delete, get, post
from litestar.params import JSONBody
from msgspec import Meta

from shebaoka.faces.api.access import LOGGED_IN, actor, bearer
from shebaoka.faces.api.calling import CREATED, Call, asking_about, reading, source
from shebaoka.faces.api.declaring import protected, public
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import (
    Body,
    Code,
    IdNumberText,
    InstitutionRef,
    Secret,
    Text,
    read_id_number,
    references,
)
from shebaoka.issuing.applications.errors import NameDiffers, PersonDeceased, PersonUnknown
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.people import views as people
from shebaoka.registry.staff.errors import AssertionUsed, LogInRefused, TooManyFailures
from shebaoka.registry.staff.roles import PERMISSIONS, ROLES


class LogIn(Body, frozen=True):
    """Account and password of a member of staff."""

    login: Text
    password: Secret


class VerifiedIdentity(Body, frozen=True):
    """Whom the identity provider has authenticated. `assertion`: the number of its word (such as `jti`), used once."""

    id_number: IdNumberText
    name: Text
    provider: Code
    assertion: Annotated[str, Meta(min_length=8, max_length=500, pattern=r"^[^\x00]*$")]


class Session(msgspec.Struct, frozen=True):
    """A session: idle 15 minutes, at most until `expires_at`. The token is shown this once."""

    token: str
    expires_at: datetime


class Permission(msgspec.Struct, frozen=True):
    """Something that one may do. `scope`: `self` (a resident and the wards), `own` (what one's organisation handles) or `all`."""

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


@post(
    "/resident-sessions",
    status_code=CREATED,
    **protected(
        "resident.vouch", "sessions", "市民会话 · A session for a resident who has been authenticated",
        refuses=(IdNumberRefused, PersonUnknown, NameDiffers, PersonDeceased, AssertionUsed),
        unkeyed="the identity provider's assertion opens one session, once, and its token is not kept",
    ),
)  # fmt: skip
async def let_resident_in(request: Call, data: JSONBody[VerifiedIdentity]) -> Session:
    """Exchange the identity that the platform's identity provider has verified for a resident's token.

    The session is idle 15 minutes and ends after two hours at the latest. With it the resident reaches himself and his wards.
    """
    async with asking_about(request, data.id_number), reading(request) as work:
        person = await people.find(work, await read_id_number(work, data.id_number))
        if person is None:
            raise PersonUnknown
        if work.vault.digest("name", data.name) != person.name_digest:
            raise NameDiffers
        if person.died_on is not None:
            raise PersonDeceased
        gatekeeper = service(request).gatekeeper
        said = f"{data.provider}:{data.assertion}"
        admission = await gatekeeper.admit_resident(work, person.person_id, said)
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


HANDLERS: tuple[Any, ...] = (log_in, let_resident_in, log_out, me)

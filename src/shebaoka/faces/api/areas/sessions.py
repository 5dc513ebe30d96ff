"""Logging in and out, and who one is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final

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
from shebaoka.registry.staff.errors import (
    AssertionUsed,
    CodeRefused,
    EnrolmentNotBegun,
    LogInLapsed,
    LogInRefused,
    PasswordRefused,
    TooManyFailures,
)
from shebaoka.registry.staff.model import Admission, Next, Step
from shebaoka.registry.staff.roles import PERMISSIONS, ROLES

ACCEPTED: Final = 202


class LogIn(Body, frozen=True):
    """Account and password of a member of staff."""

    login: Text
    password: Secret


class Ticket(Body, frozen=True):
    """The ticket of a log-in under way."""

    ticket: Secret


class TicketAndCode(Body, frozen=True):
    """The ticket of a log-in, and a code of the app or a recovery code."""

    ticket: Secret
    code: Code


class TicketAndPassword(Body, frozen=True):
    """The ticket of a log-in, and the new password."""

    ticket: Secret
    password: Secret


class LogInAnswer(msgspec.Struct, frozen=True):
    """Where a log-in stands: with `token` there is a session (idle 15 minutes, at most until `expires_at`), else `next` is next.

    Token, ticket and recovery codes are shown this once.
    """

    token: str | None
    ticket: str | None
    next: Next | None
    expires_at: datetime
    recovery_codes: list[str]


class EnrolmentView(msgspec.Struct, frozen=True):
    """What an app is set up with: `secret` to type, or `address` (otpauth) as a QR code to scan."""

    secret: str
    address: str


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
async def log_in(request: Call, data: JSONBody[LogIn]) -> Response[LogInAnswer]:
    """Start a session, or tell which step is next. Ten failures in a quarter of an hour, of an account or from an address, and further ones wait.

    201 with `token`: the session. 202 with `ticket` and `next`: `code` (give a code of the app, or a recovery code), `enrolment`
    (the role needs a second factor: set one up, then give a code), `password` (somebody else knows it: change it). A ticket is good for ten minutes.
    """
    found = await service(request).gatekeeper.log_in(
        data.login, data.password, source(request), device(request)
    )
    return went_on(found)


@post(
    "/sessions/enrolment",
    status_code=200,
    **public(
        "it is a step of logging in, and the ticket says whose", "sessions",
        "登录中设置验证器 · Set up the second factor while logging in", refuses=(LogInLapsed,),
        unkeyed="until a code confirms it, the same secret is given again",
    ),
)  # fmt: skip
async def enrol(request: Call, data: JSONBody[Ticket]) -> EnrolmentView:
    """Give the secret to set an app up with; it counts once a code of it was given."""
    found = await service(request).gatekeeper.steps.enrol(data.ticket)
    return EnrolmentView(found.secret, found.address)


@post(
    "/sessions/code",
    status_code=CREATED,
    **public(
        "it is a step of logging in, and the ticket says whose", "sessions", "登录验证码 · Give the code",
        refuses=(LogInLapsed, CodeRefused, EnrolmentNotBegun, TooManyFailures),
        unkeyed="a code counts once, and the token is not kept",
    ),
)  # fmt: skip
async def give_code(request: Call, data: JSONBody[TicketAndCode]) -> Response[LogInAnswer]:
    """Give a code of the app, or a recovery code; each counts once. After an enrolment the answer holds ten recovery codes, shown this once."""
    passed = await service(request).gatekeeper.steps.give_code(data.ticket, data.code, source(request))
    return went_on(passed.then, passed.recovery_codes)


@post(
    "/sessions/password",
    status_code=CREATED,
    **public(
        "it is a step of logging in, and the ticket says whose", "sessions",
        "登录中更换密码 · Change the password while logging in", refuses=(LogInLapsed, PasswordRefused),
        unkeyed="a ticket leads to one session, and its token is not kept",
    ),
)  # fmt: skip
async def give_new_password(request: Call, data: JSONBody[TicketAndPassword]) -> Response[LogInAnswer]:
    """Change a password that somebody else knows, and go on."""
    return went_on(await service(request).gatekeeper.steps.new_password(data.ticket, data.password))


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


def went_on(found: Admission | Step, recovery_codes: Sequence[str] = ()) -> Response[LogInAnswer]:
    """Give the answer to a step of a log-in: 201 with the session, or 202 with what is next."""
    codes = list(recovery_codes)
    if isinstance(found, Admission):
        return Response(LogInAnswer(found.token, None, None, found.expires_at, codes), status_code=CREATED)
    return Response(
        LogInAnswer(None, found.ticket, found.next, found.expires_at, codes), status_code=ACCEPTED
    )


def device(request: Call) -> str:
    """Give what the caller's program says of itself, as far as it can be shown."""
    said = request.headers.get("user-agent", "")
    return "".join(one for one in said if one.isprintable())


HANDLERS: tuple[Any, ...] = (log_in, enrol, give_code, give_new_password, let_resident_in, log_out, me)

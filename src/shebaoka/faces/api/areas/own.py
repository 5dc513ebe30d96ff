"""One's own account, for staff: sessions, password, second factor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import get, post
from litestar.params import JSONBody

from shebaoka.faces.api.access import LOGGED_IN, actor, bearer
from shebaoka.faces.api.areas.sessions import EnrolmentView
from shebaoka.faces.api.calling import Call, reading, source
from shebaoka.faces.api.declaring import protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, Code, Id, Secret
from shebaoka.kit.clock import today
from shebaoka.kit.problems import NotFound
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work
from shebaoka.registry.staff import accounts, second_factor, throttle, totp, views
from shebaoka.registry.staff.errors import (
    CodeRefused,
    EnrolmentNotBegun,
    PasswordRefused,
    PasswordWrong,
    SecondFactorNeeded,
    TooManyFailures,
)
from shebaoka.registry.staff.model import Session, StaffMember

STAFF = "staff:"


class OwnAccountView(msgspec.Struct, frozen=True):
    """One's account. `must`: whether the role needs a second factor on this day."""

    login: str
    name: str
    second_factor: bool
    must: bool
    recovery_codes_left: int


class OwnSession(msgspec.Struct, frozen=True):
    """A session of one's own. `device`: what the browser or program said of itself; `current`: the one that asks."""

    session_id: str
    started_at: datetime
    seen_at: datetime
    source: str
    device: str
    current: bool


class OwnSessions(msgspec.Struct, frozen=True):
    """One's sessions, newest first."""

    items: list[OwnSession]


class Ended(msgspec.Struct, frozen=True):
    """How many sessions ended."""

    ended: int


class Which(Body, frozen=True):
    """Which session to end; null: all but the one that asks."""

    session_id: Id | None = None


class ChangePassword(Body, frozen=True):
    """The present password and the new one."""

    current: Secret
    password: Secret


class Password(Body, frozen=True):
    """The present password."""

    password: Secret


class OneCode(Body, frozen=True):
    """A code of the app."""

    code: Code


class RecoveryCodes(msgspec.Struct, frozen=True):
    """Ten codes for whoever has lost the app, shown this once; each counts once."""

    recovery_codes: list[str]


class SwitchedOff(msgspec.Struct, frozen=True):
    """Whether there is a second factor."""

    second_factor: bool


@get("/me/account", **protected(LOGGED_IN, "sessions", "我的账号 · My account"))
async def own_account(request: Call) -> OwnAccountView:
    """Give one's own account: whether it has a second factor, and must."""
    must = await _must(request)
    async with reading(request) as work:
        me = await _me(work)
        has = bool(await views.with_second_factor(work, [me.staff_id]))
        left = await views.recovery_codes_left(work, me.staff_id)
    return OwnAccountView(me.login, me.name, has, must, left)


@get("/me/sessions", **protected(LOGGED_IN, "sessions", "我的登录 · My sessions"))
async def own_sessions(request: Call) -> OwnSessions:
    """Give where one is logged in."""
    async with reading(request) as work:
        found = await views.sessions(work, (await _me(work)).staff_id)
    return OwnSessions([_shown(one, _digest(request)) for one in found])


@post(
    "/me/sessions/ending",
    status_code=200,
    **protected(LOGGED_IN, "sessions", "结束我的其他登录 · End sessions of mine", refuses=(NotFound,),
                unkeyed="a session ended twice is ended once"),
)  # fmt: skip
async def end_own_sessions(request: Call, data: JSONBody[Which]) -> Ended:
    """End one session of one's own, or all others; within five seconds no process takes their tokens."""
    async with reading(request) as work:
        me = await _me(work)
        if data.session_id is None:
            return Ended(await accounts.end_other_sessions(work, me.staff_id, _digest(request)))
        await accounts.end_own_session(work, me.staff_id, int(data.session_id))
        return Ended(1)


@post(
    "/me/password",
    status_code=200,
    **protected(LOGGED_IN, "sessions", "更换我的密码 · Change my password",
                refuses=(NotFound, PasswordWrong, PasswordRefused, TooManyFailures),
                unkeyed="the same new password is refused a second time"),
)  # fmt: skip
async def change_password(request: Call, data: JSONBody[ChangePassword]) -> Ended:
    """Change one's own password, and end one's other sessions."""
    me = await _proven(request, data.current)
    async with reading(request) as work:
        await accounts.change_own_password(work, me.staff_id, data.password)
        return Ended(await accounts.end_other_sessions(work, me.staff_id, _digest(request)))


@post(
    "/me/second-factor",
    status_code=200,
    **protected(LOGGED_IN, "sessions", "设置我的验证器 · Set up my second factor",
                refuses=(NotFound, PasswordWrong, TooManyFailures),
                unkeyed="until a code confirms it, the same secret is given again"),
)  # fmt: skip
async def begin_second_factor(request: Call, data: JSONBody[Password]) -> EnrolmentView:
    """Give the secret to set an app up with. It counts once a code of it was given; until then the one before does."""
    me = await _proven(request, data.password)
    async with reading(request) as work:
        secret = await second_factor.begin(work, me.staff_id)
    return EnrolmentView(totp.written(secret), totp.address(secret, me.login))


@post(
    "/me/second-factor/confirmation",
    status_code=200,
    **protected(LOGGED_IN, "sessions", "确认我的验证器 · Confirm my second factor",
                refuses=(NotFound, CodeRefused, EnrolmentNotBegun, TooManyFailures), unkeyed="a code counts once"),
)  # fmt: skip
async def confirm_second_factor(request: Call, data: JSONBody[OneCode]) -> RecoveryCodes:
    """Let the app that was set up count, and give ten new recovery codes."""
    attempt = await _counted(request)
    async with reading(request) as work:
        codes = await second_factor.confirm(work, (await _me(work)).staff_id, data.code)
        await throttle.succeeded(work, attempt)
    return RecoveryCodes(codes)


@post(
    "/me/second-factor/removal",
    status_code=200,
    **protected(LOGGED_IN, "sessions", "关闭我的两步验证 · Switch my second factor off",
                refuses=(NotFound, CodeRefused, EnrolmentNotBegun, SecondFactorNeeded, TooManyFailures),
                unkeyed="a code counts once"),
)  # fmt: skip
async def give_up_second_factor(request: Call, data: JSONBody[OneCode]) -> SwitchedOff:
    """Switch one's own second factor off, where the role does not need one."""
    attempt, must = await _counted(request), await _must(request)
    async with reading(request) as work:
        me = await _me(work)
        await accounts.give_up_second_factor(work, me.staff_id, data.code, must=must)
        await throttle.succeeded(work, attempt)
    return SwitchedOff(second_factor=False)


async def _must(request: Call) -> bool:
    here = service(request)
    return await here.must_have_factor(actor(request).role, today(here.city.clock))


async def _me(work: Work) -> StaffMember:
    """Give the member of staff who asks; systems and residents have no account here."""
    name = work.actor.name
    member = await views.staff_member(work, int(name.removeprefix(STAFF))) if name.startswith(STAFF) else None
    if member is None:
        raise NotFound(name)
    return member


async def _proven(request: Call, password: str) -> StaffMember:
    """Give the member of staff who asks and has given the present password: whoever sits down at an open browser has not."""
    async with reading(request) as work:
        me = await _me(work)
    await service(request).gatekeeper.check_password(me.login, password, source(request))
    return me


async def _counted(request: Call) -> throttle.Attempt:
    """Count an attempt at a code, as while logging in."""
    async with reading(request) as work:
        me = await _me(work)
        return await throttle.begin(work, throttle.codes_of(me.staff_id), source(request))


def _digest(request: Call) -> bytes:
    return sm3(bearer(request.scope).encode())


def _shown(one: Session, digest: bytes) -> OwnSession:
    return OwnSession(
        str(one.session_id), one.started_at, one.seen_at, one.source, one.device, one.token_digest == digest
    )


HANDLERS: tuple[Any, ...] = (
    own_account, own_sessions, end_own_sessions, change_password, begin_second_factor, confirm_second_factor,
    give_up_second_factor,
)  # fmt: skip

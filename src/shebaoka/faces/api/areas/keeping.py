"""What administrators do to accounts that are there: open again, give another role, unlock, log out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody

from shebaoka.faces.api.areas.staff import Done, TemporaryPassword, with_password
from shebaoka.faces.api.calling import Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.wire import (
    Body,
    Code,
    Cursor,
    InstitutionRef,
    Limit,
    Page,
    PathId,
    page_of,
    references,
)
from shebaoka.kit.work import Work
from shebaoka.registry.staff import accounts, views
from shebaoka.registry.staff.errors import LastAdministrator, OwnAccount, RoleUnfit
from shebaoka.registry.staff.roles import ROLES, Holder


class NewRole(Body, frozen=True):
    """Another role, which fits the institution."""

    role: Code


class RoleView(msgspec.Struct, frozen=True):
    """A role: who may hold it (`staff` or `client`), and in which kinds of institution."""

    role: str
    name_zh: str
    name_en: str
    holder: str
    kinds: list[str]


class RoleList(msgspec.Struct, frozen=True):
    """All roles that accounts and clients may have."""

    items: list[RoleView]


class SessionView(msgspec.Struct, frozen=True):
    """A session under way. `device`: what the browser or program said of itself."""

    session_id: str
    staff_id: str
    login: str
    name: str
    role: str
    institution: InstitutionRef | None
    started_at: datetime
    seen_at: datetime
    source: str
    device: str


@get("/staff/roles", **protected("staff.manage", "staff", "角色 · Roles"))
async def list_roles() -> RoleList:
    """Give the roles that accounts of staff and institutions' clients may have."""
    return RoleList([
        RoleView(name, one.name_zh, one.name_en, one.holder.value, list(one.kinds))
        for name, one in ROLES.items() if one.holder in (Holder.STAFF, Holder.CLIENT)
    ])  # fmt: skip


@get("/staff/sessions", **protected("staff.manage", "staff", "谁在登录 · Who is logged in"))
async def list_sessions(request: Call, cursor: Cursor = None, limit: Limit = 50) -> Page[SessionView]:
    """Give the sessions of staff that are under way, newest first."""
    async with reading(request) as work:
        found = await views.sessions(work, None, cursor, limit)
        members = await views.staff_by_ids(work, {one.staff_id for one in found})
        named = await references(work, (one.institution_id for one in members.values()))
    shown = [
        SessionView(
            str(one.session_id), str(one.staff_id), who.login, who.name, who.role, named.get(who.institution_id),
            one.started_at, one.seen_at, one.source, one.device,
        )
        for one in found if (who := members.get(one.staff_id))
    ]  # fmt: skip
    return page_of(shown, found[-1].session_id if len(found) == limit else None)


@post(
    "/staff/sessions/{session_id:int}/ending",
    status_code=200,
    **protected("staff.manage", "staff", "结束一个登录 · End a session", keyed=True, refuses=ONE),
)
async def end_session(request: Call, session_id: PathId, key: RequestKey = None) -> Response[Done]:
    """End a session; within five seconds no process takes its token."""

    async def act(work: Work) -> Done:
        return Done(str(await accounts.end_session(work, session_id)))

    return await write(request, key, None, act)


@post(
    "/staff/{staff_id:int}/activation",
    status_code=200,
    **protected("staff.manage", "staff", "重新启用账号 · Open an account again", keyed=True,
                refuses=(*ONE, OwnAccount)),
)  # fmt: skip
async def reopen(request: Call, staff_id: PathId, key: RequestKey = None) -> Response[TemporaryPassword]:
    """Open a closed account again with a temporary password, in this answer and nowhere else."""
    secrets: list[str] = []

    async def act(work: Work) -> TemporaryPassword:
        secrets.append(await accounts.reopen(work, staff_id))
        return TemporaryPassword(str(staff_id), None)

    return with_password(await write(request, key, None, act), secrets)


@post(
    "/staff/{staff_id:int}/role",
    status_code=200,
    **protected("staff.manage", "staff", "更换角色 · Give another role", keyed=True,
                refuses=(*ONE, OwnAccount, RoleUnfit, LastAdministrator)),
)  # fmt: skip
async def change_role(
    request: Call, staff_id: PathId, data: JSONBody[NewRole], key: RequestKey = None
) -> Response[Done]:
    """Give somebody another role and end their sessions. Nobody changes his own."""

    async def act(work: Work) -> Done:
        await accounts.change_role(work, staff_id, data.role)
        return Done(str(staff_id))

    return await write(request, key, data, act)


@post(
    "/staff/{staff_id:int}/unlocking",
    status_code=200,
    **protected("staff.manage", "staff", "解除登录限制 · Let somebody try again", keyed=True, refuses=ONE),
)
async def unlock(request: Call, staff_id: PathId, key: RequestKey = None) -> Response[Done]:
    """Forget the failures of an account, of its password and its codes; those of an address stay."""

    async def act(work: Work) -> Done:
        await accounts.unlock(work, staff_id)
        return Done(str(staff_id))

    return await write(request, key, None, act)


@post(
    "/staff/{staff_id:int}/second-factor/reset",
    status_code=200,
    **protected("staff.manage", "staff", "重置两步验证 · Take the second factor away", keyed=True,
                refuses=(*ONE, OwnAccount)),
)  # fmt: skip
async def reset_second_factor(request: Call, staff_id: PathId, key: RequestKey = None) -> Response[Done]:
    """Take somebody's second factor away and end their sessions; whose role needs one sets it up at the next log-in."""

    async def act(work: Work) -> Done:
        await accounts.reset_second_factor(work, staff_id)
        return Done(str(staff_id))

    return await write(request, key, None, act)


HANDLERS: tuple[Any, ...] = (
    list_roles, list_sessions, end_session, reopen, change_role, unlock, reset_second_factor,
)  # fmt: skip

"""Staff and institution clients: the administrator makes and closes accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, PathParameter, QueryParameter

from shebaoka.faces.api.calling import CREATED, Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.wire import (
    Body,
    Code,
    InstitutionRef,
    PathId,
    Secret,
    Text,
    institution_of,
    references,
)
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.staff import accounts, commands, passwords, views
from shebaoka.registry.staff.errors import (
    AccountNameRefused,
    LastAdministrator,
    OwnAccount,
    PasswordRefused,
    RoleUnfit,
)
from shebaoka.registry.staff.model import StaffMember

PLAIN: Final = r"^[^\x00]*$"
ClientName = Annotated[
    str, PathParameter(max_length=64, pattern=r"^[a-z0-9._-]+$", description="客户端名 · name of the client")
]

InstitutionCode = Annotated[
    str | None, QueryParameter(max_length=64, pattern=PLAIN, description="机构代码 · code of an institution")
]
RoleName = Annotated[str | None, QueryParameter(max_length=64, pattern=PLAIN, description="角色 · a role")]
LoginPart = Annotated[
    str | None, QueryParameter(max_length=64, pattern=PLAIN, description="账号中的文字；续页时上一页的 next · text of a login; `next` to go on")
]  # fmt: skip
STAFF_MAX: Final = 500
StaffLimit = Annotated[int, QueryParameter(ge=1, le=STAFF_MAX, description="每页条数 · how many of them")]


class NewStaff(Body, frozen=True):
    """An account for somebody; `institution` by code. Without a `password` one is made; either is changed at the first log-in."""

    institution: Code
    login: Text
    name: Text
    role: Code
    password: Secret | None = None


class NewPassword(Body, frozen=True):
    """A new password, or null: one is made. Either is changed at the next log-in."""

    password: Secret | None = None


class NewClient(Body, frozen=True):
    """An institution's system; `institution` by code."""

    client_id: Text
    institution: Code
    role: Code


class StaffView(msgspec.Struct, frozen=True):
    """Somebody who works with the system."""

    staff_id: str
    institution: InstitutionRef | None
    login: str
    name: str
    role: str
    active: bool
    second_factor: bool


class StaffList(msgspec.Struct, frozen=True):
    """Accounts, by login. `next`: the login to go on after, null at the end."""

    items: list[StaffView]
    next: str | None


class TemporaryPassword(msgspec.Struct, frozen=True):
    """An account, by its number, and its temporary password, shown this once; null when the request is repeated."""

    id: str
    password: str | None


class ClientView(msgspec.Struct, frozen=True):
    """An institution's system."""

    client_id: str
    institution: InstitutionRef | None
    role: str
    active: bool


class ClientList(msgspec.Struct, frozen=True):
    """All systems, by name."""

    items: list[ClientView]


class Done(msgspec.Struct, frozen=True):
    """What was changed, by its name or number."""

    id: str


class ClientSecret(msgspec.Struct, frozen=True):
    """A client's secret, shown this once; null when the request is repeated: then let a new one be made."""

    client_id: str
    secret: str | None


@get("/staff", **protected("staff.manage", "staff", "工作人员 · Staff", refuses=ONE))
async def list_staff(
    request: Call,
    institution: InstitutionCode = None,
    role: RoleName = None,
    login: LoginPart = None,
    after: LoginPart = None,
    limit: StaffLimit = STAFF_MAX,
) -> StaffList:
    """Give accounts: all, or of an institution, of a role, whose login holds some text."""
    async with reading(request) as work:
        place = (await institution_of(work, institution)).institution_id if institution else None
        found = await views.staff(work, place, role=role, text=login, after=after or "", limit=limit)
        shown = await _shown(work, found)
    return StaffList(shown, found[-1].login if len(found) == limit else None)


@get("/staff/{staff_id:int}", **protected("staff.manage", "staff", "一个账号 · One account", refuses=ONE))
async def one_of_staff(request: Call, staff_id: PathId) -> StaffView:
    """Give one account."""
    async with reading(request) as work:
        member = await views.staff_member(work, staff_id)
        if member is None:
            raise NotFound(f"staff {staff_id}")
        return (await _shown(work, [member]))[0]


@post(
    "/staff",
    status_code=CREATED,
    **protected("staff.manage", "staff", "新建账号 · Create an account", keyed=True,
                refuses=(*ONE, AccountNameRefused, PasswordRefused, RoleUnfit)),
)  # fmt: skip
async def create_staff(
    request: Call, data: JSONBody[NewStaff], key: RequestKey = None
) -> Response[TemporaryPassword]:
    """Create an account; its temporary password is in this answer and nowhere else."""
    secrets: list[str] = []

    async def act(work: Work) -> TemporaryPassword:
        institution = await institution_of(work, data.institution)
        password = data.password or passwords.temporary()
        staff_id = await commands.create_staff(
            work, institution_id=institution.institution_id, login=data.login, name=data.name, role=data.role,
            password=password, temporary=True,
        )  # fmt: skip
        secrets.append(password)
        return TemporaryPassword(str(staff_id), None)

    return with_password(await write(request, key, data, act, status=CREATED), secrets)


@post(
    "/staff/{staff_id:int}/deactivation",
    status_code=200,
    **protected("staff.manage", "staff", "停用账号 · Close an account", keyed=True,
                refuses=(*ONE, OwnAccount, LastAdministrator)),
)  # fmt: skip
async def deactivate_staff(request: Call, staff_id: PathId, key: RequestKey = None) -> Response[Done]:
    """Close an account and end its sessions. Nobody closes his own, and the last administrator's stays."""

    async def act(work: Work) -> Done:
        await accounts.close(work, staff_id)
        return Done(str(staff_id))

    return await write(request, key, None, act)


@post(
    "/staff/{staff_id:int}/password",
    status_code=200,
    **protected("staff.manage", "staff", "重置密码 · Set a new password", keyed=True,
                refuses=(*ONE, OwnAccount, PasswordRefused)),
)  # fmt: skip
async def set_password(
    request: Call, staff_id: PathId, data: JSONBody[NewPassword], key: RequestKey = None
) -> Response[TemporaryPassword]:
    """Set a temporary password, in this answer and nowhere else, and end all sessions of the account."""
    secrets: list[str] = []

    async def act(work: Work) -> TemporaryPassword:
        secrets.append(await accounts.reset_password(work, staff_id, data.password))
        return TemporaryPassword(str(staff_id), None)

    return with_password(await write(request, key, data, act), secrets)


@get("/clients", **protected("client.manage", "staff", "机构客户端 · Institution clients"))
async def list_clients(request: Call) -> ClientList:
    """Give all systems of institutions."""
    async with reading(request) as work:
        found = await views.clients(work)
        named = await references(work, (one.institution_id for one in found))
    return ClientList([
        ClientView(one.client_id, named.get(one.institution_id), one.role, one.active) for one in found
    ])  # fmt: skip


@post(
    "/clients",
    status_code=CREATED,
    **protected("client.manage", "staff", "新建机构客户端 · Create an institution client", keyed=True,
                refuses=(*ONE, AccountNameRefused, RoleUnfit)),
)  # fmt: skip
async def create_client(
    request: Call, data: JSONBody[NewClient], key: RequestKey = None
) -> Response[ClientSecret]:
    """Create a client; its secret is in this answer and nowhere else."""
    secrets: list[str] = []

    async def act(work: Work) -> ClientSecret:
        institution = await institution_of(work, data.institution)
        secrets.append(
            await commands.create_client(
                work, client_id=data.client_id, institution_id=institution.institution_id, role=data.role
            )
        )
        return ClientSecret(data.client_id, None)

    return _with_secret(await write(request, key, data, act, status=CREATED), secrets)


@post(
    "/clients/{client_id:str}/secret",
    status_code=200,
    **protected("client.manage", "staff", "更换客户端密钥 · Make a new secret", keyed=True, refuses=ONE),
)
async def rotate_secret(
    request: Call, client_id: ClientName, key: RequestKey = None
) -> Response[ClientSecret]:
    """Give a client a new secret, in this answer and nowhere else, and revoke its tokens."""
    secrets: list[str] = []

    async def act(work: Work) -> ClientSecret:
        secrets.append(await commands.rotate_secret(work, client_id))
        return ClientSecret(client_id, None)

    return _with_secret(await write(request, key, None, act), secrets)


@post(
    "/clients/{client_id:str}/deactivation",
    status_code=200,
    **protected("client.manage", "staff", "停用客户端 · Close a client", keyed=True, refuses=ONE),
)
async def deactivate_client(request: Call, client_id: ClientName, key: RequestKey = None) -> Response[Done]:
    """Close a client for good and revoke its tokens."""

    async def act(work: Work) -> Done:
        await commands.deactivate_client(work, client_id)
        return Done(client_id)

    return await write(request, key, None, act)


async def _shown(work: Work, found: Sequence[StaffMember]) -> list[StaffView]:
    named = await references(work, (one.institution_id for one in found))
    proven = await views.with_second_factor(work, [one.staff_id for one in found])
    return [
        StaffView(
            str(one.staff_id), named.get(one.institution_id), one.login, one.name, one.role, one.active,
            one.staff_id in proven,
        )
        for one in found
    ]  # fmt: skip


def with_password(response: Response[Any], secrets: list[str]) -> Response[Any]:
    """Put the temporary password into the answer that goes out; the stored one has none."""
    if secrets:
        response.content = {**response.content, "password": secrets[0]}
    return response


def _with_secret(response: Response[Any], secrets: list[str]) -> Response[Any]:
    """Put the secret into the answer that goes out; the stored one has none."""
    if secrets:
        response.content = {**response.content, "secret": secrets[0]}
    return response


HANDLERS: tuple[Any, ...] = (
    list_staff, one_of_staff, create_staff, deactivate_staff, set_password, list_clients, create_client, rotate_secret,
    deactivate_client,
)  # fmt: skip

"""Everything that writes staff and clients. The edge has authorised; `staff.manage`, `client.manage`."""

from __future__ import annotations

import secrets
from typing import Final

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import CARD_CENTRE
from shebaoka.registry.staff import login_store, passwords, roles, store
from shebaoka.registry.staff.errors import (
    AccountNameRefused,
    AdministratorExists,
    CardCentreMissing,
    RoleUnfit,
)
from shebaoka.registry.staff.model import NAME

ADMINISTRATOR: Final = "administrator"


async def create_staff(
    work: Work,
    *,
    institution_id: int,
    login: str,
    name: str,
    role: str,
    password: str,
    temporary: bool = False,
) -> int:
    """Create an account and give its staff_id. AccountNameRefused, PasswordRefused, RoleUnfit.

    `temporary`: whoever makes the account knows the password, which is changed at the first log-in.
    """
    login = _checked_name(login)
    passwords.check(login, password)
    await check_role(work, role, roles.Holder.STAFF, institution_id)
    staff_id = work.ids.one()
    added = await store.add_staff(
        work, staff_id=staff_id, institution_id=institution_id, login=login, name=name, role=role,
        password_hash=await passwords.hashed(password), temporary=temporary,
    )  # fmt: skip
    if not added:
        raise AccountNameRefused(login)
    work.record(0, "staff.created", staff_id, role=role, institution_id=institution_id)
    return staff_id


async def set_password(work: Work, staff_id: int, password: str, *, temporary: bool = False) -> None:
    """Set a new password and end all sessions. NotFound, PasswordRefused. `temporary` as when an account is made."""
    member = await store.staff_member(work, staff_id)
    if member is None:
        raise NotFound(f"staff {staff_id}")
    passwords.check(member.login, password)
    hashed = await passwords.hashed(password)
    if not await store.set_password(work, staff_id, hashed, temporary=temporary):
        raise NotFound(f"staff {staff_id}")
    await log_out(work, staff_id)
    work.record(0, "staff.password_set", staff_id)


async def reset_password(work: Work, login: str, password: str) -> int:
    """Set a new password by log-in name and give the staff_id: the way back in for a sole administrator. As above."""
    account = await store.staff_account(work, login)
    if account is None:
        raise NotFound(f"login {login}")
    staff_id = int(account.name)
    await set_password(work, staff_id, password)
    return staff_id


async def deactivate(work: Work, staff_id: int) -> None:
    """Close an account and end all its sessions. NotFound."""
    if not await store.deactivate_staff(work, staff_id):
        raise NotFound(f"staff {staff_id}")
    await log_out(work, staff_id)
    work.record(0, "staff.deactivated", staff_id)


async def log_out(work: Work, staff_id: int) -> None:
    """End all sessions of somebody, and first the log-ins under way: one of them could still become a session."""
    await login_store.end_log_ins_of(work, staff_id)
    await store.end_sessions_of(work, staff_id)


async def create_client(work: Work, *, client_id: str, institution_id: int, role: str) -> str:
    """Create an institution client and give its secret, which is shown this once. AccountNameRefused, RoleUnfit."""
    _checked_name(client_id)
    await check_role(work, role, roles.Holder.CLIENT, institution_id)
    secret, secret_hash = await _new_secret()
    if not await store.add_client(
        work, client_id=client_id, institution_id=institution_id, role=role, secret_hash=secret_hash
    ):
        raise AccountNameRefused(client_id)
    work.record(0, "client.created", client_id, role=role, institution_id=institution_id)
    return secret


async def rotate_secret(work: Work, client_id: str) -> str:
    """Give a client a new secret, shown this once, and revoke its tokens and the sessions it vouched for. NotFound."""
    secret, secret_hash = await _new_secret()
    if not await store.set_secret(work, client_id, secret_hash):
        raise NotFound(f"client {client_id}")
    await store.revoke_tokens_of(work, client_id)
    await store.end_resident_sessions_by(work, client_id)
    work.record(0, "client.secret_rotated", client_id)
    return secret


async def deactivate_client(work: Work, client_id: str) -> None:
    """Close a client for good and revoke its tokens and the sessions it vouched for. NotFound."""
    if not await store.deactivate_client(work, client_id):
        raise NotFound(f"client {client_id}")
    await store.revoke_tokens_of(work, client_id)
    await store.end_resident_sessions_by(work, client_id)
    work.record(0, "client.deactivated", client_id)


async def end_resident_sessions(work: Work, person_id: int) -> int:
    """Log a resident out everywhere, as after a telephone was stolen, and give how many sessions ended."""
    ended = await store.end_resident_sessions_of(work, person_id)
    work.record(person_id, "resident.logged_out", person_id, sessions=ended)
    return ended


async def create_first_administrator(database: Database, *, login: str, name: str, password: str) -> int:
    """Create the first administrator, at the card centre; who can run commands on the server may do it, once.

    AdministratorExists, CardCentreMissing, and what `create_staff` refuses.
    """
    async with database.work(SYSTEM) as work:
        if await store.administrators(work):
            raise AdministratorExists
        centres = await institutions.of_kind(work, CARD_CENTRE)
        if not centres:
            raise CardCentreMissing
        centre = centres[0].institution_id
        return await create_staff(
            work, institution_id=centre, login=login, name=name, role=ADMINISTRATOR, password=password
        )


def _checked_name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise AccountNameRefused(name)
    return name


async def check_role(work: Work, role: str, holder: roles.Holder, institution_id: int) -> None:
    """Refuse a role that does not fit an institution. NotFound, RoleUnfit."""
    institution = await institutions.by_id(work, institution_id)
    if institution is None:
        raise NotFound(f"institution {institution_id}")
    if not roles.fits(role, holder, institution.kind):
        raise RoleUnfit(f"{role} · {institution.kind}")


async def _new_secret() -> tuple[str, str]:
    secret = secrets.token_urlsafe(passwords.TOKEN_BYTES)
    return secret, await passwords.hashed(secret)

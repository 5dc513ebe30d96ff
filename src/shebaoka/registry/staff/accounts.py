"""What administrators do to others' accounts, and everybody to his own."""

from __future__ import annotations

from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.staff import (
    commands,
    login_store,
    passwords,
    roles,
    second_factor,
    store,
    throttle,
)
from shebaoka.registry.staff.errors import (
    EnrolmentNotBegun,
    LastAdministrator,
    OwnAccount,
    PasswordRefused,
    SecondFactorNeeded,
)
from shebaoka.registry.staff.model import StaffMember


async def close(work: Work, staff_id: int) -> None:
    """Close another's account. NotFound, OwnAccount, LastAdministrator."""
    member = await _another(work, staff_id)
    await _keep_one(work, member)
    await commands.deactivate(work, staff_id)


async def reopen(work: Work, staff_id: int) -> str:
    """Open a closed account again, and give its temporary password, shown this once. NotFound, OwnAccount."""
    await _another(work, staff_id)
    password = passwords.temporary()
    if not await store.reactivate_staff(work, staff_id, await passwords.hashed(password)):
        raise NotFound(f"staff {staff_id}")
    work.record(0, "staff.reactivated", staff_id)
    return password


async def reset_password(work: Work, staff_id: int, password: str | None) -> str:
    """Give another's account a temporary password, made here unless one is given. NotFound, OwnAccount, PasswordRefused."""
    await _another(work, staff_id)
    fresh = password or passwords.temporary()
    await commands.set_password(work, staff_id, fresh, temporary=True)
    return fresh


async def change_role(work: Work, staff_id: int, role: str) -> None:
    """Give somebody else another role; the sessions of the old one end. NotFound, OwnAccount, RoleUnfit, LastAdministrator."""
    member = await _another(work, staff_id)
    await commands.check_role(work, role, roles.Holder.STAFF, member.institution_id)
    if role != commands.ADMINISTRATOR:
        await _keep_one(work, member)
    if not await store.set_role(work, staff_id, role):
        raise NotFound(f"staff {staff_id}")
    await commands.log_out(work, staff_id)
    work.record(0, "staff.role_changed", staff_id, was=member.role, role=role)


async def unlock(work: Work, staff_id: int) -> None:
    """Let somebody who failed too often try again at once. NotFound."""
    member = await _known(work, staff_id)
    await throttle.unlock(work, [throttle.passwords_of(member.login), throttle.codes_of(staff_id)])
    work.record(0, "staff.unlocked", staff_id)


async def reset_second_factor(work: Work, staff_id: int) -> None:
    """Take another's second factor away, as after a telephone was lost; whose role needs one sets it up anew. NotFound, OwnAccount."""
    await _another(work, staff_id)
    await second_factor.forget(work, staff_id, "staff.second_factor_reset")
    await commands.log_out(work, staff_id)


async def end_session(work: Work, session_id: int) -> int:
    """End anybody's session and give whose it was. NotFound."""
    whose = await login_store.end_one_session(work, session_id, None)
    if whose is None:
        raise NotFound(f"session {session_id}")
    work.record(0, "staff.session_ended", whose, session_id=session_id)
    return whose


async def end_own_session(work: Work, staff_id: int, session_id: int) -> None:
    """End one of one's own sessions. NotFound."""
    if await login_store.end_one_session(work, session_id, staff_id) is None:
        raise NotFound(f"session {session_id}")
    work.record(0, "staff.session_ended", staff_id, session_id=session_id)


async def end_other_sessions(work: Work, staff_id: int, digest: bytes) -> int:
    """End all of one's own sessions but the one with this digest, and give how many."""
    ended = await login_store.end_other_sessions(work, staff_id, digest)
    work.record(0, "staff.other_sessions_ended", staff_id, sessions=ended)
    return ended


async def change_own_password(work: Work, staff_id: int, password: str) -> None:
    """Change one's own password, which has been proven. PasswordRefused, also when it stays the same."""
    member = await _known(work, staff_id)
    passwords.check(member.login, password)
    account = await store.staff_account(work, member.login)
    if account and await passwords.matches(account.secret_hash, password):
        raise PasswordRefused
    await store.set_password(work, staff_id, await passwords.hashed(password), temporary=False)
    work.record(0, "staff.password_changed", staff_id)


async def give_up_second_factor(work: Work, staff_id: int, code: str, *, must: bool) -> None:
    """Switch one's own second factor off with a code of it. CodeRefused, SecondFactorNeeded, EnrolmentNotBegun."""
    if must:
        raise SecondFactorNeeded
    if not await login_store.with_second_factor(work, [staff_id]):
        raise EnrolmentNotBegun
    await second_factor.prove(work, staff_id, code)
    await second_factor.forget(work, staff_id, "staff.second_factor_given_up")


async def _known(work: Work, staff_id: int) -> StaffMember:
    member = await store.staff_member(work, staff_id)
    if member is None:
        raise NotFound(f"staff {staff_id}")
    return member


async def _another(work: Work, staff_id: int) -> StaffMember:
    """Give whose account it is, unless it is one's own: nobody raises himself, or gets round his own password."""
    if work.actor.name == f"staff:{staff_id}":
        raise OwnAccount
    return await _known(work, staff_id)


async def _keep_one(work: Work, member: StaffMember) -> None:
    """Refuse to take the last administrator away; of two who take each other away, the second finds himself the last."""
    if member.role != commands.ADMINISTRATOR or not member.active:
        return
    if await store.administrators(work) <= 1:
        raise LastAdministrator

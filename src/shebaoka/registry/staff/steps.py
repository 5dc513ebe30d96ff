"""What follows a right password: a code, setting up the second factor, a new password; a session begins at the end only."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final

from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.database import Database
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work
from shebaoka.registry.staff import accounts, login_store, passwords, second_factor, store, throttle, totp
from shebaoka.registry.staff.errors import CodeRefused, LogInLapsed, LogInRefused
from shebaoka.registry.staff.model import (
    LOG_IN_WITHIN,
    LONGEST,
    Account,
    Admission,
    Caller,
    Enrolment,
    LogIn,
    Next,
    Passed,
    Step,
)

SESSION: Final = "sbs_"
TICKET: Final = "sbl_"
Must = Callable[[str, date], Awaitable[bool]]
"""Whether a role must have a second factor on a day: the programme says it."""


async def nobody_must(_role: str, _on: date) -> bool:
    """Tell that no role must have one: of a city without a programme."""
    return False


async def go_on(work: Work, account: Account, caller: Caller, *, must: bool) -> Admission | Step:
    """Start the session of whose password was right, or give a ticket for the step that is next."""
    step = await _next(work, account, must=must, proven=False)
    if step is None:
        return await _start(work, account, caller)
    ticket = TICKET + secrets.token_urlsafe(passwords.TOKEN_BYTES)
    await login_store.add_log_in(work, account, caller, _digest(ticket))
    work.record(0, "staff.password_given", account.name)
    return Step(ticket, step, work.now + LOG_IN_WITHIN)


class Steps:
    """The further steps of log-ins."""

    def __init__(self, database: Database, must: Must = nobody_must) -> None:
        self._database = database
        self._must = must

    async def enrol(self, ticket: str) -> Enrolment:
        """Give the secret that an app is to be set up with. LogInLapsed, also where no enrolment is next."""
        held, must = await self._begun(ticket)
        async with self._database.work(held.actor) as work:
            await _expect(work, ticket, Next.ENROLMENT, must=must)
            secret = await second_factor.begin(work, held.staff_id)
            return Enrolment(totp.written(secret), totp.address(secret, held.login))

    async def give_code(self, ticket: str, code: str, source: str) -> Passed:
        """Take a code: the one that is asked for, or the first one of an app just set up.

        CodeRefused, TooManyFailures (counted per account and per source, as passwords are), LogInLapsed.
        """
        held, must = await self._begun(ticket)
        async with self._database.work(SYSTEM) as work:
            attempt = await throttle.begin(work, throttle.codes_of(held.staff_id), source)
        try:
            async with self._database.work(held.actor) as work:
                codes = await _prove(work, ticket, code, must=must)
                await throttle.succeeded(work, attempt)
                await login_store.log_in_proven(work, _digest(ticket))
                return Passed(await _further(work, ticket, must=must), codes)
        except CodeRefused:
            async with self._database.work(SYSTEM) as work:
                work.record(0, "log_in.failed", held.staff_id, by="second_factor")
            raise

    async def new_password(self, ticket: str, password: str) -> Admission | Step:
        """Change a password that somebody else knows. PasswordRefused, LogInLapsed."""
        held, must = await self._begun(ticket)
        async with self._database.work(held.actor) as work:
            await _expect(work, ticket, Next.PASSWORD, must=must)
            await accounts.change_own_password(work, held.staff_id, password)
            return await _further(work, ticket, must=must)

    async def _begun(self, ticket: str) -> tuple[LogIn, bool]:
        """Give whose log-in it is, and whether they must have a second factor: asked for before anything is held."""
        async with self._database.work(SYSTEM) as work:
            held = await _held(work, ticket)
            on = work.today
        return held, await self._must(held.role, on)


async def _expect(work: Work, ticket: str, wanted: Next, *, must: bool) -> None:
    held = await _held(work, ticket)
    if await _next(work, await _account(work, held), must=must, proven=held.proven) is not wanted:
        raise LogInLapsed


async def _prove(work: Work, ticket: str, code: str, *, must: bool) -> list[str]:
    held = await _held(work, ticket)
    step = await _next(work, await _account(work, held), must=must, proven=held.proven)
    if step is Next.ENROLMENT:
        return await second_factor.confirm(work, held.staff_id, code)
    if step is not Next.CODE:
        raise LogInLapsed
    await second_factor.prove(work, held.staff_id, code)
    return []


async def _further(work: Work, ticket: str, *, must: bool) -> Admission | Step:
    held = await _held(work, ticket)
    account = await _account(work, held)
    step = await _next(work, account, must=must, proven=held.proven)
    if step:
        return Step(ticket, step, held.started_at + LOG_IN_WITHIN)
    if not await login_store.end_log_in(work, _digest(ticket)):
        raise LogInLapsed
    return await _start(work, account, Caller(held.source, held.device))


async def _next(work: Work, account: Account, *, must: bool, proven: bool) -> Next | None:
    known = await login_store.second_factor(work, int(account.name))
    has = known is not None and known.sealed is not None
    if has and not proven:
        return Next.CODE
    if must and not has:
        return Next.ENROLMENT
    return Next.PASSWORD if account.temporary else None


async def _start(work: Work, account: Account, caller: Caller) -> Admission:
    token = SESSION + secrets.token_urlsafe(passwords.TOKEN_BYTES)
    if not await store.start_session(work, account, caller, sm3(token.encode())):
        raise LogInRefused
    work.record(0, "staff.logged_in", account.name)
    return Admission(token, work.now + LONGEST)


async def _held(work: Work, ticket: str) -> LogIn:
    """Give the log-in of a ticket and hold it: of two steps at once the second sees what the first did."""
    held = await login_store.log_in(work, _digest(ticket))
    if held is None:
        raise LogInLapsed
    return held


async def _account(work: Work, held: LogIn) -> Account:
    account = await store.staff_account(work, held.login)
    if account is None or not account.active:
        raise LogInLapsed
    return account


def actor_of(account: Account) -> Actor:
    """Give a member of staff as an actor."""
    return Actor(f"staff:{account.name}", account.institution_id, account.role)


def _digest(ticket: str) -> bytes:
    return sm3(ticket.encode(errors="surrogatepass"))

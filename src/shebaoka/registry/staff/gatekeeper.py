"""Who comes: log-ins, tokens, and from a token to an actor."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.clock import today
from shebaoka.kit.database import Database
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work
from shebaoka.registry.institutions.errors import InstitutionNotLive
from shebaoka.registry.institutions.liveness import Readiness, Status, live
from shebaoka.registry.staff import passwords, store, throttle
from shebaoka.registry.staff.errors import AssertionUsed, LogInRefused, PasswordWrong, TokenRefused
from shebaoka.registry.staff.model import (
    NAME,
    RESIDENT_LONGEST,
    TOKEN_LIFE,
    Account,
    Admission,
    Caller,
    Pass,
    Step,
)
from shebaoka.registry.staff.steps import SESSION, Must, Steps, go_on, nobody_must

KEPT_SECONDS: Final = 4.0
"""How long an answer of the database is believed; with the query itself it stays below five seconds."""
KEPT_MAX: Final = 10_000
HASHES_AT_ONCE: Final = 4
TOKEN_LENGTH_MAX: Final = 100
TOKEN, RESIDENT = "sbc_", "sbr_"

Find = Callable[[Work, str], Awaitable[Account | None]]
Needs = Callable[[str, date], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who comes, as the database last said. `held_back`: the institution, or its bank, that must be live first and is not."""

    actor: Actor
    until: datetime
    asked_at: float
    on: date
    held_back: tuple[Readiness, ...] = ()

    def must_be_live(self) -> None:
        """Refuse business of an institution that is not live; InstitutionNotLive says how ready it is and what lacks."""
        if self.held_back:
            raise InstitutionNotLive(self.held_back[0], self.on)

    def must_be_built(self) -> None:
        """Refuse rehearsals of an institution whose system is not built; that its bank is not live holds up none."""
        for one in self.held_back:
            if one.institution_id == self.actor.organisation_id and one.readiness is Status.PLANNED:
                raise InstitutionNotLive(one, self.on)


async def _every_kind(_kind: str, _on: date) -> bool:
    return True


class Gatekeeper:
    """Lets staff, institutions' systems and residents in. One for each process; `seconds` is the machine's steady clock."""

    def __init__(
        self,
        database: Database,
        *,
        seconds: Callable[[], float] = time.monotonic,
        needs: Needs = _every_kind,
        must: Must = nobody_must,
    ) -> None:
        """`needs`: whether a kind of institution must be live on a day before it does business (the programme says it).

        `must`: whether a role must have a second factor, which the programme says, too.
        """
        self.steps = Steps(database, must)
        self._must = must
        self._database = database
        self._seconds = seconds
        self._needs = needs
        # By the token itself, which is in memory with every request: a digest would cost more than the look-up.
        self._known: dict[str, Visitor] = {}
        self._asking: dict[str, asyncio.Task[Visitor]] = {}
        # Each check takes 32 MiB and a core for some 50 ms: strangers must not take them all.
        self._hashing = asyncio.Semaphore(HASHES_AT_ONCE)

    async def authenticate(self, token: str) -> Actor:
        """Give who comes with this token, whether or not they may do business; as `look`."""
        return (await self.look(token)).actor

    async def look(self, token: str) -> Visitor:
        """Give who comes with this token; TokenRefused when it is unknown, has expired or was revoked.

        This function will ask the database at most every four seconds per token, and once for all who wait.
        """
        known = self._known.get(token)
        if known and self._seconds() < known.asked_at + KEPT_SECONDS and self._now() < known.until:
            return known
        asking = self._asking.get(token)
        if asking is None:
            asking = self._asking[token] = asyncio.create_task(self._ask(token, digest_of(token)))
            asking.add_done_callback(lambda task: self._answered(token, task))
        return await asyncio.shield(asking)

    async def log_in(self, login: str, password: str, source: str, device: str = "") -> Admission | Step:
        """Let a member of staff in from a source (an address), or give what is next. LogInRefused, TooManyFailures.

        A session begins here only where nothing else is asked for; `self.steps` takes the further steps.
        """
        account, attempt = await self._check(store.staff_account, login.strip().lower(), password, source)
        must = await self._must(account.role, today(self._database.clock))
        async with self._database.work(_actor("staff", account)) as work:
            admitted = await go_on(work, account, Caller(source, device), must=must)
            await throttle.succeeded(work, attempt)
            return admitted

    async def check_password(self, login: str, password: str, source: str) -> None:
        """Check the password of somebody who is logged in, counted as log-ins are. PasswordWrong, TooManyFailures."""
        try:
            _, attempt = await self._check(store.staff_account, login, password, source)
        except LogInRefused:
            raise PasswordWrong from None
        async with self._database.work(SYSTEM) as work:
            await throttle.succeeded(work, attempt)

    async def issue_token(self, client_id: str, secret: str, source: str) -> Admission:
        """Give an institution's system a token for an hour. LogInRefused, TooManyFailures."""
        account, attempt = await self._check(store.client_account, client_id, secret, source)
        token = TOKEN + secrets.token_urlsafe(passwords.TOKEN_BYTES)
        async with self._database.work(_actor("client", account)) as work:
            if not await store.issue_token(work, account, digest_of(token)):
                raise LogInRefused
            await throttle.succeeded(work, attempt)
            work.record(0, "client.token_issued", account.name)
            return Admission(token, work.now + TOKEN_LIFE)

    async def admit_resident(self, work: Work, person_id: int, assertion: str) -> Admission:
        """Let a resident in whom the acting platform has authenticated; AssertionUsed when that word was used before.

        This function will start the session in the caller's transaction, which has found out who it is.
        """
        token = RESIDENT + secrets.token_urlsafe(passwords.TOKEN_BYTES)
        said = work.vault.digest("assertion", assertion)
        if not await store.start_resident_session(work, person_id, digest_of(token), said):
            raise AssertionUsed
        work.record(person_id, "resident.logged_in", person_id)
        return Admission(token, work.now + RESIDENT_LONGEST)

    async def revoke(self, token: str) -> None:
        """End a session or a token: here at once, in every process within five seconds. Nothing for an unknown one."""
        digest = digest_of(token)
        async with self._database.work(SYSTEM) as work:
            whose = await _end(work, token, digest)
            if whose is not None:
                work.record(0, "token.revoked", whose)
        self._known.pop(token, None)

    async def _check(
        self, find: Find, name: str, secret: str, source: str
    ) -> tuple[Account, throttle.Attempt]:
        async with self._database.work(SYSTEM) as work:
            attempt = await throttle.begin(work, f"{find.__name__}:{name}", source)
            account = await find(work, name) if NAME.fullmatch(name) else None
        active = account if account and account.active else None
        async with self._hashing:
            good = await passwords.matches(active.secret_hash if active else None, secret)
        if good and active:
            return active, attempt
        async with self._database.work(SYSTEM) as work:
            work.record(0, "log_in.failed", account.name if account else "unknown", by=find.__name__)
        raise LogInRefused

    async def _ask(self, token: str, digest: bytes) -> Visitor:
        asked_at = self._seconds()
        async with self._database.work(SYSTEM) as work:
            found = await _use(work, token, digest)
            on = work.today
        if found is None:
            self._known.pop(token, None)
            raise TokenRefused
        self._make_room(asked_at)
        actor = Actor(found.name, found.institution_id, found.role, found.person_id)
        held_back = await self._held_back(found, on)
        visitor = self._known[token] = Visitor(actor, found.until, asked_at, on, held_back)
        return visitor

    async def _held_back(self, found: Pass, on: date) -> tuple[Readiness, ...]:
        """Give which of an institution and its bank must be live and is not; whoever is live costs no question."""
        waiting = [one for one in found.readiness if not live(one, on)]
        return tuple([one for one in waiting if await self._needs(one.kind, on)])

    def _make_room(self, now: float) -> None:
        if len(self._known) < KEPT_MAX:
            return
        self._known = {
            token: known for token, known in self._known.items() if now < known.asked_at + KEPT_SECONDS
        }
        while len(self._known) >= KEPT_MAX:
            del self._known[next(iter(self._known))]

    def _answered(self, token: str, task: asyncio.Task[Visitor]) -> None:
        self._asking.pop(token, None)
        # Everybody who waited may have hung up: the refusal has then been heard by nobody, and that is no fault.
        if not task.cancelled():
            task.exception()

    def _now(self) -> datetime:
        return self._database.clock.now()


async def _use(work: Work, token: str, digest: bytes) -> Pass | None:
    if token.startswith(RESIDENT):
        return await store.use_resident_session(work, digest)
    return await (store.use_session if token.startswith(SESSION) else store.use_token)(work, digest)


async def _end(work: Work, token: str, digest: bytes) -> object:
    if token.startswith(RESIDENT):
        return await store.end_resident_session(work, digest)
    return await (store.end_session if token.startswith(SESSION) else store.revoke_token)(work, digest)


def _actor(kind: str, account: Account) -> Actor:
    return Actor(f"{kind}:{account.name}", account.institution_id, account.role)


def digest_of(token: str) -> bytes:
    """Give what is kept of a session's or a client's token; TokenRefused for what is none."""
    if len(token) > TOKEN_LENGTH_MAX:
        raise TokenRefused
    return sm3(token.encode(errors="surrogatepass"))

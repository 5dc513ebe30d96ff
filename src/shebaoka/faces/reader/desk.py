"""The one card session of this machine: who has the reader, until when, and what was answered under which request key.

A session is a card held alone in a thread of its own, for PC/SC waits where it is asked. It ends when its holder says so, when
nothing is done in it for a while, after a longest time in any case, and when the card or the reader leaves.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from shebaoka.faces.reader.errors import ReaderSilent, SessionBusy, SessionOver, Why
from shebaoka.faces.reader.watching import Seen, Watch
from shebaoka.kit.problems import Problem
from shebaoka.kit.requests import KEY_LENGTHS, RequestKeyMissing, RequestKeyReused
from shebaoka.terminal import pcsc
from shebaoka.terminal.errors import CardMissing, CardTorn, ReaderFailed, ReaderUnplugged

T = TypeVar("T")
KEPT_SECONDS: Final = 300.0
"""How long an answer is kept for whoever did not hear it. Only in memory: answers name the holder."""
KEPT_MAX: Final = 64


@dataclass(frozen=True, slots=True)
class Times:
    """How long things may take, in seconds."""

    idle: float = 60.0
    longest: float = 300.0
    operation: float = 120.0


@dataclass(slots=True)
class Session:
    """A card, held."""

    token: str
    who: str
    began: float
    last: float
    ending: float
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "card"))
    held: ExitStack = field(default_factory=ExitStack)
    reader: str = ""
    card: pcsc.Card | None = None
    since: float = 0.0
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def atr(self) -> bytes:
        """Give what the card said of itself when it got power."""
        assert self.card
        return self.card.atr


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked under a key: the request's digest, and what was, or will be, told: an answer or a refusal."""

    digest: bytes
    at: float
    told: asyncio.Task[tuple[Any, Problem | None]]


class Desk:
    """This machine's readers and its one session."""

    def __init__(self, times: Times) -> None:
        self.times = times
        self.watch = Watch(self._changed)
        self._session: Session | None = None
        self._over: dict[str, Why] = {}
        self._answered: dict[tuple[str, str], Asked] = {}
        self._clerk: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch the readers and the time."""
        self.watch.start()
        self._clerk = asyncio.create_task(self._watch_time())

    async def end(self) -> None:
        """Give the card back, and stop."""
        if self._clerk:
            self._clerk.cancel()
        if self._session:
            await self._close(self._session, "closed")
        await self.watch.end()

    async def open(self, who: str, reader: str | None, wait_seconds: float) -> Session:
        """Begin a session with the card in a reader, waiting for one to be put in. Raises SessionBusy and what readers raise."""
        now = time.monotonic()
        if self._session:
            raise SessionBusy(self._session.who, self._ends_in(self._session))
        session = Session(
            secrets.token_urlsafe(24), who, now, now + wait_seconds, now + wait_seconds + self.times.longest
        )
        self._session = session
        try:
            await self._take(session, reader, now + wait_seconds)
        except BaseException:
            await self._close(session, "unknown")
            raise
        session.last = time.monotonic()
        return session

    async def do(self, token: str, act: Callable[[pcsc.Card], T]) -> T:
        """Do something with the card of a session, in its thread. Raises SessionOver, ReaderSilent and what `act` refuses with.

        A card or reader that has left ends the session.
        """
        session = self._find(token)
        async with session.busy:
            card = self._find(token).card
            assert card
            try:
                found = await self._in_thread(session, lambda: act(card))
            except (CardTorn, ReaderUnplugged, ReaderFailed) as gone:
                await self._close(
                    session, "reader_unplugged" if isinstance(gone, ReaderUnplugged) else "card_torn"
                )
                raise
            finally:
                session.last = time.monotonic()
        return found

    async def close(self, token: str) -> None:
        """End a session; the card loses its power. Raises SessionOver."""
        session = self._find(token)
        async with session.busy:
            await self._close(session, "closed")

    async def once(
        self, place: str, key: str | None, body: bytes, act: Callable[[], Awaitable[T]]
    ) -> tuple[T, bool]:
        """Do what a request asks for unless it was done under this key; then give, or refuse, the same again, and say so.

        Raises RequestKeyMissing, RequestKeyReused, and what `act` refuses with.
        """
        if key is None or len(key) not in KEY_LENGTHS:
            raise RequestKeyMissing
        digest, which = hashlib.sha256(body).digest(), (place, key)
        self._forget()
        known = self._answered.get(which)
        if known is None:
            # A task of its own: it is done to its end though nobody may be left to hear of it.
            known = self._answered[which] = Asked(digest, time.monotonic(), asyncio.create_task(_told(act)))
            return await self._heard(which, known), False
        if not hmac.compare_digest(known.digest, digest):
            raise RequestKeyReused
        return await self._heard(which, known), True

    async def _heard(self, which: tuple[str, str], asked: Asked) -> Any:
        try:
            answer, refusal = await asyncio.shield(asked.told)
        except Exception:
            # A bug's answer is not one to be kept.
            self._answered.pop(which, None)
            raise
        if refusal:
            raise refusal
        return answer

    def _find(self, token: str) -> Session:
        session = self._session
        if session is None or not hmac.compare_digest(session.token.encode(), token.encode()):
            raise SessionOver(self._over.get(token, "unknown"))
        return session

    async def _take(self, session: Session, reader: str | None, until: float) -> None:
        """Wait for a card and take it."""
        while True:
            state = self.watch.state
            try:
                await self._in_thread(session, lambda: _hold(session, reader))
            except CardMissing:
                left = until - time.monotonic()
                if left <= 0 or self._session is not session:
                    raise
                await self.watch.otherwise(state, left)
            else:
                return

    async def _in_thread(self, session: Session, act: Callable[[], T]) -> T:
        running = asyncio.get_running_loop().run_in_executor(session.thread, act)
        try:
            return await asyncio.wait_for(asyncio.shield(running), self.times.operation)
        except TimeoutError:
            running.add_done_callback(lambda done: done.exception())
            raise ReaderSilent from None

    async def _close(self, session: Session, why: Why) -> None:
        if self._session is not session:
            return
        session.ending = 0.0
        with suppress(Problem, TimeoutError):
            await asyncio.wait_for(
                asyncio.get_running_loop().run_in_executor(session.thread, session.held.close),
                self.times.operation,
            )
        session.thread.shutdown(wait=False)
        if self._session is session:
            self._session = None
        self._over = {**dict(list(self._over.items())[-KEPT_MAX:]), session.token: why}

    def _changed(self, seen: Seen) -> None:
        """End the session whose card or reader has gone since it began; one that is busy finds out by itself."""
        session = self._session
        if session is None or not session.card or session.busy.locked() or seen.at < session.since:
            return
        there = next((one for one in seen.readers if one.name == session.reader), None)
        if there is None or not there.card:
            why: Why = "card_torn" if there else "reader_unplugged"
            self._closing = asyncio.create_task(self._close(session, why))

    async def _watch_time(self) -> None:
        while True:
            await asyncio.sleep(min(1.0, self.times.idle / 4))
            self._changed(self.watch.seen)
            session = self._session
            if session and not session.busy.locked() and self._ends_in(session) <= 0 and session.card:
                why: Why = "too_long" if time.monotonic() >= session.ending else "idle"
                await self._close(session, why)
            self._forget()

    def _ends_in(self, session: Session) -> int:
        """Give in how many seconds a session ends by itself if nothing more is done in it."""
        return max(0, round(min(session.last + self.times.idle, session.ending) - time.monotonic()))

    def ends_in(self, token: str) -> int:
        """Give in how many seconds a session ends if nothing more is done in it. Raises SessionOver."""
        return self._ends_in(self._find(token))

    def _forget(self) -> None:
        since = time.monotonic() - KEPT_SECONDS
        kept = [(which, one) for which, one in self._answered.items() if one.at > since]
        self._answered = dict(kept[-KEPT_MAX:])


async def _told(act: Callable[[], Awaitable[Any]]) -> tuple[Any, Problem | None]:
    try:
        return await act(), None
    except Problem as refusal:
        return None, refusal


def _hold(session: Session, reader: str | None) -> None:
    """Take the card, for as long as the session lasts (in its thread)."""
    with ExitStack() as stack:
        service = stack.enter_context(pcsc.service())
        chosen = service.chosen(reader)
        card = stack.enter_context(service.card(chosen))
        session.held = stack.pop_all()
    # The card last: whoever sees that there is one, in the other thread, asks in which reader, and since when.
    session.reader, session.since = chosen.name, time.monotonic()
    session.card = card

"""What lies in the readers, at any moment: a thread that waits for the PC/SC service, and pages that wait for it."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from typing import Final

from shebaoka.kit.problems import Problem
from shebaoka.terminal.errors import ReaderSupportMissing
from shebaoka.terminal.pcsc import Reader, Service

LOOK_MS: Final = 5_000
"""How long the thread waits at most before it looks whether it should end."""
AGAIN_SECONDS: Final = 1.0
FIRST_SECONDS: Final = 2.0
"""How long the first look may take; nobody is told of no readers before it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The readers, which of them holds a card, and what is wrong where there are none."""

    readers: tuple[Reader, ...] = ()
    problem: Problem | None = None
    at: float = 0.0
    """When it was looked, by the monotonic clock."""


class Watch:
    """Knows the readers. `changed` is called in the event loop whenever something came or went."""

    def __init__(self, changed: Callable[[Seen], None]) -> None:
        self.seen = Seen()
        self._changed = changed
        self._boot, self._revision = secrets.token_hex(4), 0
        self._news = asyncio.Event()
        self._ending = False
        self._service: Service | None = None
        self._thread: Thread | None = None

    @property
    def state(self) -> str:
        """Give a word for how it is now; it is another one after every change."""
        return f"{self._boot}.{self._revision}"

    def start(self) -> None:
        """Begin to watch."""
        loop = asyncio.get_running_loop()
        self._thread = Thread(target=self._look, args=(loop,), name="readers", daemon=True)
        self._thread.start()

    async def end(self) -> None:
        """Watch no more, and let whoever waits go."""
        self._ending = True
        self._news.set()
        if self._service:
            self._service.cancel()
        if self._thread:
            await asyncio.to_thread(self._thread.join, AGAIN_SECONDS)

    async def otherwise(self, state: str, seconds: float) -> Seen:
        """Wait until it is otherwise than it was at `state`, or so long; give how it is."""
        if not self._revision:
            state, seconds = self.state, max(seconds, FIRST_SECONDS)
        end = time.monotonic() + seconds
        while state == self.state and not self._ending and (left := end - time.monotonic()) > 0:
            news = self._news
            try:
                await asyncio.wait_for(news.wait(), left)
            except TimeoutError:
                break
        return self.seen

    def _tell(self, seen: Seen) -> None:
        kind = type(seen.problem), type(self.seen.problem)
        if seen.readers == self.seen.readers and kind[0] is kind[1] and self._revision:
            return
        self.seen, self._revision = seen, self._revision + 1
        news, self._news = self._news, asyncio.Event()
        news.set()
        self._changed(seen)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run the thread."""
        while not self._ending:
            try:
                self._follow(loop)
            except ReaderSupportMissing as missing:
                _post(loop, self._tell, Seen(problem=missing, at=time.monotonic()))
                return
            except Problem as failed:
                _post(loop, self._tell, Seen(problem=failed, at=time.monotonic()))
                time.sleep(AGAIN_SECONDS)

    def _follow(self, loop: asyncio.AbstractEventLoop) -> None:
        service = Service()
        self._service = service
        try:
            while not self._ending:
                at, found = time.monotonic(), service.readers()
                _post(loop, self._tell, Seen(tuple(found), at=at))
                service.wait(found, LOOK_MS)
        finally:
            self._service = None
            service.close()


def _post(loop: asyncio.AbstractEventLoop, call: Callable[[Seen], None], seen: Seen) -> None:
    try:
        loop.call_soon_threadsafe(call, seen)
    except RuntimeError:
        return  # The loop has ended meanwhile.

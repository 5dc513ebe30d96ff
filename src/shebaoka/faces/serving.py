"""Serving: the HTTP server, its housekeeping, and an orderly end."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from threading import Event, Thread
from typing import Any, TypeVar

import structlog
import uvicorn
import uvloop

from shebaoka.cards.status_list import views as status_list
from shebaoka.faces.api.service import LastVerdict, Service
from shebaoka.faces.api.watching import Watch
from shebaoka.faces.heads import BoundedHeads
from shebaoka.faces.whole import Whole, create_whole
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.audit import Verdict, seal_due, verify
from shebaoka.kit.city import City
from shebaoka.kit.database import Database
from shebaoka.kit.outbox import deliver_due
from shebaoka.registry.programme.views import load

HOUSEKEEPING_SECONDS = 1.0
STATUS_LIST_SECONDS = 60.0
VERIFY_AFTER_SECONDS = 60.0
VERIFY_EVERY_SECONDS = 86_400.0
# What a load balancer needs to see /readyz fail and send its requests elsewhere.
NOTICE_SECONDS = 1.0
T = TypeVar("T")
log = structlog.get_logger()


MakeApp = Callable[[City, Watch], Whole]


def run(serving: Coroutine[Any, Any, T]) -> T:
    """Run a service on the fast event loop."""
    return uvloop.run(serving)


async def serve(city: City, listener: socket.socket, make_app: MakeApp = create_whole) -> None:
    """Serve until SIGTERM or SIGINT; then say so on /readyz, finish what is under way, and end.

    A second signal ends at once: what is under way is rolled back, and may be sent again with the same request key.
    """
    watch = Watch()
    app = make_app(city, watch)
    # What was loaded stays for good: the collector need not look through it again and again.
    gc.freeze()
    server = _server(city, app)
    stop, hurry = _signals(server)
    tasks = (keep_house(city), open_keys(city), mind_status_list(city, watch))
    helpers = [asyncio.create_task(task) for task in tasks]
    verifier = Verifier(city, app.state.service)
    verifier.start()
    serving = asyncio.create_task(server._serve([listener]))  # noqa: SLF001 - serve() would take the signals
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    watch.draining = True
    if stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(hurry.wait(), NOTICE_SECONDS)
    server.should_exit = True
    await serving
    verifier.enough.set()
    await _end([*helpers, waiting])


def _server(city: City, app: Whole) -> uvicorn.Server:
    return uvicorn.Server(uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, lifespan="off", http=BoundedHeads, loop="none",
        ws="none", timeout_graceful_shutdown=city.settings.drain_seconds,
        forwarded_allow_ips=city.settings.trusted_proxies,
    ))  # fmt: skip


def _signals(server: uvicorn.Server) -> tuple[asyncio.Event, asyncio.Event]:
    """Give what the first and what the second signal sets."""
    stop, hurry = asyncio.Event(), asyncio.Event()

    def signalled() -> None:
        if stop.is_set():
            server.force_exit = True
            hurry.set()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, signalled)
    return stop, hurry


async def _end(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def open_keys(city: City) -> None:
    """Open the store of card keys, and say how it went: where it stays closed, whatever needs no card key is served all the same."""
    closed = await city.key_store.closed_because()
    if closed:
        log.warning("keys.closed", reason=closed)
    else:
        log.info("keys.open")


async def keep_house(city: City) -> None:
    """Deliver events and seal audit facts, every second, for ever. A failure is logged and tried again."""
    while True:
        try:
            await deliver_due(city.database, city.subscriptions)
            await seal_due(city.database, city.settings.checkpoints_path)
        except Exception as error:  # noqa: BLE001 - housekeeping outlives whatever happens in one round
            log.warning("housekeeping.failed", error=repr(error))
        await asyncio.sleep(HOUSEKEEPING_SECONDS)


async def mind_status_list(city: City, watch: Watch) -> None:
    """Look every minute whether terminals get their status list, for ever."""
    while True:
        try:
            await look_at_status_list(city, watch)
        except Exception as error:  # noqa: BLE001 - a database that is away, or without rules, is told elsewhere
            log.warning("status_list.not_looked", error=repr(error))
        await asyncio.sleep(STATUS_LIST_SECONDS)


async def look_at_status_list(city: City, watch: Watch) -> None:
    """Note for /metrics when the newest status list was made; one that falls overdue is an error in the log."""
    async with city.database.work(SYSTEM) as work:
        state = await status_list.state(work, await load(work))
    newest, before = state.newest, watch.status_list
    watch.status_list = (newest.made_at.timestamp() if newest else 0.0, state.overdue)
    if state.overdue and not (before and before[1]):
        log.error("status_list.overdue", version=str(newest.version) if newest else None)


class Verifier(Thread):
    """Verifies the audit chain once a day, on a connection and an event loop of its own, so that no answer waits for it."""

    def __init__(self, city: City, service: Service) -> None:
        # A daemon: verifying changes nothing and may be cut off by the end of the process.
        super().__init__(name="audit-verifier", daemon=True)
        self.city = city
        self.service = service
        self.enough = Event()

    def run(self) -> None:
        """Verify, and wait for the next day."""
        pause = VERIFY_AFTER_SECONDS
        while not self.enough.wait(pause):
            try:
                self.once()
            except Exception as error:  # noqa: BLE001 - a database that is away for a while is no reason to stop
                log.warning("audit.not_verified", error=repr(error))
            pause = VERIFY_EVERY_SECONDS

    def once(self) -> None:
        """Verify, and keep the verdict for whoever asks."""
        verdict = asyncio.run(self._verify())
        self.service.last_verdict = LastVerdict(self.city.clock.now(), verdict)
        if not verdict.verified:
            log.error("audit.broken", findings=verdict.findings)

    async def _verify(self) -> Verdict:
        mine = self.city.database
        async with Database.open(
            str(mine.pool.conninfo), clock=mine.clock, ids=mine.ids, vault=mine.vault, connections_max=1
        ) as database:
            return await verify(database, self.city.settings.checkpoints_path)

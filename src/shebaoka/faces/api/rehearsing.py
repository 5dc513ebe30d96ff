"""Rehearsals: a partner's client makes the requests of a conformance script, and nothing of what they do stays.

A request that carries the header `Rehearsal-Run` is carried out only when it is, word for word, a request of the script of
that open run: so it names invented people and nobody else. They are brought into a transaction that is rolled back.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from shebaoka.faces.api.service import Service
from shebaoka.kit.actor import Actor
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.service.readiness.commands import note_seen
from shebaoka.service.readiness.errors import NotInScript
from shebaoka.service.readiness.seeding import seed
from shebaoka.service.readiness.views import matched

HEADER: Final = b"rehearsal-run"
BODY_BYTES_MAX: Final = 16_384
RUN_DIGITS_MAX: Final = 19


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A request that is being rehearsed."""

    service: Service
    actor: Actor

    @asynccontextmanager
    async def work(self, lock_wait_ms: int) -> AsyncIterator[Work]:
        """Open a transaction with the scripts' people and places in it, of which nothing stays."""
        programme = await self.service.programme()
        async with self.service.city.database.rehearsal(self.actor, lock_wait_ms=lock_wait_ms) as work:
            own = await institutions.by_id(work, self.actor.organisation_id)
            assert own, "the run is this institution's"
            await seed(work, programme, own)
            yield work


def rehearsed(scope: Scope) -> str | None:
    """Give the number of the run that a request says it belongs to, or None: it is meant."""
    for name, value in scope["headers"]:
        if name == HEADER:
            return value.decode("latin-1")
    return None


def rehearsing(scope: Scope) -> Rehearsal | None:
    """Give the rehearsal that a request is, or None."""
    found: Rehearsal | None = scope["state"].get("rehearsal")
    return found


async def rehearse(app: ASGIApp, scope: Scope, receive: Receive, send: Send, run_id: str) -> None:
    """Carry a request of a script out for nothing, and keep what was answered as evidence. NotInScript, RunClosed, NotFound."""
    state = scope["state"]
    service: Service = scope["litestar_app"].state.service
    path, actor = str(scope["path"]), state.get("actor")
    if actor is None or not scope["route_handler"].opt.get("rehearsed") or not _is_number(run_id):
        raise NotInScript(path)
    body = await _body(receive)
    async with service.city.database.work(actor) as work:
        step = await matched(work, int(run_id), str(scope.get("method")), path, _read(body))
    state["rehearsal"] = Rehearsal(service, actor)
    answer = _Answer()
    began = time.perf_counter()
    await app(scope, _replayed(body, receive), answer.take)
    milliseconds = round((time.perf_counter() - began) * 1_000)
    async with service.city.database.work(actor) as work:
        await note_seen(work, step, answer.status, _read(answer.body), milliseconds)
    # Told only once the evidence is kept.
    for message in answer.messages:
        await send(message)


class _Answer:
    """What the route answers, held back."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.status = 0
        self.body = b""

    async def take(self, message: Message) -> None:
        self.messages.append(message)
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.body += message["body"]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= RUN_DIGITS_MAX and int(text) < 2**63


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more and len(body) <= BODY_BYTES_MAX:
        message: Any = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    if more:
        raise NotInScript(f"> {BODY_BYTES_MAX} B")
    return body


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Any:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _read(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None

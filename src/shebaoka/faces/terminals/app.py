"""The address that institutions' systems post to: one door for each interface, the same guard before all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec
import structlog
from litestar.enums import ScopeType
from litestar.types import Receive, Scope, Send

from shebaoka.faces.terminals.errors import MessageTooLarge, NotPosted
from shebaoka.faces.terminals.guarding import Guard, headers_of
from shebaoka.kit.problems import NotFound, Problem
from shebaoka.registry.senders.model import Sender

FIRST: Final = "terminals"
"""First part of the addresses."""
BODY_BYTES_MAX: Final = 2**20
"""A message of a thousand fee lines, and room beside it."""
Door = Callable[[Sender, bytes], Awaitable[bytes]]
"""Answers a message of a sender who was let in. What it cannot do, it says in its answer: only the gateway's refusals are raised."""
JSON: Final = b"application/json"
PROBLEM: Final = b"application/problem+json"
log = structlog.get_logger()


class ClientLeft(Exception):  # noqa: N818 - named for the fact
    """Whoever sends hung up: nobody hears the answer."""


class Terminals:
    """ASGI application: passes a message to the door of its address, once the guard has let its sender in."""

    def __init__(self, guard: Guard, doors: Mapping[str, Door]) -> None:
        """`doors`: by address below `/terminals/`."""
        self._guard = guard
        self._doors = {f"/{FIRST}/{name}": door for name, door in doors.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path = scope["path"]
        if path in self._doors:
            scope["path_template"] = path
        try:
            status, kind, body = 200, JSON, await self._answer(scope, receive)
        except ClientLeft:
            return
        except Problem as problem:
            status, kind, body = problem.status, PROBLEM, msgspec.json.encode(problem.document())
        headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def _answer(self, scope: Scope, receive: Receive) -> bytes:
        door = self._doors.get(scope["path"])
        if door is None:
            raise NotFound
        if scope["type"] != ScopeType.HTTP or scope["method"] != "POST":
            raise NotPosted
        # The headers first: of a stranger's body nothing is read.
        async with self._guard.admit(headers_of(scope["headers"])) as sender:
            return await door(sender, await _body(receive))


async def _body(receive: Receive) -> bytes:
    pieces, size, more = [], 0, True
    while more:
        event: Any = await receive()
        if event["type"] == "http.disconnect":
            raise ClientLeft
        pieces.append(event.get("body", b""))
        size += len(pieces[-1])
        if size > BODY_BYTES_MAX:
            raise MessageTooLarge
        more = event.get("more_body", False)
    return b"".join(pieces)

"""How handlers reach the rooms: one transaction, as the actor whom the guard has let in, and for writes once only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.datastructures import State

from shebaoka.faces.api.access import actor, note_refusal
from shebaoka.faces.api.service import service
from shebaoka.kit.problems import NotFound
from shebaoka.kit.requests import Answer, once
from shebaoka.kit.work import Work

Call = Request[Any, Any, State]
REPLAYED: Final = "Idempotent-Replayed"
CREATED: Final = 201
OK: Final = 200
LOCK_WAIT_MS: Final = 4_000
"""A request that waits longer gives its connection back: one forgotten transaction must not take them all."""


@asynccontextmanager
async def reading(request: Call) -> AsyncIterator[Work]:
    """Open a transaction for a request. What another organisation handles is not found, and the reach is recorded."""
    here, who = service(request), actor(request)
    try:
        async with here.city.database.work(who, lock_wait_ms=LOCK_WAIT_MS) as work:
            yield work
    except NotFound as problem:
        await note_refusal(here, who, f"{request.method} {request.scope['path']}", why=problem.slug)
        raise


async def write(
    request: Call,
    key: str | None,
    content: Any,
    act: Callable[[Work], Awaitable[Any]],
    *,
    status: int = OK,
) -> Response[Any]:
    """Do what a request asks for, once; a repeated request is given the stored answer.

    `content` is all that the request asks for: body and numbers of the path. The key is bound to it by a keyed digest, for a
    plain digest of an ID number could be guessed. What `act` gives is stored: it holds no personal data and no secret.
    """
    async with reading(request) as work:
        answer = await _once(request, work, key, content, act, status)
    return answered(answer)


async def _once(
    request: Call,
    work: Work,
    key: str | None,
    content: Any,
    act: Callable[[Work], Awaitable[Any]],
    status: int,
) -> Answer:
    async def acting() -> Answer:
        return Answer(status, msgspec.to_builtins(await act(work)))

    asked = msgspec.json.encode((sorted(request.path_params.items()), content)).decode()
    digest = work.vault.digest("request", asked)
    return await once(work, f"{request.method} {request.scope['path_template']}", key, digest, acting)


def answered(answer: Answer) -> Response[Any]:
    """Give the response that an answer is."""
    headers = {REPLAYED: "true"} if answer.replayed else {}
    return Response(answer.document, status_code=answer.status, headers=headers)


def source(request: Call) -> str:
    """Give the network address that a request came from; behind a proxy that is the proxy's."""
    return request.client.host if request.client else "unknown"

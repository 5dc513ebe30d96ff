"""How handlers reach the rooms: one transaction, as the actor whom the guard has let in, and for writes once only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.datastructures import State

from shebaoka.faces.api.access import actor, note_refusal
from shebaoka.faces.api.rehearsing import rehearsing
from shebaoka.faces.api.service import service
from shebaoka.kit.problems import NotFound, Problem
from shebaoka.kit.requests import Answer, Claim, claim_of, once
from shebaoka.kit.work import Work
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.people import views as people

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
    if rehearsal := rehearsing(request.scope):
        async with rehearsal.work(LOCK_WAIT_MS) as work:
            yield work
        return
    async with noting_reach(request), here.city.database.work(who, lock_wait_ms=LOCK_WAIT_MS) as work:
        yield work


@asynccontextmanager
async def noting_reach(request: Call) -> AsyncIterator[None]:
    """Record that a request reached for what is not found: it may be another organisation's."""
    try:
        yield
    except NotFound as problem:
        path = f"{request.method} {request.scope['path']}"
        await note_refusal(service(request), actor(request), path, why=problem.slug)
        raise


@asynccontextmanager
async def asking_about(request: Call, id_number: str) -> AsyncIterator[None]:
    """Act for the holder of an ID number; a refusal is recorded as a look, though all else is undone.

    It tells of them too: whether the register knows them, under this name, alive, with a card, with this guardian.
    """
    try:
        yield
    except Problem as problem:
        if not rehearsing(request.scope):  # Which is about nobody.
            await _note_look(request, id_number, problem.slug)
        raise


async def _note_look(request: Call, id_number: str, why: str) -> None:
    here, route = service(request), str(request.scope["path_template"])
    with suppress(IdNumberRefused):  # What can be nobody's number tells of nobody.
        number = await here.read_id_number(id_number)
        async with here.city.database.work(actor(request)) as work:
            person = await people.find(work, number)
            subject = person.person_id if person else 0
            work.record(subject, "person.asked_about", subject or "unknown", why=why, route=route)


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

        async def acting() -> Answer:
            return answer(await act(work), status)

        given = await once(work, claim_for(request, key, content), acting)
    return answered(given)


def answer(document: Any, status: int) -> Answer:
    """Give the answer that is kept and sent."""
    return Answer(status, msgspec.to_builtins(document))


def claim_for(request: Call, key: str | None, content: Any) -> Claim:
    """Give what a request claims by its key. Raises RequestKeyMissing."""
    asked = msgspec.json.encode((sorted(request.path_params.items()), content)).decode()
    digest = service(request).city.database.vault.digest("request", asked)
    return claim_of(_endpoint(request), actor(request).organisation_id, key, digest)


def _endpoint(request: Call) -> str:
    """Name what a key is bound to: residents of one platform do not share theirs."""
    who = actor(request)
    whose = "" if who.person_id is None else f" {who.name}"
    return f"{request.method} {request.scope['path_template']}{whose}"


def answered(given: Answer) -> Response[Any]:
    """Give the response that an answer is."""
    headers = {REPLAYED: "true"} if given.replayed else {}
    return Response(given.document, status_code=given.status, headers=headers)


def source(request: Call) -> str:
    """Give the network address that a request came from; behind a trusted proxy the one that it names."""
    return request.client.host if request.client else "unknown"

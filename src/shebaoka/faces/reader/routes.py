"""What a page or a program may ask of this machine's reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

import httpx
import msgspec
from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.params import HeaderParameter, JSONBody, QueryParameter

from shebaoka.chip import icardbas
from shebaoka.chip.numbers import Reset, reset_of
from shebaoka.chip.ordering import of_text
from shebaoka.chip.reading import CardRead, Prove
from shebaoka.faces.reader import wire
from shebaoka.faces.reader.desk import Desk
from shebaoka.faces.reader.guarding import REQUEST_KEY_HEADER, SESSION_HEADER, TOLD_WITH
from shebaoka.terminal.city import CityProofs, CityUnreachable
from shebaoka.terminal.making import make
from shebaoka.terminal.pcsc import Card
from shebaoka.terminal.terminal import CardProof, FaceToFace, Pin, Terminal

T = TypeVar("T")
Call = Request[Any, Any, State]
RequestKey = Annotated[
    str | None,
    HeaderParameter(
        name=REQUEST_KEY_HEADER,
        required=False,
        description="请求编号，8 至 100 个字符；重发同一请求时用同一编号 · the request key, 8 to 100 characters; the same one when the same request is sent again",
    ),
]
SessionWord = Annotated[
    str,
    HeaderParameter(
        name=SESSION_HEADER,
        required=False,
        description="POST /session 给出的会话 · the session, as POST /session gave it",
    ),
]
CREATED: Final = 201
LocalProofs = Callable[[str], Sequence[Prove]]
"""Gives how this machine proves itself to cards of a city, by keys of its own; none for most."""


Listed = Callable[[CardRead], object]
"""Gives what the status list at hand says of a card, with the attributes of `wire.ListTold`."""


@dataclass(frozen=True, slots=True)
class Service:
    """What the handlers share. `server`: the city's service, that tickets are good at; empty for none."""

    desk: Desk
    proofs: LocalProofs
    server: str
    client: httpx.Client
    terminal_number: str = ""
    device_number: str = ""
    listed: Listed | None = None


def service(request: Call) -> Service:
    """Give what the handlers share."""
    found: Service = request.app.state["service"]
    return found


@get("/readers", summary="读卡器，以及有没有卡 · The readers, and whether a card lies in each")
async def readers(
    request: Call,
    after: Annotated[
        str, QueryParameter(required=False, description="上次应答中的 state · state of the last answer")
    ] = "",
    wait_seconds: Annotated[
        int,
        QueryParameter(
            ge=0,
            le=wire.WAIT_SECONDS_MAX,
            required=False,
            description="状态未变时最多等待的秒数 · how long to wait for a change",
        ),
    ] = 0,
) -> wire.ReadersSeen:
    """Tell which readers there are; with `after`, the state of the last answer, this function will wait for a change."""
    watch = service(request).desk.watch
    seen = await watch.otherwise(after, wait_seconds)
    found = [wire.ReaderSeen(one.name, one.card) for one in seen.readers]
    return wire.ReadersSeen(watch.state, found, seen.problem.document() if seen.problem else None)


@post("/session", summary="开始读卡会话 · Begin a card session")
async def begin(
    request: Call, data: JSONBody[wire.SessionWanted], key: RequestKey = None
) -> Response[wire.SessionOpened]:
    """Have the card in a reader alone, waiting for one to be put in. One session at a time on one machine."""
    desk = service(request).desk

    async def act() -> wire.SessionOpened:
        session = await desk.open(data.who, data.reader, data.wait_seconds)
        reset = wire.present(reset_of(session.atr))
        return wire.SessionOpened(session.token, session.reader, desk.ends_in(session.token), reset)

    return await _once(request, "session", key, data, act, CREATED)


@delete("/session", summary="结束读卡会话 · End a card session", status_code=204)
async def end(request: Call, session: SessionWord = "") -> None:
    """Let the card go: it loses its power, and forgets what was proved to it."""
    await service(request).desk.close(session)


@post("/session/read", summary="读卡 · Read the card", status_code=200)
async def read(request: Call, data: JSONBody[wire.ReadWanted], session: SessionWord = "") -> wire.CardTold:
    """Read the card; its holder too, with a ticket or keys of this machine. It changes nothing, and takes no request key."""
    here = service(request)

    def act(card: Card) -> wire.CardTold:
        found = Terminal(card.transmit, card.atr, _proofs(here, reset_of(card.atr), data.ticket)).read()
        said = (
            msgspec.convert(here.listed(found), wire.ListTold, from_attributes=True) if here.listed else None
        )
        return wire.told(found, icardbas.line(found, here.terminal_number, here.device_number), said)

    return await here.desk.do(session, act)


@post("/session/proof", summary="内部认证 · Let the card prove itself", status_code=200)
async def prove(request: Call, data: JSONBody[wire.Challenged], session: SessionWord = "") -> CardProof:
    """Let the card answer a challenge of the city's. It changes nothing, and takes no request key."""
    challenge = bytes.fromhex(data.challenge)
    return await service(request).desk.do(
        session, lambda card: Terminal(card.transmit, card.atr).card_proof(challenge)
    )


@post("/session/pin", summary="核验密码 · Verify the PIN", status_code=200)
async def verify(
    request: Call, data: JSONBody[wire.PinShown], session: SessionWord = "", key: RequestKey = None
) -> Response[wire.Verified]:
    """Show the PIN to the card. A wrong one costs a try: sent again under the same key it costs no second one."""

    def act(card: Card) -> wire.Verified:
        Terminal(card.transmit, card.atr).verify_holder(Pin(data.pin))
        return wire.Verified()

    return await _within(request, session, "pin", key, data, act)


@post("/session/pin-change", summary="修改密码 · Change the PIN", status_code=200)
async def change(
    request: Call, data: JSONBody[wire.PinChanged], session: SessionWord = "", key: RequestKey = None
) -> Response[wire.Verified]:
    """Give the card another PIN, for whoever knows the old one."""

    def act(card: Card) -> wire.Verified:
        Terminal(card.transmit, card.atr).change_pin(data.old, data.new)
        return wire.Verified()

    return await _within(request, session, "pin-change", key, data, act)


@post("/session/pin-reset", summary="重置密码 · Reset the PIN", status_code=200)
async def reset(
    request: Call, data: JSONBody[wire.PinReset], session: SessionWord = "", key: RequestKey = None
) -> Response[wire.Verified]:
    """Give the holder of the document that was seen another PIN, blocked or not; the card must be that holder's."""
    here = service(request)

    def act(card: Card) -> wire.Verified:
        terminal = Terminal(card.transmit, card.atr, _by_ticket(here, data.ticket))
        terminal.verify_holder(FaceToFace(data.id_number))
        terminal.reset_pin(data.new)
        return wire.Verified()

    return await _within(request, session, "pin-reset", key, data, act)


@post("/session/personalisation", summary="写卡 · Make a blank the card of an order", status_code=200)
async def personalise(
    request: Call, data: JSONBody[wire.CardOrdered], session: SessionWord = "", key: RequestKey = None
) -> Response[wire.CardMade]:
    """Write an order on the blank, read it back, end its blank life; tell what stands on it.

    A refusal says `written`: `blank`, it still is one; `unknown`; either way the same order for the same card goes on.
    """
    here, order = service(request), of_text(data.order)

    def act(card: Card) -> wire.CardMade:
        by_city = _by_ticket(here, data.ticket).prove
        return wire.made(make(card.transmit, card.atr, order, by_city), reset_of(card.atr))

    return await _within(request, session, "personalisation", key, data, act)


HANDLERS: Final = [readers, begin, end, read, prove, verify, change, reset, personalise]


async def _within(
    request: Call, session: str, place: str, key: str | None, data: msgspec.Struct, act: Callable[[Card], T]
) -> Response[T]:
    """Do something once with the card of a session."""
    desk = service(request).desk

    async def within() -> T:
        return await desk.do(session, act)

    return await _once(request, f"{session}/{place}", key, data, within)


async def _once(
    request: Call,
    place: str,
    key: str | None,
    data: msgspec.Struct,
    act: Callable[[], Any],
    status: int = 200,
) -> Response[Any]:
    answer, replayed = await service(request).desk.once(place, key, msgspec.json.encode(data), act)
    return Response(answer, status_code=status, headers={TOLD_WITH: "true"} if replayed else {})


def _proofs(here: Service, reset: Reset, ticket: str) -> Iterable[Prove]:
    return _by_ticket(here, ticket) if ticket else here.proofs(reset.city)


def _by_ticket(here: Service, ticket: str) -> CityProofs:
    if not here.server:
        raise CityUnreachable("--server")
    return CityProofs(here.server, ticket, here.client)

"""A card reader of the clerk's own machine, as `shebaoka reader` serves one on its loopback address: a chip in software lies in it.

The same interface, without PC/SC: sessions, reading by a ticket of the city, the card's proof; CORS for the pages of one site.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from litestar import Litestar, Request, Response, delete, post
from litestar.config.cors import CORSConfig
from litestar.params import JSONBody
from tests.faces.api_town import listening

from shebaoka.chip import commands
from shebaoka.chip.errors import ChipRefused
from shebaoka.chip.proofs import CARD_KEY, CHALLENGE_BYTES
from shebaoka.chip.reading import begin, read_card
from shebaoka.kit.problems import Problem
from shebaoka.terminal.city import CityProofs
from shebaoka.terminal.errors import CardMissing, CardTorn
from shebaoka_sandbox.card.answering import answer
from shebaoka_sandbox.card.state import Chip


class Torn(Exception):  # noqa: N818 - the fact
    """The card was pulled."""


@dataclass
class Desk:
    """What lies in the reader. `pulled_after`: how many commands later the card is pulled out."""

    city: str
    chip: Chip | None = None
    pulled_after: int | None = None
    sessions: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def transmit(self, command: bytes) -> bytes:
        if self.chip is None:
            raise Torn
        if self.pulled_after is not None:
            self.pulled_after -= 1
            if self.pulled_after < 0:
                self.chip = None
                raise Torn
        return answer(self.chip, command)

    def read(self, ticket: str) -> dict[str, Any]:
        with httpx.Client() as client:
            prove = CityProofs(self.city, ticket, client).prove if ticket else None
            card = read_card(self.transmit, self.chip.power(), prove)
        holder = None if card.id_number is None else {
            "id_number": card.id_number, "name": card.name, "sex": card.sex, "birth_date": str(card.birth_date)
        }  # fmt: skip
        return {
            "generation": card.generation, "version": card.version, "city": card.reset.city, "division": card.division,
            "card_number": card.card_number, "identification_code": card.identification_code.hex().upper(),
            "historical": card.reset.historical.hex().upper(), "holder": holder,
        }  # fmt: skip

    def prove(self, challenge: bytes) -> dict[str, Any]:
        talk = begin(self.transmit, self.chip.power())
        asked = challenge[: CHALLENGE_BYTES[talk.algorithm]]
        proof = talk.ask(commands.internal_authenticate(CARD_KEY, asked, len(asked))).expect("内部认证")
        return {
            "algorithm": talk.algorithm,
            "factor": talk.reset.factor.hex(),
            "challenge": asked.hex(),
            "proof": proof.hex(),
        }


def _refused(_request: Request, problem: Problem) -> Response:
    return Response(problem.document(), status_code=problem.status, media_type="application/problem+json")


def _torn(request: Request, _torn: Torn) -> Response:
    return _refused(request, CardTorn())


@post("/session")
async def opened(request: Request, data: JSONBody[dict[str, Any]]) -> dict[str, Any]:
    desk: Desk = request.app.state.desk
    assert request.headers["idempotency-key"]
    desk.asked.append(data["who"])
    if desk.chip is None:
        raise CardMissing
    desk.sessions.append("s1")
    reset = desk.chip.reset
    card = {
        "historical": reset.historical.hex().upper(),
        "factor": reset.factor.hex().upper(),
        "city": reset.city,
    }
    return {"session": "s1", "reader": "软件读卡器", "ends_in_seconds": 60, "card": card}


@delete("/session", status_code=204)
async def ended(request: Request) -> None:
    request.app.state.desk.sessions.remove(request.headers["reader-session"])


@post("/session/read", status_code=200)
async def read(request: Request, data: JSONBody[dict[str, Any]]) -> dict[str, Any]:
    assert request.headers["reader-session"] == "s1"
    return await asyncio.to_thread(request.app.state.desk.read, data["ticket"])


@post("/session/proof", status_code=200)
async def proved(request: Request, data: JSONBody[dict[str, Any]]) -> dict[str, Any]:
    assert request.headers["reader-session"] == "s1"
    return await asyncio.to_thread(request.app.state.desk.prove, bytes.fromhex(data["challenge"]))


@asynccontextmanager
async def desk_for(city: str, origin: str):
    """Serve a reader to the pages of a site, on a free port. `city`: where the reader asks for its proofs."""
    desk = Desk(city)
    app = Litestar(
        [opened, ended, read, proved], exception_handlers={Problem: _refused, ChipRefused: _refused, Torn: _torn},
        cors_config=CORSConfig(allow_origins=[origin], allow_methods=["GET", "POST", "DELETE"], allow_headers=["*"]),
        openapi_config=None, logging_config=None,
    )  # fmt: skip
    app.state.desk = desk
    listener = listening()
    desk.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", ws="none"))
    serving = asyncio.create_task(server._serve([listener]))
    try:
        yield desk
    finally:
        server.should_exit = True
        await serving

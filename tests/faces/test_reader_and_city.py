"""Counter, city and reader together: the interface gives order and ticket, the reader service writes a blank over real PC/SC."""

from __future__ import annotations

import asyncio

import httpx
from tests.faces.api_town import BANK_B, id_number, replacing
from tests.faces.test_instant_api import AT, counter, does  # noqa: F401 - counter is a fixture
from tests.issuing.instant.blanks import blank
from tests.readers import readers  # noqa: F401 - a fixture
from tests.service.credential.in_use import issued, made_chip
from tests.terminal.people import Counted
from tests.terminal.test_reader_service import keyed, opened, page, refusal

from shebaoka.kit.actor import SYSTEM
from shebaoka_sandbox.card.state import Life

CITY = "https://city.example"


def proofs_of(town):
    """The city's interface, as the reader's own thread asks it."""
    loop = asyncio.get_running_loop()

    def answer(request: httpx.Request) -> httpx.Response:
        headers = {name: request.headers[name] for name in ("authorization", "content-type")}
        asked = town.http.post(request.url.path, content=request.content, headers=headers)
        told = asyncio.run_coroutine_threadsafe(asked, loop).result(20)
        return httpx.Response(told.status_code, content=told.content)

    return answer


async def written(client, town, number, key):
    """Do what the counter's page does with the card in the reader."""
    session = await opened(client)
    there = {"historical": session["card"]["historical"]}
    given = await town.post(f"{AT}/{number}/chip", "community_clerk", key=None, json=there)
    wanted = {"purpose": "personalise", "application_id": number}
    ticket = await town.post("/api/card-tickets", "community_clerk", key=None, json=wanted)
    body = {"order": given.json()["order"], "ticket": ticket.json()["ticket"]}
    told = await client.post("/session/personalisation", json=body, headers=keyed(key, session["session"]))
    if told.is_success:
        challenge = {"challenge": given.json()["challenge"]}
        proof = await client.post(
            "/session/proof", json=challenge, headers={"Reader-Session": session["session"]}
        )
        there["proof"] = proof.json()["proof"]
    await client.delete("/session", headers={"Reader-Session": session["session"]})
    return told, there


async def test_a_card_made_on_the_spot_torn_at_the_last_command_and_read_at_the_counter(counter, readers):  # noqa: F811
    town = counter
    await town.opened(1, BANK_B)
    number = (await does(town, "", json=replacing(1)))["application_id"]
    await does(town, f"/{number}/account")
    await does(town, f"/{number}/blank")
    chip = blank()
    await asyncio.to_thread(readers.insert, Torn(chip, readers))
    async with page(answers=proofs_of(town), server=CITY) as client:
        told, _ = await written(client, town, number, "make it")
        assert (refusal(told), told.json()["written"]) == ("card-torn", "unknown")
        assert chip.life is Life.PERSONALISED, "it was done, and nobody heard of it"
        await asyncio.to_thread(readers.gone)
        await asyncio.to_thread(readers.insert, chip)
        told, there = await written(client, town, number, "again")
        assert told.status_code == 200, told.text
        made = told.json()
        assert made["already"]
        read = there | {name: made[name] for name in ("identification_code", "digest")}
        assert (await does(town, f"/{number}/card", json=read))["status"] == "made"
        session = await opened(client)
        ticket = (await town.post("/api/card-tickets", "community_clerk", key=None, json={})).json()["ticket"]
        held = {"Reader-Session": session["session"]}
        card = (await client.post("/session/read", json={"ticket": ticket}, headers=held)).json()
        assert (card["card_number"], card["holder"]["id_number"][:2]) == (made["card_number"], "10")
        assert (await checked(client, town, held, card))["verdict"] == "genuine"
        await client.delete("/session", headers=held)
        # The same number and holder on another chip of this city, with keys of the city's own: what a copy can have at best.
        await asyncio.to_thread(readers.lay, made_chip(77, card["card_number"])[0])
        held = {"Reader-Session": (await opened(client))["session"]}
        ticket = (await town.post("/api/card-tickets", "community_clerk", key=None, json={})).json()["ticket"]
        copy = (await client.post("/session/read", json={"ticket": ticket}, headers=held)).json()
        assert copy["card_number"] == card["card_number"]
        found = await checked(client, town, held, copy)
        assert (found["verdict"], found["good"], found["standing"]) == ("another_card", False, None)
        assert "留住卡片" in found["zh"]


async def checked(client, town, held, card):
    """Let the card in the reader prove itself to the city, as a hospital's system does, and give what the city says of it."""
    challenge = (await town.post("/api/card-challenges", "hospital_system", key=None)).json()
    asked = {"challenge": challenge["challenge"]}
    proof = (await client.post("/session/proof", json=asked, headers=held)).json()
    told = await town.post("/api/card-checks", "hospital_system", json={
        "challenge_id": challenge["challenge_id"], "algorithm": proof["algorithm"], "proof": proof["proof"],
        "historical": card["historical"], "identification_code": card["identification_code"], "card_number": card["card_number"],
    })  # fmt: skip
    return told.json()


async def test_a_holder_who_forgot_the_pin_has_it_reset_at_an_outlet(counter, readers):  # noqa: F811
    town = counter
    async with town.database.work(SYSTEM) as work:
        card = await issued(work, 90)
    card.chip.pin_lock.left = 0
    wanted = {"purpose": "unblock", "card_number": card.card_number}
    for role in ("hospital_system", "kiosk_system"):
        assert (await town.post("/api/card-tickets", role, key=None, json=wanted)).status_code == 403
    ticket = (await town.post("/api/card-tickets", "community_clerk", key=None, json=wanted)).json()["ticket"]
    await asyncio.to_thread(readers.insert, card.chip)
    async with page(answers=proofs_of(town), server=CITY) as client:
        session = (await opened(client))["session"]
        body = {"id_number": id_number(90), "new": "654321", "ticket": ticket}
        told = await client.post("/session/pin-reset", json=body, headers=keyed("reset it", session))
        assert told.json() == {"verified": True}, told.text
        verified = await client.post("/session/pin", json={"pin": "654321"}, headers=keyed("pin", session))
        assert verified.json() == {"verified": True}


class Torn(Counted):
    """A card that is pulled before the reader hears that its blank life has ended."""

    def __init__(self, chip, readers) -> None:  # noqa: F811
        super().__init__(chip)
        self.readers = readers

    def answer(self, raw: bytes) -> bytes:
        told = super().answer(raw)
        if raw[1] == 0xE2 and self.chip.life is Life.PERSONALISED:
            self.readers.pulled()
        return told

"""The reader service: pages wait for a card, read it, verify and change its PIN, make it; one at a time, and only pages that may."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import uuid
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import structlog
from tests.terminal.people import RING, SOMEBODY, Counted, card, order
from tests.terminal.people import Pin as PinOnCard
from typer.testing import CliRunner

from shebaoka.chip import proofs
from shebaoka.chip.personalising import digest, laid_out
from shebaoka.cli import app
from shebaoka.cli.terminal_keys import proofs_of
from shebaoka.faces.reader import guarding
from shebaoka.faces.reader.app import create_reader
from shebaoka.faces.reader.desk import Desk, Times
from shebaoka.faces.reader.errors import OriginUnusable, ReaderNotLoopback
from shebaoka.faces.reader.routes import Service
from shebaoka_sandbox.card.state import Life

PORT = 8600
SITE = "https://sbk.example.cn"
TICKET = "a-ticket"
BLOCKED = PinOnCard(tries_left=0)


def city(request: httpx.Request) -> httpx.Response:
    """The city's service, as `POST /api/card-proofs` answers."""
    assert request.url == "https://city.example/api/card-proofs"
    if request.headers["authorization"] != f"Bearer {TICKET}":
        return httpx.Response(
            401, json={"type": "/problems/card-ticket-refused", "title": "over", "title_zh": "已过期"}
        )
    asked = json.loads(request.content)
    factor, challenge = bytes.fromhex(asked["factor"]), bytes.fromhex(asked["challenge"])
    return httpx.Response(
        200, json={"proof": RING.prove(asked["algorithm"], asked["key"], factor, challenge).hex()}
    )


@asynccontextmanager
async def page(
    *,
    times=Times(),  # noqa: B008
    server="https://city.example",
    answers=city,
    origins=(SITE,),
    start=True,
    listed=None,
):
    """A page of the site, and the service on its machine."""
    desk = Desk(times)
    client = httpx.Client(transport=httpx.MockTransport(answers))
    here = Service(desk, lambda of: proofs_of([], of), server, client, listed=listed)
    if start:
        desk.start()
    transport = httpx.ASGITransport(create_reader(here, PORT, origins))
    async with httpx.AsyncClient(
        transport=transport, base_url=f"http://127.0.0.1:{PORT}", headers={"Origin": SITE}
    ) as client:
        yield client
    if start:
        await desk.end()


def keyed(key: str, session: str = "") -> dict[str, str]:
    return {"Idempotency-Key": key.ljust(8, "-")} | ({"Reader-Session": session} if session else {})


async def opened(client, who="1 号窗口", **wanted):
    told = await client.post("/session", json={"who": who, **wanted}, headers=keyed(uuid.uuid4().hex))
    assert told.status_code == 201, told.text
    return told.json()


async def until(ask, status):
    """Ask again until the answer is such a one: what ends by itself, ends at a moment of its own."""
    async with asyncio.timeout(10):
        while (answer := await ask()).status_code != status:  # noqa: ASYNC110 - nothing tells the one who waits
            await asyncio.sleep(0.02)
    return answer


def refusal(answer) -> str:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.json()["type"].removeprefix("/problems/")


async def test_a_page_waits_for_a_card_reads_it_and_lets_it_go(readers):
    with structlog.testing.capture_logs() as logs:
        async with page() as client:
            seen = (await client.get("/readers")).json()
            assert [one["card"] for one in seen["readers"]] == [False, False]
            waiting = asyncio.create_task(
                client.get("/readers", params={"after": seen["state"], "wait_seconds": 20})
            )
            await asyncio.to_thread(readers.insert, card(2))
            then = (await waiting).json()
            assert [one["card"] for one in then["readers"]] == [True, False]
            assert then["state"] != seen["state"]
            session = await opened(client)
            assert session["card"]["city"] == "9999"
            assert 0 < session["ends_in_seconds"] <= 60
            held = {"Reader-Session": session["session"]}
            told = (await client.post("/session/read", json={}, headers=held)).json()
            assert (told["version"], told["holder"]["name"]) == ("2.00", "张大例")
            assert told["icardbas"].split("|")[:5] == [
                "999900", "10010119800101001X", "A00000017", told["identification_code"], "张大例",
            ]  # fmt: skip
            assert (await client.delete("/session", headers=held)).status_code == 204
            over = await client.post("/session/read", json={}, headers=held)
            assert (refusal(over), over.json()["why"]) == ("session-over", "closed")
            assert (await client.post("/session/read", json={})).json()["why"] == "unknown"
    said = json.dumps(logs, ensure_ascii=False)
    assert len(logs) >= 7
    for secret in ("张大例", "100101", "A00000017", session["session"], "1 号窗口"):
        assert secret not in said


async def test_the_second_is_told_who_has_the_reader_and_how_long_at_most(readers):
    await asyncio.to_thread(readers.insert, card())
    async with page(times=Times(idle=1.5)) as client:
        wanted = [
            client.post("/session", json={"who": who}, headers=keyed(uuid.uuid4().hex))
            for who in ("甲窗口", "乙窗口")
        ]
        both = await asyncio.gather(*wanted)
        assert sorted(one.status_code for one in both) == [201, 409]
        (busy,) = [one for one in both if one.status_code == 409]
        assert refusal(busy) == "session-busy"
        assert busy.json()["who"] in ("甲窗口", "乙窗口")
        (first,) = [one.json() for one in both if one.status_code == 201]

        # Nothing is done in it: it ends by itself, and the next one begins.
        async def next_one():
            return await client.post("/session", json={"who": "丙窗口"}, headers=keyed(uuid.uuid4().hex))

        await until(next_one, 201)
        over = await client.post("/session/read", json={}, headers={"Reader-Session": first["session"]})
        assert over.json()["why"] == "idle"


async def test_a_card_that_is_pulled_ends_the_session(readers):
    await asyncio.to_thread(readers.insert, Counted(card(), 7, readers.pulled))
    async with page() as client:
        session = await opened(client)
        held = {"Reader-Session": session["session"]}
        assert refusal(await client.post("/session/read", json={}, headers=held)) == "card-torn"
        assert (await client.post("/session/read", json={}, headers=held)).json()["why"] == "card_torn"
        await asyncio.to_thread(readers.gone)
        await asyncio.to_thread(readers.insert, card())
        again = await opened(client)
        await asyncio.to_thread(readers.pull)

        async def next_one():
            return await client.post(
                "/session", json={"who": "甲", "wait_seconds": 0}, headers=keyed(uuid.uuid4().hex)
            )

        # Nobody asked anything of it: the watch has seen it go, and the reader is free.
        assert refusal(await until(next_one, 404)) == "card-missing"
        over = await client.post("/session/read", json={}, headers={"Reader-Session": again["session"]})
        assert over.json()["why"] == "card_torn"


async def test_a_reader_that_is_unplugged_is_told(readers):
    await asyncio.to_thread(readers.insert, card())
    async with page() as client:
        seen = (await client.get("/readers")).json()
        session = await opened(client)
        await asyncio.to_thread(readers.unplug)
        told = await client.post("/session/read", json={}, headers={"Reader-Session": session["session"]})
        assert refusal(told) in ("reader-unplugged", "session-over")
        then = (await client.get("/readers", params={"after": seen["state"], "wait_seconds": 10})).json()
        assert then["readers"] == []
        assert then["problem"]["type"] == "/problems/reader-service-missing"
        assert (
            refusal(await client.post("/session", json={"who": "甲"}, headers=keyed("open")))
            == "reader-service-missing"
        )


async def test_a_pin_costs_one_try_however_often_it_is_sent(readers):
    chip = card()
    await asyncio.to_thread(readers.insert, chip)
    async with page() as client:
        session = (await opened(client))["session"]
        wrong = [
            await client.post("/session/pin", json={"pin": "000000"}, headers=keyed("same", session))
            for _ in range(3)
        ]
        assert [(refusal(one), one.json()["tries_left"]) for one in wrong] == [("pin-wrong", 2)] * 3
        assert chip.pin_lock.left == 2
        reused = await client.post("/session/pin", json={"pin": "123456"}, headers=keyed("same", session))
        assert refusal(reused) == "request-key-reused"
        nameless = await client.post(
            "/session/pin", json={"pin": "123456"}, headers={"Reader-Session": session}
        )
        assert refusal(nameless) == "request-key-missing"
        right = [
            await client.post("/session/pin", json={"pin": "123456"}, headers=keyed("right", session))
            for _ in range(2)
        ]
        assert [one.status_code for one in right] == [200, 200]
        assert [one.headers.get("idempotent-replayed") for one in right] == [None, "true"]
        change = {"old": "123456", "new": "654321"}
        for _ in range(2):
            changed = await client.post("/session/pin-change", json=change, headers=keyed("change", session))
            assert changed.json() == {"verified": True}
        assert chip.pin == "654321"
        for key in ("a", "b", "c"):
            last = await client.post("/session/pin", json={"pin": "111111"}, headers=keyed(key, session))
        assert refusal(last) == "pin-blocked"


async def test_a_blocked_pin_is_reset_for_the_holder_who_is_there(readers):
    chip = card(pin=BLOCKED)
    await asyncio.to_thread(readers.insert, chip)
    async with page() as client:
        session = (await opened(client))["session"]

        async def reset(key, **other):
            body = {"id_number": SOMEBODY.id_number.lower(), "new": "654321", "ticket": TICKET} | other
            return await client.post("/session/pin-reset", json=body, headers=keyed(key, session))

        assert refusal(await reset("other", id_number="100101198001010028")) == "holder-differs"
        assert refusal(await reset("ticket", ticket="another")) == "city-refused"
        assert refusal(await reset("short", new="12")) == "request-malformed"
        assert (chip.pin, chip.pin_lock.left) == ("123456", 0)
        twice = [await reset("same") for _ in range(2)]
        assert [(one.status_code, one.json()) for one in twice] == [(200, {"verified": True})] * 2
        assert twice[1].headers["idempotent-replayed"] == "true"
        assert (chip.pin, chip.pin_lock.left) == ("654321", 3)
        verified = await client.post("/session/pin", json={"pin": "654321"}, headers=keyed("pin", session))
        assert verified.json() == {"verified": True}


async def test_the_card_proves_itself_to_whoever_gave_the_challenge(readers):
    await asyncio.to_thread(readers.insert, card(1))
    async with page() as client:
        session = (await opened(client))["session"]
        asked = {"challenge": "00112233445566778899AABBCCDDEEFF"}
        told = (await client.post("/session/proof", json=asked, headers={"Reader-Session": session})).json()
    factor, challenge = bytes.fromhex(told["factor"]), bytes.fromhex(told["challenge"])
    assert told["challenge"] == "0011223344556677", "its block is shorter"
    assert RING.prove(told["algorithm"], proofs.CARD_KEY, factor, challenge).hex() == told["proof"]


async def test_the_holder_is_read_with_a_ticket(readers):
    keys = {f"{number:02X}": RING.keys[3, number].hex() for number in (0, 1, 4, 6, 0x0A, 0x0C)}
    # To the service a card of another city: its own keys do not read it, and there are none for 3100.
    await asyncio.to_thread(readers.insert, card(city="3100", division="310000", keys=keys))
    async with page(answers=_of_3100) as client:
        held = {"Reader-Session": (await opened(client))["session"]}
        assert (await client.post("/session/read", json={}, headers=held)).json()["holder"] is None
        told = await client.post("/session/read", json={"ticket": TICKET}, headers=held)
        assert told.json()["holder"]["name"] == "张大例"
        refused = await client.post("/session/read", json={"ticket": "another"}, headers=held)
        assert (refusal(refused), refused.json()["refusal"]["title_zh"]) == ("city-refused", "已过期")
    for answers, server in ((_broken, "https://city.example"), (_away, "https://city.example"), (city, "")):
        async with page(answers=answers, server=server) as client:
            held = {"Reader-Session": (await opened(client))["session"]}
            told = await client.post("/session/read", json={"ticket": TICKET}, headers=held)
            assert refusal(told) == "city-unreachable"


def _of_3100(request):
    """The demo's keys, as if they were version 1 of 3100's, which has changed them twice."""
    asked = json.loads(request.content)
    if request.headers["authorization"] != f"Bearer {TICKET}":
        return city(request)
    if (version := asked.get("version", 3)) > 1:
        return httpx.Response(200, json={"proof": "00" * 16, "older": version - 1})
    own = proofs.Schedule(asked["algorithm"], RING.keys[asked["algorithm"], asked["key"]]).diversified(
        bytes.fromhex(asked["factor"])
    )
    return httpx.Response(
        200,
        json={
            "proof": proofs.Schedule(asked["algorithm"], own).proof(bytes.fromhex(asked["challenge"])).hex(),
            "older": None,
        },
    )


def _broken(_request):
    return httpx.Response(200, text="<html>")


def _away(request):
    raise httpx.ConnectError("away", request=request)


def ordered(chip, **other) -> dict:
    """The order as the city gives it to the page."""
    found = order(chip, **other)
    return {"ticket": TICKET, "order": {
        "generation": found.version.generation, "identification_code": found.identification_code.hex(),
        "issuer": found.issuer, "issued_on": "2019-05-06", "expires_on": "2029-05-05", "card_number": found.card_number,
        "id_number": found.id_number, "name": found.name, "sex": found.sex, "ethnicity": found.ethnicity,
        "birth_date": "1980-01-01", "keys": {f"{n:02X}": key.hex() for n, key in found.keys.items()}, "pin": found.pin,
    }}  # fmt: skip


async def test_a_blank_is_made_and_what_was_read_is_told(readers):
    chip = card(life="blank")
    await asyncio.to_thread(readers.insert, chip)
    async with page() as client:
        session = (await opened(client))["session"]
        asked = [
            client.post("/session/personalisation", json=ordered(chip), headers=keyed("make", session))
            for _ in range(2)
        ]
        first, second = await asyncio.gather(*asked)
        assert first.status_code == 200, first.text
        assert first.json() == second.json(), "sent twice, made once"
        told = first.json()
        assert (told["already"], told["card_number"]) == (False, "A00000017")
        assert told["digest"] == digest(laid_out(order(chip))).hex().upper()
        assert told["files"][1]["records"]["2"].startswith("091ED5C5B4F3C0FD")
        assert chip.life is Life.PERSONALISED
        other = await client.post(
            "/session/personalisation", json=ordered(chip, name="别人"), headers=keyed("other", session)
        )
        assert refusal(other) == "card-not-blank"
        elsewhere = ordered(card(life="blank", serial="00000002"))
        told = await client.post(
            "/session/personalisation", json=elsewhere, headers=keyed("elsewhere", session)
        )
        assert refusal(told) == "order-of-another-card"


async def test_a_card_that_is_pulled_while_it_is_made_says_what_is_known_of_it(readers):
    count = Counted(card(life="blank"))
    await asyncio.to_thread(readers.insert, count)
    async with page() as client:
        session = (await opened(client))["session"]
        body = ordered(count.chip)
        made = await client.post("/session/personalisation", json=body, headers=keyed("make", session))
        assert made.status_code == 200
        await client.delete("/session", headers={"Reader-Session": session})
        await asyncio.to_thread(readers.pull)
        for at, written, already in ((30, "blank", False), (count.asked, "unknown", True)):
            chip = card(life="blank")
            await asyncio.to_thread(readers.insert, Counted(chip, at, readers.pulled))
            session = (await opened(client))["session"]
            for _ in range(2):
                torn = await client.post(
                    "/session/personalisation", json=ordered(chip), headers=keyed("make", session)
                )
                assert (refusal(torn), torn.json()["written"]) == ("card-torn", written), (
                    "also to whoever did not hear it"
                )
            await asyncio.to_thread(readers.gone)
            await asyncio.to_thread(readers.insert, chip)
            again = (await opened(client))["session"]
            told = await client.post(
                "/session/personalisation", json=ordered(chip), headers=keyed("make", again)
            )
            assert (told.status_code, told.json()["already"]) == (200, already)
            assert told.json()["digest"] == made.json()["digest"]
            await client.delete("/session", headers={"Reader-Session": again})
            await asyncio.to_thread(readers.pull)


@pytest.mark.parametrize(
    ("headers", "status", "slug"),
    [
        ({"Host": "127.0.0.1:8600"}, 200, None),
        ({"Host": "localhost:8600"}, 200, None),
        ({"Host": "[::1]:8600"}, 200, None),
        ({"Host": "sbk.example.cn"}, 421, "host-refused"),
        ({"Host": "127.0.0.1"}, 421, "host-refused"),
        ({"Host": "127.0.0.1:80"}, 421, "host-refused"),
        ({"Host": "rebound.example:8600"}, 421, "host-refused"),
        ({"Host": ""}, 421, "host-refused"),
        ({"Origin": "https://evil.example"}, 403, "origin-refused"),
        ({"Origin": "http://sbk.example.cn"}, 403, "origin-refused"),
        ({"Origin": "https://sbk.example.cn:8443"}, 403, "origin-refused"),
        ({"Origin": "https://sbk.example.cn.evil.example"}, 403, "origin-refused"),
        ({"Origin": "null"}, 403, "origin-refused"),
        ({"Origin": ""}, 403, "origin-refused"),
        ({"Origin": None, "Sec-Fetch-Site": "cross-site"}, 403, "origin-refused"),
        ({"Origin": None, "Sec-Fetch-Site": "same-site"}, 403, "origin-refused"),
        ({"Origin": None, "Sec-Fetch-Site": "none"}, 200, None),
        ({"Origin": None}, 200, None),
    ],
)
async def test_who_may_ask(headers, status, slug):
    async with page(start=False) as client:
        for name, value in headers.items():
            if value is None:
                del client.headers[name]
            else:
                client.headers[name] = value
        told = await client.get("/schema/openapi.json")
        assert told.status_code == status
        if slug:
            assert refusal(told) == slug
            assert "access-control-allow-origin" not in told.headers
        assert told.headers["cache-control"] == "no-store"


async def test_a_preflight_is_answered_for_named_sites_only():
    async with page(start=False) as client:
        asked = {"Access-Control-Request-Method": "POST"}
        told = await client.options("/session/read", headers=asked)
        assert told.status_code == 204
        assert told.headers["access-control-allow-origin"] == SITE
        assert "Reader-Session" in told.headers["access-control-allow-headers"]
        assert "access-control-allow-credentials" not in told.headers
        refused = await client.options("/session/read", headers={**asked, "Origin": "https://evil.example"})
        assert refusal(refused) == "origin-refused"
        assert "access-control-allow-headers" not in refused.headers


async def test_every_route_is_described_and_says_no_to_nonsense():
    async with page(start=False) as client:
        paths = (await client.get("/schema/openapi.json")).json()["paths"]
        operations = [(path, method, told) for path, one in paths.items() for method, told in one.items()]
        assert len(operations) == 9
        for path, method, told in operations:
            assert told["summary"], path
            assert told["description"], path
            if method == "post":
                for body in (b"", b"{", b"[]", b'{"x": 1}', b"\xff", b'{"who": ""}', b'{"pin": "12a4"}'):
                    refused = await client.post(path, content=body, headers=keyed("nonsense", "none"))
                    assert 400 <= refused.status_code < 500, (path, body, refused.text)
                    assert refusal(refused) in ("request-malformed", "session-over")
        assert refusal(await client.get("/session/1001011980")) == "not-found"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.cn", "", "127.0.0.1.example"])
def test_it_listens_nowhere_else(host):
    with pytest.raises(ReaderNotLoopback):
        guarding.loopback(host)


def test_where_it_listens_and_for_whom():
    assert [guarding.loopback(one) for one in ("localhost", "127.0.0.1", "127.1.2.3", "::1")] == [
        "127.0.0.1", "127.0.0.1", "127.1.2.3", "::1",
    ]  # fmt: skip
    assert guarding.origin("HTTPS://SBK.example.cn/") == SITE
    assert guarding.origin("https://sbk.example.cn:8443") == "https://sbk.example.cn:8443"
    assert guarding.origin("http://127.0.0.1:8000") == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "text", ["*", "", "sbk.example.cn", "http://sbk.example.cn", "https://*.example.cn", "https://a.example/path",
             "https://user@a.example", "https://a.example:port", "ftp://a.example", "null"],
)  # fmt: skip
def test_what_is_no_site(text):
    with pytest.raises(OriginUnusable):
        guarding.origin(text)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--host", "0.0.0.0"], "0.0.0.0"),
        (["--origin", "*"], "*"),
        (["--server", "http://city.example"], "city.example"),
        (["--keys", "none.json"], "none.json"),
        (["--keys", __file__], "--passphrase-file"),
    ],
)
def test_it_does_not_start_with_what_cannot_be(arguments, told):
    refused = CliRunner().invoke(app, ["reader", *arguments])
    assert refused.exit_code == 1
    assert told in refused.stderr


def test_the_process_answers_and_gives_the_card_back(readers):
    readers.insert(card())
    program = Path(sys.executable).with_name("shebaoka")
    with subprocess.Popen(
        [program, "reader", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as running:
        url = running.stdout.readline().split("on ")[1].split("（")[0]
        with httpx.Client(base_url=url, trust_env=False) as client:
            session = client.post("/session", json={"who": "甲"}, headers=keyed("open")).json()
            told = client.post("/session/read", json={}, headers={"Reader-Session": session["session"]})
            assert told.json()["holder"]["name"] == "张大例"
            running.send_signal(signal.SIGTERM)
            assert running.wait(10) == 0
    with readers.service.card(readers.service.chosen(None)) as held:
        assert held.atr

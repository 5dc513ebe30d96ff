"""Who may send: keys, signatures, times and nonces; what the gateway refuses, it refuses with an HTTP status."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from tests.benefits.settlement.clinic_town import FIRST, THIRD
from tests.faces.terminals.hospital import PATH, Hospital

from shebaoka.faces.terminals import app, guarding
from shebaoka.kit.database import DatabaseUnreachable
from shebaoka.kit.problems import NotFound
from shebaoka.registry.senders import commands, signing, views
from shebaoka.registry.senders.errors import SenderKeyRefused

SIGN_IN = {"signIn": {"opter_no": "0001", "ip": "10.0.0.1"}}


def slug(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def test_the_signature_is_that_of_the_public_code():
    # Worked by hand: SHA-256("1546401600" + "secret" + "n-1" + "1546401600").
    found = signing.sign("p-1", b"secret", 1546401600, "n-1")
    assert found.signature == "3b55fde616982928ec6a41fa20c94f1433b8e41be6baa2a0846cf8ca2aa38f99"
    assert found.fits(b"secret")
    assert not found.fits(b"Secret")


async def test_only_who_signs_now_and_once_is_let_in(town):
    here = await town.hospital(THIRD)
    message = here.envelope("9001", SIGN_IN)
    for headers in (
        {"x-tif-paasid": "sys-none"}, {"x-tif-signature": "0" * 64}, {"x-tif-signature": ""}, {"x-tif-nonce": ""},
        {"x-tif-nonce": "n" * 65}, {"x-tif-timestamp": "yesterday"}, {"x-tif-timestamp": "１５４６４０１６００"},
    ):  # fmt: skip
        assert slug(await here.http.post(PATH, json=message, headers={
            name: value.encode() for name, value in here.headers(**headers).items()
        })) == (401, "sender-refused"), headers  # fmt: skip
    sent = here.headers()
    assert (await here.http.post(PATH, json=message, headers=sent)).json()["infcode"] == 0
    assert slug(await here.http.post(PATH, json=message, headers=sent)) == (401, "nonce-used")
    town.clock.at += timedelta(minutes=4)
    assert slug(await here.http.post(PATH, json=message, headers=sent)) == (401, "nonce-used")
    town.clock.at += timedelta(minutes=2)
    assert slug(await here.http.post(PATH, json=message, headers=sent)) == (401, "message-stale")
    ahead = here.headers()
    town.clock.at -= timedelta(minutes=6)
    assert slug(await here.http.post(PATH, json=message, headers=ahead)) == (401, "message-stale")


async def test_of_one_nonce_at_once_one_goes_through(town):
    here = await town.hospital(THIRD)
    sent = here.headers()
    answers = await asyncio.gather(
        *(here.http.post(PATH, json=here.envelope("9001", SIGN_IN), headers=sent) for _ in range(5))
    )
    assert sorted(one.status_code for one in answers) == [200, 401, 401, 401, 401]


async def test_nonces_go_when_their_time_is_over(town, database):
    came = [("p-1", "n-2"), ("p-1", "n-1"), ("p-1", "n-1"), ("p-2", "n-1")]
    assert await town.act(commands.take_nonces, came) == [True, True, False, True]
    assert await town.act(commands.take_nonces, came[1:2]) == [False]
    town.clock.at += timedelta(minutes=10)
    assert await town.act(commands.forget_nonces) >= 1
    assert await town.act(commands.take_nonces, came[1:2]) == [True]


async def test_a_renewed_key_overlaps_and_a_withdrawn_one_ends(town, monkeypatch):
    monkeypatch.setattr(guarding, "KEPT_SECONDS", -1.0)
    old = await town.hospital(THIRD)
    secret, until = await town.act(commands.renew_key, old.paasid, timedelta(hours=2))
    new = Hospital(old.http, old.clock, old.paasid, secret, old.code)
    await new.sign_in()
    await old.sign_in()
    assert until == town.clock.now() + timedelta(hours=2)
    town.clock.at += timedelta(hours=2)
    assert slug(await old.post(old.envelope("9001", SIGN_IN))) == (401, "sender-refused")
    await new.sign_in()
    assert await town.act(commands.withdraw_key, old.paasid) == 1
    assert slug(await new.post(new.envelope("9001", SIGN_IN))) == (401, "sender-refused")
    for refused, act in (
        (SenderKeyRefused, (commands.renew_key, old.paasid)),
        (SenderKeyRefused, (commands.make_key, FIRST, old.paasid)),
        (SenderKeyRefused, (commands.make_key, FIRST, "a b")),
        (NotFound, (commands.withdraw_key, old.paasid)), (NotFound, (commands.make_key, 1, "sys-x")),
    ):  # fmt: skip
        with pytest.raises(refused):
            await town.act(*act)
    told = await town.act(views.keys, THIRD)
    assert [(one.paasid, one.institution) for one in told] == [(old.paasid, "H3")] * 2


async def test_the_message_is_the_key_owners(town, database):
    here = await town.hospital(THIRD)
    assert "与密钥所属机构不符" in await here.refused(
        "9002", {"signOut": {"opter_no": "1", "sign_no": "1"}}, fixmedins_code="H1"
    )
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT actor, organisation_id FROM audit_fact WHERE action = 'access.refused'"
        )
        assert await cursor.fetchall() == [(f"sender:{here.paasid}", THIRD)]


async def test_an_institution_that_is_not_live_is_told_so(town, database):
    here = await town.hospital(THIRD)
    async with database.connection() as connection:
        await connection.execute("UPDATE institution SET readiness = 'suspended'")
    town.app._guard._known.clear()
    assert slug(await here.post(here.envelope("9001", SIGN_IN))) == (403, "institution-not-live")


async def test_what_is_no_message_is_refused(town, monkeypatch):
    here = await town.hospital(THIRD)
    assert slug(await here.http.get(PATH, headers=here.headers())) == (405, "not-posted")
    assert slug(await here.http.post("/terminals/none", headers=here.headers())) == (404, "not-found")
    monkeypatch.setattr(app, "BODY_BYTES_MAX", 100)
    assert slug(await here.post(b"x" * 101)) == (413, "message-too-large")
    for body in (b"", b"[]", b"x", b"\xff", b'{"a": NaN}', b"[" * 90):
        answer = await here.post(body)
        assert (answer.status_code, answer.json()["infcode"]) == (200, -1), body
        assert "JSON" in answer.json()["err_msg"] or "input" in answer.json()["err_msg"]


async def test_too_many_at_once_are_told_so(town, monkeypatch):
    here = await town.hospital(THIRD)
    monkeypatch.setattr(guarding, "AT_ONCE", 0)
    assert slug(await here.post(here.envelope("9001", SIGN_IN))) == (429, "too-many-at-once")


async def test_signing_in_and_out(town):
    here = await town.hospital(THIRD)
    first = here.sign_no
    msgid = here.msgid()
    told = await here.send("9001", SIGN_IN, msgid)
    again = await here.send("9001", SIGN_IN, msgid)
    assert again["output"] == told["output"]
    assert told["output"]["signinoutb"]["sign_no"] != first
    assert "已用于另一笔" in await here.refused("9001", {"signIn": {"opter_no": "2", "ip": "1"}}, msgid)
    out = {"signOut": {"opter_no": "0001", "sign_no": first}}
    assert (await here.done("9002", out))["signoutoutb"]["sign_time"] == "2019-01-02 12:00:00"
    assert "未签到" in await here.refused("9002", out)
    town.clock.at += timedelta(hours=12)
    here.sign_no = told["output"]["signinoutb"]["sign_no"]
    assert "未签到" in await here.refused("9002", out)
    assert "没有交易 1201" in await here.refused("1201", {})


async def test_a_database_that_is_away_is_a_gateway_s_refusal(town, monkeypatch):
    here = await town.hospital(THIRD)

    @asynccontextmanager
    async def away(*_given, **_more):
        raise DatabaseUnreachable
        yield

    message = here.envelope("9001", SIGN_IN)
    monkeypatch.setattr(type(town.database), "work", away)
    assert slug(await here.post(message)) == (503, "database-unreachable")

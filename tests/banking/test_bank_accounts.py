"""Accounts: asked for over real HTTP, each bank by itself; taken in once, sealed."""

from __future__ import annotations

import asyncio
import itertools
import json

import pytest

from shebaoka.banking import commands, views
from shebaoka.banking.connector import BankCores
from shebaoka.banking.model import AccountAnswer, AccountRequest, AnswersTaken
from shebaoka.kit.partners import Partner, http_client
from shebaoka.records.id_number import with_check_character

BANKS = {1: "BOSH", 2: "SPDB", 3: "SRCB"}
FRESH = itertools.count(1)


def asked(bank_id: int, application_id: int | None = None) -> AccountRequest:
    """A request of a person of its own: the sandbox remembers references for good."""
    number = application_id or next(FRESH)
    id_number = with_check_character(f"10010119900101{number % 1000:03}")
    return AccountRequest(number, 1_000 + number, bank_id, BANKS[bank_id], id_number, "虚构", "13900000000")


def switch(faults, partner: str, **more) -> None:
    assert faults.put("/_faults", json={"partner": partner, **more}).status_code == 200


async def test_all_banks_answer_their_own_people(cores):
    requests = [asked(1 + n % 3) for n in range(30)]
    answered = await cores.open_accounts(requests)
    assert {answer.application_id for answer in answered.answers} == {r.application_id for r in requests}
    assert {(a.application_id, a.bank_id, a.person_id) for a in answered.answers} == {
        (r.application_id, r.bank_id, r.person_id) for r in requests
    }
    assert all(len(answer.account_number) == 19 for answer in answered.answers)
    assert (dict(answered.waiting), answered.unanswered, answered.malformed) == ({}, (), ())
    assert set((await cores.open_accounts(requests)).answers) == set(answered.answers)


async def test_one_bank_down_holds_up_its_own_people_only(cores, faults):
    requests = [asked(1), asked(2), asked(3)]
    switch(faults, "bank:SPDB", down=True)
    answered = await cores.open_accounts(requests)
    assert [answer.bank_id for answer in answered.answers] == [1, 3]
    assert list(answered.waiting) == ["SPDB"]
    assert answered.waiting["SPDB"].slug == "partner-unavailable"
    assert faults.delete("/_faults").status_code == 204
    assert len((await cores.open_accounts(requests)).answers) == 3


async def test_refusals_and_answers_lost_on_the_way(cores, faults):
    switch(faults, "bank:BOSH", refuse=1.0)
    switch(faults, "bank:SPDB", lose=1.0)
    refused, lost = asked(1), asked(2)
    answered = await cores.open_accounts([refused, lost])
    [answer] = answered.answers
    assert (answer.account_number, answer.reason[:1]) == (None, "B")
    assert answered.unanswered == (lost.application_id,)
    again = await cores.open_accounts([lost])
    assert again.answers[0].account_number


@pytest.mark.parametrize("number", ["6222", "1234567890123456789", "x" * 19, None, "１" * 19])
async def test_what_is_no_account_number_is_never_taken(number):
    async def serve(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        items = json.loads(await reader.readexactly(length))["items"]
        answers = [
            {"reference": item["reference"], "outcome": "opened", "account_number": number} for item in items
        ]
        body = json.dumps({"items": answers}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server, http_client("t", 10) as client:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        request = asked(1)
        answered = await BankCores(Partner("banks", url, client)).open_accounts([request])
    assert (answered.answers, answered.malformed) == ((), (request.application_id,))


async def test_answers_are_taken_once_and_sealed(database, clerk):
    opened = AccountAnswer(1, 11, 1, account_number="9555000000000000007")
    refused = AccountAnswer(2, 12, 1, reason="B02 预留手机号码核验未通过")
    elsewhere = AccountAnswer(2, 12, 2, account_number="9555000000000000015")
    for expected in (AnswersTaken(1, 1, 0), AnswersTaken(0, 0, 2)):
        async with database.work(clerk) as work:
            assert await commands.take_answers(work, [opened, refused]) == expected
    async with database.work(clerk) as work:
        changed = AccountAnswer(1, 11, 1, reason="B01 no")
        assert await commands.take_answers(work, [changed, elsewhere]) == AnswersTaken(1, 0, 1)
        assert await commands.take_answers(work, []) == AnswersTaken(0, 0, 0)
    async with database.work(clerk) as work:
        people = await views.of_people(work, [1, 2, 3])
        numbers = await views.account_numbers(work, [(1, 11, 1), (2, 12, 1), (2, 12, 2), (3, 13, 1)])
        one = await views.of_application(work, 2, 12)
        raw = await work.value("SELECT string_agg(bank_account::text, '') FROM bank_account")
        facts = await work.rows("SELECT action, count(*) FROM audit_fact GROUP BY action ORDER BY action")
    assert numbers == {11: opened.account_number, 12: elsewhere.account_number}
    assert [(a.status, a.last4, a.reason) for a in people[1]] == [("open", "0007", None)]
    assert {(a.bank_id, a.status) for a in one} == {(1, "refused"), (2, "open")}
    assert 3 not in people
    assert opened.account_number not in raw
    assert facts == [("bank_account.opened", 2), ("bank_account.refused", 1)]

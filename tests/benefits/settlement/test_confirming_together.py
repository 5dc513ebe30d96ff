"""Confirmations that wait at the same moment: settled together, answered one by one, and nobody pays for another's fault."""

from __future__ import annotations

import asyncio
import json

import msgspec
import pytest
from msgspec.structs import replace
from tests.benefits.insurance.bills import PROGRAMME
from tests.benefits.settlement.clinic_town import THIRD, Clinics

from shebaoka.benefits.settlement import commands, errors, views
from shebaoka.benefits.settlement.model import Confirming
from shebaoka.benefits.settlement.waiting import Confirmations, Waiting
from shebaoka.kit.actor import Actor
from shebaoka.kit.requests import Answer, RequestKeyReused, claim_of

HOSPITAL, CLINIC = Actor("client:h3", THIRD, "hospital_system"), Actor("client:h3b", THIRD, "hospital_system")
TRANSACTIONS = "SELECT count(DISTINCT xmin::text)::int FROM settlement"
WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def confirmations(database) -> Confirmations:
    async def programme():
        return PROGRAMME

    return Confirmations(database, programme)


def waiting(one: Confirming, who=HOSPITAL, key=None, digest=b"") -> Waiting:
    return Waiting(
        who, one, claim_of("test", THIRD, key or f"request-{one.number}", digest), lambda done: Answer(201, done),
        lambda work: commands.confirm(work, PROGRAMME, one),
    )  # fmt: skip


async def asked(confirmations: Confirmations, *those: Waiting) -> list:
    """Ask for all at one moment; give what each came to, refusals included."""
    answers = await asyncio.gather(*map(confirmations.ask, those), return_exceptions=True)
    return [one.document if isinstance(one, Answer) else one for one in answers]


async def together(confirmations: Confirmations, *messages: Confirming) -> list:
    return await asked(confirmations, *map(waiting, messages))


async def value(town: Clinics, query: str, *parameters):
    async with town.database.connection() as connection:
        return (await (await connection.execute(query, parameters)).fetchone())[0]


async def test_all_are_settled_in_one_transaction_each_in_its_senders_name(town, confirmations):
    messages = [town.message(await town.billed(n, f"V{n}", 60_000, 900 * n), f"M{n}") for n in (4, 1, 3, 2)]
    who = (HOSPITAL, CLINIC, HOSPITAL, CLINIC)
    answers = await asked(confirmations, *map(waiting, messages, who))
    assert [answer.settlement.number for answer in answers] == ["M4", "M1", "M3", "M2"]
    assert [answer.settlement.total_fen for answer in answers] == [63_600, 60_900, 62_700, 61_800]
    assert await value(town, TRANSACTIONS) == 1
    said = "SELECT array_agg(actor || ' ' || organisation_id ORDER BY fact_id) FROM audit_fact WHERE action = 'settlement.confirmed'"
    assert await value(town, said) == [f"client:{who} {THIRD}" for who in ("h3", "h3b", "h3", "h3b")]
    assert await town.adds_up()


async def test_one_that_is_refused_fails_alone_and_leaves_nothing(town, confirmations):
    messages = [town.message(await town.billed(n, f"V{n}", 60_000), f"M{n}") for n in (1, 2, 3, 4)]
    await town.lose(2, "temporary")
    first, lost, *others = await together(confirmations, *messages)
    assert isinstance(lost, errors.CardNotUsable)
    assert [answer.settlement.number for answer in (first, *others)] == ["M1", "M3", "M4"]
    assert await value(town, TRANSACTIONS) == 1
    assert (await town.act(views.message, THIRD, "M2")).fate == "unknown"
    assert await town.adds_up()


async def test_a_message_that_comes_twice_at_once_is_settled_once(town, confirmations):
    one, other = [town.message(await town.billed(n, f"V{n}", 60_000), f"M{n}") for n in (1, 2)]
    answers = await asked(confirmations, waiting(one), waiting(other), waiting(one, key="request-again"))
    assert [(answer.settlement.number, answer.repeated) for answer in answers] == [
        ("M1", False), ("M2", False), ("M1", True),
    ]  # fmt: skip
    assert answers[0].settlement == answers[2].settlement
    assert await town.adds_up()


async def test_a_request_that_comes_twice_at_once_is_answered_the_same(town, confirmations):
    one, other = [town.message(await town.billed(n, f"V{n}", 60_000), f"M{n}") for n in (1, 2)]
    first, second, again = await asked(confirmations, waiting(one), waiting(other), waiting(one))
    assert (first.settlement.number, second.settlement.number) == ("M1", "M2")
    assert again == json.loads(msgspec.json.encode(first))
    differs = waiting(replace(one, number="M3"), key="request-M1", digest=b"other")
    assert isinstance((await asked(confirmations, differs, waiting(other)))[0], RequestKeyReused)
    assert await value(town, "SELECT count(*) FROM settlement") == 2


async def test_of_two_bills_of_one_patient_the_second_is_reckoned_anew(town, confirmations):
    quoted = [await town.billed(1, name, 60_000) for name in ("V1", "V2")]
    other = await town.billed(2, "V3", 60_000)
    messages = [town.message(quote, f"M{n}") for n, quote in enumerate((*quoted, other))]
    first, second, third = await together(confirmations, *messages)
    assert isinstance(second, errors.StandingMoved)
    assert {first.settlement.number, third.settlement.number} == {"M0", "M2"}
    assert await town.adds_up()


async def test_a_connection_that_breaks_under_them_settles_each_once(town, confirmations):
    messages = [town.message(await town.billed(n, f"V{n}", 60_000), f"M{n}") for n in (1, 2, 3)]
    async with town.database.connection() as watch, asyncio.timeout(30):
        async with town.database.connection() as holder, holder.transaction():
            await holder.execute("SELECT FROM person WHERE person_id = %s FOR UPDATE", (town.ids[3],))
            going = asyncio.create_task(together(confirmations, *messages))
            while (row := await (await watch.execute(WAITING)).fetchone()) is None:
                assert not going.done()
                await asyncio.sleep(0)
            assert await value(town, "SELECT count(*) FROM settlement") == 0
            await watch.execute("SELECT pg_terminate_backend(%s)", (row[0],))
        answers = await going
    assert [answer.settlement.number for answer in answers] == ["M1", "M2", "M3"]
    assert await value(town, "SELECT count(*) FROM settlement") == 3
    assert await town.adds_up()


async def test_whoever_is_asked_first_people_are_locked_in_their_order(town, confirmations):
    messages = [town.message(await town.billed(n, f"V{n}", 60_000), f"M{n}") for n in (2, 1)]
    assert town.ids[1] < town.ids[2]
    async with town.database.connection() as watch, asyncio.timeout(30):
        async with town.database.connection() as holder, holder.transaction():
            await holder.execute("SELECT FROM person WHERE person_id = %s FOR UPDATE", (town.ids[1],))
            going = asyncio.create_task(together(confirmations, *messages))
            while await (await watch.execute(WAITING)).fetchone() is None:
                assert not going.done()
                await asyncio.sleep(0)
            await watch.execute("SELECT FROM person WHERE person_id = %s FOR UPDATE NOWAIT", (town.ids[2],))
        assert [answer.settlement.number for answer in await going] == ["M2", "M1"]

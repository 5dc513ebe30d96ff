"""Is this card good now? For old cards and new, for many callers at once, each look in its caller's name."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from holders import asks, enter, id_number, made, old, rows

from shebaoka.cards import commands, views
from shebaoka.cards.model import LookUp
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.clock import SHANGHAI

HOSPITAL, PHARMACY = (
    Actor("client:hospital", 501, "institution"),
    Actor("client:pharmacy", 502, "institution"),
)


@pytest.fixture
async def city(database):
    await enter(database, range(1, 7))
    async with database.work(SYSTEM) as work:
        await commands.take_old_cards(work, [old(person) for person in range(1, 5)])
        await commands.take_made_cards(work, [made(person) for person in range(1, 3)])
    return database


async def ask(database, programme, **which):
    async with database.work(HOSPITAL) as work:
        return await views.standing(work, programme, **which)


async def opened(database, programme, person):
    async with database.work(SYSTEM) as work:
        await commands.open_functions(work, programme, asks(made(person)))


async def test_old_and_new_before_and_after_opening(city, programme):
    before = [await ask(city, programme, card_number=card.card_number) for card in (old(1), made(1))]
    assert [(s.good, s.reason, s.generation) for s in before] == [
        (True, "good", "old"),
        (False, "unopened", "new"),
    ]
    await opened(city, programme, 1)
    after = [await ask(city, programme, card_number=card.card_number) for card in (old(1), made(1))]
    assert [(s.good, s.reason) for s in after] == [(False, "void"), (True, "good")]
    tail = made(1).card_number[-4:]
    assert after[0].zh == f"此卡已于2019-01-02由尾号{tail}的新卡替换而作废，不能恢复；请将此卡剪角销毁"
    assert after[0].en == (
        f"This card was replaced by the card ending in {tail} on 2019-01-02 and is void for good; destroy it"
    )


async def test_every_reason(city, programme, clock):
    async with city.work(SYSTEM) as work:
        await work.run(
            "UPDATE card SET social = 'suspended', loss = 'formal', lost_at = now()"
            " WHERE person_id = 2 AND generation = 'old'"
        )
        await work.run("UPDATE person SET died_on = '2019-01-02' WHERE person_id = 3")
        await work.run("UPDATE card SET expires_on = '2019-01-02' WHERE person_id = 1 AND generation = 'new'")
    await opened(city, programme, 1)
    asked = {
        "good": made(1).card_number, "suspended": old(2).card_number, "unopened": made(2).card_number,
        "holder_dead": old(3).card_number, "void": old(1).card_number, "unknown_number": "XXXXXXXXX",
    }  # fmt: skip
    for reason, number in asked.items():
        standing = await ask(city, programme, card_number=number)
        assert (standing.reason, standing.good) == (reason, reason == "good")
        assert standing.zh
        assert standing.en
    clock.at += timedelta(days=1)
    assert (await ask(city, programme, card_number=made(1).card_number)).reason == "expired"


async def test_old_cards_end_on_the_programmes_day(city, programme, clock):
    clock.at = datetime(2020, 12, 30, 23, 59, tzinfo=SHANGHAI)
    assert (await ask(city, programme, card_number=old(1).card_number)).good
    clock.at = datetime(2020, 12, 31, 0, 0, tzinfo=SHANGHAI)
    assert (await ask(city, programme, card_number=old(1).card_number)).reason == "old_cards_ended"
    await opened(city, programme, 1)
    assert (await ask(city, programme, card_number=made(1).card_number)).good


async def test_by_id_number_the_live_card_else_the_newest(city, programme):
    assert (await ask(city, programme, id_number=id_number(1))).generation == "old"
    await opened(city, programme, 1)
    assert (await ask(city, programme, id_number=id_number(1))).generation == "new"
    assert (await ask(city, programme, id_number=id_number(6))).reason == "no_card"
    assert (await ask(city, programme, id_number=id_number(99))).reason == "no_card"
    async with city.work(SYSTEM) as work:
        await commands.take_made_cards(work, [made(5)])
    assert (await ask(city, programme, id_number=id_number(5))).reason == "unopened"


async def test_many_callers_are_answered_in_order_and_audited_each_in_its_name(city, programme):
    look_ups = [
        LookUp(HOSPITAL, card_number=old(2).card_number),
        LookUp(PHARMACY, id_number=id_number(1)),
        LookUp(HOSPITAL, card_number="?"),
        LookUp(PHARMACY, card_number=old(1).card_number),
        LookUp(HOSPITAL, id_number=id_number(99)),
        LookUp(HOSPITAL, card_number=old(2).card_number),
        LookUp(HOSPITAL),
    ]
    async with city.work(SYSTEM) as work:
        answers = await views.standing_many(work, programme, look_ups)
        assert await views.standing_many(work, programme, []) == []
    assert [a.reason for a in answers] == [
        "good",
        "good",
        "unknown_number",
        "good",
        "no_card",
        "good",
        "no_card",
    ]
    assert answers[1] == answers[3]
    looks = await rows(
        city,
        "SELECT person_id, actor, organisation_id, subject FROM audit_fact WHERE action = 'card.looked_at' ORDER BY fact_id",
    )
    mine, other = str(answers[0].card_id), str(answers[1].card_id)
    assert looks == [
        (2, "client:hospital", 501, mine), (1, "client:pharmacy", 502, other), (0, "client:hospital", 501, "unknown"),
        (1, "client:pharmacy", 502, other), (0, "client:hospital", 501, "unknown"), (2, "client:hospital", 501, mine),
        (0, "client:hospital", 501, "unknown"),
    ]  # fmt: skip


async def test_more_than_sixty_four_at_once_is_a_mistake_of_the_caller(city, programme):
    async with city.work(SYSTEM) as work:
        full = await views.standing_many(work, programme, [LookUp(HOSPITAL, old(1).card_number)] * 64)
        assert len(full) == 64
        with pytest.raises(AssertionError):
            await views.standing_many(work, programme, [LookUp(HOSPITAL, old(1).card_number)] * 65)

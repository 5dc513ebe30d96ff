"""The electronic card is good while its card is, for a minute, and for one organisation."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from tests.faces.api_town import COMMUNITY_A, COMMUNITY_B
from tests.service.credential.in_use import CITY, ELSEWHERE, issued

from shebaoka.cards.commands import void_of_dead
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.sm2 import SecretKey
from shebaoka.records import ecard
from shebaoka.records.card_number import luhn_mod_36
from shebaoka.registry.programme.views import load
from shebaoka.service.credential.commands import check_ecard, forget_due, show_ecard
from shebaoka.service.credential.errors import NoOpenCard

KEY = SecretKey.new()
HERE, THERE = (
    Actor("staff:5", COMMUNITY_A, "community_clerk"),
    Actor("staff:6", COMMUNITY_B, "community_clerk"),
)


async def card_of(town, **more):
    async with town.database.work(SYSTEM) as work:
        return await issued(work, town.somebody(), **more)


async def shown(town, person_id):
    async with town.database.work(Actor(f"resident:{person_id}", 0, "resident", person_id)) as work:
        return await show_ecard(work, await load(work), KEY, CITY, person_id)


async def worth(town, text, by=HERE):
    async with town.database.work(by) as work:
        return await check_ecard(work, await load(work), KEY.public, CITY, text)


async def test_it_is_good_for_a_minute_and_for_whoever_saw_it_first(town, clock):
    card = await card_of(town)
    made = await shown(town, card.person_id)
    assert made.expires_at - clock.at.replace(microsecond=0) == timedelta(seconds=60)
    for _ in range(2):
        found = await worth(town, made.text)
        assert (found.verdict, found.card_number, found.standing.good) == ("good", card.card_number, True)
    assert await worth(town, made.text, THERE) == ("used", None, None), (
        "a picture of it is worth nothing elsewhere"
    )
    again = await shown(town, card.person_id)
    assert again.text != made.text
    assert (await worth(town, again.text, THERE)).verdict == "good"
    clock.at += timedelta(seconds=60)
    assert (await worth(town, again.text, THERE)).verdict == "expired"
    told = await town.facts("ecard.seen")
    assert [(fact[0], fact[2], fact[4]["verdict"]) for fact in told] == [
        (card.person_id, COMMUNITY_A, "good"), (card.person_id, COMMUNITY_A, "good"),
        (card.person_id, COMMUNITY_B, "used"), (card.person_id, COMMUNITY_B, "good"),
    ]  # fmt: skip
    (refused,) = await town.facts("ecard.refused")
    assert (refused[0], refused[4]) == (0, {"verdict": "expired"})
    assert len(await town.facts("ecard.shown")) == 2


async def test_it_dies_with_its_card(town):
    card = await card_of(town)
    made = await shown(town, card.person_id)
    async with town.database.work(SYSTEM) as work:
        await void_of_dead(work, [card.person_id])
    found = await worth(town, made.text)
    assert (found.verdict, found.standing.good, found.standing.social) == ("good", False, "void")
    with pytest.raises(NoOpenCard) as refused:
        await shown(town, card.person_id)
    assert refused.value.members == {"stands": "void"}


@pytest.mark.parametrize(
    ("more", "stands"), [({"open_it": False}, "unopened"), ({"generation": 2}, None)]
)  # fmt: skip
async def test_only_an_open_new_card_has_one(town, more, stands):
    card = await card_of(town, **more)
    with pytest.raises(NoOpenCard) as refused:
        await shown(town, card.person_id)
    assert refused.value.members == {"stands": stands}


async def test_what_the_city_did_not_sign_is_worth_nothing(town, clock):
    card = await card_of(town)
    made = ecard.Ecard(CITY, card.card_number, 1, clock.at.replace(microsecond=0), 60, 60)
    unknown = made._replace(card_number="ZZZZZZZZ" + luhn_mod_36("ZZZZZZZZ"))
    cases = {
        ecard.write(SecretKey.new(), made): "forged", ecard.write(KEY, made._replace(city=ELSEWHERE)): "other_city",
        ecard.write(KEY, unknown): "unknown_number", "SBE1": "unreadable",
        ecard.write(KEY, made._replace(issued_at=clock.at.replace(microsecond=0) + timedelta(seconds=9))): "ahead",
    }  # fmt: skip
    assert {text: (await worth(town, text)).verdict for text in cases} == cases


async def test_of_two_who_scan_it_at_the_same_instant_one_has_it(town):
    card = await card_of(town)
    for _ in range(10):
        text, barrier = (await shown(town, card.person_id)).text, asyncio.Barrier(2)

        async def one(by, text=text, barrier=barrier):
            async with town.database.work(by) as work:
                await work.value("SELECT 1")
                await barrier.wait()
                return (await check_ecard(work, await load(work), KEY.public, CITY, text)).verdict

        assert sorted(await asyncio.gather(one(HERE), one(THERE))) == ["good", "used"]


async def test_what_is_over_is_forgotten(town, clock):
    card = await card_of(town)
    await worth(town, (await shown(town, card.person_id)).text)
    count = "SELECT count(*) FROM ecard_seen"
    for after, left in ((timedelta(hours=1), True), (timedelta(days=1), False)):
        clock.at += after
        await forget_due(town.database)
        async with town.database.work(SYSTEM) as work:
            assert bool(await work.value(count)) == left

"""Races, started together at a barrier, hundreds of times: never two live cards, and a void card never returns."""

from __future__ import annotations

import asyncio

import pytest
from holders import asks, enter, made, old, rows
from racing import TRIALS, every_person, give_old_cards, lives, opening, race

from shebaoka.cards import commands, views
from shebaoka.cards.model import LookUp
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.outbox import Event
from shebaoka.kit.problems import Problem

HOSPITAL = Actor("client:hospital", 501, "institution")


@pytest.fixture
async def city(database):
    """A person for every trial, with an old card and two new ones."""
    people = range(1, TRIALS + 1)
    await enter(database, people)
    async with database.work(SYSTEM) as work:
        await commands.take_made_cards(work, [made(person) for person in people])
        await commands.take_made_cards(work, [second(person) for person in people])
    return database


def second(person):
    return made(person, card_id=20_000_000 + person)


async def test_two_counters_open_the_same_card(city, programme):
    await give_old_cards(city)

    async def trial(person):
        answers = await race(city, opening(programme, made(person)), opening(programme, made(person)))
        slugs = [answer.slug for answer in answers if isinstance(answer, Problem)]
        assert slugs == ["transition-refused"]
        live, cards = await lives(city, person)
        assert [card[0] for card in live] == [made(person).card_id]
        assert len(cards) == 3

    await every_person(trial)
    assert await rows(city, "SELECT count(*), count(DISTINCT person_id) FROM outbox") == [(TRIALS, TRIALS)]


async def test_two_counters_open_two_cards_of_one_person(city, programme):
    await give_old_cards(city)

    async def trial(person):
        answers = await race(city, opening(programme, made(person)), opening(programme, second(person)))
        slugs = [answer.slug for answer in answers if isinstance(answer, Problem)]
        assert slugs == ["transition-refused"]
        live, cards = await lives(city, person)
        assert len(live) == 1
        assert sum(card[2] == "void" for card in cards) == 2

    await every_person(trial)


async def test_an_old_card_is_taken_in_while_the_new_one_opens(city, programme):
    async def trial(person):
        taking = lambda work: commands.take_old_cards(work, [old(person)])  # noqa: E731 - an act like the others
        answers = await race(city, opening(programme, made(person)), taking)
        live, _ = await lives(city, person)
        assert len(live) == 1
        slugs = {answer.slug for answer in answers if isinstance(answer, Problem)}
        assert slugs <= {"second-live-card", "card-changed-meanwhile"}

    await every_person(trial)


async def test_a_list_and_a_counter_open_at_once(city, programme):
    await give_old_cards(city)

    async def trial(person):
        listed = lambda work: commands.open_many(  # noqa: E731 - an act like the others
            work, programme, [asks(made(person)), asks(second(person))]
        )
        await race(city, listed, opening(programme, second(person)))
        live, _ = await lives(city, person)
        assert len(live) == 1

    await every_person(trial)


async def test_the_holder_dies_while_a_counter_opens(city, programme):
    await give_old_cards(city)

    async def trial(person):
        died = lambda work: commands.void_for_death(work, [Event(person, 1, "person.died", {})])  # noqa: E731 - an act like the others
        answers = await race(city, opening(programme, made(person)), died)
        live, _ = await lives(city, person)
        slugs = {answer.slug for answer in answers if isinstance(answer, Problem)}
        assert slugs <= {"transition-refused"}
        assert not live

    await every_person(trial)


async def test_no_look_that_began_after_the_opening_was_acknowledged_accepts_the_old_card(city, programme):
    await give_old_cards(city)
    after_ack = 0

    async def trial(person):
        nonlocal after_ack
        acknowledged = False
        barrier = asyncio.Barrier(3)

        async def counter():
            nonlocal acknowledged
            await barrier.wait()
            async with city.work(SYSTEM) as work:
                await opening(programme, made(person))(work)
            acknowledged = True

        async def hospital():
            nonlocal after_ack
            numbers = [old(person).card_number, made(person).card_number]
            await barrier.wait()
            for _ in range(200):
                began_after = acknowledged
                async with city.work(HOSPITAL) as work:
                    before, after = await views.standing_many(
                        work, programme, [LookUp(HOSPITAL, number) for number in numbers]
                    )
                assert before.good != after.good, "exactly one card is good at any moment"
                assert not (began_after and before.good), "an old card was accepted after its death"
                after_ack += began_after
                if began_after:
                    return

        await asyncio.gather(counter(), hospital(), hospital())

    await every_person(trial)
    assert after_ack == 2 * TRIALS

"""Cards come in: each number once, one live card a person, and the same again changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from holders import CENTRE, asks, enter, made, old, rows, value

from shebaoka.cards import commands, views
from shebaoka.cards.model import Opening, Taken, TakeRefused
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.outbox import Event
from shebaoka.records import card_number


async def take_old(database, cards):
    async with database.work(SYSTEM) as work:
        return await commands.take_old_cards(work, cards)


async def take_made(database, cards):
    async with database.work(SYSTEM) as work:
        return await commands.take_made_cards(work, cards)


async def test_old_cards_are_good_and_come_once(database):
    await enter(database, range(1, 4))
    extract = [old(person) for person in range(1, 4)]
    assert await take_old(database, extract) == Taken(3, 0, ())
    assert await take_old(database, extract) == Taken(0, 3, ())
    async with database.work(SYSTEM) as work:
        card = await views.find(work, extract[0].card_number)
        assert await views.find(work, "000000000") is None
        assert await views.find_many(work, [extract[0].card_number, "?"]) == {
            extract[0].card_number: (1, card.card_id)
        }
    assert (card.generation, card.social, card.financial, card.issued_on) == (
        "old",
        "open",
        "none",
        extract[0].issued_on,
    )
    assert await value(database, "SELECT count(*) FROM audit_fact WHERE action = 'card.old_taken'") == 3


async def test_a_second_live_card_and_a_strangers_number_are_refused_one_by_one(database):
    await enter(database, range(1, 4))
    await take_old(database, [old(1), old(2)])
    second, stolen = old(1, serial=77), replace(old(2), person_id=3)
    assert await take_old(database, [second, stolen, old(2)]) == Taken(
        0,
        1,
        (TakeRefused(3, stolen.card_number, "number_taken"), TakeRefused(1, second.card_number, "live_card")),
    )
    # The refused number is free again: nothing of it stayed behind.
    assert await value(database, "SELECT count(*) FROM card_directory") == 2
    assert (await take_old(database, [replace(second, person_id=3)])).taken == 1


async def test_two_cards_of_one_person_in_one_extract(database):
    await enter(database, [1])
    result = await take_old(database, [old(1, serial=5), old(1, serial=6)])
    assert (result.taken, [r.reason for r in result.refused]) == (1, ["live_card"])
    assert await value(database, "SELECT count(*) FROM card_directory") == 1


async def test_made_cards_come_unopened_and_once(database):
    await enter(database, [1, 2])
    await take_old(database, [old(1)])
    assert await take_made(database, [made(1), made(2)]) == Taken(2, 0, ())
    assert await take_made(database, [made(1), made(2)]) == Taken(0, 2, ())
    async with database.work(SYSTEM) as work:
        cards = await views.of_people(work, [1, 2, 3])
    assert {card.generation for card in cards[1]} == {"new", "old"}
    assert 3 not in cards
    new = cards[2][0]
    assert (new.social, new.financial, new.bank_id, new.reset_code) == (
        "unopened",
        "unopened",
        101,
        "cd" * 13,
    )


async def test_a_made_card_with_a_number_already_given_is_refused(database):
    await enter(database, [1, 2])
    await take_made(database, [made(1)])
    thief = replace(made(2), card_number=made(1).card_number)
    again = replace(made(1), card_id=99)
    result = await take_made(database, [thief, again])
    assert result.taken == 0
    assert [refused.reason for refused in result.refused] == ["number_taken", "number_taken"]
    assert await value(database, "SELECT count(*) FROM card") == 1


async def test_numbers_are_given_once_and_pass_their_check(database):
    async with database.work(SYSTEM) as work:
        first = await commands.allocate_numbers(work, 200)
    async with database.work(SYSTEM) as work:
        second = await commands.allocate_numbers(work, 100)
        own = await commands.allocate_numbers(work, 1, check=lambda _: "Z")
        assert await commands.allocate_numbers(work, 0) == []
    assert len({*first, *second}) == 300
    assert all(card_number.parse(number) == number for number in [*first, *second])
    assert own[0].endswith("Z")


async def test_counts(database, programme):
    await enter(database, range(1, 4))
    await take_old(database, [old(1), old(2)])
    await take_made(database, [made(1), made(3)])
    async with database.work(SYSTEM) as work:
        await commands.open_functions(work, programme, asks(made(1)))
        counts = await views.counts(work)
    assert (counts.old_good, counts.old_void, counts.new_unopened, counts.new_open) == (1, 1, 1, 1)
    assert (counts.new_void, counts.financial_open, counts.two_live) == (0, 0, 0)


async def test_death_makes_every_card_void_once(database, programme):
    await enter(database, [1, 2])
    await take_old(database, [old(1), old(2)])
    await take_made(database, [made(1)])
    events = [Event(1, 1, "person.died", {})]
    for _ in range(2):
        async with database.work(SYSTEM) as work:
            await commands.void_for_death(work, events)
    assert await rows(database, "SELECT DISTINCT person_id, social, void_reason FROM card ORDER BY person_id") == [
        (1, "void", "holder_died"), (2, "open", None),
    ]  # fmt: skip
    assert await value(database, "SELECT count(*) FROM audit_fact WHERE action = 'card.voided'") == 2
    async with database.work(SYSTEM) as work:
        with pytest.raises(Exception, match="void"):
            await commands.open_functions(
                work, programme, Opening(1, made(1).card_id, frozenset({"social"}), CENTRE)
            )

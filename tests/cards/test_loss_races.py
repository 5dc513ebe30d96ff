"""Loss reports, lifts, openings and the step that ends reports, started together at a barrier."""

from __future__ import annotations

from datetime import timedelta

import pytest
from holders import CENTRE, OWN_OUTLET, enter, made, rows
from racing import TRIALS, every_person, give_old_cards, lives, opening, race

from shebaoka.cards import commands, store
from shebaoka.cards.model import LossReport
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.problems import Problem


@pytest.fixture
async def city(database):
    """A person for every trial, with a new card that is not open."""
    people = range(1, TRIALS + 1)
    await enter(database, people)
    async with database.work(SYSTEM) as work:
        await commands.take_made_cards(work, [made(person) for person in people])
    return database


def reporting(programme, card_id_of, loss="formal"):
    def for_person(person):
        async def act(work):
            report = LossReport(person, await card_id_of(work, person), loss, CENTRE)
            return await commands.report_loss(work, programme, report)

        return act

    return for_person


async def new_card(_work, person):
    return made(person).card_id


async def test_a_card_is_reported_lost_while_a_counter_opens_it(city, programme):
    """Whoever comes first: lost and unopened, or open and then suspended; the old card lives in the one case only."""
    await give_old_cards(city)
    report = reporting(programme, new_card)
    orders = set()

    async def trial(person):
        answers = await race(city, opening(programme, made(person)), report(person))
        slugs = [answer.slug for answer in answers if isinstance(answer, Problem)]
        live, cards = await lives(city, person)
        stands = {card[0]: card[2] for card in cards}[made(person).card_id]
        assert (slugs, stands) in [(["transition-refused"], "lost_unopened"), ([], "suspended")]
        assert [card[0] == made(person).card_id for card in live] == [stands == "suspended"]
        orders.add(stands)

    await every_person(trial)
    assert orders


async def test_a_report_is_lifted_while_the_replacement_opens(city, programme):
    """A lift that loses is told so, and one that wins does not keep the card from dying."""
    async with city.work(SYSTEM) as work:
        for person in range(1, TRIALS + 1):
            await opening(programme, made(person))(work)
            await reporting(programme, new_card)(person)(work)
        # The replacements are made after the first cards were opened.
        await commands.take_made_cards(work, [third(person) for person in range(1, TRIALS + 1)])

    async def trial(person):
        lifting = lambda work: commands.lift_loss(work, programme, person, made(person).card_id, CENTRE)  # noqa: E731 - an act like the others
        answers = await race(city, opening(programme, third(person)), lifting)
        slugs = {answer.slug for answer in answers if isinstance(answer, Problem)}
        assert slugs <= {"card-void"}
        live, cards = await lives(city, person)
        assert [card[0] for card in live] == [third(person).card_id]
        assert {card[0]: card[2] for card in cards}[made(person).card_id] == "void"

    await every_person(trial)


def third(person):
    return made(person, card_id=40_000_000 + person)


async def test_two_counters_take_in_the_same_loss(city, programme):
    report = reporting(programme, new_card)

    async def trial(person):
        answers = await race(city, report(person), report(person))
        assert [answer.slug for answer in answers if isinstance(answer, Problem)] == ["loss-reported"]

    await every_person(trial)
    facts = "SELECT count(*) FROM audit_fact WHERE action = 'card.loss_reported'"
    assert await rows(city, facts) == [(TRIALS,)]


async def test_a_bank_and_a_centre_suspend_at_once_and_both_count(city, programme):
    report = reporting(programme, new_card)

    async def trial(person):
        card_id = made(person).card_id
        telling = lambda work: commands.note_financial(work, person, card_id, "suspend", OWN_OUTLET)  # noqa: E731 - an act like the others
        assert not [
            answer for answer in await race(city, report(person), telling) if isinstance(answer, Problem)
        ]
        asked = "SELECT social, financial FROM card WHERE card_id = %(c)s"
        assert await rows(city, asked, c=card_id) == [("lost_unopened", "lost_unopened")]

    await every_person(trial)


async def test_the_end_of_a_report_is_noted_while_it_becomes_formal(city, programme, clock):
    """The step and a counter at the instant of the end: the card is found and then formally lost, never both, never neither."""
    async with city.work(SYSTEM) as work:
        for person in range(1, TRIALS + 1):
            await reporting(programme, new_card, "temporary")(person)(work)
    clock.at += timedelta(days=5)
    report = reporting(programme, new_card)

    async def trial(person):
        lapsing = lambda work: store.lift_lapsed(work, [person])  # noqa: E731 - an act like the others
        assert not [one for one in await race(city, report(person), lapsing) if isinstance(one, Problem)]
        asked = "SELECT social, loss, loss_until FROM card WHERE card_id = %(c)s"
        assert await rows(city, asked, c=made(person).card_id) == [("lost_unopened", "formal", None)]

    await every_person(trial)

"""Holders of unopened cards are reminded on the days of the rule until they open; lists and counts name who has not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from holders import BANK, CENTRE, asks, enter, made, old, rows, value
from hypothesis import given
from hypothesis import strategies as st

from shebaoka.cards import commands, views
from shebaoka.cards.model import UnopenedOf
from shebaoka.cards.reminding import look, reminder_days
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.registry.programme.commands import load_rules
from shebaoka.registry.programme.sets import DecidesReminders

RULE = DecidesReminders((14, 30, 60, 90), 90)
RECEIVED = date(2019, 1, 2)
NEAR_A_MARK = st.builds(int.__add__, st.sampled_from([14, 30, 60, 90, 180, 270]), st.integers(-1, 1))


@pytest.fixture
async def city(database) -> Database:
    """Persons 1 to 4, each with a new card in hand since the second of January."""
    await enter(database, range(1, 5))
    async with database.work(SYSTEM) as work:
        await load_rules(work)
        await commands.take_old_cards(work, [old(person) for person in range(1, 5)])
        await commands.take_made_cards(work, [made(person) for person in range(1, 5)])
        await hold(work, 1, 2, 3, 4)
    return database


async def hold(work, *people, on=RECEIVED) -> None:
    await commands.note_received(work, [(person, made(person).card_id, on) for person in people])


async def told(database) -> list[tuple[int, int]]:
    return await rows(
        database,
        "SELECT person_id, (payload->>'days')::int FROM outbox WHERE topic = 'card.unopened' ORDER BY event_id",
    )


async def test_the_days_of_the_rule_each_once_until_the_card_opens(city, clock, programme):
    seen = []
    for day in range(200):
        clock.at += timedelta(days=1)
        for _ in range(2):
            await commands.remind_due(city)
        if day == 100:
            async with city.work(SYSTEM) as work:
                await commands.open_functions(work, programme, asks(made(2)))
        seen = await told(city)
    assert [days for person, days in seen if person == 1] == [14, 30, 60, 90, 180]
    assert [days for person, days in seen if person == 2] == [14, 30, 60, 90], "opened after a hundred days"
    assert await value(city, "SELECT count(*) FROM audit_fact WHERE action = 'card.reminded'") == 3 * 5 + 4


async def test_a_run_that_comes_late_reminds_once_of_all_it_missed(city, clock):
    clock.at += timedelta(days=70)
    assert (await commands.remind_due(city)).reminded == 4
    clock.at += timedelta(days=19)
    assert (await commands.remind_due(city)).reminded == 0
    clock.at += timedelta(days=1)
    assert (await commands.remind_due(city)).reminded == 4


async def test_what_is_expired_promised_or_dead_is_not_reminded_of(city, clock):
    async with city.work(SYSTEM) as work:
        await work.run("UPDATE card SET expires_on = '2019-01-10' WHERE person_id = 1 AND generation = 'new'")
        await work.run(
            "UPDATE card SET social_due_on = '2019-02-01' WHERE person_id = 2 AND generation = 'new'"
        )
        await commands.void_of_dead(work, [3])
    clock.at += timedelta(days=15)
    assert (await commands.remind_due(city)).reminded == 1
    assert await told(city) == [(4, 15)]


async def test_the_first_word_on_when_a_card_was_received_counts(city):
    async with city.work(SYSTEM) as work:
        await hold(work, 1, on=date(2019, 3, 1))
    assert (
        await value(city, "SELECT received_on FROM card WHERE person_id = 1 AND generation = 'new'")
        == RECEIVED
    )
    assert (
        await value(city, "SELECT count(*) FROM card WHERE generation = 'old' AND received_on IS NOT NULL")
        == 0
    )


@given(st.integers(0, 800), st.lists(NEAR_A_MARK | st.integers(0, 800), max_size=12))
def test_however_seldom_it_runs_nobody_is_reminded_twice_of_one_day(last, days):
    """Each run reminds at most once, only when a day of the rule has passed since the last reminder."""
    reminded_on, marks = (
        None,
        [next_ for next_, _ in zip(reminder_days(RULE, RECEIVED), range(12), strict=False)],
    )
    for day in sorted({*days, last}):
        today = RECEIVED + timedelta(days=day)
        due, again_on = look(RULE, RECEIVED, reminded_on, today)
        assert due == any((reminded_on or RECEIVED) < mark <= today for mark in marks)
        assert again_on is not None
        assert again_on > today
        reminded_on = today if due else reminded_on


def test_without_repetition_reminders_end():
    once = DecidesReminders((14,))
    assert look(once, RECEIVED, None, RECEIVED + timedelta(days=13)) == (False, RECEIVED + timedelta(days=14))
    assert look(once, RECEIVED, None, RECEIVED + timedelta(days=14)) == (True, None)
    assert look(DecidesReminders(), RECEIVED, None, RECEIVED) == (False, None)


@pytest.mark.parametrize("wrong", [{"days": (30, 14)}, {"days": (14, 14)}, {"then_every": 90}])
def test_a_rule_of_days_that_do_not_grow_is_refused(wrong):
    with pytest.raises(ValueError, match="days"):
        DecidesReminders(**wrong)


async def listed(city, of=UnopenedOf(), after=0, limit=10) -> list[int]:  # noqa: B008 - a value
    async with city.work(SYSTEM) as work:
        return [one.person_id for one in await views.unopened(work, of, after, limit)]


async def test_lists_by_bank_district_and_employer_lose_whoever_opens(city, programme):
    async with city.work(SYSTEM) as work:
        await work.run(
            "UPDATE person SET district_code = '310101', employer_id = 77 WHERE person_id IN (1, 2)"
        )
        await work.run("UPDATE card SET bank_id = 5 WHERE person_id = 2 AND generation = 'new'")
    assert await listed(city) == [1, 2, 3, 4]
    assert await listed(city, UnopenedOf("310101")) == [1, 2]
    assert await listed(city, UnopenedOf(bank_id=BANK)) == [1, 3, 4]
    assert await listed(city, UnopenedOf(employer_id=77)) == [1, 2]
    assert await listed(city, UnopenedOf("310101", 5, 77)) == [2]
    assert await listed(city, limit=2) == [1, 2]
    assert await listed(city, after=made(2).card_id) == [3, 4]
    async with city.work(SYSTEM) as work:
        await commands.open_functions(work, programme, asks(made(1)))
        counts = await views.unopened_counts(work, [14, 30])
        assert await views.unopened_by_employer(work) == [(77, 1)]
    assert await listed(city) == [2, 3, 4]
    assert sorted((one.district_code, one.bank_id, one.band, one.cards) for one in counts if one.district_code) == [
        ("310101", 5, 0, 1)]  # fmt: skip
    assert sum(one.cards for one in counts) == 3
    assert await value(city, "SELECT count(*) FROM audit_fact WHERE action = 'card.unopened_listed'") > 10


async def test_a_card_that_nobody_holds_yet_is_not_on_the_list(city):
    await enter(city, [9])
    async with city.work(SYSTEM) as work:
        await commands.take_made_cards(work, [made(9)])
    assert 9 not in await listed(city)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("unopened", "card_unopened"), ("unopened_of_bank", "card_unopened_bank"), ("reminders_due", "card_remind"),
        ("unopened_of_employer", "person_employer"),
    ],
)  # fmt: skip
async def test_a_list_is_read_along_its_index_also_once_prepared(city, query, index):
    """Among many open cards of many people; with a plan made for any parameters, as a prepared statement has one."""
    from shebaoka.cards.store import SQL  # noqa: PLC0415 - only a plan is asked for

    people = range(1_000, 21_000)
    await enter(city, people)
    async with city.work(SYSTEM) as work:
        await work.run(
            "INSERT INTO card (person_id, card_id, card_number, generation, social, financial, bank_id, issued_on)"
            " SELECT n, n, n::text, 'new', 'open', 'unopened', %(b)s, '2019-01-01' FROM unnest(%(p)s::bigint[]) AS x(n)",
            {"p": list(people), "b": BANK},
        )
        if query == "unopened_of_employer":  # of a few unopened cards in all, it would begin with these
            await work.run(
                "UPDATE card SET social = 'unopened', received_on = '2019-01-02' WHERE card_id < 21000"
            )
        await work.run("UPDATE person SET employer_id = person_id % 1000")
    async with city.work(SYSTEM) as work:
        await work.run("ANALYZE card, person")
        await work.run("SET LOCAL plan_cache_mode = force_generic_plan")
        names = ["after", "bank_id", "cards_max", "district", "employer_id", "today"]
        kinds = {"district": "text", "today": "date"}
        text = SQL[query]
        used = [name for name in names if f"%({name})s" in text]
        for place, name in enumerate(used, 1):
            text = text.replace(f"%({name})s", f"${place}")
        await work.run(f"PREPARE list ({', '.join(kinds.get(name, 'bigint') for name in used)}) AS {text}")
        values = {
            "after": "0",
            "bank_id": str(BANK),
            "cards_max": "50",
            "district": "NULL",
            "employer_id": "7",
            "today": "'2019-05-01'",
        }
        plan = await work.rows(f"EXPLAIN EXECUTE list ({', '.join(values[name] for name in used)})")
    assert index in str(plan), plan
    assert "Seq Scan" not in str(plan), plan


async def test_opening_at_a_centre_needs_nothing_that_reminding_left(city, programme, clock):
    clock.at += timedelta(days=20)
    await commands.remind_due(city)
    async with city.work(SYSTEM) as work:
        opened = await commands.open_functions(work, programme, asks(made(1), outlet=CENTRE))
    assert opened.outcome == "opened"
    clock.at += timedelta(days=30)
    assert (await commands.remind_due(city)).reminded == 3

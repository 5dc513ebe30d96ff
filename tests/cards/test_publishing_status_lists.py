"""What terminals are told: exactly what the tables say at one moment, and what became of it since."""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta

import msgspec
import psycopg
import pytest
from holders import CENTRE, asks, enter, made, old, rows, value
from status_lists import CITY, is_so, publish, says, terminal

from shebaoka.cards import commands
from shebaoka.cards.model import LossReport, Outlet
from shebaoka.cards.status_list import building, views
from shebaoka.cards.status_list import commands as publishing
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.outbox import Event
from shebaoka.kit.problems import Problem
from shebaoka.kit.sm2 import SecretKey
from shebaoka.records.status_list import Presented, StatusListNotSigned, Version
from shebaoka.registry.programme import files
from shebaoka.registry.programme.commands import add_missing_sets
from shebaoka.registry.programme.programme import Programme

PEOPLE = range(1, 7)
HOTLINE = Outlet("hotline")
HOUR = timedelta(hours=1)
STORE_ADD = publishing.store.add


@pytest.fixture
async def city(database):
    """Persons 1 to 6 with an old card and a new one that is not open; rules are loaded."""
    await enter(database, PEOPLE)
    async with database.work(SYSTEM) as work:
        await add_missing_sets(work)
        await commands.take_old_cards(work, [old(person) for person in PEOPLE])
        await commands.take_made_cards(work, [made(person) for person in PEOPLE])
    return database


@asynccontextmanager
async def acting(database):
    async with database.work(SYSTEM) as work:
        yield work


async def open_card(database, programme, person):
    async with acting(database) as work:
        await commands.open_functions(work, programme, asks(made(person)))


async def report(database, programme, person, card_id, loss="formal"):
    async with acting(database) as work:
        outlet = HOTLINE if loss == "temporary" else CENTRE
        await commands.report_loss(work, programme, LossReport(person, card_id, loss, outlet))


async def lift(database, programme, person, card_id):
    async with acting(database) as work:
        await commands.lift_loss(work, programme, person, card_id, CENTRE)


async def kill(database, person):
    async with acting(database) as work:
        await commands.void_for_death(work, [Event(person, 1, "person.died", {"died_on": "2019-01-01"})])


async def old_card(database, person):
    return await value(
        database, "SELECT card_id FROM card WHERE person_id = %(p)s AND generation = 'old'", p=person
    )


async def untold(database):
    return await value(
        database, "SELECT count(*) FROM card WHERE listed_until IS DISTINCT FROM loss_until"
        " OR listed <> CASE social WHEN 'void' THEN 'void' WHEN 'suspended' THEN 'suspended'"
        " WHEN 'lost_unopened' THEN 'suspended' ELSE 'not_listed' END",
    )  # fmt: skip


async def test_a_base_tells_of_all_cards_and_deltas_of_what_became_since(city, programme, clock):
    await open_card(city, programme, 1)
    await report(city, programme, 2, made(2).card_id)
    first = await publish(city)
    assert (first.version, first.void, first.suspended) == ("1.0", 0, 1), (
        "old void cards are not among the listed"
    )
    assert await says(city, await terminal(city, clock.at), clock.at) == await is_so(city, clock.at)
    assert await publish(city) == replace(first, version=None, size_bytes=0, void=0, suspended=0), (
        "not due yet"
    )
    clock.at += HOUR
    await open_card(city, programme, 3)
    await lift(city, programme, 2, made(2).card_id)
    second = await publish(city)
    assert (second.version, second.void, second.suspended, second.cleared) == ("1.1", 1, 0, 1)
    assert second.size_bytes == 112 + 64 + 12
    assert await says(city, await terminal(city, clock.at), clock.at) == await is_so(city, clock.at)
    assert await untold(city) == 0
    clock.at += HOUR
    third = await publish(city)
    assert (third.version, third.size_bytes) == ("1.2", 176), "nothing new makes it younger all the same"
    facts = await rows(
        city,
        "SELECT subject, detail ->> 'void' FROM audit_fact WHERE action = 'status_list.published' ORDER BY fact_id",
    )
    assert facts == [("1.0", "0"), ("1.1", "1"), ("1.2", "0")]


EVENTS = ("open", "lose", "lose_for_now", "lift", "hours", "publish")


@pytest.mark.parametrize("seed", range(3))
async def test_after_any_events_a_terminal_says_what_the_tables_say(city, programme, clock, seed):
    chance = random.Random(seed)
    await publish(city)
    for step in range(70):
        what, person = chance.choice(EVENTS), chance.choice(PEOPLE)
        if step in {50, 60}:
            await kill(city, person)
        card_id = await old_card(city, person) if chance.random() < 0.3 else made(person).card_id
        if what == "hours":
            clock.at += timedelta(hours=chance.randrange(60), seconds=chance.randrange(3_600))
            if chance.random() < 0.5:
                await commands.lift_lapsed_due(city)
        elif what == "publish":
            await publish(city, at_once=True, base=chance.random() < 0.2)
            held = await terminal(city, clock.at)
            for now in (clock.at, clock.at + timedelta(days=2), clock.at + timedelta(days=6)):
                assert await says(city, held, now) == await is_so(city, now), (seed, step)
        else:
            with suppress(Problem):
                await do(city, programme, what, person, card_id)
    assert {"void", "suspended", "not_listed"} >= set((await is_so(city, clock.at)).values()) > {"void"}


async def do(city, programme, what, person, card_id):
    match what:
        case "open":
            await open_card(city, programme, person)
        case "lose" | "lose_for_now":
            await report(city, programme, person, card_id, "formal" if what == "lose" else "temporary")
        case "lift":
            await lift(city, programme, person, card_id)


async def test_counters_work_on_while_lists_are_published(city, programme, clock):
    people = range(100, 140)
    await enter(city, people)
    async with acting(city) as work:
        await commands.take_old_cards(work, [old(person) for person in people])
        await commands.take_made_cards(work, [made(person) for person in people])
    await publish(city)

    async def counter(start):
        for person in people[start::4]:
            await open_card(city, programme, person)
            await report(city, programme, person, made(person).card_id)
            await lift(city, programme, person, made(person).card_id)

    async def publisher():
        return [(await publish(city, at_once=True)).void for _ in range(10)]

    told, *_ = await asyncio.gather(publisher(), *map(counter, range(4)))
    last = await publish(city, at_once=True)
    assert sum(told) + last.void >= len(people), "each is told once at least"
    assert await says(city, await terminal(city, clock.at), clock.at) == await is_so(city, clock.at)


async def test_a_card_voided_while_a_list_is_built_is_in_this_one_or_the_next(
    city, programme, clock, monkeypatch
):
    """What commits after the list's moment is in the next; nobody waits for the list."""
    for base in (True, False):
        here, on = asyncio.Event(), asyncio.Event()

        async def held_up(*args, the=STORE_ADD, here=here, on=on):
            here.set()
            await on.wait()
            await the(*args)

        monkeypatch.setattr(publishing.store, "add", held_up)
        person = 1 if base else 2
        task = asyncio.create_task(publish(city, base=base, at_once=True))
        await asyncio.wait_for(here.wait(), 10)
        await asyncio.wait_for(open_card(city, programme, person), 10)
        on.set()
        await task
        monkeypatch.undo()
        early = await says(city, await terminal(city, clock.at), clock.at)
        assert early[await old_card(city, person)] == "not_listed", "it was not of that moment"
        assert await untold(city) == 1, "and is still to be told"
        clock.at += HOUR
        assert (await publish(city)).void == 1
        assert await says(city, await terminal(city, clock.at), clock.at) == await is_so(city, clock.at)


async def test_a_base_is_of_one_moment(city, programme, clock, monkeypatch):
    """A card reported lost after the first look at the tables and found again later must not stay suspended for ever."""

    async def lost_meanwhile(*args, the=building.base, **more):
        await report(city, programme, 1, made(1).card_id)
        return await the(*args, **more)

    monkeypatch.setattr(building, "base", lost_meanwhile)
    await publish(city)
    await lift(city, programme, 1, made(1).card_id)
    clock.at += HOUR
    await publish(city)
    assert await says(city, await terminal(city, clock.at), clock.at) == await is_so(city, clock.at)


async def test_a_change_that_has_not_committed_yet_is_in_the_next_list(city, programme, clock):
    async with acting(city) as work:
        await commands.open_functions(work, programme, asks(made(1)))
        await publish(city)
    assert set((await says(city, await terminal(city, clock.at), clock.at)).values()) == {"not_listed"}
    clock.at += HOUR
    await publish(city)
    assert await says(city, await terminal(city, clock.at), clock.at) == await is_so(city, clock.at)


async def test_what_is_told_may_be_in_use_and_is_told_once_more(city, programme, clock, monkeypatch):
    """A counter holds the card while what was told of it is noted; a crash there comes to the same."""
    await publish(city)
    await open_card(city, programme, 1)
    monkeypatch.setattr(publishing, "WAIT_MS", 50)
    async with acting(city) as work:
        await work.run("SELECT FROM card WHERE person_id = 1 FOR UPDATE")
        again = await asyncio.wait_for(publish(city, at_once=True), 10)
    assert (again.void, await untold(city)) == (1, 1)
    clock.at += HOUR
    assert ((await publish(city)).void, await untold(city)) == (1, 0)


async def test_a_publisher_that_is_killed_has_published_nothing(city, programme, clock, monkeypatch):
    await open_card(city, programme, 1)

    async def dies(work, *_):
        await STORE_ADD(work, *_)
        with psycopg.connect(city.pool.conninfo) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [work.connection.info.backend_pid])
        await work.value("SELECT 1")

    monkeypatch.setattr(publishing.store, "add", dies)
    with pytest.raises(Problem):
        await publish(city)
    monkeypatch.undo()
    assert await value(city, "SELECT count(*) FROM status_list_file") == 0
    assert (await publish(city)).version == "1.0"
    assert await says(city, await terminal(city, clock.at), clock.at) == await is_so(city, clock.at)


async def test_two_publishers_at_once_publish_once(city):
    done = await asyncio.gather(*(publish(city) for _ in range(4)))
    assert sorted(filter(None, (one.version for one in done))) == ["1.0"]
    done = await asyncio.gather(*(publish(city, at_once=True) for _ in range(4)))
    assert sorted(one.version for one in done) == ["1.1", "1.2", "1.3", "1.4"]


async def test_old_cards_that_are_taken_in_later_make_the_next_file_a_base(city, clock):
    await publish(city)
    clock.at += HOUR
    assert (await publish(city)).version == "1.1"
    await enter(city, [50])
    async with acting(city) as work:
        await commands.take_old_cards(work, [old(50)])
    clock.at += HOUR
    assert (await publish(city)).version == "2.0"
    async with acting(city) as work:
        await commands.take_old_cards(work, [old(50)])
    clock.at += HOUR
    assert (await publish(city)).version == "2.1", "the same extract again brings nothing new"


async def test_a_base_comes_after_its_days_with_a_new_key_or_where_a_delta_would_be_large(
    city, programme, clock, monkeypatch
):
    await publish(city)
    clock.at += timedelta(days=7)
    assert (await publish(city)).version == "2.0"
    other = SecretKey.new()
    assert (await publish(city, at_once=True)).version == "2.1"
    assert (await publish(city, other, at_once=True)).version == "3.0"
    with pytest.raises(StatusListNotSigned):
        await terminal(city, clock.at)
    assert (await terminal(city, clock.at, other)).version == Version(3, 0)
    monkeypatch.setattr(publishing, "load", give(Changed(delta_bytes_max=1_000)))
    await enter(city, range(100, 300))
    async with acting(city) as work:
        await commands.take_made_cards(work, [made(person) for person in range(100, 300)])
    await rows(city, "UPDATE card SET social = 'void', void_at = now() WHERE person_id >= 100 RETURNING 1")
    assert (await publish(city, other, at_once=True)).version == "4.0"
    assert await untold(city) == 0


def give(what):
    async def load(_work):
        return what

    return load


class Changed(Programme):
    """The packaged programme, with another day for old cards or other limits."""

    def __init__(self, ends=None, **limits):
        super().__init__(rule for rule, _ in files.read(files.PACKAGED))
        self.ends, self.limits = ends, limits

    def old_cards_void_from(self, on):
        return self.ends or super().old_cards_void_from(on)

    def status_list(self, on):
        return msgspec.structs.replace(super().status_list(on), **self.limits)


async def test_when_all_old_cards_are_void_the_head_says_so_and_nothing_is_listed(
    city, programme, clock, monkeypatch
):
    first = await publish(city)
    assert (await terminal(city, clock.at)).standing(
        Presented(old(1).card_number, "1.00", CITY), clock.at
    ).listed == "not_listed"

    monkeypatch.setattr(publishing, "load", give(Changed(date(2019, 1, 3))))
    await publish(city, at_once=True)
    held, card = await terminal(city, clock.at), Presented(old(1).card_number, "1.00", CITY)
    assert held.standing(card, clock.at).listed == "not_listed"
    assert held.standing(card, clock.at + timedelta(days=1)).listed == "old_cards_ended", "told a day before"
    clock.at += timedelta(days=1)
    after = await publish(city)
    assert (after.version, after.size_bytes) == ("2.0", 176), "without the part on old cards"
    assert after.size_bytes < first.size_bytes
    assert (await terminal(city, clock.at)).standing(card, clock.at).listed == "old_cards_ended"


async def test_only_the_files_of_two_bases_are_kept_and_what_was_published_stays_on_record(city, clock):
    for _ in range(3):
        await publish(city, base=True)
        await publish(city, at_once=True)
    kept = await rows(
        city, "SELECT epoch, content IS NOT NULL FROM status_list_file ORDER BY epoch, sequence"
    )
    assert kept == [(1, False), (1, False), (2, True), (2, True), (3, True), (3, True)]
    for change in ("DELETE FROM status_list_file", "UPDATE status_list_file SET digest = digest"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await rows(city, change)


async def test_a_machine_whose_clock_is_set_back_publishes_on(city, programme, clock):
    await publish(city)
    clock.at -= timedelta(minutes=30)
    await open_card(city, programme, 1)
    await publish(city, at_once=True)
    assert (await terminal(city, clock.at + HOUR)).version == Version(1, 1)


async def test_a_list_that_is_not_published_in_time_is_overdue(city, programme, clock):
    async def overdue():
        async with acting(city) as work:
            return (await views.state(work, programme)).overdue

    assert await overdue(), "never published"
    await publish(city)
    assert not await overdue()
    clock.at += timedelta(hours=3)
    assert not await overdue()
    clock.at += timedelta(seconds=1)
    assert await overdue()


async def test_many_old_cards_are_shared_out_among_processes(city, programme, clock, monkeypatch):
    monkeypatch.setattr(building, "ALONE_MAX", 3)
    await open_card(city, programme, 1)
    await publish(city)
    assert await says(city, await terminal(city, clock.at), clock.at) == await is_so(city, clock.at)

"""Two counters, each a program of its own with its own connections, apply and open for one person at the same instant."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack

import pytest
from tests.cards.holders import CENTRE, SOCIAL, enter, made, old
from tests.chain import ends
from tests.issuing.town import furnish, person, request

from shebaoka.cards import commands as cards
from shebaoka.cards.model import Opening
from shebaoka.issuing.applications.commands import apply
from shebaoka.issuing.applications.model import Channel
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.ids import Ids
from shebaoka.kit.problems import Problem
from shebaoka.kit.vault import Vault
from shebaoka.registry.programme.views import load

MASTER_KEY = bytes(range(16))
TRIALS = 250


@pytest.fixture
async def counters(database_url, clock):
    """Two programs on one database."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(Database.open(
                database_url, clock=clock, ids=Ids(clock, random.Random(number)), vault=Vault(MASTER_KEY), connections_max=4
            ))
            for number in range(2)
        ]  # fmt: skip


async def race(counters, *acts):
    """Let every counter begin its transaction, then both go at once; give each answer, refusals by their slug."""
    barrier = asyncio.Barrier(len(acts))

    async def counter(database, act):
        try:
            async with database.work(SYSTEM) as work:
                await work.value("SELECT 1")
                await barrier.wait()
                await act(work)
        except Problem as problem:
            return problem.slug
        return "done"

    return sorted(await asyncio.gather(*(counter(*pair) for pair in zip(counters, acts, strict=True))))


async def test_two_counters_apply_for_one_person(counters, clerk, tmp_path, database_url):
    town = await furnish(counters[0], clerk, tmp_path)
    rows = [person(serial) for serial in range(1, TRIALS + 1)]
    await town.settle(*rows)
    async with counters[0].work(SYSTEM) as work:
        programme = await load(work)

    def entering(row, channel):
        return lambda work: apply(work, request(row, channel=channel), programme)

    for row in rows:
        here, there = entering(row, Channel.COMMUNITY_CENTRE), entering(row, Channel.ONLINE)
        assert await race(counters, here, there) == ["application-exists", "done"]
    lives = await town.rows_of(
        "SELECT count(*), count(DISTINCT person_id), (SELECT count(*) FROM audit_fact WHERE action = 'application.submitted')"
        " FROM application"
    )
    assert lives == [(TRIALS, TRIALS, TRIALS)]


async def test_two_counters_open_for_one_person(counters, clerk, tmp_path, database_url):
    town = await furnish(counters[0], clerk, tmp_path)
    people = range(1, TRIALS + 1)
    await enter(counters[0], people)
    async with counters[0].work(SYSTEM) as work:
        programme = await load(work)
        await cards.take_old_cards(work, [old(number) for number in people])
        await cards.take_made_cards(work, [made(number) for number in people])
        await cards.take_made_cards(work, [second(number) for number in people])

    def opening(card):
        asked = Opening(card.person_id, card.card_id, SOCIAL, CENTRE)
        return lambda work: cards.open_functions(work, programme, asked)

    for number in people:
        # Every other trial both hold the same card, else one of two cards each.
        other = made(number) if number % 2 else second(number)
        assert await race(counters, opening(made(number)), opening(other)) == ["done", "transition-refused"]
    states = await town.rows_of("SELECT social, count(*) FROM card WHERE generation = 'old' GROUP BY social")
    assert states == [("void", TRIALS)]
    live = await town.rows_of("SELECT count(*), count(DISTINCT person_id) FROM card WHERE social = 'open'")
    assert live == [(TRIALS, TRIALS)]
    assert ends.stray(database_url) == (0,) * 6


def second(number):
    return made(number, card_id=20_000_000 + number)

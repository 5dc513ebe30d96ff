"""How races are run: acts that begin their transactions and then all go at once, a person for every trial."""

from __future__ import annotations

import asyncio

from holders import CENTRE, SOCIAL, old, rows

from shebaoka.cards import commands
from shebaoka.cards.model import Opening
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.problems import Problem

TRIALS = 150
AT_ONCE = 4


async def give_old_cards(database):
    async with database.work(SYSTEM) as work:
        await commands.take_old_cards(work, [old(person) for person in range(1, TRIALS + 1)])


async def race(database, *acts):
    """Let every act begin its transaction, then all go at once; give what each came to, refusals included."""
    barrier = asyncio.Barrier(len(acts))

    async def run(act):
        async with database.work(SYSTEM) as work:
            await work.value("SELECT 1")
            await barrier.wait()
            return await act(work)

    answers = await asyncio.gather(*(run(act) for act in acts), return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Problem):
            raise answer
    return answers


async def every_person(trial):
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(person):
        async with gate:
            await trial(person)

    await asyncio.gather(*(one(person) for person in range(1, TRIALS + 1)))


async def lives(database, person):
    found = await rows(
        database, "SELECT card_id, generation, social FROM card WHERE person_id = %(p)s", p=person
    )
    return [card for card in found if card[2] in {"open", "suspended"}], found


def opening(programme, card):
    return lambda work: commands.open_functions(
        work, programme, Opening(card.person_id, card.card_id, SOCIAL, CENTRE)
    )

"""Races at a barrier: two clerks note the same employee, two calls fill the last seats, a collection ends while it is noted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from employing import BEGINS, called, done, missed, planned, roster, standing, told
from town import Town

from shebaoka.issuing.employers import commands, errors
from shebaoka.issuing.employers.model import Called, Note
from shebaoka.kit.problems import Problem, TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.registry.programme.views import load

TRIALS = 12


async def race(town: Town, *acts: Callable[[Work], Awaitable[Any]]) -> list[Any]:
    """Let every act begin its transaction, then all go at once; give what each came to, refusals included."""
    barrier = asyncio.Barrier(len(acts))

    async def run(act: Callable[[Work], Awaitable[Any]]) -> Any:
        async with town.database.work(town.actor("ICBC0001")) as work:
            await work.value("SELECT 1")
            await barrier.wait()
            return await act(work)

    answers = await asyncio.gather(*(run(act) for act in acts), return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Problem):
            raise answer
    return answers


async def test_two_clerks_note_the_same_employee(town: Town) -> None:
    await roster(town, "FIRM", *range(1, TRIALS + 1))
    collection = await planned(town, capacity=TRIALS)
    await called(town, collection)
    town.database.clock.at = BEGINS
    async with town.database.work(town.actor("ICBC")) as work:
        programme = await load(work)

    def noting(note: Note) -> Callable[[Work], Awaitable[Any]]:
        return lambda work: commands.note(work, programme, collection.collection_id, [note])

    for seat in range(1, TRIALS + 1):
        other = done(seat) if seat % 3 == 0 else missed(seat)
        (one,), (two,) = await race(town, noting(done(seat)), noting(other))
        slugs = sorted(
            answer.refusal.slug if answer.refusal else "again" * answer.again for answer in (one, two)
        )
        assert slugs == (["", "again"] if other == done(seat) else ["", "seat-noted"])
    stood = list((await standing(town)).values())
    assert "expected" not in stood
    # Whoever was missed was told, once, and nobody else.
    assert len(await told(town, "collection.missed")) == stood.count("missed")
    facts = await town.rows_of(
        "SELECT count(*), count(DISTINCT person_id) FROM audit_fact WHERE action IN ('collection.done', 'collection.missed')"
    )
    assert facts == [(TRIALS, TRIALS)]


async def test_two_calls_never_fill_a_seat_twice(town: Town) -> None:
    first, second = await roster(town, "FIRM", 1, 2, 3), await roster(town, "FIRM", 4, 5, 6)
    collection = await planned(town, capacity=4)

    def calling(list_id: int) -> Callable[[Work], Awaitable[Any]]:
        return lambda work: commands.call(work, collection.collection_id, list_id)

    answers = await race(town, calling(first.list_id), calling(second.list_id))
    assert sorted(type(answer).__name__ for answer in answers) == ["Called", "CollectionFull"]
    assert len(await standing(town)) == 3


async def test_two_collections_at_once_call_nobody_twice(town: Town) -> None:
    listed = await roster(town, "FIRM", *range(1, 21))
    one, two = await planned(town, capacity=20), await planned(town, capacity=20)
    answers = await race(
        town,
        lambda work: commands.call(work, one.collection_id, listed.list_id),
        lambda work: commands.call(work, two.collection_id, listed.list_id),
    )
    assert sum(answer.called for answer in answers if isinstance(answer, Called)) == 20
    assert await town.rows_of("SELECT count(*), count(DISTINCT person_id) FROM collection_seat") == [(20, 20)]
    assert len(await told(town, "collection.called")) == 20


async def test_it_is_closed_while_somebody_is_noted(town: Town) -> None:
    await roster(town, "FIRM", 1)
    collection = await planned(town)
    await called(town, collection)
    town.database.clock.at = BEGINS
    async with town.database.work(town.actor("ICBC")) as work:
        programme = await load(work)
    answers = await race(
        town,
        lambda work: commands.note(work, programme, collection.collection_id, [done(1)]),
        lambda work: commands.close(work, collection.collection_id),
    )
    noted_first = not isinstance(answers[0], TransitionRefused)
    assert await standing(town) == {1: "done" if noted_first else "missed"}
    assert len(await told(town, "collection.missed")) == (0 if noted_first else 1)


async def test_the_loser_of_the_last_seats_is_told_how_many_are_left(town: Town) -> None:
    await roster(town, "FIRM", 1, 2)
    collection = await planned(town, capacity=1)
    answers = await race(
        town, *(lambda work: commands.call(work, collection.collection_id, limit=1) for _ in range(2))
    )
    (full,) = [answer for answer in answers if isinstance(answer, errors.CollectionFull)]
    assert full.members == {"free": 0, "wanted": 1}

"""A bank comes to an employer: who is called, what is noted, who is told, and who sees it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from employing import (
    ALL,
    BEGINS,
    called,
    done,
    missed,
    noted,
    planned,
    roster,
    seats,
    slot,
    standing,
    told,
)
from town import Town, id_number

from shebaoka.issuing.applications.commands import withdraw
from shebaoka.issuing.employers import commands, errors, views
from shebaoka.issuing.employers.model import Called, Closed, Note
from shebaoka.issuing.employers.states import Action, Status
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.registry.programme.views import load


async def test_a_roster_is_called_and_everybody_told(town: Town) -> None:
    listed = await roster(town, "FIRM", 1, 2, 3)
    await roster(town, "FIRM", 4, bank="CCB")
    await roster(town, "SHOP", 5)
    collection = await planned(town)
    assert await called(town, collection, list_id=listed.list_id) == Called(3, 0, 7)
    assert await called(town, collection, list_id=listed.list_id) == Called(0, 3, 7)
    people = [one.person_id for one in await seats(town, collection)]
    assert await told(town, "collection.called") == [
        (person_id, {"collection_id": collection.collection_id, "at": "2019-01-07T09:30:00+08:00",
                     "employer_id": town.places["FIRM"].institution_id})
        for person_id in sorted(people)
    ]  # fmt: skip
    # Neither another bank's application nor another employer's is called.
    with pytest.raises(errors.NobodyToCall):
        other = await town.rows_of(
            "SELECT application_id FROM application ORDER BY application_id DESC LIMIT 2"
        )
        await called(town, collection, numbers=[number for (number,) in other])


async def test_more_people_than_seats_are_refused_as_a_whole(town: Town) -> None:
    listed = await roster(town, "FIRM", *range(1, 6))
    collection = await planned(town, capacity=3)
    with pytest.raises(errors.CollectionFull) as full:
        await called(town, collection, list_id=listed.list_id)
    assert full.value.members == {"free": 3, "wanted": 5}
    assert await standing(town) == {}
    assert await called(town, collection, list_id=listed.list_id, limit=3) == Called(3, 0, 0)
    with pytest.raises(errors.CollectionFull):
        await called(town, collection, list_id=listed.list_id, limit=1)
    second = await planned(town, capacity=9, starts_at=BEGINS + timedelta(hours=3))
    assert await called(town, second) == Called(2, 3, 7)


async def test_an_outcome_is_noted_once(town: Town) -> None:
    await roster(town, "FIRM", 1, 2, 3)
    collection = await planned(town)
    await called(town, collection)
    with pytest.raises(errors.CollectionNotBegun):
        await noted(town, collection, done(1))
    town.database.clock.at = BEGINS
    first = await noted(
        town, collection, done(1), missed(2), done(3, "identity", "consent"), done(9), done(1), missed(1)
    )
    assert [(one.seat_no, one.again, one.refusal and one.refusal.slug) for one in first] == [
        (1, False, None), (2, False, None), (3, False, "collection-incomplete"), (9, False, "seat-unknown"), (1, True, None),
        (1, False, "seat-noted"),
    ]  # fmt: skip
    assert first[2].refusal.members == {"missing": ["signature"]}
    again = await noted(town, collection, done(1), missed(2), done(2))
    assert [(one.again, one.refusal and one.refusal.slug) for one in again] == [
        (True, None), (True, None), (False, "seat-noted"),
    ]  # fmt: skip
    assert await standing(town) == {1: "done", 2: "missed", 3: "expected"}
    ((person_id, payload),) = await told(town, "collection.missed")
    outlet = town.places["C310101002"].institution_id
    assert payload == {"collection_id": collection.collection_id, "outlet_id": outlet}
    assert (await seats(town, collection))[1].person_id == person_id
    facts = await town.rows_of(
        "SELECT action, count(*) FROM audit_fact WHERE action LIKE 'collection.%%' AND person_id <> 0 GROUP BY 1 ORDER BY 1"
    )
    assert facts == [("collection.called", 3), ("collection.done", 1), ("collection.missed", 1)]


@pytest.mark.parametrize(
    ("outlet", "goes"),
    [("", "C310101002"), ("ICBC0001", "ICBC0001"), ("C310101002", "C310101002"), ("CCB00001", None), ("C310101003", None),
     ("FIRM", None), ("NOWHERE", None)],
)  # fmt: skip
async def test_where_one_who_missed_it_goes(town: Town, outlet: str, goes: str | None) -> None:
    await roster(town, "FIRM", 1)
    collection = await planned(town)
    await called(town, collection)
    town.database.clock.at = BEGINS
    (answer,) = await noted(town, collection, missed(1, outlet))
    if goes is None:
        assert answer.refusal
        assert answer.refusal.slug == "next-outlet-wrong"
        assert await standing(town) == {1: "expected"}
        return
    ((_, payload),) = await told(town, "collection.missed")
    assert payload["outlet_id"] == town.places[goes].institution_id


async def test_a_photo_that_is_missing_is_taken_too(town: Town) -> None:
    await roster(town, "FIRM", 1)
    collection = await planned(town)
    await called(town, collection)
    await run(town, "UPDATE application SET status = 'needs_photo'")
    town.database.clock.at = BEGINS
    (answer,) = await noted(town, collection, done(1))
    assert answer.refusal
    assert answer.refusal.members == {"missing": ["photo"]}
    (answer,) = await noted(town, collection, done(1, *ALL, "photo"))
    assert answer.refusal is None
    (seat,) = await seats(town, collection)
    assert seat.taken == [*ALL, "photo"]


async def test_moving_tells_who_is_expected(town: Town) -> None:
    await roster(town, "FIRM", 1, 2)
    collection = await planned(town)
    await called(town, collection)
    async with town.database.work(town.actor("ICBC")) as work:
        programme = await load(work)
        await commands.move(work, programme, collection.collection_id, slot(5, place="二楼"))
    assert await told(town, "collection.moved") == [], "another room is the employer's to tell"
    async with town.database.work(town.actor("ICBC")) as work:
        moved = await commands.move(
            work, programme, collection.collection_id, slot(2, BEGINS + timedelta(days=1))
        )
    assert (moved.capacity, moved.starts_at) == (2, BEGINS + timedelta(days=1))
    assert {payload["at"] for _, payload in await told(town, "collection.moved")} == {
        "2019-01-08T09:30:00+08:00"
    }
    assert len(await told(town, "collection.moved")) == 2
    for wrong, refusal in (
        (slot(1, BEGINS + timedelta(days=1)), errors.CollectionFull),
        (slot(9, BEGINS, hours=0), errors.CollectionSlotWrong),
        (slot(9, BEGINS, hours=20), errors.CollectionSlotWrong),
        (slot(9, town.database.clock.now() + timedelta(hours=23)), errors.CollectionSlotWrong),
    ):
        with pytest.raises(refusal):
            async with town.database.work(town.actor("ICBC")) as work:
                await commands.move(work, programme, collection.collection_id, wrong)


async def test_cancelling_tells_and_frees_everybody(town: Town) -> None:
    await roster(town, "FIRM", 1, 2, 3)
    collection = await planned(town)
    await called(town, collection)
    ended = (await seats(town, collection))[2]
    async with town.database.work(town.clerk) as work:
        await withdraw(work, ended.application_id)
    async with town.database.work(town.actor("ICBC")) as work:
        cancelled = await commands.cancel(work, collection.collection_id)
    assert cancelled.status == Status.CANCELLED
    assert set((await standing(town)).values()) == {"released"}
    people = {person_id for person_id, _ in await told(town, "collection.cancelled")}
    assert len(people) == 2
    assert ended.person_id not in people, "whose application has ended need not be told"
    assert (await called(town, await planned(town))).called == 2


async def test_who_was_never_noted_was_missed(town: Town) -> None:
    await roster(town, "FIRM", 1, 2, 3, 4)
    collection = await planned(town)
    await called(town, collection)
    town.database.clock.at = BEGINS
    await noted(town, collection, done(1), missed(2))
    ended = (await seats(town, collection))[3]
    async with town.database.work(town.clerk) as work:
        await withdraw(work, ended.application_id)
    town.database.clock.at = collection.ends_at + timedelta(days=1)
    assert await commands.close_due(town.database) == Closed()
    town.database.clock.at += timedelta(seconds=1)
    assert await commands.close_due(town.database) == Closed(1, 1, 1)
    assert await commands.close_due(town.database) == Closed()
    assert await standing(town) == {1: "done", 2: "missed", 3: "missed", 4: "released"}
    assert len(await told(town, "collection.missed")) == 2
    # Who was missed may be called again, who was collected not.
    assert await called(town, await planned(town, starts_at=BEGINS + timedelta(days=9))) == Called(2, 1, 8)


async def act(town: Town, collection: Any, action: Action) -> None:
    async with town.database.work(town.actor("ICBC")) as work:
        programme, number = await load(work), collection.collection_id
        match action:
            case Action.CALL:
                await commands.call(work, number)
            case Action.MOVE:
                await commands.move(work, programme, number, slot(9, place="三楼"))
            case Action.NOTE:
                await commands.note(work, programme, number, [])
            case Action.CANCEL:
                await commands.cancel(work, number)
            case Action.CLOSE:
                await commands.close(work, number)


@pytest.mark.parametrize("ended", [Action.CLOSE, Action.CANCEL])
@pytest.mark.parametrize("action", list(Action))
async def test_nothing_is_done_to_a_collection_that_has_ended(
    town: Town, ended: Action, action: Action
) -> None:
    await roster(town, "FIRM", 1)
    collection = await planned(town)
    town.database.clock.at = BEGINS
    await act(town, collection, ended)
    with pytest.raises(TransitionRefused):
        await act(town, collection, action)


async def test_bank_and_employer_see_their_own(town: Town) -> None:
    await roster(town, "FIRM", 1)
    collection = await planned(town)
    await called(town, collection)
    for who in ("ICBC", "ICBC0001", "FIRM", "CENTRE"):
        async with town.database.work(town.actor(who)) as work:
            assert await views.page(work) == [await views.by_id(work, collection.collection_id)]
            assert len(await views.seats(work, collection.collection_id)) == 1
    for who in ("CCB", "CCB00001", "SHOP", "C310101002"):
        async with town.database.work(town.actor(who)) as work:
            assert await views.page(work) == []
            for look in (views.by_id, views.seats):
                with pytest.raises(NotFound):
                    await look(work, collection.collection_id)
    for who in ("CCB", "FIRM", "SHOP"):
        with pytest.raises(NotFound):
            await called(town, collection, who)
        with pytest.raises(NotFound):
            await noted(town, collection, done(1), by=town.actor(who))
    with pytest.raises(NotFound):
        async with town.database.work(town.actor("FIRM")) as work:
            await commands.set_up(work, await load(work), town.places["FIRM"], slot())
    looks = await town.rows_of("SELECT count(*) FROM audit_fact WHERE action = 'collection.seats_seen'")
    assert looks == [(4,)]


async def test_nobody_is_called_once_it_has_begun_and_no_shop_is_a_place(town: Town) -> None:
    await roster(town, "FIRM", 1)
    collection = await planned(town)
    town.database.clock.at = BEGINS
    with pytest.raises(errors.CollectionSlotWrong):
        await called(town, collection)
    with pytest.raises(NotFound):
        await planned(town, employer="0310101001", starts_at=BEGINS + timedelta(days=3))


async def test_what_is_taken_and_when_comes_from_the_dated_rule(town: Town) -> None:
    async with town.database.work(SYSTEM) as work:
        rule = (await load(work)).collection(date(2019, 1, 2))
    assert (rule.needs, rule.notice_hours, rule.close_after_days) == (ALL, 24, 1)


async def test_nothing_personal_is_kept_of_a_collection_in_clear(town: Town) -> None:
    await roster(town, "FIRM", 1)
    collection = await planned(town)
    await called(town, collection)
    town.database.clock.at = BEGINS
    await noted(town, collection, Note(1, missed(1).noting))
    for table in ("collection", "collection_seat", "outbox", "audit_fact"):
        for (row,) in await town.rows_of(f"SELECT {table}::text FROM {table}"):
            assert id_number(1)[:17] not in row
            assert "15400000001" not in row


async def run(town: Town, statement: str) -> None:
    async with town.database.work(town.clerk) as work:
        await work.run(statement)

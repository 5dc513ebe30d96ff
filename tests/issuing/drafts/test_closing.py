"""Guardians whose two weeks to apply online are over are told where to go: each once, and nobody who needs it no more."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

import pytest
from town import CENTRE, person, request

from shebaoka.cards.commands import allocate_numbers, take_made_cards
from shebaoka.cards.model import MadeCard
from shebaoka.issuing.applications.commands import apply
from shebaoka.issuing.drafts.closing import tell_closed_due
from shebaoka.kit.clock import SHANGHAI

BORN = date(2010, 5, 1)
NOTIFIED = date(2019, 5, 6)
LAST_DAY = NOTIFIED + timedelta(days=14)
PARENT = 1


@pytest.fixture
async def school(town):
    """Give what makes a pupil whose guardian was notified; the clock stands on the day after the two weeks."""
    at(town, LAST_DAY + timedelta(days=1))
    parent = person(PARENT)
    guardian = (await town.settle(parent))[parent.id_number]

    async def pupil(serial: int, on: date = NOTIFIED, **more) -> int:
        row = person(serial, born=BORN, guardian_id_number=parent.id_number, guardian_kind="mother",
                     insured="none", insured_status="none", school_stage="primary", **more)  # fmt: skip
        person_id = (await town.settle(row))[row.id_number]
        await notify(town, person_id, guardian, on)
        return person_id

    return pupil


def at(town, day):
    town.database.clock.at = datetime(day.year, day.month, day.day, 3, tzinfo=SHANGHAI)


async def notify(town, person_id, guardian, on):
    async with town.database.work(town.clerk) as work:
        await work.run(
            "INSERT INTO pupil_notice (person_id, school_id, guardian_id, list_id, notified_on, apply_by)"
            " VALUES (%(p)s, 1, %(g)s, 7, %(on)s, %(by)s)",
            {"p": person_id, "g": guardian, "on": on, "by": on + timedelta(days=14)},
        )


async def told(town):
    async with town.database.work(town.clerk) as work:
        return await work.rows(
            "SELECT person_id, payload FROM outbox WHERE topic = 'pupil.window_closed' ORDER BY event_id"
        )


async def test_on_the_day_after_the_guardian_is_told_once_where_to_go(town, school):
    child = await school(11)
    at(town, LAST_DAY)
    assert await tell_closed_due(town.database) == 0
    at(town, LAST_DAY + timedelta(days=1))
    assert await tell_closed_due(town.database) == 1
    assert await tell_closed_due(town.database) == 0
    ((person_id, payload),) = await told(town)
    assert person_id == child
    assert payload["outlet_id"] == town.places[CENTRE].institution_id


async def test_whose_district_is_not_known_may_go_anywhere(town, school):
    await school(11, district_code=None)
    assert await tell_closed_due(town.database) == 1
    ((_, payload),) = await told(town)
    assert payload["outlet_id"] is None


async def test_who_applied_or_has_a_card_or_time_again_is_not_told(town, school):
    applied, with_card, again = await school(11), await school(12), await school(13)
    async with town.database.work(town.clerk) as work:
        row = person(11, born=BORN)
        await apply(work, request(row, guardian_id_number=person(PARENT).id_number))
        (number,) = await allocate_numbers(work, 1)
        bank = town.places["BOSC"].institution_id
        await take_made_cards(
            work, [MadeCard(with_card, work.ids.one(), number, bank, NOTIFIED, None, "AB", "CD")]
        )
    await notify(town, again, 1, LAST_DAY)
    assert await tell_closed_due(town.database) == 0
    assert await told(town) == []
    assert applied != again
    at(town, LAST_DAY + timedelta(days=15))
    assert await tell_closed_due(town.database) == 1
    assert [person_id for person_id, _ in await told(town)] == [again]


async def test_several_runs_at_once_tell_everybody_once(town, school):
    children = [await school(serial) for serial in range(11, 31)]
    barrier = asyncio.Barrier(3)

    async def run():
        await barrier.wait()
        return await tell_closed_due(town.database)

    assert sum(await asyncio.gather(*(run() for _ in range(3)))) == len(children)
    assert sorted(person_id for person_id, _ in await told(town)) == sorted(children)

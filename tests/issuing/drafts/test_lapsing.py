"""A draft whose last day has passed is thrown away, unless its owner saves it at that very moment."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from town import Town, id_number, person

from shebaoka.issuing.drafts import commands
from shebaoka.issuing.drafts.model import Content
from shebaoka.kit.actor import Actor
from shebaoka.kit.clock import SHANGHAI
from shebaoka.registry.programme.views import load

BEGAN = datetime(2019, 5, 6, 12, tzinfo=SHANGHAI)


async def test_a_draft_that_is_saved_while_it_lapses_stays(town: Town) -> None:
    mother = person(2)
    child = person(
        1, born=BEGAN.date().replace(year=2016), guardian_id_number=id_number(2), guardian_kind="母亲"
    )
    ids = await town.settle(mother, child)
    resident = ids[mother.id_number]
    owner = Actor(f"resident:{resident}", town.places["ONLINE01"].institution_id, "resident", resident)
    town.database.clock.at = BEGAN
    async with town.database.work(owner) as work:
        draft = await commands.begin(work, await load(work), ids[child.id_number])
    town.database.clock.at = BEGAN + timedelta(days=60)
    async with town.database.work(owner) as saving, asyncio.timeout(60):
        content = Content("15400000000", "虚构路1号", "", "BOSC")
        await commands.save(saving, await load(saving), draft.draft_id, 1, content)
        lapsing = asyncio.create_task(commands.lapse_due(town.database))
        waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while not await town.rows_of(waiting):  # noqa: ASYNC110 - it waits for another transaction
            await asyncio.sleep(0.01)
    assert await lapsing == 0
    assert await town.rows_of("SELECT status, version FROM draft") == [("open", 2)]

"""The counter's process is killed in the middle of each step: everything stands as before it, and another clerk goes on."""

from __future__ import annotations

import asyncio
import signal
import sys

import pytest
from instant_counter import (
    CENTRE,
    cards_of,
    comes_to,
    does,
    has,
    holds,
    open_counters,
    settle,
    status,
)
from tests.issuing.instant.blanks import blank, make, order, writes
from tests.issuing.instant.killed_counter import SERIAL
from town import Town

from shebaoka.issuing.instant import commands
from shebaoka.kit.outbox import deliver_due
from shebaoka.wiring import SUBSCRIPTIONS

BEFORE = {
    "blank_taken": "account",
    "ordered": "blank_taken",
    "made": "blank_taken",
    "handed_over": "made",
    "opened": "handed_over",
}


@pytest.mark.parametrize("step", list(BEFORE))
async def test_a_killed_step_leaves_everything_as_it_was(town: Town, database_url: str, step: str) -> None:
    await open_counters(town, 5)
    someone, person_id, former = await settle(town, 1)
    session = await comes_to(town, someone, BEFORE[step])
    number, clerk = session.issue.application_id, town.actor(CENTRE)
    before = (await status(town, session), await has(town), await cards_of(town, person_id))
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.issuing.instant.killed_counter",
        database_url, str(clerk.organisation_id), clerk.role, str(number), step,
    )  # fmt: skip
    assert await killed.wait() == -signal.SIGKILL
    assert (await status(town, session), await has(town), await cards_of(town, person_id)) == before
    await holds(town)

    chip = blank(SERIAL)

    async def made(work):
        # The server was killed, the card was not: what was written on it is read back.
        read, _ = writes(chip, (await order(work, number, chip)).order)
        assert writes(chip, (await order(work, number, chip)).order)[0] == read
        return await make(work, number, read)

    ways = {
        "blank_taken": (commands.take_blank, (number,), {}),
        "ordered": (order, (number, chip), {}),
        "made": (made, (), {}),
        "handed_over": (commands.hand_over, (number,), {"id_checked": True, "signed": True}),
        "opened": (commands.open_card, (number,), {}),
    }
    for name in list(BEFORE)[list(BEFORE).index(step) :]:
        act, given, more = ways[name]
        await does(town, act, *given, who=8, **more)
        await holds(town)
    await deliver_due(town.database, SUBSCRIPTIONS)
    assert await status(town, session) == ("handed_over", "completed")
    held = await cards_of(town, person_id)
    assert held.pop(former) == "void"
    assert list(held.values()) == ["open"]
    assert await has(town) == (4, 0)

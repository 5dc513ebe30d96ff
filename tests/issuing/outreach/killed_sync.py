"""Processes that synchronise one device and are killed, one after the other, before and after every commit that wrote something.

python -m tests.issuing.outreach.killed_sync <plan.json>

The parent has loaded the program once and forks a child for every life. A child dies just before its first commit that
writes, the next one just after it; so each item is interrupted twice, and the last child finds nothing left to write.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from shebaoka.faces.api.captured import as_at_a_counter
from shebaoka.issuing.outreach.commands import synchronise
from shebaoka.issuing.outreach.model import Item
from shebaoka.kit.actor import Actor
from shebaoka.kit.clock import SetClock
from shebaoka.kit.database import Database
from shebaoka.kit.ids import Ids
from shebaoka.kit.vault import Vault
from shebaoka.registry.programme.views import load

LIVES_MAX = 60


class Plan(msgspec.Struct, frozen=True):
    """Which device of which outlet brings what, to which database."""

    url: str
    now: datetime
    organisation_id: int
    device_id: int
    secret: str
    items: list[Item]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(*, before: bool) -> None:
    whole = Database.work

    @asynccontextmanager
    async def work(self: Database, actor: Actor, **more: Any):
        async with whole(self, actor, **more) as unit:
            yield unit
            await unit.flush()
            wrote = await unit.value("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
            if wrote and before:
                die()
        if wrote:
            die()

    Database.work = work


async def live(plan: Plan, number: int) -> None:
    # Each life a second later than the one before: identifiers never meet.
    clock = SetClock(plan.now + timedelta(seconds=number))
    async with Database.open(
        plan.url, clock=clock, ids=Ids(clock, random.Random(number)), vault=Vault(bytes(range(16))), connections_max=2,
    ) as database:  # fmt: skip
        actor = Actor("staff:11", plan.organisation_id, "bank_clerk")
        async with database.work(actor) as work:
            programme = await load(work)
        results = await synchronise(
            database, actor, programme, plan.device_id, plan.secret, plan.items, as_at_a_counter(programme)
        )
        assert all(one.status is not None for one in results), results


def fork(plan: Plan, number: int) -> bool:
    """Let a child live; tell whether it came to the end."""
    pid = os.fork()
    if not pid:
        arm(before=number % 2 == 0)
        asyncio.run(live(plan, number))
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert status in (0, -signal.SIGKILL), f"life {number} ended with {status}"
    return status == 0


def main() -> None:
    plan = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Plan)
    for number in range(LIVES_MAX):
        if fork(plan, number):
            sys.stdout.write(f"{number}\n")
            return
    raise AssertionError("it never came to an end")


if __name__ == "__main__":
    main()

"""Processes that live a city's life and are killed, for good and at once, one after the other.

python -m tests.chain.mortal <plan.json>

The parent has loaded the program once and forks a child for every life, so that hundreds of deaths cost little. Each child
goes on where the city stands; it dies before or after a commit that wrote something, and the last one lives.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from tests.chain.life import BEFORE_ALL, Life

from shebaoka import wiring
from shebaoka.kit.clock import SetClock
from shebaoka.kit.database import Database
from shebaoka.kit.settings import Settings

DEATHS_MAX = 2_000


class Plan(msgspec.Struct, frozen=True):
    """Where the city is; `stride`: at every how many-th commit of a step a child dies (0: nobody does)."""

    url: str
    folder: str
    place: str
    settings: dict[str, Any]
    gathered: int
    stride: int


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(death: int) -> None:
    """Let this process die before (negative) or after its n-th commit that wrote something."""
    whole, commits = Database.work, 0

    @asynccontextmanager
    async def work(self, actor):
        nonlocal commits
        async with whole(self, actor) as unit:
            yield unit
            await unit.flush()
            wrote = await unit.value("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
            commits += wrote
            if wrote and commits == -death:
                die()
        if wrote and commits == death:
            die()

    Database.work = work


async def live(plan: Plan, number: int) -> None:
    settings = msgspec.convert(plan.settings, Settings)
    clock = SetClock(BEFORE_ALL)
    async with wiring.city(settings, plan.url, clock) as city:
        life = Life(city, clock, Path(plan.folder), Path(plan.place), plan.gathered)
        await life.live(late=timedelta(seconds=number))
        stopped = [report for report in life.reports if report.problem]
        assert not stopped, stopped


def child(plan: Plan, number: int, death: int | None) -> None:
    if death:
        arm(death)
    asyncio.run(live(plan, number))


def fork(plan: Plan, number: int, death: int | None) -> bool:
    """Let a child live; tell whether it came to the end."""
    pid = os.fork()
    if not pid:
        child(plan, number, death)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert status in (0, -signal.SIGKILL), f"life {number} ended with {status}"
    return status == 0


def main() -> None:
    """Live, die, live on; say how many died.

    Within a step every child dies one commit later than the one before: first just before it, then just after. As
    soon as the city stands further, it begins again with the first commit.
    """
    plan = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Plan)
    place, stood, tries = Path(plan.place), "", 0
    gc.freeze()
    for number in range(DEATHS_MAX):
        commit, after = divmod(tries, 2)
        at = (1 + commit * plan.stride) * (1 if after else -1) if plan.stride else None
        if fork(plan, number, at):
            sys.stdout.write(f"{number}\n")
            return
        stands = place.read_text() if place.exists() else ""
        tries = tries + 1 if stands == stood else 0
        stood = stands
    raise AssertionError("it never came to an end")


if __name__ == "__main__":
    main()

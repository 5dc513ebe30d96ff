"""The processes of a running city, as production has them: who hands in lists, and who runs steps of the chain.

`python -m bench.worker ROLE ORDERS` is started by bench.chain; ORDERS is a JSON file. It ends when its standard input
is closed, after one more round in which nothing may be left to do.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec

from bench.town import ShiftedClock
from shebaoka import wiring
from shebaoka.issuing.stages import STAGES, run_stage
from shebaoka.kit import logs
from shebaoka.kit.city import City
from shebaoka.kit.settings import Settings
from shebaoka.simulation.demo.acting import Townspeople
from shebaoka.simulation.demo.calendar import read_calendar
from shebaoka.simulation.demo.running import hand_in

IDLE_SECONDS: Final = 0.25
STAGE: Final = {stage.name: stage for stage in STAGES}
STEPS: Final = {
    "front": ("verify", "photos", "accounts", "order"),
    "back": ("write", "returns", "dispatch", "events", "outbox", "seal"),
}


class Orders(msgspec.Struct, frozen=True):
    """What a process of the measurement is told."""

    settings: Settings
    files: str
    shift_seconds: float


async def hand_in_all(city: City, files: Path) -> None:
    """Hand in every list of the calendar, one after the other."""
    for _, lists in read_calendar(files / "lists"):
        for listed in lists:
            await hand_in(city, listed)


async def go_round(city: City, names: tuple[str, ...], people: Townspeople | None) -> int:
    """Run these steps once each, let the people act, and give how much there was to do."""
    done = 0

    def count(number: int) -> None:
        nonlocal done
        done += number

    for name in names:
        report = await run_stage(city, STAGE[name], count)
        if report.problem:
            raise RuntimeError(f"{name}: {report.problem}")
    if people:
        await people.answer_questions(city)
        await people.collect(city)
        await people.open(city)
    return done


async def go_on(city: City, names: tuple[str, ...], people: Townspeople | None) -> None:
    """Go round until told to stop, and then once more."""
    stop = threading.Event()

    def listen() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=listen, daemon=True).start()
    last = False
    while not last:
        last = stop.is_set()
        if not await go_round(city, names, people) and not last:
            await asyncio.sleep(IDLE_SECONDS)


async def act(role: str, orders: Orders) -> None:
    """Play one role."""
    files, clock = Path(orders.files), ShiftedClock(timedelta(seconds=orders.shift_seconds))
    async with wiring.city(orders.settings, orders.settings.database_url, clock) as city:
        people = await Townspeople.read(city, files / "behaviour.csv") if role == "back" else None
        print("ready", flush=True)
        if role == "intake":
            sys.stdin.readline()
            await hand_in_all(city, files)
        else:
            await go_on(city, STEPS[role], people)


if __name__ == "__main__":
    told = msgspec.json.decode(Path(sys.argv[2]).read_bytes(), type=Orders)
    logs.configure("warning", "json")
    asyncio.run(act(sys.argv[1], told))

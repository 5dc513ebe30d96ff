"""A process that runs production and delivery once and is killed, for good and at once, at the point it is given.

python -m tests.issuing.delivery.killed_chain <database url> <folder> <sandbox url> <point or ""> <number of the run>
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import os
import random
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path

from tests.issuing.seeding import bureau_at, courier_at

from shebaoka.issuing.delivery import commands as delivery
from shebaoka.issuing.delivery.commands import dispatching, preparing, telling
from shebaoka.issuing.production import commands as production
from shebaoka.issuing.production import exchange, placing
from shebaoka.issuing.production.commands import holding, ordering, taking, writing
from shebaoka.kit.clock import SHANGHAI, SetClock
from shebaoka.kit.database import Database
from shebaoka.kit.ids import Ids
from shebaoka.kit.partners import Partner
from shebaoka.kit.vault import Vault

PLACES = {
    "ordering": ordering, "writing": writing, "taking": taking, "holding": holding, "exchange": exchange,
    "Exchange": exchange.Exchange,
    "preparing": preparing, "dispatching": dispatching, "telling": telling, "Partner": Partner,
}  # fmt: skip
# In the order in which one run after the other can come to them.
POINTS = [
    "ordering._order:after",  # cards ordered, nothing committed
    "progress order:after",  # one chunk committed
    "writing._due:after",  # batches closed, no file
    "exchange._lay:before",  # batch gathered, keys handed out, no file
    "exchange._settle:before",  # file there, its name not on the disk
    "writing._note_sent:after",  # file laid ready, nothing committed
    "Exchange.hand:before",  # committed as written, the bureau has nothing
    "Exchange.hand:after",  # the bureau has it, nothing committed
    "progress write:after",  # one batch committed
    "taking.take_receipt:after",  # a receipt worked through, not committed
    "taking.add_differences:after",  # a bad file's difference written, not committed
    "Exchange.turn_away:before",  # difference committed, file still there
    "Exchange.turn_away:after",
    "taking.take_answer:after",  # a good file worked through, not committed
    "Exchange.put_away:before",  # committed, file still there
    "Exchange.put_away:after",
    "preparing._prepare:after",  # parcels written, not committed
    "dispatching._manifests:after",  # parcels committed, nothing sent
    "Partner.batch:after",  # the courier has them, nothing noted
    "dispatching._settle:after",  # dispatch noted, not committed
    "progress dispatch:after",
    "telling._take_page:after",  # a page worked through, not committed
    "progress events:after",
]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: str) -> None:
    name, _, when = point.partition(":")
    holder, _, attribute = name.partition(".")
    whole = getattr(PLACES[holder], attribute)

    @functools.wraps(whole)
    def stopped(*given, **named):
        if when == "before":
            die()
        result = whole(*given, **named)
        if not inspect.isawaitable(result):
            die()
        return dying(result)

    async def dying(awaited):
        await awaited
        die()

    setattr(PLACES[holder], attribute, stopped)


def small_steps() -> None:
    """Many chunks, batches, manifests and pages of few people."""
    ordering.PEOPLE_AT_ONCE = 7
    placing.CARDS_PER_BATCH_MAX = 5
    preparing.PARCELS_AT_ONCE = 6
    telling.EVENTS_PER_PAGE = 11


async def chain(database: Database, folder: Path, courier: Partner, point: str = "") -> None:
    def progress(step: str):
        return lambda _: die() if point == f"progress {step}:after" else None

    await production.order_due(database, progress("order"))
    await production.write_due(database, bureau_at(folder), progress("write"))
    await production.take_returns(database, bureau_at(folder), progress("return"))
    await delivery.dispatch_due(database, courier, progress("dispatch"))
    await delivery.take_events(database, courier, progress("events"))


async def run(url: str, folder: Path, sandbox: str, point: str, number: int) -> None:
    small_steps()
    if point and not point.startswith("progress"):
        arm(point)
    # Each run a second later than the one before: identifiers never meet.
    clock = SetClock(datetime(2019, 1, 2, 13, tzinfo=SHANGHAI) + timedelta(seconds=number))
    ids = Ids(clock, random.Random(number))
    vault = Vault(bytes(range(16)))
    async with (
        courier_at(sandbox) as courier,
        Database.open(url, clock=clock, ids=ids, vault=vault, connections_max=4) as database,
    ):
        await chain(database, folder, courier, point)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5])))

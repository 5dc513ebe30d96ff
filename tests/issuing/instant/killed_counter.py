"""A counter's process that takes one step and is killed, for good and at once, before its transaction ends.

python -m tests.issuing.instant.killed_counter <database url> <outlet id> <role> <application id> <step>
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from datetime import datetime

from tests.issuing.instant.blanks import blank, makes, order

from shebaoka.issuing.instant import commands
from shebaoka.kit.actor import Actor
from shebaoka.kit.clock import SHANGHAI, SetClock
from shebaoka.kit.database import Database
from shebaoka.kit.ids import Ids
from shebaoka.kit.vault import Vault
from shebaoka.registry.programme.views import load

SERIAL = 77
"""Of the chip that lies in the reader."""


async def step(url: str, outlet: int, role: str, number: int, name: str) -> None:
    clock = SetClock(datetime(2019, 1, 2, 13, tzinfo=SHANGHAI))
    ids, vault = Ids(clock, random.Random(2)), Vault(bytes(range(16)))
    async with (
        Database.open(url, clock=clock, ids=ids, vault=vault, connections_max=2) as database,
        database.work(Actor("staff:9", outlet, role)) as work,
    ):
        programme = await load(work)
        if name == "blank_taken":
            await commands.take_blank(work, programme, number)
        elif name == "ordered":
            await order(work, number, blank(SERIAL))
        elif name == "made":
            await makes(work, number, blank(SERIAL))
        elif name == "handed_over":
            await commands.hand_over(work, number, id_checked=True, signed=True)
        else:
            await commands.open_card(work, programme, number)
        await work.flush()
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(step(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5]))

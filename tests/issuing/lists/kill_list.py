"""A process that takes in a roster and dies after so many chunks; run by test_killed_lists.py."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from datetime import datetime
from pathlib import Path

from shebaoka.issuing.lists import model
from shebaoka.issuing.lists.commands import take_in
from shebaoka.issuing.lists.model import ListOf
from shebaoka.kit.actor import Actor
from shebaoka.kit.clock import SHANGHAI, SetClock
from shebaoka.kit.database import Database
from shebaoka.kit.ids import Ids
from shebaoka.kit.vault import Vault


async def main(url: str, organisation_id: int, file: Path, chunks: int) -> None:
    """Take in `file`; die by SIGKILL once `chunks` chunks are done."""
    done, data = 0, await asyncio.to_thread(file.read_bytes)

    def progress(_: int) -> None:
        nonlocal done
        done += 1
        if done == chunks:
            os.kill(os.getpid(), signal.SIGKILL)

    clock = SetClock(datetime(2019, 1, 2, 12, tzinfo=SHANGHAI))
    ids = Ids(clock, random.SystemRandom())
    actor = Actor("staff:9", organisation_id, "clerk")
    async with Database.open(
        url, clock=clock, ids=ids, vault=Vault(bytes(range(16))), connections_max=4
    ) as database:
        await take_in(
            database,
            actor,
            ListOf.EMPLOYER,
            file.name,
            data,
            invented_allowed=True,
            progress=progress,
        )


if __name__ == "__main__":
    from shebaoka.issuing.lists import commands

    model.ROWS_AT_ONCE = commands.ROWS_AT_ONCE = 20  # type: ignore[misc,attr-defined]
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])))

"""Whoever waits for a person that somebody else holds is told so in time, on whichever machine the person lives."""

from __future__ import annotations

import asyncio
import random

import psycopg
import pytest
from tests.citus.conftest import MASTER_KEY

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database, DatabaseBusy
from shebaoka.kit.ids import Ids
from shebaoka.kit.vault import Vault

TAKEN = "INSERT INTO card_directory (card_number, person_id, card_id) VALUES ('A', 1, 1)"
CHANGE = "UPDATE card_directory SET card_id = 2 WHERE card_number = 'A'"


async def test_a_lock_is_waited_for_no_longer_than_was_said(cluster, clock):
    with psycopg.connect(cluster.url) as connection:
        connection.execute(TAKEN)
    opening = Database.open(
        cluster.url, clock=clock, ids=Ids(clock, random.Random(1)), vault=Vault(MASTER_KEY), connections_max=2
    )
    async with opening as database, database.work(SYSTEM) as holder, asyncio.timeout(60):
        await holder.run(CHANGE)
        with pytest.raises(DatabaseBusy):
            async with database.work(SYSTEM, lock_wait_ms=50) as work:
                await work.run(CHANGE)

"""Production and delivery are killed between any two steps, one after the other; the end equals that of a run that lived."""

from __future__ import annotations

import signal
import subprocess
import sys
from itertools import count

import pytest
from tests.issuing.delivery.killed_chain import POINTS
from tests.issuing.seeding import read, sandbox_for, seed, someone, until

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database

PEOPLE = 20


RUNS = count(1)


def run(url, sandbox, point=""):
    until(lambda: bureau_idle(sandbox.exchange))
    command = [
        sys.executable, "-m", "tests.issuing.delivery.killed_chain",
        url, str(sandbox.exchange), sandbox.url, point, str(next(RUNS)),
    ]  # fmt: skip
    return subprocess.run(command, check=False, capture_output=True, text=True)


def bureau_idle(exchange):
    return not list((exchange / "to-bureau").glob("P*.sbk2"))


async def the_end(database, holders):
    """Everything that must be equal, by holder; identifiers, waybills and moments may differ."""
    rows = await read(
        database,
        "SELECT a.application_id, a.status, p.status, count(DISTINCT c.card_id), count(DISTINCT o.order_id),"
        " min(o.status), min(c.expires_on), count(DISTINCT p.parcel_id)"
        " FROM application a LEFT JOIN parcel p USING (person_id, application_id)"
        " LEFT JOIN card c ON c.person_id = a.person_id LEFT JOIN production_order o ON o.person_id = a.person_id"
        " GROUP BY a.application_id, a.status, p.status",
    )
    names = {one.application_id: one.name for one in holders}
    return {names[row[0]]: row[1:] for row in rows}


@pytest.fixture
def sandbox(tmp_path):
    people = [someone(n, home=n % 4 != 0) for n in range(PEOPLE)]
    with sandbox_for(tmp_path, people) as running:
        running.faults("courier", duplicate=0.5, reorder=0.5)
        running.faults("bureau", duplicate=0.3, unordered_card=True)
        yield running


@pytest.fixture
async def oracle(database, tmp_path_factory):
    """What becomes of everybody when nothing is killed."""
    people = [someone(n, home=n % 4 != 0) for n in range(PEOPLE)]
    with sandbox_for(tmp_path_factory.mktemp("oracle"), people) as running:
        holders = await seed(database, PEOPLE)
        url = database.pool.conninfo
        for _ in range(2):  # out to the bureau, and on from there
            lived = run(url, running)
            assert lived.returncode == 0, lived.stderr
        return await the_end(database, holders)


@pytest.fixture
async def second_database(server, clock, database):
    server.create_database("killed", template="template_shebaoka")
    try:
        async with Database.open(
            server.url("killed"),
            clock=clock,
            ids=database.ids,
            vault=type(database.vault)(bytes(range(16))),
            connections_max=4,
        ) as opened:
            yield opened
    finally:
        server.drop_database("killed")


async def test_killed_at_every_step_it_ends_as_if_it_had_lived(oracle, second_database, sandbox, server):
    database, url = second_database, server.url("killed")
    holders = await seed(database, PEOPLE)
    (sandbox.exchange / "from-bureau").mkdir(exist_ok=True)
    (sandbox.exchange / "from-bureau" / "R1-1.zip.sbk2").write_bytes(b"not what it should be")
    for point in POINTS:
        killed = run(url, sandbox, point)
        assert killed.returncode == -signal.SIGKILL, f"{point} was never reached: {killed.stderr}"
    for _ in range(2):
        lived = run(url, sandbox)
        assert lived.returncode == 0, lived.stderr
    end = await the_end(database, holders)
    assert end == oracle
    assert {row[:2] for row in end.values()} == {("received", "delivered"), ("at_outlet", "at_outlet")}
    assert {row[2:5] for row in end.values()} == {(1, 1, "made")}
    # The courier has had each card once, the bureau each batch once.
    assert sandbox.stats("courier")["people"] == sandbox.stats("courier")["answers"] == PEOPLE
    batches = await read(
        database, "SELECT count(*), sum(cards) FROM production_batch WHERE status = 'answered'"
    )
    assert batches == [(sandbox.stats("bureau")["calls"], PEOPLE)]
    async with database.work(SYSTEM) as work:
        refused = await work.rows("SELECT count(*) FROM return_difference WHERE kind = 'file_refused'")
    assert refused == [(1,)]

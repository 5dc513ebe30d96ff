"""The database server is killed again and again under load: what was acknowledged is there, nothing is half done."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import psycopg
import pytest
from tests.cards.holders import CENTRE, SOCIAL, enter, made, old
from tests.chain import ends
from tests.chain.command_line import open_folder
from tests.issuing.town import furnish, person, request

from shebaoka.cards import commands as cards
from shebaoka.cards.model import Opening
from shebaoka.issuing.applications.commands import apply
from shebaoka.issuing.applications.errors import ApplicationExists
from shebaoka.kit import postgres, setup
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.ids import Ids
from shebaoka.kit.migrate import upgrade
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.vault import Vault
from shebaoka.registry.programme.views import load

MASTER_KEY = bytes(range(16))
KILLS, HANDS, PEOPLE = 20, 4, 1_200
# So many notes of a round until the server dies.
SOONEST, LATEST = 4, 40
HALF_APPLIED = """
SELECT
    (SELECT count(*) FROM application a WHERE NOT EXISTS (SELECT FROM audit_fact f WHERE f.person_id = a.person_id
        AND f.action = 'application.submitted' AND f.subject = a.application_id::text)),
    (SELECT count(*) FROM audit_fact f WHERE f.action = 'application.submitted' AND NOT EXISTS (
        SELECT FROM application a WHERE a.person_id = f.person_id AND a.application_id::text = f.subject)),
    (SELECT count(*) FROM (SELECT person_id FROM application GROUP BY person_id HAVING count(*) > 1) AS twice)
"""
# Whoever opened has lost the old card in the same transaction, nobody else has.
OLD_CARDS = """
SELECT count(*) FROM card o JOIN card n USING (person_id)
WHERE o.generation = 'old' AND n.generation = 'new' AND (n.social = 'open') <> (o.social = 'void')
"""


class Book:
    """The counters' own book, outside the database: on the disk before anybody goes on."""

    def __init__(self, path):
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.notes = 0

    def note(self, what, key):
        os.write(self._file, f"{what} {key}\n".encode())
        os.fdatasync(self._file)
        self.notes += 1

    def done(self):
        return {tuple(line.split()) for line in self.path.read_text().splitlines()}


@asynccontextmanager
async def opened(url, clock):
    ids = Ids(clock, random.Random())
    async with Database.open(
        url, clock=clock, ids=ids, vault=Vault(MASTER_KEY), connections_max=HANDS + 1
    ) as database:
        yield database


async def settled(url, clock, clerk, folder):
    """People with an old card and an unopened new one, and others who have not applied yet; give what is to be done."""
    async with opened(url, clock) as database:
        town = await furnish(database, clerk, folder)
        holders = range(1, PEOPLE + 1)
        await enter(database, holders)
        async with database.work(SYSTEM) as work:
            await cards.take_old_cards(work, [old(number) for number in holders])
            await cards.take_made_cards(work, [made(number) for number in holders])
        rows = [person(serial) for serial in range(1, PEOPLE + 1)]
        people = await town.settle(*rows)
    return [
        *(("opened", str(number)) for number in holders),
        *(("applied", str(people[row.id_number]), row) for row in rows),
    ]  # fmt: skip


async def act(database, programme, what, key, *row):
    """Do one thing at a counter; done before and not acknowledged is done."""
    with suppress(TransitionRefused, ApplicationExists):
        async with database.work(SYSTEM) as work:
            if what == "opened":
                card = made(int(key))
                await cards.open_functions(
                    work, programme, Opening(card.person_id, card.card_id, SOCIAL, CENTRE)
                )
            else:
                await apply(work, request(*row), programme)


async def under_load(database, book, waiting, kill, notes):
    """Let the counters work until the server is killed under them."""
    async with database.work(SYSTEM) as work:
        programme = await load(work)
    killed = asyncio.Event()

    async def hand():
        while waiting:
            task = waiting.pop()
            try:
                await act(database, programme, *task)
            except Exception:  # noqa: BLE001 - whatever a dying server comes to
                assert killed.is_set(), "refused while the server was well"
                waiting.append(task)  # nobody knows what became of it
                return
            book.note(*task[:2])
            if book.notes >= notes and not killed.is_set():
                kill()
                killed.set()

    await asyncio.gather(*(hand() for _ in range(HANDS)))
    assert killed.is_set(), "there was too little to do"


def present(url):
    with psycopg.connect(url) as connection:
        opened_cards = connection.execute(
            "SELECT person_id FROM card WHERE generation = 'new' AND social = 'open'"
        )
        found = {("opened", str(number)) for (number,) in opened_cards}
        found |= {
            ("applied", str(number)) for (number,) in connection.execute("SELECT person_id FROM application")
        }
        half = connection.execute(HALF_APPLIED).fetchone(), connection.execute(OLD_CARDS).fetchone()
    assert half == ((0, 0, 0), (0,))
    assert ends.stray(url) == (0,) * 6
    return found


@pytest.fixture
def cluster():
    """A server of its own, that may be killed."""
    with open_folder() as folder:
        with postgres.start(folder / "data") as running:
            upgrade(running.url())
            setup.furnish(running.url(), MASTER_KEY)
        yield folder / "data"
        postgres.stop(folder / "data", "immediate")


async def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(cluster, clock, clerk, tmp_path):
    chance, book = random.Random(20190102), Book(tmp_path / "book")
    running = postgres.start(cluster)
    waiting = await settled(running.url(), clock, clerk, tmp_path)
    chance.shuffle(waiting)
    for _ in range(KILLS):
        pid = running.postmaster_pid
        async with opened(running.url(), clock) as database:
            await under_load(
                database, book, waiting, lambda pid=pid: os.kill(pid, signal.SIGKILL),
                book.notes + chance.randint(SOONEST, LATEST),
            )  # fmt: skip
        running.leave()
        running = postgres.start(cluster)
        clock.at += timedelta(seconds=1)  # as it would have; identifiers of one instant might meet
        done, found = book.done(), present(running.url())
        assert done <= found, f"acknowledged and lost: {sorted(done - found)}"
    assert len(done) > KILLS * SOONEST
    running.leave()

"""A real server for the whole run, a fresh database for every test that asks for one."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import structlog

from shebaoka.kit import postgres
from shebaoka.kit.actor import Actor
from shebaoka.kit.clock import SHANGHAI, SetClock
from shebaoka.kit.database import Database
from shebaoka.kit.ids import Ids
from shebaoka.kit.migrate import upgrade
from shebaoka.kit.setup import furnish
from shebaoka.kit.vault import Vault

MASTER_KEY = bytes(range(16))
TEMPLATE = "template_shebaoka"
HERE = Path(__file__).parent
TWICE = tuple(
    HERE / path
    for path in (
        "kit", "house/test_sql.py", "ledger", "cards", "benefits/settlement", "benefits/insurance", "chain/test_demo.py", "chain/test_chain_races.py",
        "chain/test_postgres_killed.py", "cli/test_refusals.py",
    )
)  # fmt: skip
IN_MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 * 2**30
"""What the servers of a run with two workers never fill; a container's 64 MiB would not do."""


@pytest.fixture(autouse=True)
def _logs_are_of_one_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let `capture_logs` hear everything: a logger keeps what it was first bound to, and a level stays, from an earlier test that configured logging."""
    configure = structlog.configure
    monkeypatch.setattr(
        structlog, "configure", lambda **how: configure(**{**how, "cache_logger_on_first_use": False})
    )
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Running]:
    """The server named by SHEBAOKA_TEST_PG: the wheel's PostgreSQL 18, or Debian's."""
    installation = {"wheel": postgres.wheel, "debian": postgres.debian}[
        os.environ.get("SHEBAOKA_TEST_PG", "wheel")
    ]
    with tempfile.TemporaryDirectory(prefix="shebaoka-test-", dir=roomy_memory()) as folder:
        # A folder of its own for each run (and each xdist worker); others must be able to walk to it.
        Path(folder).chmod(0o755)
        data, settings = Path(folder) / "data", {"max_wal_size": "256MB"}
        with postgres.start(data, installation=installation(), settings=settings) as running:
            running.create_database(TEMPLATE)
            upgrade(running.url(TEMPLATE))
            furnish(running.url(TEMPLATE), MASTER_KEY)
            yield running


def roomy_memory() -> Path | None:
    """Give where files lie in memory, if there is room: the tests that kill a server keep their own elsewhere."""
    try:
        roomy = os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free >= ROOM_BYTES
    except OSError:
        roomy = False
    return IN_MEMORY if roomy else None


@pytest.fixture
def database_url(server: postgres.Running) -> Iterator[str]:
    """The URL of a fresh, migrated, empty database."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    server.create_database(name, template=TEMPLATE)
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def clock() -> SetClock:
    """A clock that stands at noon on the first day of the programme, until the test sets it."""
    return SetClock(datetime(2019, 1, 2, 12, tzinfo=SHANGHAI))


@pytest.fixture
async def database(database_url: str, clock: SetClock) -> AsyncIterator[Database]:
    """A fresh database, opened."""
    ids = Ids(clock, random.Random(1))
    async with Database.open(
        database_url, clock=clock, ids=ids, vault=Vault(MASTER_KEY), connections_max=20
    ) as database:
        yield database


@pytest.fixture
def clerk() -> Actor:
    """Somebody of the card centre."""
    return Actor("staff:1", 1, "card_centre_operator")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is run a second time, on Debian's PostgreSQL, is marked so: what all else rests on, and one whole city.

    Of the rooms above every query prepares there (`house/test_sql.py`).
    """
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        if {"server", "database_url", "database"} & used and any(map(item.path.is_relative_to, TWICE)):
            item.add_marker(pytest.mark.database)

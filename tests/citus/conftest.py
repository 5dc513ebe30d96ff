"""The cluster named by SHEBAOKA_CITUS_URL; without it these tests are skipped, and say so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from tests.chain.command_line import key_file, shebaoka

from shebaoka.simulation.demo.resetting import OURS, mark_demo, prepare_demo

VARIABLE = "SHEBAOKA_CITUS_URL"
MASTER_KEY = bytes(range(16))
TURN = "SELECT pg_advisory_lock(741999)"
FOREIGN = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND to_regclass('public.city_fact') IS NULL
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
"""


@dataclass(frozen=True)
class Cluster:
    """A distributed city of invented people: where it is, the operator's folder, and what placing it told."""

    url: str
    folder: Path
    steps: list[str]


@contextmanager
def empty_city() -> Iterator[str]:
    """Give the URL of the cluster's database, empty; cleared before and after.

    Whatever is neither empty nor marked as a city of invented people is refused and left as it is.
    """
    url = os.environ.get(VARIABLE, "")
    if not url:
        pytest.skip(f"{VARIABLE} names no Citus cluster")
    # Two runs at once take turns: they have one database between them.
    with psycopg.connect(url, autocommit=True) as turn:
        turn.execute(TURN)
        foreign = [name for (name,) in turn.execute(FOREIGN)]
        assert not foreign, f"{VARIABLE} must name an empty database; this one holds {foreign}"
        prepare_demo(url)
        yield url
        clear(url)


def clear(url: str) -> None:
    """Drop what the migrations made; `empty_city` has seen to it that nothing else was there."""
    with psycopg.connect(url) as connection:
        connection.execute("SET LOCAL citus.multi_shard_modify_mode = 'sequential'")
        for (name,) in connection.execute(OURS).fetchall():
            connection.execute(f"DROP {name} CASCADE")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """An empty city, migrated and distributed by the operator's command."""
    folder = tmp_path_factory.mktemp("cluster")
    key_file(folder, MASTER_KEY)
    with empty_city() as url:
        steps = shebaoka(folder, "migrate", "--citus", "--json", database_url=url).did()["steps"]
        mark_demo(url)
        yield Cluster(url, folder, steps)


@pytest.fixture
def coordinator(cluster: Cluster) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection to the cluster whose work is rolled back."""
    with psycopg.connect(cluster.url) as connection:
        yield connection
        connection.rollback()

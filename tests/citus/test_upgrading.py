"""A city that is distributed already comes to the newest schema: every migration on a cluster, with rows to carry along."""

from __future__ import annotations

import psycopg
import pytest
from tests.chain.command_line import key_file, shebaoka
from tests.citus.conftest import MASTER_KEY, empty_city

from shebaoka.kit import queries
from shebaoka.kit.distribution import distribute
from shebaoka.kit.migrate import MIGRATIONS, newest, upgrade
from shebaoka.simulation.demo.resetting import mark_demo

FIRST = "0005"
"""The first schema with which a city could live: people, cards, applications, parcels."""
SQL = queries.load(__file__)
PEOPLE = 40
CARRIED = {
    "SELECT status, look_on::text, count(*) FROM parcel GROUP BY 1, 2 ORDER BY 1": [
        ("at_outlet", "2019-01-04", PEOPLE // 2), ("in_transit", None, PEOPLE // 2)],
    "SELECT manifest_id, parcels, accepted, refused FROM manifest ORDER BY 1": [
        (n, PEOPLE // 4, PEOPLE // 4, 0) for n in range(4)],
    "SELECT institution_id, readiness FROM institution ORDER BY 1": [(1, "live"), (2, "planned")],
    "SELECT institution_id, action, became FROM readiness_step": [(1, "take_over", "live")],
    "SELECT loss, lost_at = '2018-01-01 00:00+08', count(*) FROM card GROUP BY 1, 2": [("formal", True, PEOPLE)],
}  # fmt: skip


def later_revisions():
    return sorted(name for path in (MIGRATIONS / "versions").glob("0*.py") if (name := path.name[:4]) > FIRST)


@pytest.fixture
def lived_in():
    """A distributed city with the first schema and rows in it."""
    with empty_city() as url:
        upgrade(url, FIRST)
        mark_demo(url)
        distribute(url)
        with psycopg.connect(url) as connection:
            for name in ("institutions", "parcels", "cards"):
                connection.execute(SQL[name], {"people": PEOPLE})
        yield url


def everything(url):
    with psycopg.connect(url) as connection:
        return set(connection.execute(SQL["everything"]).fetchall())


def check(url, alone_url):
    assert distribute(url) == []
    assert everything(url) == everything(alone_url)
    with psycopg.connect(url) as connection:
        found = {question: connection.execute(question).fetchall() for question in CARRIED}
    assert found == CARRIED


def test_from_the_first_schema_to_the_newest_at_once(lived_in, database_url, tmp_path):
    key_file(tmp_path, MASTER_KEY)
    steps = shebaoka(tmp_path, "migrate", "--citus", "--json", database_url=lived_in).did()["steps"]
    assert any(step.startswith("photo_consent:") for step in steps)
    check(lived_in, database_url)


def test_release_by_release(lived_in, database_url):
    assert later_revisions()[-1] == newest()
    for revision in later_revisions():
        upgrade(lived_in, revision)
        distribute(lived_in)
    check(lived_in, database_url)

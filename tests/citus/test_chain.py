"""The whole chain on a cluster, by the operator's commands and against the real sandbox, as it is on one machine."""

from __future__ import annotations

import psycopg
import pytest
from tests.chain.command_line import at_once, begin, key_file, shebaoka

from shebaoka.kit.distribution import distribute, placements

PEOPLE = 400
SEED = 7
MASTER_KEY = bytes(range(16))
EVER_SECOND = """
SELECT person_id FROM card WHERE social IN ('open', 'suspended') GROUP BY person_id HAVING count(*) > 1
"""
# The old cards of those who have opened a new one; at the same moment each must have died.
OUTLIVED = """
SELECT old.person_id
FROM card AS old
JOIN card AS new ON new.person_id = old.person_id AND new.generation = 'new' AND new.social = 'open'
WHERE old.generation = 'old' AND (old.social <> 'void' OR old.void_at <> new.social_opened_at)
"""
REPLACED = """
SELECT count(*) FILTER (WHERE new.person_id IS NOT NULL), count(*) FILTER (WHERE old.void_reason = 'replaced')
FROM card AS old
LEFT JOIN card AS new ON new.person_id = old.person_id AND new.generation = 'new' AND new.social = 'open'
WHERE old.generation = 'old'
"""
CARDS_OF_MACHINES = """
SELECT sum(result::bigint)
FROM run_command_on_shards('card', 'SELECT count(*) FROM %s') JOIN citus_shards USING (shardid)
GROUP BY nodename, nodeport
"""


def demo(folder, url):
    return begin(folder, "demo", "--people", str(PEOPLE), "--seed", str(SEED), "--json", database_url=url)


@pytest.fixture(scope="module")
def figures(cluster, server, tmp_path_factory):
    """The same city on the cluster and on one machine, at once."""
    alone = tmp_path_factory.mktemp("alone")
    key_file(alone, MASTER_KEY)
    server.create_database("chain_alone")
    ran = at_once([demo(cluster.folder, cluster.url), demo(alone, server.url("chain_alone"))])
    yield tuple(one.did() for one in ran)
    server.drop_database("chain_alone")


@pytest.fixture
def lived(figures, cluster):
    """A connection to the city on the cluster, after its whole life."""
    with psycopg.connect(cluster.url) as connection:
        yield connection


def test_the_counts_are_those_of_one_machine(figures):
    on_cluster, alone = ({**found, "seconds": None} for found in figures)
    assert on_cluster == alone


def test_the_chain_came_to_its_end(figures):
    found, _ = figures
    assert found["people"] == PEOPLE
    assert found["applications"] >= found["cards_made"] >= found["opened"] >= found["old_cards_void"] > 100
    assert found["two_live_cards"] == 0
    assert found["audit_verified"] is True


def test_the_city_stayed_distributed(lived, cluster):
    assert distribute(cluster.url) == []
    cards = [count for (count,) in lived.execute(CARDS_OF_MACHINES)]
    machines = lived.execute("SELECT count(*) FROM citus_get_active_worker_nodes()").fetchone()
    assert machines
    assert len(cards) >= min(2, machines[0])
    assert min(cards) > PEOPLE / len(cards) / 2, "every machine has its share of the people"


def test_no_card_outlived_the_opening_of_the_next(figures, lived):
    assert lived.execute(EVER_SECOND).fetchall() == []
    assert lived.execute(OUTLIVED).fetchall() == []
    with_new, replaced = lived.execute(REPLACED).fetchone() or (0, 0)
    assert figures[0]["old_cards_void"] >= replaced == with_new > 100


def test_everything_of_a_person_lies_together(lived):
    owned = [one.table for one in placements(lived) if one.person_owned]
    groups = lived.execute(
        "SELECT count(DISTINCT colocation_id) FROM citus_tables WHERE table_name::text = ANY(%s)", [owned]
    ).fetchone()
    assert groups == (1,)


def test_an_auditor_agrees(figures, cluster):
    verdict = shebaoka(cluster.folder, "audit", "verify", "--json", database_url=cluster.url).did()
    assert verdict["verified"] is True
    assert verdict["facts"] == figures[0]["audit_facts"] > PEOPLE

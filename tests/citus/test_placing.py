"""On a cluster: tables lie where their comments say, nothing of the schema is lost on the way, every query runs."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from shebaoka.kit import queries
from shebaoka.kit.distribution import PlacementUnknown, distribute, hot_functions, placements
from shebaoka.kit.violations import VIOLATIONS, constraint
from shebaoka.migrations.script import statements

SOURCE = Path(__file__).parents[2] / "src" / "shebaoka"
SAMPLES = {
    "bigint": ("1", "2"), "integer": ("1", "2"), "smallint": ("1", "2"), "numeric": ("1", "2"),
    "double precision": ("1", "2"), "text": ("x", "y"), "boolean": ("true", "false"), "bytea": (r"\x01", r"\x02"),
    "date": ("2019-01-02", "2019-01-03"), "jsonb": ("{}", "{}"), "interval": ("1 hour", "2 hours"),
    "time without time zone": ("09:00", "17:00"),
    "timestamp with time zone": ("2019-01-02 12:00+08", "2019-01-03 12:00+08"),
}  # fmt: skip
A_PERSON = """
INSERT INTO person (person_id, id_digest, sealed, name_digest, content_digest, birth_date, sex, hukou, insured,
                    insured_status, updated_at)
VALUES (1, 'i', 's', 'n', 'c', '1960-01-01', 'female', true, 'none', 'none', '2019-01-01')
"""
CARDS = """
INSERT INTO card (person_id, card_id, card_number, generation, social, financial, issued_on, bank_id)
VALUES (1, 1, 'OLD', 'old', 'open', 'none', '2009-01-01', NULL),
       (1, 2, 'NEW', 'new', 'unopened', 'unopened', '2019-01-01', 7)
"""
FACT = """
INSERT INTO audit_fact (person_id, fact_id, at, actor, organisation_id, action, subject, detail)
VALUES (1, 1, '2019-01-02', 'system:test', 0, 'looked', '1', '{}')
"""


def test_tables_lie_where_their_comments_say(coordinator):
    found = {
        name: (kind, column, group)
        for name, kind, column, group in coordinator.execute(
            "SELECT table_name::text, citus_table_type, distribution_column, colocation_id FROM citus_tables"
        )
    }
    people = found["person"][2]
    for one in placements(coordinator):
        kind, column, group = found.pop(one.table)
        assert (kind, column) == (("reference", "<none>") if one.shared else ("distributed", one.column))
        assert (group == people) == one.person_owned
    assert {kind for kind, _, _ in found.values()} <= {"local"}, (
        "whatever else Citus knows lies on the first machine"
    )


def test_the_command_tells_what_it_placed(cluster, coordinator):
    told = {step.partition(":")[0] for step in cluster.steps}
    expected = {one.table for one in placements(coordinator)} | set(hot_functions(coordinator))
    assert told == expected or not told, "all of it, or nothing where an earlier run has left the city placed"


def test_placing_again_does_nothing(cluster):
    assert distribute(cluster.url) == []


def test_comments_survive(coordinator):
    said = dict(coordinator.execute(queries.load(str(SOURCE / "kit" / "distribution.sql"))["comments"]))
    assert len(said) > 30
    assert "" not in said.values()


@pytest.fixture
def later_table(cluster):
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE later (person_id bigint PRIMARY KEY, word text)")
        connection.execute("INSERT INTO later SELECT n, 'word ' || n FROM generate_series(1, 500) AS n")
        yield connection
        connection.execute("DROP TABLE later")


def test_a_table_added_later_is_placed_with_its_rows(cluster, later_table):
    with pytest.raises(PlacementUnknown, match="later"):
        distribute(cluster.url)
    later_table.execute("COMMENT ON TABLE later IS 'person-owned: added by a later migration'")
    assert len(distribute(cluster.url)) == 1
    assert later_table.execute("SELECT count(*), count(DISTINCT word) FROM later").fetchone() == (500, 500)
    here = later_table.execute("SELECT pg_relation_size('later')").fetchone()
    assert here == (0,), "nothing stays behind on the first machine"


LATER_MIGRATION = """
ALTER TABLE card ADD COLUMN colour text; -- of a later release
ALTER TABLE institution ADD COLUMN colour text;
UPDATE card SET colour = 'red; green';
ALTER TABLE card ALTER COLUMN colour SET NOT NULL;
CREATE INDEX card_colour ON card (colour);
COMMENT ON COLUMN card.colour IS 'a colour';
CREATE TABLE shade (person_id bigint PRIMARY KEY);
CREATE OR REPLACE FUNCTION audit_fact_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit facts are append-only; all of them' USING ERRCODE = 'insufficient_privilege';
END
$$;
"""


def test_a_later_migration_runs(coordinator):
    coordinator.execute("SET LOCAL citus.multi_shard_modify_mode = 'sequential'")
    for statement in statements(LATER_MIGRATION):
        coordinator.execute(statement)
    assert coordinator.execute("SELECT count(*) FROM card WHERE colour = 'none'").fetchone() == (0,)


def test_a_hot_function_is_one_call_to_the_machine_of_its_person(coordinator):
    assert any(signature.startswith("card_open(") for signature in hot_functions(coordinator))
    coordinator.execute(A_PERSON)
    coordinator.execute(CARDS)
    issued: list[str] = []
    coordinator.add_notice_handler(lambda notice: issued.append(notice.message_primary or ""))
    coordinator.execute("SET LOCAL citus.log_remote_commands = on")
    coordinator.execute("SET LOCAL client_min_messages = notice")
    opened = coordinator.execute(
        "SELECT outcome, voided FROM card_open(1, 2, '2019-01-02', true, 7, '2019-01-02 12:00+08', '2019-01-02')"
    ).fetchone()
    coordinator.execute("SET LOCAL citus.log_remote_commands = off")
    assert opened == ("opened", [1])
    assert [line for line in issued if "card_open" not in line] == []
    assert len(issued) == 1


GUARDS = """
SELECT relname, array_agg(tgname::text ORDER BY tgname)
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE NOT tgisinternal AND relname = ANY (%s) GROUP BY relname
"""
GUARDS_OF_SHARDS = """
SELECT result::text[] FROM run_command_on_shards(%s, $$
    SELECT array_agg(tgname::text ORDER BY tgname) FROM pg_trigger WHERE tgrelid = '%%s'::regclass AND NOT tgisinternal $$)
"""


def test_every_guard_stands_on_every_shard(coordinator):
    placed = [one.table for one in placements(coordinator) if one.column]
    guards = dict(coordinator.execute(GUARDS, [placed]).fetchall())
    assert {"audit_fact", "card", "hand_over", "photo_consent", "proxy_act"} <= guards.keys()
    for table, names in guards.items():
        shards = coordinator.execute(GUARDS_OF_SHARDS, [table]).fetchall()
        found = {tuple(re.sub(r"_\d{6,}$", "", name) for name in names_there) for (names_there,) in shards}
        assert (found, len(shards) > 1) == ({tuple(names)}, True)


def test_nobody_rewrites_history_on_any_machine(coordinator):
    coordinator.execute(FACT)
    assert coordinator.execute("UPDATE audit_fact SET batch_no = 1 WHERE person_id = 1").rowcount == 1
    for rewriting in ("UPDATE audit_fact SET actor = 'nobody'", "DELETE FROM audit_fact"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), coordinator.transaction():
            coordinator.execute(rewriting)


def test_no_void_card_returns_on_any_machine(coordinator):
    coordinator.execute(A_PERSON)
    coordinator.execute(CARDS)
    coordinator.execute(
        "UPDATE card SET social = 'void', void_at = now() WHERE person_id = 1 AND card_id = 1"
    )
    with pytest.raises(psycopg.errors.CheckViolation, match="never returns"), coordinator.transaction():
        coordinator.execute(
            "UPDATE card SET social = 'open', void_at = NULL WHERE person_id = 1 AND card_id = 1"
        )


@pytest.mark.parametrize(
    ("spoiling", "name"),
    [
        ("UPDATE card SET social = 'open' WHERE person_id = 1 AND card_id = 2", "card_one_live"),
        ("UPDATE card SET social = 'open' FROM unnest(ARRAY[1, 9]::bigint[]) AS u(p) WHERE person_id = u.p",
         "card_one_live"),
        (CARDS, "card_pkey"),
        ("UPDATE card SET social = 'lost' WHERE person_id = 1 AND card_id = 2", "card_social_check"),
        ("INSERT INTO card_directory SELECT n, 1, 1 FROM unnest(ARRAY['A', 'A', 'B', 'C']) AS n",
         "card_directory_pkey"),
    ],
)  # fmt: skip
def test_a_constraint_that_refuses_is_known_by_its_name(coordinator, spoiling, name):
    coordinator.execute(A_PERSON)
    coordinator.execute(CARDS)
    with pytest.raises(VIOLATIONS) as refused:
        coordinator.execute(spoiling)
    assert constraint(refused.value) == name


def test_a_copy_that_a_constraint_refuses_tells_its_name(coordinator):
    def copy():
        with coordinator.cursor().copy("COPY card_directory FROM STDIN") as stream:
            for row in (("A", 1, 1), ("B", 2, 2), ("A", 3, 3)):
                stream.write_row(row)

    with pytest.raises(VIOLATIONS) as refused:
        copy()
    assert constraint(refused.value) == "card_directory_pkey"


def test_every_named_query_runs(coordinator):
    """Whether Citus can run a query shows in planning it, so the values matter little."""
    failures = []
    for path in sorted(SOURCE.rglob("*.sql")):
        if "migrations" in path.parts:
            continue
        for name, text in queries.load(str(path)).items():
            refusal = run(coordinator, text)
            if refusal:
                failures.append(f"{path.relative_to(SOURCE)}:{name}: {refusal}")
    assert not failures, "\n".join(failures)


def run(connection, text):
    """Run a query with sample values, undo it, and give what Citus has against it."""
    names = dict.fromkeys(re.findall(r"%\((\w+)\)s", text))
    numbered = text.replace("%%", "%")
    for i, name in enumerate(names, start=1):
        numbered = numbered.replace(f"%({name})s", f"${i}")
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(f"PREPARE it AS {numbered}".rstrip().rstrip(";").encode())
            types = connection.execute(
                "SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = 'it'"
            ).fetchone()[0]
            values = ", ".join(map(sample, types))
            connection.execute(f"EXECUTE it ({values})" if types else "EXECUTE it")
    except psycopg.IntegrityError:
        return ""  # it ran, and the sample values broke a constraint
    except psycopg.Error as error:
        return "" if constraint(error) else str(error)
    finally:
        with connection.transaction():
            connection.execute("DEALLOCATE ALL")
    return ""


def sample(kind):
    values = SAMPLES[kind.removesuffix("[]")]
    quoted = ", ".join(f"'{value}'" for value in values)
    return f"ARRAY[{quoted}]::{kind}" if kind.endswith("[]") else f"'{values[0]}'::{kind}"


def test_a_query_that_cannot_run_on_a_cluster_is_noticed(coordinator):
    assert run(coordinator, "SELECT card_id FROM card WHERE person_id = %(person_id)s") == ""
    assert run(coordinator, "SELECT person_id FROM person JOIN card_directory USING (person_id)") != ""
    assert run(coordinator, "SELECT FROM card WHERE card_id = ANY(%(cards)s) FOR UPDATE") != ""

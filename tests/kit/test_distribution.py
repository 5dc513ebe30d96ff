"""Where every table goes on a cluster is read from its comment, in an order in which it can be placed."""

import psycopg
import pytest

from shebaoka.kit.distribution import CitusMissing, PlacementUnknown, distribute, hot_functions, placements


@pytest.fixture
def connection(database_url):
    with psycopg.connect(database_url) as connection:
        yield connection


def by_table(connection):
    return {one.table: one for one in placements(connection)}


def test_every_table_goes_where_its_comment_says(connection):
    placed = by_table(connection)
    assert (placed["card"].column, placed["card"].person_owned, placed["card"].shared) == (
        "person_id",
        True,
        False,
    )
    assert (placed["card_directory"].column, placed["card_directory"].person_owned) == ("card_number", False)
    assert (placed["institution"].column, placed["institution"].shared) == (None, True)
    assert not {"audit_batch", "list_file", "alembic_version"} & placed.keys(), "local tables are not placed"


def test_the_comments_agree_with_the_columns(connection):
    columns = set(connection.execute("SELECT table_name, column_name FROM information_schema.columns"))
    assert {(one.table, one.column) for one in placements(connection) if one.column} <= columns


def test_what_others_need_is_placed_first(connection):
    order = [one.table for one in placements(connection)]
    beside = [one.table for one in placements(connection) if one.person_owned]
    assert beside[0] == "person"
    assert order.index("district") < order.index("institution") < order.index("payroll_bank")


def test_a_longer_row_of_foreign_keys_is_followed(connection):
    # Alphabetical order and order of making are both the wrong one here.
    for table, refers_to in (("z", ""), ("m", "REFERENCES z"), ("a", "REFERENCES m"), ("y", "REFERENCES a")):
        connection.execute(f"CREATE TABLE {table} (id bigint PRIMARY KEY {refers_to})")
        connection.execute(f"COMMENT ON TABLE {table} IS 'shared: a link'")
    order = [one.table for one in placements(connection) if one.table in set("zmay")]
    assert order == ["z", "m", "a", "y"]


@pytest.mark.parametrize("comment", [None, "holds things", "person owned: no", "keyed by: nothing", "shared"])
def test_a_table_that_does_not_say_is_named(connection, comment):
    connection.execute("CREATE TABLE silent (person_id bigint PRIMARY KEY)")
    if comment:
        connection.execute(psycopg.sql.SQL("COMMENT ON TABLE silent IS {}").format(comment))
    with pytest.raises(PlacementUnknown, match="silent"):
        placements(connection)


def make_function(connection, name, argument, comment):
    connection.execute(
        f"CREATE FUNCTION {name}({argument} bigint, p_day date) RETURNS void LANGUAGE plpgsql AS 'BEGIN END'"
    )
    connection.execute(f"COMMENT ON FUNCTION {name} IS '{comment}'")


def test_hot_functions_say_so_in_their_comment(connection):
    before = set(hot_functions(connection))
    make_function(connection, "warm", "p_person_id", "reads hot: things")
    make_function(connection, "burning", "p_person_id", "hot: settles")
    assert set(hot_functions(connection)) - before == {"burning(bigint,date)"}


def test_a_hot_function_about_nobody_is_named(connection):
    make_function(connection, "lost", "p_card_id", "hot: settles")
    with pytest.raises(PlacementUnknown, match="lost"):
        hot_functions(connection)


def test_a_server_without_citus_is_refused_and_nothing_changes(database_url, connection):
    before = connection.execute("SELECT oid, relname FROM pg_class ORDER BY oid").fetchall()
    connection.rollback()
    with pytest.raises(CitusMissing):
        distribute(database_url)
    assert connection.execute("SELECT oid, relname FROM pg_class ORDER BY oid").fetchall() == before

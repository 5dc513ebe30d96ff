"""The name of the constraint that refused is told the same, whichever machine refused."""

import psycopg
import pytest

from shebaoka.kit.violations import constraint


def refused(connection, statement):
    with pytest.raises(psycopg.Error) as caught:
        connection.execute(statement)
    connection.rollback()
    return caught.value


def raised(connection, state, message):
    """Raise as a machine of a cluster does: the state and the words arrive, the name by itself does not."""
    error = refused(connection, f"DO $$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = '{state}'; END $$")
    assert error.diag.constraint_name is None
    return error


@pytest.fixture
def connection(database_url):
    with psycopg.connect(database_url) as connection:
        yield connection


def test_one_machine_names_it(connection):
    connection.execute("INSERT INTO card_directory VALUES ('A12345678', 1, 1)")
    error = refused(connection, "INSERT INTO card_directory VALUES ('A12345678', 2, 2)")
    assert constraint(error) == "card_directory_pkey"


def test_a_name_that_ends_in_a_number_keeps_it_on_one_machine(connection):
    connection.execute("CREATE TABLE numbered (n int CONSTRAINT rule_7 CHECK (n > 0))")
    connection.commit()
    error = refused(connection, "INSERT INTO numbered VALUES (0)")
    connection.execute("DROP TABLE numbered")
    assert constraint(error) == "rule_7"


@pytest.mark.parametrize(
    ("state", "message", "name"),
    [
        ("unique_violation", 'duplicate key value violates unique constraint "application_one_live_102028"',
         "application_one_live"),
        ("check_violation", 'new row for relation "card_102008" violates check constraint "card_check_2"',
         "card_check_2"),
        ("internal_error", 'new row for relation "card_102008" violates check constraint "card_check"', "card_check"),
        ("unique_violation", '重复键违反唯一约束"card_one_live_102028"', "card_one_live"),
        ("internal_error", 'duplicate key value violates unique constraint "card_directory_pkey_102016"',
         "card_directory_pkey"),
        ("internal_error", 'cannot modify table "district" because there was a parallel operation', ""),
        ("unique_violation", "no name at all", ""),
    ],
)  # fmt: skip
def test_a_machine_of_a_cluster_names_it_in_its_words(connection, state, message, name):
    assert constraint(raised(connection, state, message)) == name


@pytest.mark.parametrize("state", ["not_null_violation", "syntax_error", "raise_exception"])
def test_other_errors_name_none(connection, state):
    assert constraint(raised(connection, state, 'null value in column "x" of relation "card_1"')) == ""

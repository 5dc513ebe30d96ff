"""Every named query prepares; the schema file is what the migrations make; keys of person-owned tables begin with the person."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest
from tools.dump_schema import made_by_migrations

from shebaoka.kit import queries
from shebaoka.kit.distribution import placements

ROOT = Path(__file__).parents[2]
STORES = sorted((ROOT / "src" / "shebaoka").rglob("*.sql"))
QUERY_FILES = [path for path in STORES if "migrations" not in path.parts]
# The table of a SELECT that locks, and its conditions.
LOCKING = re.compile(r"\bFROM (\w+)\b((?:(?!\bFROM\b).)*?)\bFOR (?:NO KEY )?UPDATE", re.DOTALL)
SET_TO_AN_ELEMENT = re.compile(r"\bSET\b[^;]*?=\s*(?!ARRAY)\w+\[")
PLACEMENTS = ("person-owned: ", "shared: ", "keyed by ", "local: ")


def named_queries():
    for path in QUERY_FILES:
        for name, text in queries.load(str(path)).items():
            yield pytest.param(text, id=f"{path.relative_to(ROOT / 'src' / 'shebaoka')}:{name}")


@pytest.mark.parametrize("text", list(named_queries()))
def test_every_query_prepares(database_url_once, text):
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", text)))
    numbered = text.replace("%%", "%")
    for i, name in enumerate(names, start=1):
        numbered = numbered.replace(f"%({name})s", f"${i}")
    with psycopg.connect(database_url_once) as connection:
        connection.execute(f"PREPARE it AS {numbered}".rstrip().rstrip(";").encode())


@pytest.mark.parametrize("path", QUERY_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_query_says_why(path):
    blocks = re.split(r"^-- name: ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]
    assert blocks, "a file of queries has queries"
    for block in blocks:
        lines = block.splitlines()
        assert lines[1].startswith("-- "), f"{path}: {lines[0]} has no sentence of why"


def test_migrations_make_the_schema_file():
    """The file is a dump by the wheel's own pg_dump, so this one always runs on the wheel's server."""
    assert made_by_migrations() == (ROOT / "schema.sql").read_text("utf-8")


def test_every_table_says_where_it_lives(database_url_once):
    with psycopg.connect(database_url_once) as connection:
        rows = connection.execute(
            "SELECT relname, obj_description(oid) FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'"
        ).fetchall()
    assert len(rows) > 20
    silent = [name for name, comment in rows if not (comment or "").startswith(PLACEMENTS)]
    assert silent == []


def test_keys_of_person_owned_tables_begin_with_the_person(database_url_once):
    with psycopg.connect(database_url_once) as connection:
        owned = {
            row[0]
            for row in connection.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND obj_description(oid) LIKE 'person-owned: %'"
            )
        }
        with_person = {
            row[0]
            for row in connection.execute(
                "SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
                " WHERE a.attname = 'person_id' AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
            )
        }
        keys = connection.execute(
            "SELECT t.relname, i.relname, (SELECT attname FROM pg_attribute WHERE attrelid = t.oid AND attnum = x.indkey[0])"
            " FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid"
            " WHERE x.indisunique AND t.relnamespace = 'public'::regnamespace"
        ).fetchall()
    assert len(owned) > 10
    # A look-up table finds the person by another key; it says so in its own comment.
    assert {name for name in with_person - owned if not name.endswith("_directory")} == set()
    assert [(t, i, first) for t, i, first in keys if t in owned and first != "person_id"] == []


def unnamed_locks(text, columns):
    """Tables of which a query locks rows on all machines at once, which a cluster refuses."""
    locked = [(table, where) for table, where in LOCKING.findall(text) if table in columns]
    return [table for table, where in locked if not re.search(rf"\b{columns[table]} = %\(", where)]


def test_a_lock_names_the_machine_whose_row_it_takes(database_url_once):
    with psycopg.connect(database_url_once) as connection:
        columns = {one.table: one.column for one in placements(connection) if one.column}
    assert unnamed_locks("SELECT FROM card WHERE card_id = %(card_id)s FOR UPDATE SKIP LOCKED", columns) == [
        "card"
    ]
    assert unnamed_locks("SELECT FROM card WHERE person_id = %(person_id)s FOR NO KEY UPDATE", columns) == []
    found = {
        f"{path.relative_to(ROOT)}:{name}": tables
        for path in QUERY_FILES
        for name, text in queries.load(str(path)).items()
        if (tables := unnamed_locks(text, columns))
    }
    assert found == {}


def test_no_column_is_set_to_an_element_of_an_array(database_url_once):
    """Citus 13.2.2 brings the whole server down by it (docs/scale.md)."""
    assert SET_TO_AN_ELEMENT.search(
        "UPDATE card SET version = 1, social = p_found[array_position(p_lost, social)]"
    )
    with psycopg.connect(database_url_once) as connection:
        texts = dict(connection.execute(
            "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        ).fetchall())  # fmt: skip
    texts |= {
        f"{path}:{name}": text for path in QUERY_FILES for name, text in queries.load(str(path)).items()
    }
    assert [name for name, text in texts.items() if SET_TO_AN_ELEMENT.search(text)] == []

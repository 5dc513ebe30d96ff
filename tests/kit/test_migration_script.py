"""A migration's file is run statement by statement, and nothing in it is mistaken for the end of one."""

from pathlib import Path

import shebaoka.migrations.script
from shebaoka.migrations.script import statements

FILES = sorted(Path(shebaoka.migrations.script.__file__).with_name("sql").glob("*.sql"))


def split(text):
    return [statement.strip() for statement in statements(text)]


def test_a_semicolon_ends_a_statement():
    assert split("SELECT 1;\nSELECT 2;\n") == ["SELECT 1", "SELECT 2"]
    assert split("SELECT 1; SELECT 2") == ["SELECT 1", "SELECT 2"]
    assert split("\n") == []


def test_a_semicolon_in_words_or_a_body_or_a_comment_does_not():
    for whole in (
        "SELECT 'a;b', 'it''s; so'", 'SELECT 1 AS "odd;name"', "-- one; two\nSELECT 3 - 1",
        "DO $$ BEGIN; 'x' END $$", "DO $body$ $$;$$ ; $body$", "SELECT $1 - 2",
    ):  # fmt: skip
        assert split(f"{whole};SELECT 4") == [whole, "SELECT 4"]


def test_our_own_files_lose_nothing():
    assert len(FILES) >= 5
    for file in FILES:
        text = file.read_text("utf-8")
        found = list(statements(text))
        assert ";".join(found).rstrip() == text.rstrip().rstrip(";").rstrip(), file.name
        assert all(statement.count("$$") % 2 == 0 for statement in found)

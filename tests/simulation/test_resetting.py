"""A demo clears what a demo made, and nothing else."""

import psycopg
import pytest

from shebaoka.simulation.demo.resetting import CityInUse, mark_demo, prepare_demo, remove_demo


def run(url, statement):
    with psycopg.connect(url) as connection:
        return connection.execute(statement)


def tables(url):
    with psycopg.connect(url) as connection:
        return {
            row[0]
            for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        }


BANK = (
    "INSERT INTO institution (institution_id, code, kind, name_zh, name_en) VALUES (1, 'A', 'bank', 'A', 'A')"
)


def test_a_new_database_is_accepted(database_url):
    before = tables(database_url)
    prepare_demo(database_url)
    assert tables(database_url) == before


def test_a_demo_s_database_is_cleared_whole(database_url):
    run(database_url, BANK)
    mark_demo(database_url)
    prepare_demo(database_url)
    assert tables(database_url) == set()
    prepare_demo(database_url)


def test_a_city_somebody_has_begun_is_left_alone(database_url):
    run(database_url, BANK)
    before = tables(database_url)
    for act in (prepare_demo, remove_demo):
        with pytest.raises(CityInUse):
            act(database_url)
    assert tables(database_url) == before


def test_somebody_else_s_database_is_left_alone(server, database_url):
    run(database_url, BANK)
    mark_demo(database_url)
    prepare_demo(database_url)
    run(database_url, "CREATE TABLE somebodys (thing text)")
    for act in (prepare_demo, remove_demo):
        with pytest.raises(CityInUse):
            act(database_url)
    assert tables(database_url) == {"somebodys"}

"""A fresh database for the demo. Only an empty one, or one that a demo made, is ever cleared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg import sql

from shebaoka.kit import facts
from shebaoka.kit.problems import Problem

DEMO_RUNNING: Final = 741_033
OURS = """
SELECT format('%s %I', CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, relname)
FROM pg_class c
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S') AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('e', 'i', 'a'))
UNION ALL
SELECT format('FUNCTION %s', p.oid::regprocedure)
FROM pg_proc p
WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""

UNTOUCHED = """
SELECT NOT EXISTS (SELECT 1 FROM person) AND NOT EXISTS (SELECT 1 FROM institution) AND NOT EXISTS (SELECT 1 FROM staff)
"""


class CityInUse(Problem):
    """The database holds a real city; a demo never touches it."""

    slug = "city-in-use"
    status = 409
    title_zh = "该数据库中是真实城市的数据，演示不会改动它"
    title_en = "This database holds a real city; a demo does not touch it"
    remedy_zh = "请为演示另指定数据库：SHEBAOKA_DATABASE_NAME（内置数据库）或 SHEBAOKA_DATABASE_URL"
    remedy_en = "Name another database for the demo: SHEBAOKA_DATABASE_NAME (embedded server) or SHEBAOKA_DATABASE_URL"


class DemoRunning(Problem):
    """Another demo works in this database, or serves from it."""

    slug = "demo-running"
    status = 409
    title_zh = "另一个演示正在使用该数据库"
    title_en = "Another demo is using this database"
    remedy_zh = "请先结束它（在其终端按 Ctrl-C），或用 SHEBAOKA_DATA_DIR 为这一个另指定数据目录"
    remedy_en = "End it first (Ctrl-C in its terminal), or name another data folder for this one with SHEBAOKA_DATA_DIR"


@contextmanager
def held(url: str) -> Iterator[None]:
    """Hold a database for one demo until the block ends, however it ends; DemoRunning when another has it."""
    with psycopg.connect(url, autocommit=True) as connection:
        taken = connection.execute("SELECT pg_try_advisory_lock(%s)", (DEMO_RUNNING,)).fetchone()
        if taken != (True,):
            raise DemoRunning(connection.info.dbname)
        yield


def prepare_demo(url: str) -> None:
    """Clear a demo's database, or accept an empty one; CityInUse for any other."""
    with psycopg.connect(url) as connection:
        if _is_empty(connection):
            return
        if not _is_demo(connection):
            raise CityInUse(connection.info.dbname)
        # Tables named by foreign keys can be dropped on a cluster only so; one machine does not know the setting.
        connection.execute("SET LOCAL citus.multi_shard_modify_mode = 'sequential'")
        for (name,) in connection.execute(OURS).fetchall():
            connection.execute(sql.SQL("DROP {} CASCADE").format(sql.SQL(name)))


def mark_demo(url: str) -> None:
    """Mark a database that has just been made as a demo city, before anybody enters it."""
    with psycopg.connect(url) as connection:
        connection.execute(facts.SQL["set_fact"], {"name": facts.INVENTED_PEOPLE, "value": "true"})


def remove_demo(url: str) -> bool:
    """Clear a demo's database and tell whether there was one; CityInUse for a real city."""
    with psycopg.connect(url) as connection:
        if _is_empty(connection):
            return False
    prepare_demo(url)
    return True


def _is_empty(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Tell whether nothing is there: no table at all, or a schema of ours that nobody has entered anything into."""
    if connection.execute(OURS).fetchone() is None:
        return True
    if not _is_ours(connection):
        return False
    return connection.execute(UNTOUCHED).fetchone() == (True,)


def _is_ours(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    return connection.execute("SELECT to_regclass('public.city_fact')").fetchone() != (None,)


def _is_demo(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    if not _is_ours(connection):
        return False
    row = connection.execute(facts.SQL["fact"], {"name": facts.INVENTED_PEOPLE}).fetchone()
    return row == (True,)

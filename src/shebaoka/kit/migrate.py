"""Migrations: forward only, plain SQL, each file once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg

from shebaoka.kit.problems import Problem

MIGRATIONS = Path(__file__).parents[1] / "migrations"
MIGRATING: Final = 741_004
"""The advisory lock of whoever migrates."""


class SchemaBehind(Problem):
    """The database's schema is not the one this program was written for."""

    slug = "schema-behind"
    status = 500
    title_zh = "数据库结构与程序版本不一致"
    title_en = "The database does not have the schema that this program needs"
    remedy_zh = "请先备份，再运行 shebaoka migrate；若数据库比程序新，请升级程序"
    remedy_en = (
        "Back up, then run: shebaoka migrate. If the database is newer than the program, upgrade the program"
    )


def newest() -> str:
    """Give the revision that this program needs: the number of its last migration file."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def revision(url: str) -> str | None:
    """Give the revision that a database has, or None where nothing was ever migrated."""
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row else None


def check(url: str) -> None:
    """Refuse a database whose schema this program was not written for."""
    found = revision(url)
    if found != newest():
        raise SchemaBehind(f"{found or 'nothing'} instead of {newest()}")


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Let one process at a time make or migrate a database; the others wait until it is done."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (MIGRATING,))
        yield


def upgrade(url: str) -> None:
    """Bring a database to the newest schema. Waits at most four seconds for any lock, then refuses."""
    import alembic.command  # noqa: PLC0415 - half a second of imports that only a migration needs
    import alembic.config  # noqa: PLC0415 - as above

    config = alembic.config.Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    alembic.command.upgrade(config, "head")

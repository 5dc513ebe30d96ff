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


class MigrationRefused(Problem):
    """The database server would not carry out a migration; nothing was changed."""

    slug = "migration-refused"
    status = 500
    title_zh = "数据库拒绝了结构升级，未做任何改动"
    title_en = "The database refused the migration; nothing was changed"
    remedy_zh = (
        "若因锁等待超时，请停止服务与批量步骤后重试；若因权限，请以库的所有者身份运行；再次运行是安全的"
    )
    remedy_en = (
        "After a lock timeout stop the service and the batch steps and try again; for want of a right run it as the "
        "database's owner; it may be repeated safely"
    )


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


def upgrade(url: str, to: str = "head") -> None:
    """Bring a database to the newest schema, or to that of a revision. Waits at most four seconds for any lock, then refuses."""
    import alembic.command  # noqa: PLC0415 - half a second of imports that only a migration needs
    import alembic.config  # noqa: PLC0415 - as above
    import alembic.util  # noqa: PLC0415 - as above
    import sqlalchemy.exc  # noqa: PLC0415 - as above

    config = alembic.config.Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    try:
        alembic.command.upgrade(config, to)
    except alembic.util.CommandError as error:
        # The one way to fail before the first statement: a revision that this program has never heard of.
        raise SchemaBehind(f"{revision(url)} instead of {newest()}") from error
    except psycopg.Error as error:
        raise MigrationRefused(_said(error)) from error
    except sqlalchemy.exc.DBAPIError as error:
        raise MigrationRefused(_said(error.orig)) from error


def _said(error: BaseException | None) -> str:
    primary = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return primary or type(error).__name__

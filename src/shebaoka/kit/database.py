"""The database: a pool of connections that hands out units of work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import psycopg
from psycopg import AsyncConnection, OperationalError
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from shebaoka.kit.actor import Actor
from shebaoka.kit.clock import Clock
from shebaoka.kit.ids import Ids
from shebaoka.kit.problems import Problem
from shebaoka.kit.vault import Vault
from shebaoka.kit.work import Work, transaction

LOWEST_SERVER = 15
REACH_SECONDS = 10
"""How long to wait for a connection. The pool doubles its pauses between tries this long and then begins anew with who
asks next: over its own five minutes they would grow as long as the outage was."""


class DatabaseUnreachable(Problem):
    """The database does not answer."""

    slug = "database-unreachable"
    status = 503
    title_zh = "数据库暂时无法连接"
    title_en = "The database does not answer"
    remedy_zh = "请稍候重试；运维请检查 SHEBAOKA_DATABASE_URL 与数据库服务状态"
    remedy_en = "Try again shortly; operators: check SHEBAOKA_DATABASE_URL and that the server runs"


class DatabaseBusy(Problem):
    """Somebody else works on the same people at this moment; nothing was changed."""

    slug = "database-busy"
    status = 503
    title_zh = "同一业务正在被办理"
    title_en = "Somebody else works on the same at this moment"
    remedy_zh = "未做任何更改，请稍候用同一请求编号重试"
    remedy_en = "Nothing was changed; try again shortly with the same request key"


class DatabaseTooOld(Problem):
    """The server is older than the product supports."""

    slug = "database-too-old"
    status = 500
    title_zh = "数据库版本过低"
    title_en = "The database server is too old"
    remedy_zh = "请使用 PostgreSQL 15 或更高版本"
    remedy_en = "Use PostgreSQL 15 or newer"


@dataclass(slots=True)
class Database:
    """One city's database. `async with Database.open(...)`, then `async with database.work(actor)`."""

    pool: AsyncConnectionPool[AsyncConnection[Any]]
    clock: Clock
    ids: Ids
    vault: Vault

    @classmethod
    @asynccontextmanager
    async def open(
        cls, url: str, *, clock: Clock, ids: Ids, vault: Vault, connections_max: int
    ) -> AsyncIterator[Self]:
        """Open a pool on the server, checked for its version, and close it at the end of the block."""
        pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            url, min_size=1, max_size=connections_max, open=False, timeout=REACH_SECONDS,
            reconnect_timeout=REACH_SECONDS, kwargs={"autocommit": True, "application_name": "shebaoka"},
            configure=_tell_every_machine,
        )  # fmt: skip
        try:
            await pool.open(wait=True, timeout=REACH_SECONDS)
        except PoolTimeout as error:
            await pool.close()
            raise DatabaseUnreachable(str(error)) from error
        try:
            database = cls(pool, clock, ids, vault)
            async with database.connection() as connection:
                _check_version(connection.info.server_version)
            yield database
        finally:
            await pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection[Any]]:
        """Lend a connection; DatabaseUnreachable when none can be had."""
        try:
            async with self.pool.connection() as connection:
                yield connection
        except (DeadlockDetected, SerializationFailure, LockNotAvailable) as error:
            raise DatabaseBusy(type(error).__name__) from error
        except (PoolTimeout, OperationalError) as error:
            raise DatabaseUnreachable(type(error).__name__) from error

    @asynccontextmanager
    async def work(self, actor: Actor, *, lock_wait_ms: int = 0) -> AsyncIterator[Work]:
        """Begin a transaction and hand out its unit of work; commit at the end of the block, roll back on error.

        `lock_wait_ms`: how long to wait for what somebody else holds before DatabaseBusy; 0 waits as long as it takes.
        """
        async with self.connection() as connection:
            await self.vault.refresh(connection)
            work = Work(connection, actor, self.clock.now(), self.ids, self.vault)
            async with transaction(connection, work):
                if lock_wait_ms:
                    await connection.execute(f"SET LOCAL lock_timeout = {int(lock_wait_ms)}".encode())
                yield work

    @asynccontextmanager
    async def moment(self, actor: Actor) -> AsyncIterator[Work]:
        """As `work`, but everything that is read is of one moment: for sums of several rooms that must agree."""
        async with self.work(actor) as work:
            await work.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield work

    @asynccontextmanager
    async def rehearsal(self, actor: Actor, *, lock_wait_ms: int) -> AsyncIterator[Work]:
        """Begin a transaction of which nothing stays, however the block ends: facts and events too are written and rolled back."""
        async with self.connection() as connection:
            await self.vault.refresh(connection)
            work = Work(connection, actor, self.clock.now(), self.ids, self.vault)
            async with connection.transaction(force_rollback=True):
                await connection.execute(f"SET LOCAL lock_timeout = {int(lock_wait_ms)}".encode())
                yield work
                await work.flush()


def reach(url: str) -> None:
    """Refuse a server that does not answer, or is too old, before anybody begins to work with it.

    This function will open one connection and close it. What the driver says of an unusable URL stays out of the
    refusal: it may quote a password.
    """
    try:
        with psycopg.connect(url, connect_timeout=REACH_SECONDS) as connection:
            version = connection.info.server_version
    except OperationalError as error:
        raise DatabaseUnreachable(str(error).partition("\n")[0]) from error
    except psycopg.ProgrammingError as error:
        raise DatabaseUnreachable("SHEBAOKA_DATABASE_URL") from error
    _check_version(version)


async def _tell_every_machine(connection: AsyncConnection[Any]) -> None:
    """Have what is set for one transaction hold on the machines of a cluster, too: how long to wait for a lock, above all.

    One machine does not know the setting.
    """
    await connection.execute("SET citus.propagate_set_commands = 'local'")


def _check_version(server_version: int) -> None:
    if server_version // 10000 < LOWEST_SERVER:
        raise DatabaseTooOld(f"PostgreSQL {server_version // 10000}")

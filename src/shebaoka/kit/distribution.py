"""Beyond one machine: every table is placed on a Citus cluster as its own comment says.

`person-owned: …` is distributed by `person_id`, all such tables together; `keyed by <column>: …` is distributed
by that column on its own; `shared: …` is copied to every machine; `local: …` stays on the first machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any, Final

import psycopg
from psycopg import Connection

from shebaoka.kit import queries
from shebaoka.kit.problems import Problem

SQL: Final = queries.load(__file__)
ANCHOR: Final = "person"
"""The first person-owned table: all the others lie beside it."""
PERSON: Final = "person_id"
HOT_ARGUMENT: Final = "p_person_id"
SAID: Final = re.compile(r"(?P<rule>person-owned|shared|local|keyed by (?P<column>\w+)): ")


class CitusMissing(Problem):
    """The server cannot load Citus."""

    slug = "citus-missing"
    status = 500
    title_zh = "该数据库服务器未安装或未启用 Citus"
    title_en = "This database server has no Citus"
    remedy_zh = "请在每个节点安装 Citus 13 并写入 shared_preload_libraries 后重启；单机部署请去掉 --citus"
    remedy_en = (
        "Install Citus 13 on every node, name it in shared_preload_libraries and restart;"
        " on one machine leave --citus out"
    )


class CitusNotAllowed(Problem):
    """The role may not create the extension or place tables."""

    slug = "citus-not-allowed"
    status = 403
    title_zh = "该数据库用户无权启用 Citus 或分布表"
    title_en = "This database role may not create Citus or place tables"
    remedy_zh = "请由超级用户在每个节点执行 CREATE EXTENSION citus，并以表的所有者身份运行本命令"
    remedy_en = "Have a superuser run CREATE EXTENSION citus on every node, and run this as the tables' owner"


class PlacementUnknown(Problem):
    """A table or hot function does not say where it lives."""

    slug = "placement-unknown"
    status = 500
    title_zh = "有表或函数未说明存放方式"
    title_en = "A table or function does not say where it lives"
    remedy_zh = (
        "请在其注释开头写明 person-owned: / shared: / local: / keyed by <列>: （函数首参须为 p_person_id）"
    )
    remedy_en = (
        "Begin its comment with person-owned: / shared: / local: / keyed by <column>: "
        "(a hot function's first argument is p_person_id)"
    )


class TableNotMovable(Problem):
    """Citus refused to place a table; nothing was placed."""

    slug = "table-not-movable"
    status = 409
    title_zh = "有表无法分布，未做任何改动"
    title_en = "A table cannot be placed; nothing was changed"
    remedy_zh = "请按所列原因处理后重新运行；本命令可重复执行"
    remedy_en = "Mend the cause shown and run this again; it may be repeated safely"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a table lives: `column` distributes it, `shared` copies it everywhere, neither keeps it local."""

    table: str
    column: str | None = None
    shared: bool = False

    @property
    def person_owned(self) -> bool:
        """Whether the rows lie beside everything else of their person."""
        return self.column == PERSON

    def sentence(self) -> str:
        """Say it to an operator."""
        if self.shared:
            return f"{self.table}: 复制到每台机器 · copied to every machine"
        if self.person_owned:
            return f"{self.table}: 按人分布 · distributed by person"
        return f"{self.table}: 按 {self.column} 分布 · distributed by {self.column}"


def distribute(url: str) -> list[str]:
    """Place the tables and register the hot functions; give one sentence for each thing that was done.

    This function will do all of it or nothing, leave alone what is placed already, and keep the rows that are
    there. Nobody should work in the database meanwhile: it waits at most four seconds for any lock.
    """
    with psycopg.connect(url, autocommit=True, options="-c lock_timeout=4s") as connection:
        _require_citus(connection)
        with connection.transaction():
            # Citus changes all shards over one connection then, as foreign keys between shared tables need.
            connection.execute("SET LOCAL citus.multi_shard_modify_mode = 'sequential'")
            # Our triggers look at nothing but their own row, which is as safe on a shard as on a table.
            connection.execute("SET LOCAL citus.enable_unsafe_triggers = on")
            return _place_tables(connection) + _delegate_functions(connection)


def placements(connection: Connection[Any]) -> list[Placement]:
    """Read from the comments where tables are to go, in the order of placing; local ones are left out.

    PlacementUnknown names every table whose comment does not say it.
    """
    said = {table: SAID.match(comment) for table, comment in connection.execute(SQL["comments"])}
    silent = [table for table, match in said.items() if match is None]
    if silent:
        raise PlacementUnknown(", ".join(silent))
    read = {table: _read(table, match) for table, match in said.items() if match}
    order = _order(read, connection.execute(SQL["references"]).fetchall())
    return [read[table] for table in order if read[table].shared or read[table].column]


def _read(table: str, match: re.Match[str]) -> Placement:
    rule, column = match["rule"], match["column"]
    return Placement(table, PERSON if rule == "person-owned" else column, shared=rule == "shared")


def _order(read: Mapping[str, Placement], references: Iterable[tuple[str, str]]) -> list[str]:
    """Put shared tables before those that name them, the anchor before those that lie beside it."""
    before: dict[str, set[str]] = {
        table: {ANCHOR} if one.person_owned and table != ANCHOR else set() for table, one in read.items()
    }
    for referring, referred in references:
        before[referring].add(referred)
    return [table for table in TopologicalSorter(before).static_order() if table in read]


def _require_citus(connection: Connection[Any]) -> None:
    if connection.execute(SQL["available"]).fetchone() is None:
        raise CitusMissing
    try:
        connection.execute("CREATE EXTENSION IF NOT EXISTS citus")
    except psycopg.errors.InsufficientPrivilege as error:
        raise CitusNotAllowed(error.diag.message_primary or "") from error
    except psycopg.Error as error:
        # Citus not being preloaded is told in words only, as an internal error.
        raise CitusMissing(error.diag.message_primary or "") from error


def _descriptions(connection: Connection[Any]) -> set[bytes]:
    """Give every comment as a statement: Citus makes some tables anew on the way and forgets theirs."""
    return {row[0].encode() for row in connection.execute(SQL["descriptions"])}


def _placed(connection: Connection[Any]) -> set[str]:
    rows = connection.execute(
        "SELECT relname FROM pg_dist_partition JOIN pg_class ON pg_class.oid = logicalrelid"
        " WHERE relnamespace = 'public'::regnamespace AND (partmethod = 'h' OR repmodel = 't')"
    )
    return {row[0] for row in rows}


def _place_tables(connection: Connection[Any]) -> list[str]:
    placed, descriptions = _placed(connection), _descriptions(connection)
    done = [_place(connection, one) for one in placements(connection) if one.table not in placed]
    for lost in descriptions - _descriptions(connection):
        connection.execute(lost)
    return done


def _delegate_functions(connection: Connection[Any]) -> list[str]:
    there = _delegated(connection)
    return [
        _delegate(connection, signature) for signature in hot_functions(connection) if signature not in there
    ]


def _place(connection: Connection[Any], one: Placement) -> str:
    try:
        _create(connection, one)
        # The rows were copied to their places; what lies on below them here would never be read again.
        connection.execute("SELECT truncate_local_data_after_distributing_table(%s::regclass)", [one.table])
    except psycopg.errors.InsufficientPrivilege as error:
        raise CitusNotAllowed(f"{one.table}: {error.diag.message_primary}") from error
    except psycopg.Error as error:
        raise TableNotMovable(f"{one.table}: {error.diag.message_primary or error}") from error
    return one.sentence()


def _create(connection: Connection[Any], one: Placement) -> None:
    if one.shared:
        connection.execute("SELECT create_reference_table(%s)", [one.table])
        return
    beside = ANCHOR if one.person_owned and one.table != ANCHOR else "none"
    connection.execute(
        "SELECT create_distributed_table(%s, %s, colocate_with := %s)", [one.table, one.column, beside]
    )


def hot_functions(connection: Connection[Any]) -> list[str]:
    """Give the signatures of the functions whose comment begins with `hot: `.

    PlacementUnknown names those whose first argument is not `p_person_id`: nobody could tell where they belong.
    """
    found = connection.execute(SQL["hot_functions"]).fetchall()
    unfit = [signature for signature, argument in found if argument != HOT_ARGUMENT]
    if unfit:
        raise PlacementUnknown(", ".join(unfit))
    return [signature for signature, _ in found]


def _delegated(connection: Connection[Any]) -> set[str]:
    rows = connection.execute(
        "SELECT objid::regprocedure::text FROM pg_catalog.pg_dist_object"
        " WHERE classid = 'pg_proc'::regclass AND distribution_argument_index IS NOT NULL"
    )
    return {row[0] for row in rows}


def _delegate(connection: Connection[Any], signature: str) -> str:
    try:
        connection.execute(
            # Forced, because every command is a transaction, and in one Citus delegates nothing else.
            "SELECT create_distributed_function("
            "%s::regprocedure, %s, colocate_with := %s, force_delegation := true)",
            [signature, HOT_ARGUMENT, ANCHOR],
        )
    except psycopg.errors.InsufficientPrivilege as error:
        raise CitusNotAllowed(f"{signature}: {error.diag.message_primary}") from error
    except psycopg.Error as error:
        raise TableNotMovable(f"{signature}: {error.diag.message_primary or error}") from error
    return f"{signature}: 在本人所在机器上执行 · runs where its person lives"

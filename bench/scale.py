"""What a person costs in a city of a million, compared with the same people in a city of twenty thousand.

The small city lives through its exchange. Its finished people, with everything that was written about them, are then
copied 49 times, under other identifiers, into a second database beside the same 20,000 people who have not begun; there
the same lists are handed in again.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import mean
from typing import Final

import psycopg
from psycopg import sql

from bench.chain import PEOPLE, Run, live, prepare
from bench.report import Figure, Section, say
from bench.town import Town, town

COPIES: Final = 49
GOAL: Final = 1.3
APART: Final = 2**41
"""How far the identifiers of one copy lie from those of the next: half an hour in identifiers' time, which no run takes."""
PHOTO_BYTES: Final = 200
TABLES: Final = (
    "audit_fact", "application", "person", "person_directory", "guardian_tie", "card", "card_directory", "photo",
    "bank_account", "production_batch", "production_order", "parcel", "parcel_directory", "courier_event", "outbox",
    "event_handled", "pupil_notice",
)  # fmt: skip
SHIFTED: Final = {
    "person_id", "application_id", "card_id", "photo_id", "fact_id", "event_id", "order_id", "batch_id", "parcel_id",
    "manifest_id", "list_id", "guardian_id",
}  # fmt: skip
RENAMED: Final = {"card_number", "waybill", "event_id", "file_name"}
ENDS: Final = {
    "application": (("received", "at_outlet"), "completed"),
    "parcel": (("at_outlet",), "collected"),
}
"""Whoever left a card lying has fetched and opened it in the copies: the people of before have nothing left to do."""
COLUMNS: Final = """
SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of people, its columns with their types, and how copy number `copy` of a row reads."""

    name: str
    columns: tuple[tuple[str, str], ...]

    @property
    def names(self) -> sql.Composed:
        """The columns' names."""
        return sql.SQL(", ").join(sql.Identifier(name) for name, _ in self.columns)

    def read(self) -> sql.Composed:
        """Give the query for the finished people; photos are cut short."""
        parts = [
            sql.SQL("substring({} FOR {})").format(sql.Identifier(name), sql.Literal(PHOTO_BYTES))
            if (self.name, name) == ("photo", "sealed")
            else sql.Identifier(name)
            for name, _ in self.columns
        ]
        return sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(parts), sql.Identifier(self.name))

    def multiply(self, copy: int) -> sql.Composed:
        """Give the statement that writes one copy of everybody, in the order of the table's key."""
        parts = sql.SQL(", ").join(_other(self.name, name, kind, copy) for name, kind in self.columns)
        source = sql.Identifier("history", self.name)
        return sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ORDER BY 1").format(
            sql.Identifier("public", self.name), self.names, parts, source
        )


def _other(table: str, name: str, kind: str, copy: int) -> sql.Composed:
    """Give how a column reads in a copy: identifiers lie further back, keys by which people are found are others."""
    if name == "status" and table in ENDS:
        still, end = ENDS[table]
        return sql.SQL("CASE WHEN status = ANY ({}) THEN {} ELSE status END").format(list(still), end)
    column, number = sql.Identifier(name), sql.Literal(copy)
    if kind == "bigint" and name in SHIFTED:
        return sql.SQL("{} - {}").format(column, sql.Literal(copy * APART))
    if name == "batch_no":  # sealed, but in no chain: `chain.FILLED` knows them
        return sql.SQL("{} - {}").format(column, sql.Literal(copy * 1_000_000))
    if kind == "text" and name in RENAMED:
        return sql.SQL("'H' || substr(md5({} || '/' || {}), 1, 20)").format(column, number)
    if name == "id_digest":
        return sql.SQL("decode(md5(encode({}, 'hex') || {}), 'hex')").format(column, number)
    return sql.SQL("{}").format(column)


def fill(small: Town, large: Town) -> None:
    """Copy the finished people of one town 49 times into another."""
    with psycopg.connect(small.url) as source, psycopg.connect(large.url) as target:
        tables = [Table(name, tuple(source.execute(COLUMNS, (name,)).fetchall())) for name in TABLES]
        target.execute("CREATE SCHEMA history")
        for table in tables:
            target.execute(sql.SQL("CREATE TABLE {} (LIKE {})").format(
                sql.Identifier("history", table.name), sql.Identifier("public", table.name)))  # fmt: skip
            _carry(source, target, table)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda table: _multiply(large, table), tables))
    with psycopg.connect(large.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA history CASCADE")
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def _carry(
    source: psycopg.Connection[tuple[object, ...]],
    target: psycopg.Connection[tuple[object, ...]],
    table: Table,
) -> None:
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier("history", table.name), table.names)
    out = sql.SQL("COPY ({}) TO STDOUT").format(table.read())
    with source.cursor().copy(out) as given, target.cursor().copy(into) as taken:
        for block in given:
            taken.write(block)


def _multiply(large: Town, table: Table) -> None:
    with psycopg.connect(large.url, autocommit=True) as connection:
        connection.execute(
            "SET synchronous_commit = off"
        )  # for what is only filled in; the measured runs are durable
        for copy in range(COPIES, 0, -1):
            connection.execute(table.multiply(copy))


def _runs(base: Town) -> Iterator[tuple[str, Run, int]]:
    """Give the runs: small, large, small, so that what the machine does meanwhile falls on both; with rows of people."""
    files = base.folder / "city"
    with base.copied("large") as large:
        with base.copied("small_1") as small:
            yield "small", live(small, files), _people(small)
            say(f"scale: the finished people are copied {COPIES} times")
            fill(small, large)
        say(f"scale: the large city has {_people(large):,} people, {large.sized() / 1e9:.1f} GB")
        yield "large", live(large, files), _people(large)
    with base.copied("small_2") as small:
        yield "small", live(small, files), _people(small)


def _people(place: Town) -> int:
    with psycopg.connect(place.url) as connection:
        row = connection.execute("SELECT count(*) FROM person").fetchone()
    assert row
    return int(row[0])


def run() -> Section:
    """Measure, and give the section of the page."""
    found: dict[str, list[Run]] = {"small": [], "large": []}
    people = {}
    with town() as base:
        say(f"scale: a city of {PEOPLE:,} people is built and registered")
        prepare(base)
        for name, one, people[name] in _runs(base):
            found[name].append(one)
            say(f"scale: {name}: {one.per_second:,.0f} people/s, {one.cpu_ms:.2f} ms CPU a person")
    return _section(found, people)


def _section(found: dict[str, list[Run]], people: dict[str, int]) -> Section:
    cpu = {name: mean(run.cpu_ms for run in runs) for name, runs in found.items()}
    wall = {name: mean(run.seconds for run in runs) for name, runs in found.items()}
    database = {name: mean(run.cpu["postgresql"] for run in runs) for name, runs in found.items()}
    by_cpu, by_wall = cpu["large"] / cpu["small"], wall["large"] / wall["small"]
    return Section(
        "scale",
        "百万人与两万人 · A million people and twenty thousand",
        f"The chain, as above, for the same people from the same lists: in a city of {people['small']:,}, in one of {people['large']:,}, and in the "
        f"small one again. The large city is filled by SQL: everything written about the small city's finished people, copied {COPIES} times under other "
        f"identifiers and keys (who left a card lying has fetched and opened it; photos cut to {PHOTO_BYTES} bytes; lists handed in are not copied), then vacuumed and analysed.",
        [
            Figure("CPU a person, large ÷ small", f"{by_cpu:.2f}", f"≤ {GOAL}", by_cpu <= GOAL),
            Figure("wall time, large ÷ small", f"{by_wall:.2f}", f"≤ {GOAL}", by_wall <= GOAL),
            Figure("CPU of PostgreSQL, large ÷ small", f"{database['large'] / database['small']:.2f}"),
            Figure("CPU a person, small runs and large", f"{', '.join(f'{run.cpu_ms:.2f}' for run in found['small'])} and {cpu['large']:.2f} ms"),
            Figure("people a second, small runs and large",
                   f"{', '.join(f'{run.per_second:,.0f}' for run in found['small'])} and {found['large'][0].per_second:,.0f}"),
        ],
    )  # fmt: skip

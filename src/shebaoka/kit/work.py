"""The unit of work: one command, one transaction, with its audit facts and its events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, TypeVar, overload

import msgspec
from psycopg import AsyncConnection, sql
from psycopg.rows import tuple_row

from shebaoka.kit import queries
from shebaoka.kit.actor import Actor
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.ids import Ids
from shebaoka.kit.rows import values_of
from shebaoka.kit.vault import Vault

T = TypeVar("T")
Row = tuple[Any, ...]
Parameters = Mapping[str, Any] | None

SQL = queries.load(__file__)
FEW = 50
"""Up to so many facts or events go over in one statement; more are cheaper by COPY (measured, both sides together)."""
FACTS = ("person_id", "fact_id", "at", "actor", "organisation_id", "action", "subject", "detail")
EVENTS = ("person_id", "event_id", "topic", "payload", "recorded_at")
ENCODED = frozenset({"detail", "payload"})
"""Columns whose values are JSON already."""


class Work:
    """What a command works with: the open transaction, who acts, what time it is, and where facts go."""

    def __init__(
        self, connection: AsyncConnection[Any], actor: Actor, now: datetime, ids: Ids, vault: Vault
    ) -> None:
        self.connection = connection
        self.actor = actor
        self.now = now
        self.ids = ids
        self.vault = vault
        self._judged_on: date | None = None
        self._facts: list[Row] = []
        self._events: list[Row] = []

    @property
    def today(self) -> date:
        """The calendar day in Shanghai whose rules decide: the present one, unless `judge_by` named an earlier one."""
        return self._judged_on or self.present_day

    @property
    def present_day(self) -> date:
        """The calendar day in Shanghai."""
        return self.now.astimezone(SHANGHAI).date()

    def judge_by(self, day: date) -> None:
        """Let the rules of an earlier day decide, for what was taken in then and comes in now; all that is written says now."""
        assert day <= self.present_day, "nobody was served tomorrow"
        self._judged_on = day

    @overload
    async def rows(self, query: str, parameters: Parameters, into: type[T]) -> list[T]: ...
    @overload
    async def rows(self, query: str, parameters: Parameters = None, *, binary: bool = False) -> list[Row]: ...
    async def rows(
        self,
        query: str,
        parameters: Parameters = None,
        into: type[Any] | None = None,
        *,
        binary: bool = False,
    ) -> list[Any]:
        """Run a query and give all its rows, as tuples or as values of `into` (columns are its fields).

        `binary`: how they come over; it pays for pictures, which are twice as long written out.
        """
        factory: Any = values_of(into) if into else tuple_row
        cursor = self.connection.cursor(row_factory=factory, binary=binary)
        await cursor.execute(query, _literals(parameters))
        # Not `description`, which makes an object of every column to say the same.
        return await cursor.fetchall() if cursor.rownumber is not None else []

    @overload
    async def row(self, query: str, parameters: Parameters, into: type[T]) -> T | None: ...
    @overload
    async def row(self, query: str, parameters: Parameters = None) -> Row | None: ...
    async def row(self, query: str, parameters: Parameters = None, into: type[Any] | None = None) -> Any:
        """Run a query and give its one row, or None."""
        found = await self.rows(query, parameters, into) if into else await self.rows(query, parameters)
        assert len(found) <= 1, "a query for one row gave several"
        return found[0] if found else None

    async def value(self, query: str, parameters: Parameters = None) -> Any:
        """Run a query and give the first column of its one row, or None."""
        found = await self.row(query, parameters)
        return found[0] if found else None

    async def run(self, query: str, parameters: Parameters = None) -> int:
        """Run a statement and give the number of rows it touched."""
        cursor = await self.connection.execute(query, _literals(parameters))
        return cursor.rowcount

    async def copy(
        self, table: str, columns: Sequence[str], rows: Iterable[Row], types: Sequence[str] = ()
    ) -> None:
        """Write many rows at once. The table's constraints hold; the first row that breaks one refuses all.

        With `types`, the columns' PostgreSQL types, rows go over in binary: bytes take half the way and an eighth
        of our time, which pays for pictures.
        """
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        form = sql.SQL("(FORMAT BINARY)" if types else "")
        statement = sql.SQL("COPY {} ({}) FROM STDIN {}").format(sql.Identifier(table), names, form)
        async with self.connection.cursor().copy(statement) as stream:
            if types:
                stream.set_types(types)
            for row in rows:
                await stream.write_row(row)

    def record(self, person_id: int, action: str, subject: object, **detail: Any) -> None:
        """Note an audit fact; it is written in this transaction. `detail` carries no personal data."""
        actor = self.actor
        self._facts.append(
            (person_id, self.ids.one(), self.now, actor.name, actor.organisation_id, action, str(subject),
             msgspec.json.encode(detail).decode())
        )  # fmt: skip

    def record_many(
        self, action: str, people_and_subjects: Iterable[tuple[int, object]], **detail: Any
    ) -> None:
        """Note the same audit fact about many people."""
        rows = list(people_and_subjects)
        encoded, actor = msgspec.json.encode(detail).decode(), self.actor
        self._facts += [
            (person_id, fact_id, self.now, actor.name, actor.organisation_id, action, str(subject), encoded)
            for fact_id, (person_id, subject) in zip(self.ids.many(len(rows)), rows, strict=True)
        ]

    def tell(self, person_id: int, topic: str, **payload: Any) -> None:
        """Note an event for higher rooms; it is written in this transaction and delivered after it."""
        self._events.append(
            (person_id, self.ids.one(), topic, msgspec.json.encode(payload).decode(), self.now)
        )  # fmt: skip

    def tell_many(self, topic: str, people_and_payloads: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
        """Note the same kind of event about many people, each with its own payload."""
        rows = list(people_and_payloads)
        self._events += [
            (person_id, event_id, topic, msgspec.json.encode(payload).decode(), self.now)
            for event_id, (person_id, payload) in zip(self.ids.many(len(rows)), rows, strict=True)
        ]

    async def flush(self) -> None:
        """Write the facts and events noted so far. The unit of work calls it before it commits."""
        facts, self._facts = self._facts, []
        events, self._events = self._events, []
        await self._write("audit_fact", FACTS, facts, SQL["add_facts"])
        await self._write("outbox", EVENTS, events, SQL["add_events"])

    async def _write(self, table: str, columns: Sequence[str], rows: Sequence[Row], few: str) -> None:
        if len(rows) > FEW:
            await self.copy(table, columns, rows)
        elif rows:
            await self.run(few, {"rows": _as_json(columns, rows)})


def _as_json(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """Give rows as a JSON array of objects."""
    named = (zip(columns, row, strict=True) for row in rows)
    return msgspec.json.encode(
        [{name: msgspec.Raw(value) if name in ENCODED else value for name, value in one} for one in named]
    ).decode()


def _literals(parameters: Parameters) -> Parameters:
    """Write long arrays of identifiers out ourselves: psycopg looks at every element, this takes a tenth of that."""
    if not isinstance(parameters, Mapping):
        return parameters
    return {
        name: f"{{{','.join(map(str, value))}}}"
        if type(value) is list and value and _all_int(value)
        else value
        for name, value in parameters.items()
    }


def _all_int(values: list[Any]) -> bool:
    return set(map(type, values)) == {int}


@asynccontextmanager
async def transaction(connection: AsyncConnection[Any], work: Work) -> AsyncIterator[Work]:
    """Commit when the block ends, with its facts and events; roll back when it raises."""
    async with connection.transaction():
        yield work
        await work.flush()

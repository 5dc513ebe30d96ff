"""What the sandbox must still know after it was killed: first answers, the courier's events, text messages, which blanks are gone."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, NamedTuple

TABLES: Final = """
create table if not exists answers (
    partner text not null, reference text not null, subject integer not null, answer blob not null,
    primary key (partner, reference)
) without rowid;
create table if not exists events (
    number integer primary key autoincrement, event_id text not null, waybill text not null,
    kind text not null, occurred_at text not null, note text not null
);
create table if not exists untold (
    told_at text not null, event_id text not null, waybill text not null,
    kind text not null, occurred_at text not null, note text not null
);
create table if not exists texts (
    number integer primary key autoincrement, reference text not null unique, mobile text not null, text text not null
);
create table if not exists blanks (
    batch integer primary key, first integer not null, many integer not null
);
create table if not exists hub_messages (
    number text primary key, kind text not null, day text not null, care text not null, province text not null,
    total integer not null, fund integer not null, account integer not null, cash integer not null
);
create table if not exists reports (
    number integer primary key autoincrement, report_id text not null, reference text not null,
    outcome text not null
);
create table if not exists bank_account (
    bank text not null, number text not null, reference text, name text not null,
    kind text not null, status text not null, version integer not null,
    primary key (bank, number)
) without rowid;
create unique index if not exists bank_account_reference on bank_account (bank, reference);
create table if not exists bank_card (
    bank text not null, account text not null, card text not null, version integer not null, primary key (bank, account)
) without rowid;
create table if not exists bank_line (
    number integer primary key autoincrement, bank text not null, entry text not null, account text not null,
    fen integer not null, kind text not null, told text not null, on_day text not null
);
create index if not exists bank_line_account on bank_line (bank, account, number);
create unique index if not exists bank_line_once on bank_line (bank, entry, account, told);
create table if not exists bank_notice (
    number integer primary key autoincrement, bank text not null, reference text not null, status text not null,
    version integer not null, at text not null
);
create table if not exists bank_file (
    bank text not null, message_id text not null, digest text not null, primary key (bank, message_id)
) without rowid;
create table if not exists bank_payment (
    bank text not null, end_to_end_id text not null, message_id text not null, payer text not null,
    account text not null, fen integer not null, code text not null, statement integer, returned integer not null,
    primary key (bank, end_to_end_id)
) without rowid;
create table if not exists bank_order (
    bank text not null, reference text not null, said text not null, slip blob not null, primary key (bank, reference)
) without rowid;
create table if not exists bank_document (
    number integer primary key autoincrement, bank text not null, document_id text not null unique, kind text not null,
    message_id text not null, sequence integer, until integer, document blob not null
);
"""


class Kept(NamedTuple):
    """An answer as it was first given: to which reference, about whom (a digest), in JSON."""

    reference: str
    subject: int
    answer: bytes


class Event(NamedTuple):
    """One thing that befell a parcel; `number` is its place in the feed."""

    number: int
    event_id: str
    waybill: str
    kind: str
    occurred_at: str
    note: str


class Between(NamedTuple):
    """A message between provinces: settled (positive), taken back (negative) or barred, for a day; amounts in fen."""

    number: str
    kind: str
    day: str
    care: str
    province: str
    total: int
    fund: int
    account: int
    cash: int


class Text(NamedTuple):
    """A text message that arrived at a telephone."""

    reference: str
    mobile: str
    text: str


def subject(text: str) -> int:
    """Digest the person a reference belongs to into SQLite's integer."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


class Store:
    """One SQLite file. Safe against the death of the process, not of the machine: it is a sandbox."""

    def __init__(self, path: Path) -> None:
        # The bureau works in a thread of its own: the lock lets one transaction through at a time.
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._lock = threading.RLock()
        self._database.execute("pragma journal_mode = wal")
        self._database.execute("pragma synchronous = off")
        self._database.executescript(TABLES)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do what is inside wholly or not at all, with nobody between."""
        with self._lock:
            self._database.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._database.execute("rollback")
                raise
            self._database.execute("commit")

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement and give its rows."""
        with self._lock:
            return self._database.execute(statement, values).fetchall()

    def known(self, partner: str, references: list[str]) -> dict[str, Kept]:
        """Give the first answers that this partner gave to these references."""
        marks = ",".join("?" * len(references))
        rows = self._database.execute(
            f"select reference, subject, answer from answers where partner = ? and reference in ({marks})",  # noqa: S608 - marks only
            (partner, *references),
        )
        return {row[0]: Kept(*row) for row in rows}

    def keep(self, partner: str, answers: Iterable[Kept]) -> None:
        """Keep answers for good; a reference that has one keeps it."""
        self._database.executemany(
            "insert or ignore into answers values (?, ?, ?, ?)", ((partner, *kept) for kept in answers)
        )

    def announce(self, events: Iterable[tuple[str, Event]]) -> None:
        """Keep events, each with the moment the feed tells it."""
        self._database.executemany(
            "insert into untold values (?, ?, ?, ?, ?, ?)",
            ((told_at, *event[1:]) for told_at, event in events),
        )

    def events(self, after: int, limit: int) -> list[Event]:
        """Give the feed's next events. They are numbered when first asked for: the order in which calls came is chance."""
        wanted = "select * from events where number > ? order by number limit ?"
        with self.transaction():
            self._database.execute(
                "insert into events select null, event_id, waybill, kind, occurred_at, note from untold"
                " order by told_at, event_id"
            )
            self._database.execute("delete from untold")
            rows = self._database.execute(wanted, (after, limit)).fetchall()
        return [Event(*row) for row in rows]

    def arrivals(self, waybills: list[str]) -> dict[str, str]:
        """Give when each parcel arrives at last, told or not; those the courier never took are left out."""
        marks = ",".join("?" * len(waybills))
        rows = self._database.execute(
            f"select waybill, max(occurred_at) from (select waybill, occurred_at from events where waybill in ({marks})"  # noqa: S608 - marks only
            f" union all select waybill, occurred_at from untold where waybill in ({marks})) group by waybill",
            (*waybills, *waybills),
        )
        return dict(rows.fetchall())

    def arrive(self, texts: Iterable[Text]) -> None:
        """Keep text messages that arrived; the same reference twice would be a fault of the gateway."""
        self._database.executemany("insert into texts values (null, ?, ?, ?)", texts)

    def texts(self) -> list[tuple[int, str, str, str]]:
        """Give every text message that arrived: number, reference, mobile, text."""
        with self._lock:
            return self._database.execute("select * from texts order by number").fetchall()

    def report(self, reports: Iterable[tuple[str, str, str]]) -> None:
        """Keep what the feed tells of text messages: report, reference, outcome."""
        self._database.executemany("insert into reports values (null, ?, ?, ?)", reports)

    def reports(self, after: int, limit: int) -> list[tuple[int, str, str, str]]:
        """Give the next reports on text messages."""
        wanted = "select * from reports where number > ? order by number limit ?"
        with self._lock:
            return self._database.execute(wanted, (after, limit)).fetchall()

    def between(self, number: str) -> Between | None:
        """Give the message between provinces that has a number, or None."""
        with self._lock:
            row = self._database.execute("select * from hub_messages where number = ?", (number,)).fetchone()
        return None if row is None else Between(*row)

    def put_between(self, one: Between) -> None:
        """Keep a message between provinces; a number that has one keeps it."""
        with self._lock:
            self._database.execute(
                "insert or ignore into hub_messages values (?, ?, ?, ?, ?, ?, ?, ?, ?)", one
            )

    def between_of(self, day: str, place: str) -> list[Between]:
        """Give a day's messages that concern a place, as place of care or as insured place; barred ones are none."""
        wanted = "select * from hub_messages where day = ? and kind <> 'barred' and (care = ? or province = ?) order by number"
        with self._lock:
            return [Between(*row) for row in self._database.execute(wanted, (day, place, place))]

    def blanks(self, batch: int, many: int) -> int:
        """Take so many blanks out of the stock for a batch, and give the serial number of the first; the same ones if asked again."""
        with self.transaction():
            found = self._database.execute("select first from blanks where batch = ?", (batch,)).fetchone()
            if found is None:
                found = self._database.execute("select coalesce(max(first + many), 1) from blanks").fetchone()
                self._database.execute("insert into blanks values (?, ?, ?)", (batch, found[0], many))
        return int(found[0])

    def counts(self) -> list[tuple[str, int, int]]:
        """Give partner, distinct references and distinct people."""
        with self._lock:
            return self._database.execute(
                "select partner, count(*), count(distinct subject) from answers group by partner"
            ).fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

"""When which list is handed in: the calendar beside the demo city's lists."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from pathlib import Path

from shebaoka.issuing.lists.model import ListOf
from shebaoka.kit.clock import SHANGHAI


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A list that somebody hands in on a day."""

    on: date
    kind: ListOf
    sender: str
    channel: str
    path: Path
    rows: int


def read_calendar(lists: Path) -> list[tuple[date, list[HandedIn]]]:
    """Give the lists day by day, in order."""
    with (lists / "calendar.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            HandedIn(
                date.fromisoformat(row["on"]), ListOf(row["kind"].partition("-")[0]), row["sender"], row["channel"],
                lists.parent / row["path"], int(row["rows"]),
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip
    rows.sort(key=lambda row: (row.on, str(row.path)))
    return [(day, list(group)) for day, group in groupby(rows, key=lambda row: row.on)]


def at(day: date, hour: int) -> datetime:
    """Give a full hour of a day in Shanghai."""
    return datetime.combine(day, time(hour), SHANGHAI)

"""Values of the lists room. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

import polars as pl

from shebaoka.kit.problems import Problem
from shebaoka.records.lists import (
    EMPLOYER_ROSTER,
    INTAKE_LIST,
    REGISTER_EXTRACT,
    REJECT_SCHEMA,
    SCHOOL_LIST,
    ListKind,
)

ROWS_AT_ONCE: Final = 5_000
Row = Mapping[str, Any]
Progress = Callable[[int], None]


class ListOf(StrEnum):
    """Who hands in a list, and what it is for."""

    EMPLOYER = "employer"
    SCHOOL = "school"
    INTAKE = "intake"
    REGISTER = "register"


LAYOUTS: Final[Mapping[ListOf, ListKind]] = {
    ListOf.EMPLOYER: EMPLOYER_ROSTER,
    ListOf.SCHOOL: SCHOOL_LIST,
    ListOf.INTAKE: INTAKE_LIST,
    ListOf.REGISTER: REGISTER_EXTRACT,
}
REPEATS: Final = frozenset({"application-exists", "card-exists", "notice-exists", "duplicate-same"})
"""Reasons that leave nothing to mend: what the row asks for has been done, by this list or through another channel."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that did not go through: why, and the field that is to be mended."""

    row_no: int
    field: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list as it was handed in, without its content. The counts are there once it is answered."""

    list_id: int
    kind: ListOf
    organisation_id: int
    name: str
    received_at: datetime
    answered_at: datetime | None
    total_rows: int | None
    accepted_rows: int | None
    rejected_rows: int | None
    repeated_rows: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """What became of the rows of all lists but the register's extracts."""

    lists: int
    total_rows: int
    accepted_rows: int
    rejected_rows: int
    repeated_rows: int


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """What a list came to: every row is accepted, rejected (mend it and send it again) or repeated (nothing to do).

    `again`: the same file was answered before, and this is that answer. `rejects`: one line per fault,
    `REJECT_SCHEMA`; `notes`: what was mended, `NOTE_SCHEMA`; `workbook`: the rows that did not go through, as .xlsx,
    None when all did.
    """

    list_id: int
    kind: ListOf
    name: str
    total_rows: int
    accepted_rows: int
    rejected_rows: int
    repeated_rows: int
    again: bool
    rejects: pl.DataFrame
    notes: pl.DataFrame
    workbook: bytes | None


@dataclass(frozen=True, slots=True)
class Reject:
    """One stored fault of a row; it says nothing personal."""

    row_no: int
    ordinal: int
    column_name: str
    reason: str
    reason_zh: str
    reason_en: str
    remedy_zh: str
    remedy_en: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A school's notice to a pupil's guardian, and the last day of the two weeks it opens."""

    person_id: int
    school_id: int
    guardian_id: int
    list_id: int
    notified_on: date
    apply_by: date


def place(list_id: int) -> str:
    """Name the place that a list's sealed content is bound to."""
    return f"list:{list_id}"


def refusals(layout: ListKind, refused: list[Refused]) -> pl.DataFrame:
    """Put refusals of the programme into the words of the list; this function will give `REJECT_SCHEMA`."""
    headers = {column.field: column.header for column in layout.columns}
    lines = [
        (
            one.row_no, headers[one.field], "", one.problem.slug, _with_detail(one.problem.title_zh, one.problem),
            one.problem.title_en, one.problem.remedy_zh, one.problem.remedy_en,
        )
        for one in refused
    ]  # fmt: skip
    return pl.DataFrame(lines, schema=REJECT_SCHEMA, orient="row")


def _with_detail(title: str, problem: Problem) -> str:
    return f"{title}（{problem.detail}）" if problem.detail else title


def tally(total_rows: int, rejects: pl.DataFrame) -> tuple[int, int, int]:
    """Count accepted, rejected and repeated rows; this function will call a row rejected when any fault is to mend."""
    by_row = rejects.group_by("row_no").agg(pl.col("code").is_in(list(REPEATS)).all().alias("repeated"))
    repeated = int(by_row["repeated"].sum())
    return total_rows - by_row.height, by_row.height - repeated, repeated

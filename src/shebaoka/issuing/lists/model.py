"""Values of the lists room. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

import polars as pl

from shebaoka.issuing.applications.model import Application
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
class Check:
    """What one of the two checks came to; rows repeated leave nothing to mend. `rows`: those that it looked at."""

    rows: int
    passed: int
    failed: int
    repeated: int


class Stage(StrEnum):
    """How far a list is: its structure is being checked, then its people; refused as a whole; or answered."""

    STRUCTURE = "structure"
    BUSINESS = "business"
    REFUSED = "refused"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list as it was handed in, without its content. The counts are there once it is answered.

    `refused`: why it was last refused as a whole, a slug; `rows_read`, `rows_faulty`, `rows_twice`: what the first check
    found; `rows_checked`: how many rows the second has looked at; `kept`: whether the file itself is here.
    """

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
    refused: str | None
    rows_read: int | None
    rows_faulty: int | None
    rows_twice: int | None
    rows_checked: int
    kept: bool

    @property
    def stage(self) -> Stage:
        """How far it is."""
        if self.answered_at is not None:
            return Stage.ANSWERED
        if self.refused is not None:
            return Stage.REFUSED
        return Stage.STRUCTURE if self.rows_read is None else Stage.BUSINESS

    @property
    def structure(self) -> Check | None:
        """What the first check came to; None until it is done."""
        if self.rows_read is None or self.rows_faulty is None or self.rows_twice is None:
            return None
        passed = self.rows_read - self.rows_faulty - self.rows_twice
        return Check(self.rows_read, passed, self.rows_faulty, self.rows_twice)

    @property
    def business(self) -> Check | None:
        """What the second check came to; None until the list is answered."""
        first = self.structure
        if first is None or self.rejected_rows is None or self.repeated_rows is None:
            return None
        failed, repeated = self.rejected_rows - first.failed, self.repeated_rows - first.repeated
        return Check(first.passed, first.passed - failed - repeated, failed, repeated)


@dataclass(frozen=True, slots=True)
class Lineage:
    """Which lists this one sends failures of again, which send its own again, and how many of its rows have passed since."""

    amends: tuple[int, ...]
    amended_by: tuple[int, ...]
    mended_rows: int


@dataclass(frozen=True, slots=True)
class FailedRow:
    """A row that made no application, by the first thing that was said of it.

    `mended`: sent again, it has passed,
    as row `later_row_no` of list `later_list_id`.
    """

    row_no: int
    reason: str
    reason_zh: str
    reason_en: str
    remedy_zh: str
    remedy_en: str
    mended: bool
    later_list_id: int | None
    later_row_no: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with one row of a list, at this moment.

    `application`: the one that the row became, or that the sender has made for the same person in another list;
    `failed`: why the row itself made none. One of them is there.
    """

    row_no: int
    application: Application | None
    failed: FailedRow | None


@dataclass(frozen=True, slots=True)
class Totals:
    """What became of the rows of all lists but the register's extracts; a row sent again counts once, by its best outcome."""

    lists: int
    total_rows: int
    accepted_rows: int
    rejected_rows: int
    repeated_rows: int


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """What a list came to: every row is accepted, rejected (mend it and send it again) or repeated (nothing to do).

    `again`: the same file was answered before, and this is that answer. `structure`, `business`: what each of the two
    checks came to. `amends`: the lists whose failures it sends again. `rejects`: one line per fault,
    `REJECT_SCHEMA`; `notes`: what was mended, `NOTE_SCHEMA`; `workbook`: the rows to be mended, as .xlsx, None
    where there are none.
    """

    list_id: int
    kind: ListOf
    name: str
    total_rows: int
    accepted_rows: int
    rejected_rows: int
    repeated_rows: int
    again: bool
    structure: Check
    business: Check
    amends: tuple[int, ...]
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


def by_row(rejects: pl.DataFrame) -> pl.DataFrame:
    """Give the rows that did not go through, each once: `row_no` and whether there is nothing to mend (`repeated`)."""
    return rejects.group_by("row_no").agg(pl.col("code").is_in(list(REPEATS)).all().alias("repeated"))


def tally(total_rows: int, rejects: pl.DataFrame) -> tuple[int, int, int]:
    """Count accepted, rejected and repeated rows; this function will call a row rejected when any fault is to mend."""
    rows = by_row(rejects)
    repeated = int(rows["repeated"].sum())
    return total_rows - rows.height, rows.height - repeated, repeated

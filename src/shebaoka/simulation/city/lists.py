"""The lists of the city: rows gathered by sender and day, soiled by plan, written, and what must come of them."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any, Final

import polars as pl

from shebaoka.records.id_number import with_check_character
from shebaoka.records.lists import EMPLOYER_ROSTER, INTAKE_LIST, SCHOOL_LIST, ListKind
from shebaoka.simulation.city import dirt, papers
from shebaoka.simulation.city.chance import Chance
from shebaoka.simulation.city.plan import Plan

NAME_DIFFERS: Final = "name_differs"
STRANGER: Final = "stranger"
STRANGERS_AREA: Final = "100000"
"""No district of the city has it: a sound number that nobody holds."""
CALENDAR: Final = ("on", "kind", "sender", "channel", "path", "rows", "good", "refused")
INTAKE_FIELDS: Final = (
    "name", "id_number", "mobile", "address", "fallback_outlet", "bank_code", "outlet_code", "taken_on", "guardian_id_number",
)  # fmt: skip
ROSTER_FIELDS: Final = ("name", "id_number", "mobile", "address", "fallback_outlet")
SCHOOL_FIELDS: Final = (
    "name", "id_number", "school_code", "stage", "guardian_name", "guardian_id_number", "guardian_mobile",
)  # fmt: skip


@dataclass(slots=True)
class Expected:
    """What the files must come to: rows of each kind of dirt, reason codes, business oddities, files."""

    dirt: Counter[str] = field(default_factory=Counter)
    reject_codes: Counter[str] = field(default_factory=Counter)
    business: Counter[str] = field(default_factory=Counter)
    files: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Paper:
    """One list before it is written."""

    kind: ListKind
    channel: str
    sender: str
    on: date
    path: str
    rows: pl.DataFrame


def write_lists(
    chance: Chance, folder: Path, applied: pl.DataFrame, pupils: pl.DataFrame, plan: Plan
) -> Expected:
    """Write all lists and their calendar.

    `applied`: rows of `applying.list_rows`; `pupils`: of `applying.school_rows`. This function will write under
    `folder`/lists and give what must come of reading them.
    """
    expected = Expected()
    for group in ("employers", "schools", "intake"):
        (folder / "lists" / group).mkdir(parents=True)
    for paper in chain(_applications(chance, applied, plan), _schools(pupils)):
        _write(chance, folder, paper, plan, expected)
    expected.files.sort(key=lambda file: (file["on"], file["path"]))
    with (folder / "lists" / "calendar.csv").open("w", encoding="utf-8", newline="") as target:
        table = csv.DictWriter(target, CALENDAR)
        table.writeheader()
        table.writerows(expected.files)
    return expected


def expected_json(expected: Expected, **more: Any) -> str:
    """Give the text of expected.json; this function will sort the counts by name."""
    counts = {
        name: dict(sorted(getattr(expected, name).items())) for name in ("dirt", "reject_codes", "business")
    }
    return json.dumps(more | counts | {"files": expected.files}, ensure_ascii=False, indent=1) + "\n"


def _sixteenth_birthday() -> pl.Expr:
    """Give the day from which somebody applies alone: of the day of applying, not of the register's."""
    return pl.col("birth_date").dt.offset_by("16y")


def _applications(chance: Chance, applied: pl.DataFrame, plan: Plan) -> Iterator[Paper]:
    rows = applied.with_columns(
        bank_code="bank",
        taken_on=pl.col("on").cast(pl.String),
        guardian_id_number=pl.when(_sixteenth_birthday() > pl.col("on")).then("guardian_id_number"),
    ).sort("channel", "sender", "on", "again", "person")
    for (channel, sender, on), group in rows.group_by("channel", "sender", "on", maintain_order=True):
        if channel == "employer":
            named = Random(f"{chance.seed}/roster/{sender}").random() < plan.shares["lists"]["bank_in_roster"]  # noqa: S311
            fields = (*ROSTER_FIELDS, "bank_code") if named else ROSTER_FIELDS
            yield Paper(
                EMPLOYER_ROSTER, channel, sender, on, f"employers/{sender}", group.select(*fields, "age")
            )
        else:
            yield Paper(
                INTAKE_LIST,
                str(channel),
                str(sender),
                on,
                f"intake/{on}-{sender}",
                group.select(*INTAKE_FIELDS, "age"),
            )


def _schools(pupils: pl.DataFrame) -> Iterator[Paper]:
    for (sender, on), group in pupils.sort("sender", "person").group_by("sender", "on", maintain_order=True):
        yield Paper(
            SCHOOL_LIST, "school", str(sender), on, f"schools/{sender}", group.select(*SCHOOL_FIELDS, "age")
        )


def _write(chance: Chance, folder: Path, paper: Paper, plan: Plan, expected: Expected) -> None:
    shares = plan.shares["lists"]
    how = papers.manner(Random(f"{chance.seed}/manner/{paper.path}"), shares["formats"], shares["habits"])  # noqa: S311
    kinds = _dirt(chance, paper, plan)
    rows: list[dirt.Row] = []
    seconds: list[dirt.Row] = []
    refused = 0
    for row, kind in zip(
        paper.rows.drop("age").with_columns(pl.all().fill_null("")).iter_rows(named=True), kinds, strict=True
    ):
        given, code = _row(row, kind, plan, expected, typed=how.typed)
        rows.append(given[0])
        seconds += given[1:]
        refused += bool(code)
    path = papers.write(folder / "lists" / paper.path, paper.kind, rows + seconds, how)
    number = len(rows) + len(seconds)
    line = (
        paper.on.isoformat(),
        paper.kind.slug,
        paper.sender,
        paper.channel,
        path.relative_to(folder).as_posix(),
        number,
        number - refused,
        refused,
    )
    expected.files.append(dict(zip(CALENDAR, line, strict=True)))


def _dirt(chance: Chance, paper: Paper, plan: Plan) -> list[str]:
    """Choose what becomes of each row: mostly nothing."""
    shares = plan.shares["lists"]
    weights = {
        "": 1 - shares["mended"] - shares["refused"] - plan.shares["people"][NAME_DIFFERS] - shares[STRANGER],
        NAME_DIFFERS: plan.shares["people"][NAME_DIFFERS],
        STRANGER: shares[STRANGER],
    }
    weights |= dict.fromkeys(dirt.MENDED, shares["mended"] / len(dirt.MENDED))
    weights |= dict.fromkeys(dirt.REFUSED, shares["refused"] / len(dirt.REFUSED))
    return chance.choice(f"dirt/{paper.path}", paper.rows.height, weights).to_list()


def _row(
    row: dirt.Row, kind: str, plan: Plan, expected: Expected, *, typed: bool
) -> tuple[list[dirt.Row], str]:
    """Apply the dirt to one row and count what must come of it."""
    if not kind:
        return [row], ""
    if kind in (NAME_DIFFERS, STRANGER):
        expected.business[kind] += 1
        changed = _misnamed(row, plan) if kind == NAME_DIFFERS else _unknown(row, expected.business[kind])
        return [row | changed], ""
    given, applied = dirt.soiled(row, kind, typed=typed)
    expected.dirt[applied] += 1
    code = dirt.REFUSED[applied][0] if applied in dirt.REFUSED else ""
    if code:
        expected.reject_codes[code] += 1
    return given, code


def _misnamed(row: dirt.Row, plan: Plan) -> dirt.Row:
    name = row["name"]
    other = "".join(plan.words["homophones"].get(character, character) for character in name)
    return {"name": other if other != name else name + "儿"}


def _unknown(row: dirt.Row, number: int) -> dirt.Row:
    """Put a sound ID number that nobody holds; this function will keep birth date and sex."""
    order = (number * 2 + int(row["id_number"][16]) % 2) % 1000
    return {"id_number": with_check_character(f"{STRANGERS_AREA}{row['id_number'][6:14]}{order:03d}")}

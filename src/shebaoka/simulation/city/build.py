"""Building the demo city: one call writes it as the files that an operator would import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from shebaoka.kit.problems import Problem
from shebaoka.simulation.city import applying, lists, lives, outlets
from shebaoka.simulation.city.chance import Chance
from shebaoka.simulation.city.institutions import Institutions, institutions
from shebaoka.simulation.city.people import people as make_people
from shebaoka.simulation.city.plan import Plan, plan

PEOPLE_MIN: Final = 100
EXTRACT_SLICE_ROWS: Final = 100_000


class CityFolderTaken(Problem):
    """The folder for the demo city has files in it."""

    slug = "city-folder-taken"
    status = 409
    title_zh = "演示城市的目录不是空的"
    title_en = "The folder for the demo city is not empty"
    remedy_zh = "请另选一个空目录，或删去其中的文件"
    remedy_en = "Choose an empty folder, or delete what is in it"


@dataclass(frozen=True, slots=True)
class CitySummary:
    """What was built. `applications` counts the rows of application lists that are good and are somebody's first."""

    people: int
    eligible: int
    by_status: dict[str, int]
    institutions: int
    list_files: int
    list_rows: int
    refused_rows: int
    second_applications: int


def build_city(
    folder: Path, people: int, seed: int, on: date | None = None, the_plan: Plan | None = None
) -> CitySummary:
    """Write a demo city of invented people into an empty folder.

    `people`: at least 100; `on`: the register's day, the plan's own if None; `the_plan`: another than the packaged one. This function will write `institutions/`,
    `register/`, `lists/`, `world.csv`, `behaviour.csv` and `expected.json`; the same arguments give the same bytes. Raises
    `CityFolderTaken`, and `ValueError` for fewer people.
    """
    if people < PEOPLE_MIN:
        raise ValueError(f"a city needs {PEOPLE_MIN} people, not {people}")
    if folder.exists() and any(folder.iterdir()):
        raise CityFolderTaken(str(folder.name))
    the_plan, chance = the_plan or plan(), Chance(seed)
    on = on or the_plan.shares["people"]["on"]
    everybody = make_people(chance, people, on, the_plan)
    places = institutions(chance, people, _pupils(everybody, the_plan), the_plan)
    everybody = lives.with_lives(chance, everybody, places, on, the_plan)
    _write_institutions(folder / "institutions", places, the_plan)
    outlets.outlets(chance, places.all, the_plan).write_csv(folder / "institutions" / "outlets.csv")
    outlets.other_days().write_csv(folder / "institutions" / "outlet_days.csv")
    _write_people(chance, folder, everybody, the_plan)
    applied = applying.applications(chance, everybody, places, the_plan)
    expected = lists.write_lists(
        chance,
        folder,
        applying.list_rows(applied, everybody),
        applying.school_rows(everybody, the_plan.shares["days"]["school"]),
        the_plan,
    )
    summary = _summary(everybody, places, applied, expected)
    (folder / "expected.json").write_text(
        lists.expected_json(expected, seed=seed, people=people, eligible=summary.eligible), encoding="utf-8"
    )
    return summary


def _pupils(everybody: pl.DataFrame, the_plan: Plan) -> dict[str, int]:
    stages = the_plan.shares["stages"]
    stage = (
        everybody.filter(pl.col("status") == "pupil")
        .select(lives.stage_of(pl.col("age"), stages))
        .to_series()
    )
    return {name: int((stage == name).sum()) for name in stages}


def _write_institutions(folder: Path, places: Institutions, the_plan: Plan) -> None:
    folder.mkdir(parents=True)
    the_plan.districts.drop("people").write_csv(folder / "districts.csv")
    places.all.write_csv(folder / "institutions.csv")
    places.payroll.select("employer", "rank", "bank_code", "bank_name").write_csv(
        folder / "payroll_banks.csv"
    )


def _write_people(chance: Chance, folder: Path, everybody: pl.DataFrame, the_plan: Plan) -> None:
    (folder / "register").mkdir()
    extract = lives.extract(everybody)
    with (folder / "register" / "extract.csv").open("wb") as target:
        for part in extract.iter_slices(EXTRACT_SLICE_ROWS):
            target.write(
                part.write_csv(include_header=target.tell() == 0, line_terminator="\r\n").encode("gb18030")
            )
    lives.world(chance, everybody, the_plan).write_csv(folder / "world.csv")
    lives.behaviour(chance, everybody, the_plan).write_csv(folder / "behaviour.csv")


def _summary(
    everybody: pl.DataFrame, places: Institutions, applied: pl.DataFrame, expected: lists.Expected
) -> CitySummary:
    alive = everybody["died_on"].is_null()
    eligible = alive & (everybody["hukou"] | (everybody["insurance"] != "无"))
    counts = everybody["status"].value_counts(sort=True)
    return CitySummary(
        people=everybody.height,
        eligible=int(eligible.sum()),
        by_status=dict(counts.rows()),
        institutions=places.all.height,
        list_files=len(expected.files),
        list_rows=sum(file["rows"] for file in expected.files),
        refused_rows=sum(file["refused"] for file in expected.files),
        second_applications=int(applied["again"].sum()),
    )

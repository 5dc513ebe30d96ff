"""What the registers know of people: work, school, pension, old card, death. And how they will behave."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl

from shebaoka.records import card_number
from shebaoka.simulation.city.chance import Chance
from shebaoka.simulation.city.institutions import Institutions
from shebaoka.simulation.city.plan import Plan

OLD_CARD_AGE_MIN: Final = 3
PHOTO_AGE_MIN: Final = 7
ADULT_AGE: Final = 16
OLD_CARDS_FROM: Final = date(1999, 5, 1)
OLD_CARDS_UNTIL: Final = date(2018, 6, 30)
_SERIAL_STEP: Final = 1_000_003


def stage_of(age: pl.Expr, stages: dict[str, int]) -> pl.Expr:
    """Give a pupil's stage by age; this function will know the stages of the plan only."""
    chain = pl.lit(None, pl.String)
    for stage, first in sorted(stages.items(), key=lambda item: item[1]):
        chain = pl.when(age >= first).then(pl.lit(stage)).otherwise(chain)
    return chain


def with_lives(
    chance: Chance, people: pl.DataFrame, places: Institutions, on: date, plan: Plan
) -> pl.DataFrame:
    """Add what the registers know.

    This function will add employer, stage, school, pension_bank (code or null), pension_name (as the register writes
    it), insured_from, old_card_number, old_card_issued_on, died_on, deceased (also where the register does not know).
    """
    people = _at_work(chance, people, places, on)
    people = _at_school(chance, people, places, plan)
    people = _pensioned(chance, people, plan)
    people = _with_old_card(chance, people, plan)
    return _with_deaths(chance, people, on, plan.shares["people"])


def _where(people: pl.DataFrame, mask: pl.Expr, **columns: pl.Series) -> pl.DataFrame:
    """Set columns for some people: this function will spread series of the length of `mask`'s hits."""
    chosen = people.filter(mask).select("person").with_columns(**columns)
    return people.join(chosen, on="person", how="left", maintain_order="left")


def _at_work(chance: Chance, people: pl.DataFrame, places: Institutions, on: date) -> pl.DataFrame:
    working = pl.col("status") == "employee"
    size = people.filter(working).height
    place = chance.index("employer", size, places.employers["weight"].to_list())
    people = _where(people, working, employer=places.employers["code"].gather(place))
    years = chance.uniform("insured/years", people.height) * (pl.col("age") - 17).clip(0, 25)
    return people.with_columns(
        insured_from=pl.when(pl.col("insurance") != "无").then(
            pl.lit(on) - pl.duration(days=(years * 365).cast(pl.Int64))
        )
    ).with_columns(
        pl.max_horizontal("insured_from", pl.when(pl.col("insured_from").is_not_null()).then("birth_date"))
    )


def _at_school(chance: Chance, people: pl.DataFrame, places: Institutions, plan: Plan) -> pl.DataFrame:
    pupil = pl.col("status") == "pupil"
    people = people.with_columns(
        stage=pl.when(pupil).then(stage_of(pl.col("age"), plan.shares["stages"]))
        .when(pl.col("status") == "student").then(pl.lit("大学"))
    )  # fmt: skip
    drawn = chance.uniform("school", people.height)
    by_stage = places.schools.group_by("stage", maintain_order=True).agg(pl.col("code").alias("codes"))
    found = people.select("stage").join(by_stage, on="stage", how="left", maintain_order="left")
    place = (pl.col("drawn") * pl.col("codes").list.len()).cast(pl.Int64)
    school = found.with_columns(drawn=drawn).select(school=pl.col("codes").list.get(place))
    return people.with_columns(school.to_series())


def _pensioned(chance: Chance, people: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    retired = pl.col("insured_status") == "退休"
    size = people.filter(retired).height
    shares = plan.shares["people"]
    drawn = chance.uniform("pension", size)
    served = drawn < shares["pension_bank_service"]
    other = (drawn >= shares["pension_bank_service"]) & (
        drawn < shares["pension_bank_service"] + shares["pension_bank_other"]
    )
    bank = plan.banks[chance.index("pension/bank", size, plan.banks["weight"].to_list())]
    by_code = chance.happens("pension/by_code", size, 0.3)
    outside = chance.word("pension/outside", size, plan.words["other_banks"])
    written = pl.DataFrame({"code": bank["code"], "name": bank["name_zh"]}).select(
        code=pl.when(served).then("code"),
        written=pl.when(served & by_code).then("code").when(served).then("name").when(other).then(outside),
    )
    return _where(people, retired, pension_bank=written["code"], pension_name=written["written"])


def _with_old_card(chance: Chance, people: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    eligible = pl.col("hukou") | (pl.col("insurance") != "无")
    holder = (
        eligible
        & (pl.col("age") >= OLD_CARD_AGE_MIN)
        & chance.happens("old_card", people.height, plan.shares["people"]["old_card"])
    )
    serials = people.filter(holder)["person"].to_list()
    numbers = pl.Series(
        [card_number.from_serial(serial * _SERIAL_STEP % 36**7) for serial in serials], dtype=pl.String
    )
    drawn = chance.uniform("old_card/issued", len(serials))
    people = _where(people, holder, old_card_number=numbers, issued_at=drawn)
    first = pl.max_horizontal(pl.lit(OLD_CARDS_FROM), pl.col("birth_date").dt.offset_by("2y"))
    days = (pl.lit(OLD_CARDS_UNTIL) - first).dt.total_days().clip(0)
    issued = first + pl.duration(days=(days * pl.col("issued_at")).cast(pl.Int64))
    return (
        people.with_columns(old_card_issued_on=pl.min_horizontal(issued, pl.lit(OLD_CARDS_UNTIL)))
        .with_columns(
            pl.when(pl.col("issued_at").is_not_null()).then("old_card_issued_on").alias("old_card_issued_on")
        )
        .drop("issued_at")
    )


def _with_deaths(chance: Chance, people: pl.DataFrame, on: date, shares: dict[str, Any]) -> pl.DataFrame:
    """Let some people die, and some of them unknown to the extract; guardians stay alive."""
    guardian = people["person"].is_in(people["guardian"].drop_nulls().unique().to_list())
    drawn = chance.uniform("death", people.height)
    known = (drawn < shares["deceased_known"]) & ~guardian
    dead = (drawn < shares["deceased_known"] + shares["deceased_unknown"]) & ~guardian
    days = chance.below("death/days", people.height, 300).cast(pl.Duration("ms")) * 86_400_000
    died_on = pl.max_horizontal(pl.lit(on) - days, pl.col("birth_date"))
    return people.with_columns(deceased=dead, died_on=pl.when(known).then(died_on))


def behaviour(chance: Chance, people: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Decide how everybody will act, a child by its guardian; this function will give the columns of `behaviour.csv`."""
    shares, size = plan.shares["behaviour"], people.height
    return people.select(
        "id_number",
        chance.choice("opens_at", size, shares["opens_at"]).alias("opens_at"),
        chance.happens("collects", size, shares["collects"]).cast(pl.Int8).alias("collects"),
        chance.happens("wants_financial", size, shares["wants_financial"])
        .cast(pl.Int8)
        .alias("wants_financial"),
    )


def world(chance: Chance, people: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Describe the people as the partners know them; this function will give the columns of `world.csv`."""
    shares, size = plan.shares["people"], people.height
    share = (
        pl.when(pl.col("age") >= ADULT_AGE).then(shares["id_card_photo_adult"])
        .when(pl.col("age") >= PHOTO_AGE_MIN).then(shares["id_card_photo_child"])
        .otherwise(0.0)
    )  # fmt: skip
    student = pl.when((pl.col("status") == "pupil") & (pl.col("age") >= PHOTO_AGE_MIN)).then(
        shares["student_card_photo"]
    )
    return people.select(
        "id_number",
        "name",
        pl.col("deceased").cast(pl.Int8),
        (chance.uniform("photo/id_card", size) < share).cast(pl.Int8).alias("id_card_photo"),
        (chance.uniform("photo/student_card", size) < student.otherwise(0.0))
        .cast(pl.Int8)
        .alias("student_card_photo"),
        chance.happens("home", size, shares["home"]).cast(pl.Int8).alias("home"),
    )


def extract(people: pl.DataFrame) -> pl.DataFrame:
    """Lay the people out as the nightly extract of the register, in the order of their numbers."""
    numbers = people["id_number"]
    guardian = numbers.gather(people["guardian"])
    return people.select(
        pl.col("id_number").alias("证件号码"),
        pl.col("name").alias("姓名"),
        pl.when("male").then(pl.lit("男")).otherwise(pl.lit("女")).alias("性别"),
        pl.col("birth_date").alias("出生日期"),
        pl.when("hukou").then(pl.lit("本市")).otherwise(pl.lit("外地")).alias("户籍"),
        pl.col("district").alias("区代码"),
        pl.col("street").alias("街镇"),
        pl.col("address").alias("住址"),
        pl.col("mobile").alias("手机号码"),
        pl.col("insurance").alias("参保类型"),
        pl.col("insured_status").alias("参保状态"),
        pl.col("insured_from").alias("参保起始日期"),
        pl.col("employer").alias("单位代码"),
        pl.col("pension_name").alias("养老金代发银行"),
        pl.col("school").alias("学校代码"),
        pl.col("stage").alias("学段"),
        guardian.alias("监护人证件号码"),
        pl.when(guardian.is_not_null()).then(pl.lit("父母")).alias("监护关系"),
        pl.col("old_card_number").alias("老卡卡号"),
        pl.col("old_card_issued_on").alias("老卡发卡日期"),
        pl.col("died_on").alias("死亡日期"),
    ).sort("证件号码")

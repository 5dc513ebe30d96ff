"""The people: who they are, where they live, who looks after the children. All of them invented."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl

from shebaoka.records.id_column import with_check_characters
from shebaoka.simulation.city.chance import Chance
from shebaoka.simulation.city.plan import Plan

CHILD_AGE_MAX: Final = 17
PARENT_YEARS: Final = (23.0, 40.0)
PARENTS: Final = ("employee", "flexible", "jobless")
SIBLINGS_SPREAD: Final = 40
FATHERS_NAME_FROM_MOTHER: Final = 0.15
MOBILE_PREFIX: Final = "154"
"""No operator has it (inferred from the published ranges), so a demo's number rings nowhere."""
_SHUFFLE: Final = 48_271_013


def people(chance: Chance, count: int, on: date, plan: Plan) -> pl.DataFrame:
    """Make the people of a city.

    This function will give `count` rows: person (row number), status, hukou, insurance, insured_status, age, birth_date,
    male, district, street, guardian (a person, or null), surname, name, id_number, address, mobile.
    """
    frame = _residents(chance, count, on, plan)
    frame = _guarded(chance, frame)
    frame = _named(chance, frame, plan.words)
    frame = _numbered(frame)
    return _housed(chance, frame, plan)


def _residents(chance: Chance, count: int, on: date, plan: Plan) -> pl.DataFrame:
    statuses = plan.shares["status"]
    sizes = [round(status["share"] * count) for status in statuses]
    largest = max(range(len(sizes)), key=sizes.__getitem__)
    sizes[largest] += count - sum(sizes)
    parts = [
        _of_status(chance, status, size, on) for status, size in zip(statuses, sizes, strict=True) if size > 0
    ]
    frame = pl.concat(parts).with_row_index("person").with_columns(pl.col("person").cast(pl.Int64))
    districts = chance.index("district", count, plan.districts["people"].to_list())
    codes = plan.districts["code"].gather(districts)
    return frame.with_columns(codes.alias("district"), _streets(chance, codes, plan).alias("street"))


def _of_status(chance: Chance, status: dict[str, Any], size: int, on: date) -> pl.DataFrame:
    stream = status["name"]
    bands = pl.DataFrame(status["ages"], schema=["first", "last", "weight"], orient="row")
    band = bands[chance.index(f"{stream}/band", size, bands["weight"].to_list())]
    span = band["last"] - band["first"] + 1
    age = (band["first"] + chance.uniform(f"{stream}/age", size) * span).cast(pl.Int32)
    days = chance.below(f"{stream}/days", size, 365)
    birthday = on.replace(day=min(on.day, 28))
    return pl.DataFrame({"age": age, "days": days}).select(
        pl.lit(status["name"]).alias("status"),
        chance.happens(f"{stream}/hukou", size, status["hukou"]).alias("hukou"),
        pl.lit(status["insurance"]).alias("insurance"),
        pl.lit(status["insured_status"]).alias("insured_status"),
        "age",
        birth_date=pl.date(on.year - pl.col("age"), birthday.month, birthday.day) - pl.duration(days="days"),
        male=chance.happens(f"{stream}/male", size, 0.5),
    )


def _streets(chance: Chance, districts: pl.Series, plan: Plan) -> pl.Series:
    of_district = (
        plan.streets.sort("code")
        .with_row_index("place")
        .group_by(pl.col("code").str.slice(0, 6).alias("district"))
        .agg(pl.col("place").min().cast(pl.Int64).alias("first"), pl.len().cast(pl.Int64).alias("count"))
    )
    found = pl.DataFrame({"district": districts}).join(
        of_district, on="district", how="left", maintain_order="left"
    )
    place = found["first"] + (chance.uniform("street", len(districts)) * found["count"]).cast(pl.Int64)
    return plan.streets.sort("code")["code"].gather(place)


def _guarded(chance: Chance, frame: pl.DataFrame) -> pl.DataFrame:
    """Give every child a parent of a fitting age, and the parent's home."""
    is_parent = pl.col("status").is_in(PARENTS) & (pl.col("age") > PARENT_YEARS[0])
    parents = frame.filter(is_parent).sort("birth_date", "person")
    children = frame.filter(pl.col("age") <= CHILD_AGE_MAX, pl.col("status") != "employee")
    if parents.is_empty() or children.is_empty():
        return frame.with_columns(guardian=pl.lit(None, pl.Int64))
    size = children.height
    low, high = PARENT_YEARS
    years = chance.uniform("guardian/years", size) * (high - low) + low
    born = children["birth_date"].cast(pl.Int32).cast(pl.Float64) - years * 365.25
    place = parents["birth_date"].cast(pl.Int32).cast(pl.Float64).search_sorted(born)
    place = (
        place.cast(pl.Int64) + chance.below("guardian/spread", size, 2 * SIBLINGS_SPREAD) - SIBLINGS_SPREAD
    )
    parent = parents[place.clip(0, parents.height - 1)]
    homes = pl.DataFrame(
        {
            "person": children["person"],
            "guardian": parent["person"],
            "district": parent["district"],
            "street": parent["street"],
        }
    )
    return frame.update(homes.drop("guardian"), on="person").join(
        homes.select("person", "guardian"), on="person", how="left", maintain_order="left"
    )


def _named(chance: Chance, frame: pl.DataFrame, words: dict[str, Any]) -> pl.DataFrame:
    size = frame.height
    surnames = words["surnames"]
    weights = [1 / (rank + 4) for rank in range(len(surnames))]
    own = pl.Series(list(surnames)).gather(chance.index("surname", size, weights))
    parent = frame.select(
        surname=own.gather(frame["guardian"]), father=pl.col("male").gather(pl.col("guardian"))
    )
    like_parent = parent["father"] | chance.happens("surname/mother", size, FATHERS_NAME_FROM_MOTHER)
    male, female = (chance.word(f"given/{sex}", size, words[f"given_{sex}"]) for sex in ("male", "female"))
    middle = chance.word("given/any", size, words["given_any"])
    dotted = (
        chance.word("dotted/first", size, words["dotted_first"])
        + "·"
        + chance.word("dotted/last", size, words["dotted_last"])
    )
    short = chance.happens("given/short", size, 0.12)
    surname = pl.select(
        pl.when(like_parent & parent["surname"].is_not_null()).then(parent["surname"]).otherwise(own)
    ).to_series()
    given = pl.select(pl.when(frame["male"]).then(male).otherwise(female)).to_series()
    whole = pl.select(pl.when(short).then(surname + given).otherwise(surname + middle + given)).to_series()
    rare = chance.happens("dotted", size, 0.003) & frame["guardian"].is_null()
    return frame.with_columns(name=pl.when(rare).then(dotted).otherwise(whole))


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """Give ID numbers: area 10 and the district, birth date, an order that nobody else of that day and area has."""
    area = "10" + frame["district"].str.slice(2)
    numbered = frame.select(
        area=area, day=pl.col("birth_date").dt.to_string("%Y%m%d"), male="male"
    ).with_columns(
        order=pl.int_range(pl.len()).over("area", "day", "male") * 2 + pl.col("male").cast(pl.Int64)
    )
    first_17 = numbered.select(
        pl.concat_str("area", "day", pl.col("order").cast(pl.String).str.zfill(3))
    ).to_series()
    return frame.with_columns(with_check_characters(first_17).alias("id_number"))


def _housed(chance: Chance, frame: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Give homes and mobile numbers; children have their guardian's."""
    size, words = frame.height, plan.words
    road = chance.word("road/first", size, words["roads_first"]) + chance.word(
        "road/last", size, words["roads_last"]
    )
    numbers = [
        chance.below(f"house/{part}", size, limit) + 1
        for part, limit in (("lane", 900), ("house", 60), ("floor", 18), ("flat", 6))
    ]
    lane, house, floor, flat = (number.cast(pl.String) for number in numbers)
    place = (
        frame.select("district", "street")
        .join(
            plan.districts.select("code", district_name="name_zh"),
            left_on="district",
            right_on="code",
            how="left",
            maintain_order="left",
        )
        .join(
            plan.streets.select("code", street_name="name"),
            left_on="street",
            right_on="code",
            how="left",
            maintain_order="left",
        )
    )
    home = (
        place["district_name"]
        + place["street_name"]
        + road
        + "路"
        + lane
        + "弄"
        + house
        + "号"
        + floor
        + "0"
        + flat
        + "室"
    )
    mobile = MOBILE_PREFIX + (frame["person"] * _SHUFFLE % 10**8).cast(pl.String).str.zfill(8)
    mine = frame["guardian"].is_null()
    whose = pl.select(pl.when(mine).then(frame["person"]).otherwise(frame["guardian"])).to_series()
    return frame.with_columns(address=home.gather(whose), mobile=mobile.gather(whose))

"""What the invented outlets tell about themselves: address, telephone, opening hours."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import polars as pl

from shebaoka.simulation.city.chance import Chance
from shebaoka.simulation.city.plan import Plan

PHONE_PREFIX: Final = "021-00"
"""No telephone in Shanghai has a number that begins with 0: nobody is called."""
BROKEN, THROUGH = "09:00-11:30 13:30-16:30", "09:00-17:00"
CENTRES: Final = (*[BROKEN] * 5, "09:00-11:30", "")
BANKS: Final = (*[THROUGH] * 5, "", "")
BANKS_ON_SATURDAY: Final = (*[THROUGH] * 5, "09:30-15:30", "")
SATURDAY_EVERY: Final = 3
"""One of so many bank outlets opens on Saturdays."""
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAYS: Final = (
    (date(2019, 1, 1), 1, "元旦休息", "New Year"),
    (date(2019, 2, 4), 7, "春节休息", "Spring Festival"),
    (date(2019, 10, 1), 7, "国庆节休息", "National Day"),
)
"""First day, how many, and what they are: the holidays of 2019 as announced (State Council, December 2018)."""


def outlets(chance: Chance, everything: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Give outlets.csv for all community centres and bank outlets; this function will draw streams of its own only."""
    places = everything.filter(pl.col("kind").is_in(["community_centre", "bank_outlet"])).join(
        plan.districts.select(district="code", place_zh="name_zh", place_en="name_en"),
        on="district",
        maintain_order="left",
    )
    size, roads = places.height, plan.words["roads"]
    first, last = (chance.below(f"outlet/road/{part}", size, len(roads[part])) for part in ("first", "last"))
    named = [_road(roads, a, b) for a, b in zip(first, last, strict=True)]
    house = (chance.below("outlet/house", size, 900) + 1).cast(pl.String)
    number = pl.Series([f"{PHONE_PREFIX}{n:06d}" for n in range(size)])
    weeks = [_week(kind, row) for row, kind in enumerate(places["kind"])]
    return pl.DataFrame({
        "outlet": places["code"], "address_zh": places["place_zh"] + pl.Series([zh for zh, _ in named]) + house + "号",
        "address_en": house + " " + pl.Series([en for _, en in named]) + ", " + places["place_en"], "phone": number,
    } | {day: [week[n] for week in weeks] for n, day in enumerate(WEEKDAYS)})  # fmt: skip


def other_days() -> pl.DataFrame:
    """Give outlet_days.csv: the public holidays, on which all outlets are closed."""
    rows = [
        {"outlet": "", "day": first + timedelta(days=n), "hours": "", "reason_zh": zh, "reason_en": en}
        for first, days, zh, en in HOLIDAYS for n in range(days)
    ]  # fmt: skip
    return pl.DataFrame(rows)


def _road(roads: dict[str, list[list[str]]], first: int, last: int) -> tuple[str, str]:
    (a_zh, a_en), (b_zh, b_en) = roads["first"][first], roads["last"][last]
    apart = "'" if b_en[0] in "aeo" else ""
    return f"{a_zh}{b_zh}路", f"{a_en}{apart}{b_en} Road"


def _week(kind: str, row: int) -> tuple[str, ...]:
    if kind == "community_centre":
        return CENTRES
    return BANKS_ON_SATURDAY if row % SATURDAY_EVERY == 0 else BANKS

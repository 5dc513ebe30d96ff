"""Who applies where, when and with which bank: one row per application that will stand in a list."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl

from shebaoka.simulation.city.chance import Chance
from shebaoka.simulation.city.institutions import Institutions, centre_code
from shebaoka.simulation.city.plan import Plan

NEVER: Final = "never"
CENTRE: Final = "community_centre"
ONLINE_OUTLET: Final = "ONLINE"


def applications(chance: Chance, people: pl.DataFrame, places: Institutions, plan: Plan) -> pl.DataFrame:
    """Plan the applications.

    This function will give person, channel, sender (who hands the list in), outlet_code, on (the day of the list), bank,
    again (true for a second application of the same person). People who died apply as everybody else: lists are stale.
    """
    first = _channels(chance, people, plan).filter(pl.col("channel") != NEVER)
    twice = first.filter(
        (pl.col("channel") != CENTRE)
        & chance.happens("twice", first.height, plan.shares["lists"]["applies_twice"])
    ).with_columns(channel=pl.lit(CENTRE))
    both = pl.concat(
        [first.with_columns(again=pl.lit(value=False)), twice.with_columns(again=pl.lit(value=True))]
    )
    known = people.select("person", "street", "district", "employer", "pension_bank")
    joined = both.join(known, on="person", how="left", maintain_order="left")
    joined = _banked(chance, joined, places, plan)
    return _placed(chance, joined, places, plan.shares["days"])


def _channels(chance: Chance, people: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    parts = []
    for status, shares in plan.shares["channels"].items():
        chosen = people.filter(pl.col("status") == status).select("person")
        parts.append(
            chosen.with_columns(chance.choice(f"channel/{status}", chosen.height, shares).alias("channel"))
        )
    return pl.concat(parts)


def _banked(chance: Chance, rows: pl.DataFrame, places: Institutions, plan: Plan) -> pl.DataFrame:
    """Choose banks: the employer's for employees on a roster, the pension's bank, else any of the eleven."""
    employers = places.employers.select(employer="code", employer_bank="bank")
    free = plan.banks["code"].gather(chance.index("bank", rows.height, plan.banks["weight"].to_list()))
    rostered = pl.col("channel") == "employer"
    return rows.join(employers, on="employer", how="left", maintain_order="left").with_columns(
        bank=pl.when(rostered).then("employer_bank").otherwise(pl.coalesce("pension_bank", free))
    )


def _placed(
    chance: Chance, rows: pl.DataFrame, places: Institutions, days: dict[str, list[str]]
) -> pl.DataFrame:
    drawn = chance.uniform("outlet", rows.height)
    outlets = places.outlets.group_by("bank", maintain_order=True).agg(pl.col("code").alias("codes"))
    codes = rows.select("bank").join(outlets, on="bank", how="left", maintain_order="left")["codes"]
    at_bank = (
        pl.DataFrame({"codes": codes, "drawn": drawn})
        .select(pl.col("codes").list.get((pl.col("drawn") * pl.col("codes").list.len()).cast(pl.Int64)))
        .to_series()
    )
    channel = pl.col("channel")
    placed = rows.with_columns(
        outlet_code=pl.when(channel == "bank_outlet").then(at_bank)
        .when(channel == "online").then(pl.lit(ONLINE_OUTLET))
        .when(channel == CENTRE).then(centre_code(pl.col("street"))),
        sender=pl.when(channel == "bank_outlet").then(at_bank)
        .when(channel == "online").then(pl.lit("online"))
        .when(channel == CENTRE).then("district")
        .otherwise("employer"),
    )  # fmt: skip
    return placed.with_columns(_days(chance, placed, days)).select(
        "person", "channel", "sender", "outlet_code", "on", "bank", "again"
    )


def _days(chance: Chance, rows: pl.DataFrame, days: dict[str, list[str]]) -> pl.Series:
    """Choose days: outlets and employers hand in one list each; a district's centres two; the platform one a wave."""
    by_sender = pl.DataFrame({"sender": rows["sender"].unique().sort()}).with_row_index("rank")
    rank = rows.select("sender").join(by_sender, on="sender", how="left", maintain_order="left")["rank"]
    draws = chance.below("day", rows.height, 1 << 20)
    frame = pl.DataFrame({"channel": rows["channel"], "again": rows["again"], "rank": rank, "draw": draws})
    return frame.select(_day(days)).to_series()


def _day(days: dict[str, list[str]]) -> pl.Expr:
    def listed(channel: str) -> pl.Expr:
        return pl.lit(pl.Series([[date.fromisoformat(day) for day in days[channel]]]))

    def pick(channel: str, number: pl.Expr) -> pl.Expr:
        return listed(channel).list.get((number % len(days[channel])).cast(pl.Int64))

    rank, draw = pl.col("rank"), pl.col("draw")
    half = len(days[CENTRE]) // 2
    # a centre's two lists are half the waves apart; whoever comes a second time comes with the later one
    centre = rank % half + pl.when(pl.col("again")).then(half).otherwise(draw % 2 * half)
    return (
        pl.when(pl.col("channel") == "bank_outlet").then(pick("bank_outlet", rank))
        .when(pl.col("channel") == "online").then(pick("online", draw))
        .when(pl.col("channel") == "employer").then(pick("employer", rank))
        .otherwise(pick(CENTRE, centre))
        .alias("on")
    )  # fmt: skip


def list_rows(applied: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Give the cells of application lists.

    This function will add name, id_number, mobile, address, fallback_outlet and, below sixteen, guardian_id_number.
    """
    numbers = people["id_number"]
    cells = people.select(
        "person",
        "name",
        "id_number",
        "mobile",
        "address",
        "age",
        "birth_date",
        centre_code(pl.col("street")).alias("fallback_outlet"),
        numbers.gather(people["guardian"]).alias("guardian_id_number"),
    )
    return applied.join(cells, on="person", how="left", maintain_order="left")


def school_rows(people: pl.DataFrame, days: list[Any]) -> pl.DataFrame:
    """Give the cells of the schools' lists: every pupil, applying or not; schools send them on one of `days`."""
    pupils = people.filter(pl.col("school").is_not_null(), pl.col("guardian").is_not_null())
    of_school = pl.DataFrame({"school": pupils["school"].unique().sort()}).with_row_index("rank")
    rank = pupils.select("school").join(of_school, on="school", how="left", maintain_order="left")["rank"]
    when = pl.Series([date.fromisoformat(day) for day in days]).gather((rank % len(days)).cast(pl.Int64))
    return pupils.select(
        "person",
        "name",
        "id_number",
        "age",
        "birth_date",
        "stage",
        sender="school",
        school_code="school",
        guardian_name=people["name"].gather(pupils["guardian"]),
        guardian_id_number=people["id_number"].gather(pupils["guardian"]),
        guardian_mobile="mobile",
        on=when,
    )

"""The organisations: districts and banks are Shanghai's own, everything below them is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from shebaoka.records import uscc
from shebaoka.simulation.city.chance import Chance
from shebaoka.simulation.city.plan import Plan

PILOT_BEGAN: Final = date(2018, 7, 1)
EXCHANGE_BEGAN: Final = date(2019, 1, 1)
PILOT_DISTRICTS: Final = ("310106", "310107", "310115")
COLUMNS: Final = ("code", "kind", "name_zh", "name_en", "parent", "district", "uscc", "live_from", "instant")
SINGLES: Final = (
    ("CARDCENTRE", "card_centre", "市社会保障卡服务中心", "Card service centre"),
    ("BUREAU01", "card_bureau", "示例制卡中心", "Sample card bureau"),
    ("COURIER01", "courier", "示例邮政速递", "Sample postal express"),
    ("ONLINE", "online_platform", "网上服务平台", "Online platform"),
    ("H962222", "hotline", "962222热线", "Hotline 962222"),
    ("H12333", "hotline", "12333热线", "Hotline 12333"),
    ("H962218", "hotline", "962218热线", "Hotline 962218"),
    ("HOTEL01", "hotel", "示例旅馆", "Sample hotel"),
    ("LIBRARY01", "library", "示例图书馆", "Sample library"),
    ("AGENCY01", "agency", "示例政务服务中心", "Sample service centre of the city"),
)

MEDICAL: Final = (("hospital", "H", "医院", "hospital"), ("pharmacy", "P", "药店", "pharmacy"))
"""Kind, first letter of the code, and what each is called. They hand in no lists, so nothing else of a city hangs on them."""


@dataclass(frozen=True, slots=True)
class Institutions:
    """The organisations as tables.

    `outlets` (code, bank, district), `employers` (code, district, weight, bank: the one for the cards), `schools` (code,
    stage), `payroll` (employer, rank, bank_code, bank_name), `all` with `COLUMNS`.
    """

    outlets: pl.DataFrame
    employers: pl.DataFrame
    schools: pl.DataFrame
    payroll: pl.DataFrame
    all: pl.DataFrame


def centre_code(street: pl.Expr) -> pl.Expr:
    """Give the code of a street's community centre."""
    return pl.concat_str(pl.lit("C"), street)


def institutions(chance: Chance, count: int, stages: dict[str, int], plan: Plan) -> Institutions:
    """Make the organisations of a city of `count` people with so many pupils in each of the stages.

    This function will keep a community centre in every street however small the city is; the others grow with it.
    """
    outlets = _outlets(chance, count, plan)
    employers = _employers(chance, count, plan)
    employers, payroll = _payroll(chance, employers, plan)
    schools = _schools(chance, stages, plan)
    medical = [_medical(count, plan, *names) for names in MEDICAL]
    rows = [
        _singles(),
        _banks(plan),
        _bank_lines(plan),
        _centres(plan),
        outlets,
        employers,
        schools,
        *medical,
    ]
    return Institutions(
        outlets.select("code", bank="parent", district="district"),
        employers.select("code", "district", "bank", "weight"),
        schools.select("code", "stage"),
        payroll,
        pl.concat([table.select(COLUMNS) for table in rows]),
    )


def _table(rows: dict[str, Any], **constants: Any) -> pl.DataFrame:
    defaults = {"parent": "", "district": "", "uscc": "", "live_from": EXCHANGE_BEGAN, "instant": 0}
    frame = pl.DataFrame(rows)
    missing = {name: value for name, value in (defaults | constants).items() if name not in rows}
    return frame.with_columns(pl.lit(value).alias(name) for name, value in missing.items())


def _singles() -> pl.DataFrame:
    codes, kinds, names_zh, names_en = zip(*SINGLES, strict=True)
    return _table(
        {"code": codes, "kind": kinds, "name_zh": names_zh, "name_en": names_en}, live_from=PILOT_BEGAN
    )


def _banks(plan: Plan) -> pl.DataFrame:
    return _table(
        plan.banks.select("code", "name_zh", "name_en").to_dict(), kind="bank", live_from=PILOT_BEGAN
    )


def _bank_lines(plan: Plan) -> pl.DataFrame:
    lines = plan.banks.select(
        pl.concat_str(pl.lit("L"), pl.col("code")).alias("code"),
        (pl.col("name_zh") + "客服热线").alias("name_zh"),
        (pl.col("name_en") + " line").alias("name_en"),
        pl.col("code").alias("parent"),
    )
    return _table(lines.to_dict(), kind="bank_hotline", live_from=PILOT_BEGAN)


def _centres(plan: Plan) -> pl.DataFrame:
    streets = plan.streets.select(
        centre_code(pl.col("code")).alias("code"),
        (pl.col("name") + "社区事务受理服务中心").alias("name_zh"),
        pl.concat_str(pl.lit("Community centre "), pl.col("code")).alias("name_en"),
        pl.col("code").str.slice(0, 6).alias("district"),
    )
    piloted = pl.col("district").is_in(PILOT_DISTRICTS)
    return _table(streets.to_dict(), kind="community_centre").with_columns(
        live_from=pl.when(piloted).then(pl.lit(PILOT_BEGAN)).otherwise(pl.lit(EXCHANGE_BEGAN)),
        instant=_every(pl.int_range(0, pl.len()), plan.shares["institutions"]["instant_every_centre"]),
    )


def _every(number: pl.Expr, step: int) -> pl.Expr:
    """Give 1 for the first and every so many after it: outlets that issue on the spot; no chance is drawn for it."""
    return (number % step == 0).cast(pl.Int32)


def _outlets(chance: Chance, count: int, plan: Plan) -> pl.DataFrame:
    shares = plan.shares["institutions"]
    weights = plan.banks["weight"]
    wanted = [round(count * shares["bank_outlets_per_person"] * weight / weights.sum()) for weight in weights]
    banks = plan.banks.with_columns(
        count=pl.Series([max(shares["bank_outlets_min"], number) for number in wanted])
    )
    rows = banks.select(
        "name_zh", pl.col("name_en"), parent="code", number=pl.int_ranges(1, pl.col("count") + 1)
    ).explode("number")
    district = plan.districts["code"].gather(
        chance.index("outlet/district", rows.height, plan.districts["people"].to_list())
    )
    number = pl.col("number").cast(pl.String)
    instant = rows.select(_every(pl.col("number") - 1, shares["instant_every_outlet"])).to_series()
    return _table(
        rows.select(
            (pl.col("parent") + number.str.zfill(4)).alias("code"),
            (pl.col("name_zh") + "第" + number + "网点").alias("name_zh"),
            (pl.col("name_en") + " outlet " + number).alias("name_en"),
            "parent",
        ).to_dict()
        | {"district": district, "instant": instant},
        kind="bank_outlet",
    )


def _medical(count: int, plan: Plan, kind: str, letter: str, name_zh: str, name_en: str) -> pl.DataFrame:
    """Make hospitals or pharmacies, one in each district at least; a few have no day to go live."""
    shares = plan.shares["institutions"]
    per_person = shares[{"hospital": "hospitals_per_person", "pharmacy": "pharmacies_per_person"}[kind]]
    districts = plan.districts["code"]
    size = max(len(districts), round(count * per_person))
    number = pl.int_range(1, size + 1, eager=True)
    text = number.cast(pl.String)
    waits = number % shares["medical_not_live_every"] == 0
    return _table(
        {
            "code": letter + text.str.zfill(4),
            "name_zh": "示例第" + text + name_zh,
            "name_en": f"Sample {name_en} " + text,
            "district": districts.gather((number - 1) % len(districts)),
        },
        kind=kind,
    ).with_columns(live_from=pl.when(waits).then(None).otherwise(pl.col("live_from")))


def _employers(chance: Chance, count: int, plan: Plan) -> pl.DataFrame:
    shares, words = plan.shares["institutions"], plan.words
    number = max(3, round(count * shares["employers_per_person"]))
    codes = [uscc.invented(serial) for serial in range(1, number + 1)]
    parts = [
        chance.word(f"company/{part}", number, words[f"company_{part}"])
        for part in ("first", "last", "trades")
    ]
    names = "示例" + parts[0] + parts[1] + parts[2] + "有限公司"
    district = plan.districts["code"].gather(
        chance.index("employer/district", number, plan.districts["people"].to_list())
    )
    weights = [(rank + 1) ** -shares["employer_size_exponent"] for rank in range(number)]
    return _table(
        {
            "code": codes,
            "name_zh": names,
            "name_en": [f"Sample Company {serial}" for serial in range(1, number + 1)],
            "district": district,
            "uscc": codes,
            "weight": weights,
        },
        kind="employer",
    )


def _payroll(chance: Chance, employers: pl.DataFrame, plan: Plan) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give employers their payroll banks, and the bank that each chooses for the cards: a payroll bank where one serves."""
    shares, size = plan.shares["institutions"], employers.height
    counts = chance.index("payroll/count", size, shares["payroll_banks"])
    rows = (
        pl.DataFrame({"employer": employers["code"], "count": counts})
        .select("employer", rank=pl.int_ranges(1, pl.col("count") + 1))
        .filter(pl.col("rank").list.len() > 0)
        .explode("rank")
    )
    bank = plan.banks[chance.index("payroll/bank", rows.height, plan.banks["weight"].to_list())]
    other = chance.happens("payroll/other", rows.height, shares["payroll_bank_other"])
    payroll = rows.with_columns(
        bank_code=pl.when(other).then(pl.lit("")).otherwise(bank["code"]),
        bank_name=pl.when(other)
        .then(chance.word("payroll/name", rows.height, plan.words["other_banks"]))
        .otherwise(bank["name_zh"]),
    ).unique(["employer", "bank_name"], keep="first", maintain_order=True)
    payroll = payroll.with_columns(rank=pl.int_range(1, pl.len() + 1).over("employer"))
    first = payroll.filter(pl.col("bank_code") != "").unique("employer", keep="first", maintain_order=True)
    free = plan.banks["code"].gather(chance.index("payroll/chosen", size, plan.banks["weight"].to_list()))
    joined = employers.join(
        first.select(code="employer", bank="bank_code"), on="code", how="left", maintain_order="left"
    )
    return joined.with_columns(pl.col("bank").fill_null(free)), payroll


def _schools(chance: Chance, stages: dict[str, int], plan: Plan) -> pl.DataFrame:
    size = plan.shares["institutions"]["pupils_per_school"]
    stage = [stage for stage, pupils in stages.items() for _ in range(max(1, round(pupils / size)))]
    district = plan.districts["code"].gather(
        chance.index("school/district", len(stage), plan.districts["people"].to_list())
    )
    frame = pl.DataFrame({"stage": stage, "district": district}).with_columns(
        number=pl.int_range(1, pl.len() + 1).over("district").cast(pl.String)
    )
    return _table(
        frame.select(
            pl.concat_str(pl.lit("0"), "district", pl.col("number").str.zfill(3)).alias("code"),
            pl.concat_str(pl.lit("示例第"), "number", "stage").alias("name_zh"),
            pl.concat_str(pl.lit("Sample school "), "district", pl.lit("-"), "number").alias("name_en"),
            "district",
            "stage",
        ).to_dict(),
        kind="school",
    )

"""`shebaoka benefits hub-waiting | hub-differences | close-hub-difference | clear | clearings | clearing-paid | clearing-file`."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from shebaoka.benefits.cross_province import commands, views
from shebaoka.benefits.cross_province.model import Bill, Clearing
from shebaoka.benefits.cross_province.places import named, province_of
from shebaoka.benefits.cross_province.states import BILL_WORDS
from shebaoka.benefits.settlement import commands as settlement
from shebaoka.benefits.settlement.reconciling import Difference
from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.cli.programme import as_date
from shebaoka.cli.reconciling import KINDS
from shebaoka.cli.settling import document
from shebaoka.kit.city import City
from shebaoka.kit.money import Fen

Province = Annotated[
    str, typer.Option("--province", help="外省六位区划代码，如 320000 · six digits of the other province")
]
COLUMNS: Final = (
    "角色 role", "平台编号 number", "冲正编号 reversal", "结算日 settled_on", "冲正日 reversed_on", "总额 total_fen",
    "基金 fund_fen", "账户 account_fen", "计入月 cleared_in", "冲正计入月 reversal_cleared_in",
)  # fmt: skip


def as_month(text: str) -> date:
    """Read a month, such as 2019-03, as its first day."""
    return as_date(f"{text}-01")


Month = Annotated[date, typer.Option("--month", parser=as_month, help="月份，如 2019-03 · which month")]


def register(app: typer.Typer) -> None:
    """Add these commands to `shebaoka benefits`."""
    for name, command in (
        ("hub-waiting", hub_waiting), ("hub-differences", hub_differences), ("close-hub-difference", close_hub_difference),
        ("clear", clear), ("clearings", clearings), ("clearing-paid", clearing_paid), ("clearing-file", clearing_file),
    ):  # fmt: skip
        app.command(name)(command)


def hub_waiting(*, as_json: AsJson = False) -> None:
    """等待国家平台应答的跨省结算，旧的在前 · Stays between provinces that wait for the national hub, oldest first."""

    async def act(city: City) -> list[Bill]:
        async with city.database.work(OPERATOR) as work:
            return await views.waiting(work)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"bills": [document(msgspec.to_builtins(one)) for one in found]})
        return
    for one in found:
        say(
            f"{one.asked_at:%Y-%m-%d %H:%M}  {one.reference}  {named(one.province_id)[0]} {one.province_id}  {BILL_WORDS[one.status]} {one.status}"
        )
    say(f"等待平台应答 waiting for the hub: {len(found):,}")


def hub_differences(*, as_json: AsJson = False) -> None:
    """与国家平台对账尚未处理的差异 · Differences with the national hub that are to be worked off."""

    async def act(city: City) -> list[tuple[int, Difference]]:
        async with city.database.work(OPERATOR) as work:
            return await views.open_differences(work)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"differences": [document(msgspec.to_builtins(one)) for _, one in found]})
        return
    for province, one in found:
        theirs, ours = (
            "—" if said is None else Fen(said.total_fen).yuan() for said in (one.theirs, one.ours)
        )
        say(f"{one.day}  {province}  {one.number}  {KINDS[one.kind]}  平台 hub {theirs}  我方 ours {ours}")
    say(f"待处理差异 to be worked off: {len(found):,}")


def close_hub_difference(
    number: Annotated[str, typer.Argument(help="平台编号 · the hub's number of the message")],
    *,
    province: Province,
    day: Annotated[date, typer.Option("--day", parser=as_date, help="哪一天 · which day")],
    reason: Annotated[str, typer.Option(help="原因，一经写明不能更改 · why, for good")],
    as_json: AsJson = False,
) -> None:
    """写明原因，关闭一笔与平台的差异 · Close a difference with the hub that was worked off, and say why."""

    async def act(city: City) -> None:
        async with city.database.work(OPERATOR) as work:
            at = province_of(province, city.settings.division_code)
            await settlement.close_difference(work, at, day, number, reason)

    with refusals(as_json) as settings:
        with_city(settings, act)
    if as_json:
        say_json({"number": number, "day": day, "reason": reason})
    else:
        say(f"已关闭 · closed: {number}")


def clear(*, month: Month, as_json: AsJson = False) -> None:
    """出具一个月与各省的清算单，重复执行结果不变 · Draw up a month's clearings with all provinces; again changes nothing."""

    async def act(city: City) -> list[Clearing]:
        async with city.database.work(OPERATOR) as work:
            return await commands.draw_clearings(work, month)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    _tell(found, as_json)


def clearings(*, as_json: AsJson = False) -> None:
    """与各省的月清算单，新的在前 · Clearings with other provinces, newest month first."""

    async def act(city: City) -> list[Clearing]:
        async with city.database.work(OPERATOR) as work:
            return await views.clearings(work)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    _tell(found, as_json)


def clearing_paid(
    *,
    province: Province,
    month: Month,
    on: Annotated[date, typer.Option("--on", parser=as_date, help="付清的日期 · the day of payment")],
    as_json: AsJson = False,
) -> None:
    """登记一张清算单已付清并入账 · Note that a clearing was paid, and book it."""

    async def act(city: City) -> list[Clearing]:
        async with city.database.work(OPERATOR) as work:
            at = province_of(province, city.settings.division_code)
            return [await commands.pay_clearing(work, at, month, on)]

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    _tell(found, as_json)


def clearing_file(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="写入的 CSV 文件 · the CSV file to write")],
    *,
    province: Province,
    month: Month,
    as_json: AsJson = False,
) -> None:
    """把一张清算单的逐笔明细写成 CSV · Write what a clearing counted, one settlement a row, as CSV."""

    async def act(city: City) -> int:
        rows = 0
        async with city.database.work(OPERATOR) as work:
            at = province_of(province, city.settings.division_code)
            with file.open("w", encoding="utf-8-sig", newline="") as out:
                lines = csv.writer(out)
                lines.writerow(COLUMNS)
                async for some in views.cleared(work, at, month):
                    lines.writerows(row[2:] for row in some)
                    rows += len(some)
        return rows

    with refusals(as_json) as settings:
        written = with_city(settings, act)
    if as_json:
        say_json({"file": str(file), "rows": written})
    else:
        say(f"已写入 · written: {file}, {written:,}")


def _tell(found: Sequence[Clearing], as_json: bool) -> None:
    if as_json:
        rows: list[dict[str, Any]] = [
            document(msgspec.to_builtins(one)) | {"net_fen": one.net_fen} for one in found
        ]
        say_json({"clearings": rows})
        return
    for one in found:
        to_us, by_us, net = (Fen(fen).yuan() for fen in (one.owed_to_us_fen, one.owed_by_us_fen, one.net_fen))
        paid = "未付 unpaid" if one.paid_on is None else f"已付清 paid {one.paid_on}"
        say(
            f"{one.month:%Y-%m}  {named(one.province_id)[0]} {one.province_id}  应收 owed to us {to_us} ({one.owed_to_us:,})  应付 owed by us {by_us} ({one.owed_by_us:,})  净额 net {net}  {paid}"
        )
    if not found:
        say("没有清算单 · no clearing")

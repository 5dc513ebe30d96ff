"""`shebaoka benefits reconcile | differences | close-difference`: a day held against an institution's, and what differs worked off."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from shebaoka.benefits.settlement import commands, views
from shebaoka.benefits.settlement.errors import DetailsRefused
from shebaoka.benefits.settlement.reconciling import Amounts, Detail, Difference
from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.cli.programme import as_date
from shebaoka.cli.settling import At, document, institution_id
from shebaoka.kit.city import City
from shebaoka.kit.money import Fen

COLUMNS: Final = ("number", "total_fen", "fund_fen", "account_fen", "cash_fen")
KINDS: Final = {
    "missing_here": "我方没有 · missing here",
    "missing_there": "对方没有 · missing there",
    "amount_differs": "金额不符 · amounts differ",
}
Day = Annotated[date, typer.Option("--day", parser=as_date, help="哪一天 · which day")]


def register(app: typer.Typer) -> None:
    """Add these commands to `shebaoka benefits`."""
    for name, command in (
        ("reconcile", reconcile), ("differences", differences), ("close-difference", close_difference),
    ):  # fmt: skip
        app.command(name)(command)


def reconcile(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="对方当日明细（CSV：number,total_fen,fund_fen,account_fen,cash_fen）· the institution's messages of the day",
        ),
    ],
    *,
    institution: At,
    day: Day,
    as_json: AsJson = False,
) -> None:
    """与一家机构逐笔对一天的账，列出尚未处理的差异 · Hold a day's messages against an institution's and list what is to be worked off."""
    with refusals(as_json) as settings:
        details = read(file)

        async def act(city: City) -> list[Difference]:
            async with city.database.work(OPERATOR) as work:
                at = await institution_id(work, institution)
                return await commands.compare_details(work, at, day, details)

        found = with_city(settings, act)
    _tell(found, as_json)


def differences(
    *,
    institution: Annotated[
        str | None, typer.Option(help="机构代码，缺省全部 · the institution's code; default all")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """尚未处理的对账差异，旧的在前 · Differences that are to be worked off, oldest day first."""

    async def act(city: City) -> list[Difference]:
        async with city.database.work(OPERATOR) as work:
            at = None if institution is None else await institution_id(work, institution)
            return await views.open_differences(work, at)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    _tell(found, as_json)


def close_difference(
    number: Annotated[str, typer.Argument(help="报文编号 · number of the message")],
    *,
    institution: At,
    day: Day,
    reason: Annotated[str, typer.Option(help="原因，一经写明不能更改 · why, for good")],
    as_json: AsJson = False,
) -> None:
    """写明原因，关闭一笔对账差异 · Close a difference that was worked off, and say why."""

    async def act(city: City) -> None:
        async with city.database.work(OPERATOR) as work:
            at = await institution_id(work, institution)
            await commands.close_difference(work, at, day, number, reason)

    with refusals(as_json) as settings:
        with_city(settings, act)
    if as_json:
        say_json({"number": number, "day": day, "reason": reason})
    else:
        say(f"已关闭 · closed: {number}")


def read(file: Path) -> list[Detail]:
    """Read details from CSV. Raises DetailsRefused, which names row and column."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DetailsRefused(f"不是 UTF-8 编码的 CSV · no CSV in UTF-8: {error}") from None
    return [_detail(n, row) for n, row in enumerate(rows, 2)]


def _detail(n: int, row: dict[str, Any]) -> Detail:
    amounts = []
    for name in COLUMNS:
        value = row.get(name)
        if not isinstance(value, str) or not value.strip():
            raise DetailsRefused(f"第{n}行缺少 {name} · row {n} has no {name}")
        if name == "number":
            continue
        try:
            amounts.append(int(value))
        except ValueError:
            raise DetailsRefused(f"第{n}行 {name} 不是整数 · row {n}: {name} is no whole number") from None
    return Detail(row["number"].strip(), Amounts(*amounts))


def _tell(found: Sequence[Difference], as_json: bool) -> None:
    if as_json:
        say_json({"differences": [document(msgspec.to_builtins(one)) for one in found]})
        return
    for one in found:
        theirs, ours = (
            "—" if said is None else Fen(said.total_fen).yuan() for said in (one.theirs, one.ours)
        )
        say(f"{one.day}  {one.number}  {KINDS[one.kind]}  对方 theirs {theirs}  我方 ours {ours}")
    say(f"待处理差异 to be worked off: {len(found):,}")

"""`shebaoka benefits`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shebaoka.benefits.insurance.model import Case, Quote
from shebaoka.benefits.insurance.quoting import quote, read_case
from shebaoka.cli.common import OPERATOR, refusals, say, say_json, with_city
from shebaoka.kit.city import City
from shebaoka.registry.programme import checks, files, views
from shebaoka.registry.programme.programme import Programme

app = typer.Typer(no_args_is_help=True, help="医保待遇 · what medical insurance pays")


@app.callback()
def benefits() -> None:
    """医保待遇 · What medical insurance pays."""


@app.command("quote")
def quote_case(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="一次费用（JSON 文件） · a bill and whose it is: a JSON file",
        ),
    ],
    *,
    rules: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            file_okay=False,
            help="改按此目录的规则文件测算，不用数据库 · by the rule files of this folder, without a database",
        ),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json/--sentences",
            help="输出一个 JSON 对象，或给人看的句子 · one JSON object, or sentences for people",
        ),
    ] = True,
) -> None:
    """一次就医费用由谁支付多少，以及为什么 · Who pays what of a bill, by the rules of its day, and why."""
    with refusals(as_json) as settings:
        case = read_case(file.read_bytes())
        if rules is None:
            found = with_city(settings, lambda city: _quoted(city, case))
        else:
            found = quote(_programme(rules), case)
    if as_json:
        say_json(found)
    else:
        _say(found)


async def _quoted(city: City, case: Case) -> Quote:
    async with city.database.work(OPERATOR) as work:
        return quote(await views.load(work), case)


def _programme(folder: Path) -> Programme:
    placed = files.read(folder)
    checks.check(placed)
    return Programme(rule for rule, _ in placed)


def _say(found: Quote) -> None:
    for step in found.steps:
        zh, _, en = step.partition(" · ")
        say(f"{zh}\n  {en}")
    say("\n依据 · Why")
    for reason in found.rules:
        say(
            f"  [{reason.rule_set}/{reason.rule_id}] {reason.reason_zh}\n      {reason.reason_en}  ({reason.source})"
        )

"""`shebaoka programme`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.kit.city import City
from shebaoka.kit.clock import today
from shebaoka.kit.facts import has_invented_people
from shebaoka.records import id_number as numbers
from shebaoka.registry.programme import commands, views
from shebaoka.registry.programme.files import PACKAGED
from shebaoka.registry.programme.model import Explanation

app = typer.Typer(no_args_is_help=True, help="换发规则 · the rules of the programme")


def as_date(text: str) -> date:
    """Read a day given on the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text}: 日期应为 YYYY-MM-DD · a date is YYYY-MM-DD") from None


@app.command()
def explain(
    *,
    id_number: Annotated[str, typer.Option("--id-number", help="证件号码 · ID number")],
    on: Annotated[
        date | None, typer.Option(parser=as_date, help="哪一天，缺省今天 · which day; default today")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """何时、何地、由哪家银行换卡，以及为什么 · When, where and with which bank this person changes the card, and why."""

    async def act(city: City) -> Explanation:
        day = on or today(city.clock)
        async with city.database.work(OPERATOR) as work:
            invented = await has_invented_people(work)
            number = numbers.parse(id_number, on=day, invented_allowed=invented)
            return await views.explain(work, await views.load(work), number.text, day)

    with refusals(as_json) as settings:
        explanation = with_city(settings, act)
    if as_json:
        say_json(explanation)
    else:
        _say(explanation)


def _say(explanation: Explanation) -> None:
    for zh, en in zip(explanation.sentences_zh, explanation.sentences_en, strict=True):
        say(f"{zh}\n  {en}")
    say("\n依据 · Why")
    for reason in explanation.why:
        say(
            f"  [{reason.rule_set}/{reason.rule_id}] {reason.reason_zh}\n      {reason.reason_en}  ({reason.source})"
        )


@app.command()
def load(
    folder: Annotated[
        Path, typer.Argument(help="规则文件目录，缺省为随程序提供的规则 · folder of rule files")
    ] = PACKAGED,
    *,
    as_json: AsJson = False,
) -> None:
    """装载规则文件；重复装载不改变任何内容 · Load rule files into the table; loading them again changes nothing."""

    async def act(city: City) -> commands.RulesLoaded:
        async with city.database.work(OPERATOR) as work:
            return await commands.load_rules(work, folder)

    with refusals(as_json) as settings:
        loaded = with_city(settings, act)
    if as_json:
        say_json(loaded)
        return
    for word, names in (
        ("新增 added", loaded.added),
        ("修改 changed", loaded.changed),
        ("删除 removed", loaded.removed),
    ):
        say(f"{word}: {len(names)}")
        for name in names:
            say(f"  {name}")
    say(f"未变 unchanged: {loaded.unchanged}")

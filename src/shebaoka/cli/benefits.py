"""`shebaoka benefits`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from shebaoka.benefits.insurance import commands
from shebaoka.benefits.insurance import views as insurance
from shebaoka.benefits.insurance.insured import (
    AccountYear,
    Contribution,
    Followed,
    Insured,
    Spell,
    YearsOpened,
)
from shebaoka.benefits.insurance.model import Case, Quote
from shebaoka.benefits.insurance.quoting import quote, read_case
from shebaoka.cli import away, between, catalogue, reconciling, sender_keys, settling
from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.cli.programme import as_date
from shebaoka.kit.city import City
from shebaoka.kit.clock import today
from shebaoka.kit.facts import has_invented_people
from shebaoka.kit.money import Fen
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.records import id_number as numbers
from shebaoka.registry.people import views as people
from shebaoka.registry.programme import checks, files, views
from shebaoka.registry.programme.programme import Programme

app = typer.Typer(no_args_is_help=True, help="医保待遇 · what medical insurance pays")
settling.register(app)
reconciling.register(app)
away.register(app)
between.register(app)
app.add_typer(sender_keys.app, name="terminal-keys")
app.add_typer(catalogue.app, name="catalogue")


class Kept(msgspec.Struct, frozen=True):
    """What `benefits follow` prints."""

    followed: Followed
    year: YearsOpened


class Shown(msgspec.Struct, frozen=True):
    """What `benefits show` prints."""

    insured: Insured
    spells: list[Spell]
    account_years: list[AccountYear]
    contributions: list[Contribution]

    def document(self) -> dict[str, Any]:
        """Give it as JSON; numbers of things are text, as everywhere."""
        told: dict[str, Any] = msgspec.to_builtins(self)
        for one in (told["insured"], *told["contributions"]):
            for name in ("person_id", "contribution_id", "entry_id", "taken_back_by"):
                if one.get(name) is not None:
                    one[name] = str(one[name])
        return told


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


@app.command("follow")
def follow(*, as_json: AsJson = False) -> None:
    """立即按人口参保信息更新参保并结转账户；`jobs run insurance` 每天做一次 · Follow the register and open the medical year now; `jobs run insurance` does it once a day."""

    async def act(city: City) -> Kept:
        followed = await commands.follow_register(city.database)
        return Kept(followed, await commands.open_year(city.database))

    with refusals(as_json) as settings:
        kept = with_city(settings, act)
    if as_json:
        say_json(kept)
        return
    say(f"参保变动 spells {kept.followed.spells:,}，其中退休 retired {kept.followed.retired:,}")
    carried, credited = Fen(kept.year.carried_fen).yuan(), Fen(kept.year.credited_fen).yuan()
    say(
        f"{kept.year.year} 医保年度 medical year: 账户 accounts {kept.year.accounts:,}，结转 carried over {carried}，计入 credited {credited}"
    )


@app.command("show")
def show(
    *,
    id_number: Annotated[str, typer.Option("--id-number", help="证件号码 · ID number")],
    on: Annotated[
        date | None, typer.Option(parser=as_date, help="哪一天，缺省今天 · which day; default today")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """一个人的参保、账户余额和本年度累计，查看留痕 · Somebody's insurance, accounts and sums of the year; the look is audited."""

    async def act(city: City) -> Shown:
        day = on or today(city.clock)
        async with city.database.work(OPERATOR) as work:
            invented = await has_invented_people(work)
            number = numbers.parse(id_number, on=day, invented_allowed=invented)
            return await _shown(work, number.text, day)

    with refusals(as_json) as settings:
        shown = with_city(settings, act)
    if as_json:
        say_json(shown.document())
    else:
        _say_standing(shown)


async def _shown(work: Work, number: str, day: date) -> Shown:
    person = await people.find(work, number)
    if person is None:
        raise NotFound("证件号码 ID number")
    work.record(person.person_id, "insurance.seen", person.person_id, on=day)
    return Shown(
        insured=await insurance.insured(work, await views.load(work), person.person_id, day),
        spells=await insurance.spells(work, person.person_id),
        account_years=await insurance.account_years(work, person.person_id),
        contributions=await insurance.contributions(work, person.person_id),
    )


def _say_standing(shown: Shown) -> None:
    one, state = shown.insured, shown.insured.state
    say(
        f"{one.on}: {one.scheme} {one.status or ''}，自 since {one.since}；{one.year.name} 医保年度 medical year"
    )
    for zh_en, fen in (
        ("当年账户 current-year account", state.current_account_fen),
        ("历年账户 historic account", state.historic_account_fen),
        ("自负段已付 deductible paid", state.deductible_used_fen),
        ("计入最高支付限额 counted against the cap", state.pooled_used_fen),
    ):
        say(f"  {zh_en}: {Fen(fen).yuan()}")

"""`shebaoka contributions owed | pay | of`: medical insurance paid from the account on the card."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
import typer

from shebaoka.benefits.contributions import commands, views
from shebaoka.benefits.contributions.model import CardDebit
from shebaoka.benefits.contributions.states import WORDS
from shebaoka.benefits.insurance.commands import Owed, owed_for
from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.cli.programme import as_date
from shebaoka.cli.settling import document
from shebaoka.kit.city import City
from shebaoka.kit.facts import has_invented_people
from shebaoka.kit.money import Fen
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.records import id_number as numbers
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.views import load

app = typer.Typer(no_args_is_help=True, help="从卡上缴费 · contributions paid from the card")
Whose = Annotated[str, typer.Option("--id-number", help="证件号码 · ID number")]
Period = Annotated[date, typer.Option(parser=as_date, help="月或年的首日 · first day of the month or year")]
Base = Annotated[int, typer.Option(min=0, help="缴费基数（分），职工医保 · base in fen, of employees")]


@app.command()
def owed(*, id_number: Whose, period: Period, base_fen: Base = 0, as_json: AsJson = False) -> None:
    """一个人某期应缴多少、依据哪条规则，查看留痕 · What somebody owes for a month or year, and by which rule; the look is audited."""

    async def act(city: City) -> Owed:
        async with city.database.work(OPERATOR) as work:
            person_id = await _person(work, id_number)
            work.record(person_id, "insurance.seen", person_id)
            return await owed_for(work, await load(work), person_id, period, base_fen)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"scheme": found.scheme, "own_fen": found.own_fen, "rule_id": found.rule_id})
    else:
        say(f"{found.scheme}  {Fen(found.own_fen).yuan()}  {found.reason_zh} · {found.reason_en}")


@app.command()
def pay(*, id_number: Whose, period: Period, base_fen: Base = 0, as_json: AsJson = False) -> None:
    """从卡上账户扣缴某期，由步骤 contributions 执行 · Have a month or year taken from the account on the card."""

    async def act(city: City) -> CardDebit:
        async with city.database.work(OPERATOR) as work:
            return await commands.pay(
                work, await load(work), await _person(work, id_number), period, base_fen
            )

    with refusals(as_json) as settings:
        asked = with_city(settings, act)
    say_json(_shown(asked)) if as_json else _say(asked)


@app.command("of")
def of_person(*, id_number: Whose, as_json: AsJson = False) -> None:
    """一个人从卡上缴费的各笔及回执，查看留痕 · Somebody's debits and receipts, newest first; the look is audited."""

    async def act(city: City) -> list[CardDebit]:
        async with city.database.work(OPERATOR) as work:
            person_id = await _person(work, id_number)
            work.record(person_id, "insurance.seen", person_id)
            return await views.of_person(work, person_id)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"debits": [_shown(one) for one in found]})
        return
    for one in found:
        _say(one)
    say(f"扣款 debits: {len(found):,}")


async def _person(work: Work, id_number: str) -> int:
    invented = await has_invented_people(work)
    person = await people.find(work, numbers.parse(id_number, on=work.today, invented_allowed=invented).text)
    if person is None:
        raise NotFound("证件号码 ID number")
    return person.person_id


def _shown(one: CardDebit) -> dict[str, Any]:
    return document(msgspec.to_builtins(one))


def _say(one: CardDebit) -> None:
    receipt = f"  回执 receipt {one.contribution_id}" if one.contribution_id else ""
    why = f"  {one.reason}" if one.reason else ""
    say(
        f"{one.period}  {one.scheme}  {Fen(one.own_fen).yuan():>10}  尾号 …{one.last4}  {WORDS[one.status]} {one.status}{receipt}{why}"
    )

"""`shebaoka benefits designate | visits | message | reverse`: what an operator needs when a settlement is in doubt."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

import msgspec
import typer

from shebaoka.benefits.insurance.model import Level
from shebaoka.benefits.settlement import commands, views
from shebaoka.benefits.settlement.model import Designation, Reversed, Reversing, Settlement, Told
from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.cli.programme import as_date
from shebaoka.kit.city import City
from shebaoka.kit.facts import has_invented_people
from shebaoka.kit.money import Fen
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.records import id_number as numbers
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.people import views as people

At = Annotated[str, typer.Option("--institution", help="机构代码 · the institution's code")]
Number = Annotated[str, typer.Argument(help="报文编号 · the sender's message number")]
LEVELS: Final[dict[int | None, Level | None]] = {None: None, 1: 1, 2: 2, 3: 3}
FATES: Final = {
    "unknown": "未收到或已被拒绝，没有结算 · never came, or was refused: nothing was settled",
    "settled": "已结算 · settled",
    "reversed": "已结算，后已冲正 · settled, and taken back since",
    "withdrawn": "冲正先到，此报文不再受理 · its reversal came first: it does not count",
    "reversal": "这是一笔冲正 · this is a reversal",
}


def register(app: typer.Typer) -> None:
    """Add these commands to `shebaoka benefits`."""
    for name, command in (
        ("designate", designate), ("visits", visits), ("message", message), ("reverse", reverse),
    ):  # fmt: skip
        app.command(name)(command)


def designate(
    *,
    institution: At,
    since: Annotated[date, typer.Option(parser=as_date, help="从哪一天起 · from which day on")],
    until: Annotated[
        date | None,
        typer.Option(parser=as_date, help="到哪一天止，缺省长期 · until which day; default for good"),
    ] = None,
    level: Annotated[
        int | None,
        typer.Option(min=1, max=3, help="医院级别，药店不填 · a hospital's level; none for a pharmacy"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """登记定点医院或药店，同一起始日的登记被替换 · Note from when to when a hospital or pharmacy settles; the same first day replaces."""

    async def act(city: City) -> Designation:
        async with city.database.work(OPERATOR) as work:
            one = Designation(await institution_id(work, institution), since, until, LEVELS[level])
            await commands.designate(work, one)
            return one

    with refusals(as_json) as settings:
        noted = with_city(settings, act)
    if as_json:
        say_json(msgspec.to_builtins(noted) | {"institution_id": str(noted.institution_id)})
    else:
        say(f"已登记 · noted: {institution}, {noted.since} – {noted.until or '长期 for good'}")


def visits(
    *,
    id_number: Annotated[str, typer.Option("--id-number", help="证件号码 · ID number")],
    as_json: AsJson = False,
) -> None:
    """一个人的就诊和结算，新的在前，查看留痕 · Somebody's visits and settlements, newest first; the look is audited."""

    async def act(city: City) -> dict[str, Any]:
        async with city.database.work(OPERATOR) as work:
            invented = await has_invented_people(work)
            parsed = numbers.parse(id_number, on=work.today, invented_allowed=invented)
            person = await people.find(work, parsed.text)
            if person is None:
                raise NotFound("证件号码 ID number")
            work.record(person.person_id, "settlement.visits_seen", person.person_id)
            return {
                "visits": msgspec.to_builtins(await views.visits(work, person.person_id)),
                "settlements": msgspec.to_builtins(await views.settlements(work, person.person_id)),
            }

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({name: [document(one) for one in rows] for name, rows in found.items()})
        return
    for one in found["visits"]:
        say(f"{one['began_on']}  就诊 visit {one['number']}  {one['kind']}  {one['status']}")
    for one in found["settlements"]:
        taken = f"  已冲正 reversed {one['reversed_on']}" if one["reversed_on"] else ""
        say(f"{one['settled_on']}  结算 settled {one['number']}  {Fen(one['total_fen']).yuan():>12}{taken}")


def message(number: Number, *, institution: At, as_json: AsJson = False) -> None:
    """某机构某报文的结果，查看留痕 · What became of an institution's message; the look is audited."""

    async def act(city: City) -> Told:
        async with city.database.work(OPERATOR) as work:
            told = await views.message(work, await institution_id(work, institution), number)
            if told.settlement is not None:
                work.record(told.settlement.person_id, "settlement.message_seen", told.settlement.settlement_id)  # fmt: skip
            return told

    with refusals(as_json) as settings:
        told = with_city(settings, act)
    if as_json:
        say_json({"fate": told.fate, "settlement": _shown(told.settlement)})
        return
    say(FATES[told.fate])
    if told.settlement is not None:
        _say(told.settlement)


def reverse(
    names: Annotated[str, typer.Argument(help="要冲正的报文编号 · number of the message to take back")],
    *,
    institution: At,
    number: Annotated[str, typer.Option("--as", help="本次冲正的报文编号 · number of this reversal")],
    as_json: AsJson = False,
) -> None:
    """代机构冲正一笔结算，同一编号重复执行结果不变 · Take a settlement back for an institution; the same number again changes nothing."""

    async def act(city: City) -> Reversed:
        async with city.database.work(OPERATOR) as work:
            at = await institution_id(work, institution)
            return await commands.reverse(work, Reversing(institution_id=at, number=number, names=names))

    with refusals(as_json) as settings:
        done = with_city(settings, act)
    if as_json:
        say_json({"repeated": done.repeated, "settlement": _shown(done.settlement)})
    elif done.settlement is None:
        say(FATES["withdrawn"])
    else:
        say(FATES["reversed"])
        _say(done.settlement)


async def institution_id(work: Work, code: str) -> int:
    """Give the institution of a code. Raises NotFound."""
    found = await institutions.by_code(work, code)
    if found is None:
        raise NotFound(f"机构代码 institution {code}")
    return found.institution_id


def document(one: dict[str, Any]) -> dict[str, Any]:
    """Give a thing as JSON: numbers of things are text, as everywhere."""
    return {name: str(value) if name.endswith("_id") and value is not None else value for name, value in one.items()}  # fmt: skip


def _shown(one: Settlement | None) -> dict[str, Any] | None:
    return None if one is None else document(msgspec.to_builtins(one))


def _say(one: Settlement) -> None:
    funds, accounts = (
        one.pooled_fen + one.supplementary_fen,
        one.current_account_fen + one.historic_account_fen,
    )
    total, fund, account, cash = (Fen(fen).yuan() for fen in (one.total_fen, funds, accounts, one.cash_fen))
    say(
        f"{one.settled_on}  合计 total {total} = 基金 funds {fund} + 账户 accounts {account} + 现金 cash {cash}"
    )

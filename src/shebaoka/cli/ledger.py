"""`shebaoka ledger`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

import typer
from msgspec.structs import asdict

from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.cli.programme import as_date
from shebaoka.kit.city import City
from shebaoka.kit.clock import today
from shebaoka.kit.facts import has_invented_people
from shebaoka.kit.money import Fen
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.ledger import views
from shebaoka.ledger.errors import LedgerWrong
from shebaoka.ledger.model import Account, Check, Kind, Statement, TrialBalance
from shebaoka.records import id_number as numbers
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.people import views as people

app = typer.Typer(no_args_is_help=True, help="总账 · the ledger")
ACCOUNTS: Final[dict[Account, str]] = {
    Account.PERSONAL_CURRENT: "当年个人账户", Account.PERSONAL_HISTORIC: "历年个人账户", Account.POOLED_FUND: "统筹基金",
    Account.SUPPLEMENTARY_FUND: "地方附加基金", Account.RESIDENT_FUND: "居民医保基金", Account.INSTITUTION: "应付定点医药机构",
    Account.CROSS_PROVINCE: "异地垫付", Account.BANK: "银行存款", Account.PENSION_FUND: "养老保险基金",
    Account.UNEMPLOYMENT_FUND: "失业保险基金", Account.INJURY_FUND: "工伤保险基金", Account.BENEFITS_OWED: "应付待遇",
}  # fmt: skip
KINDS: Final[dict[Kind, str]] = {
    Kind.CONTRIBUTION: "缴费", Kind.CREDIT: "年度计入", Kind.YEAR_END: "年度结转", Kind.SETTLEMENT: "结算", Kind.CLEARING: "清算",
    Kind.ADVANCE: "异地垫付", Kind.ENTITLEMENT: "应发待遇", Kind.PAYOUT: "待遇发放", Kind.REVERSAL: "红字冲正",
}  # fmt: skip


@app.command("balance")
def trial_balance(
    *,
    until: Annotated[
        date | None,
        typer.Option(parser=as_date, help="截至哪一天，缺省今天 · up to which day; default today"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """试算平衡：各账户借方、贷方和余额 · The trial balance: debits, credits and balance of every account."""

    async def act(city: City) -> TrialBalance:
        async with city.database.work(OPERATOR) as work:
            return await views.trial_balance(work, until or today(city.clock))

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json(found)
        return
    say(f"截至 {found.until} · up to {found.until}（元 yuan）")
    for one in found.accounts:
        debit, credit, balance = (Fen(fen).yuan() for fen in (one.debit_fen, one.credit_fen, one.balance_fen))
        say(f"{one.account:20} {ACCOUNTS[Account(one.account)]}")
        say(f"{'':20} 借 debit {debit:>18}  贷 credit {credit:>18}  余额 balance {balance:>18}")
    say(f"合计 total: 借 debit {Fen(found.debit_fen).yuan()} = 贷 credit {Fen(found.credit_fen).yuan()}")


@app.command("statement")
def statement(
    *,
    institution: Annotated[str | None, typer.Option(help="机构代码 · the institution's code")] = None,
    id_number: Annotated[
        str | None, typer.Option("--id-number", help="或证件号码 · or somebody's ID number")
    ] = None,
    first: Annotated[date, typer.Option("--from", parser=as_date, help="首日 · first day")],
    last: Annotated[
        date | None, typer.Option("--to", parser=as_date, help="末日，缺省今天 · last day; default today")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """一家医院或药店的往来，或一个人的账户明细（查看留痕）· What we owe a hospital or pharmacy, or somebody's accounts (the look is audited), line by line."""
    if (institution is None) == (id_number is None):
        raise typer.BadParameter("--institution 或 --id-number · either --institution or --id-number")

    async def act(city: City) -> Statement:
        days = first, last or today(city.clock)
        async with city.database.work(OPERATOR) as work:
            if id_number is not None:
                return await _of_person(work, id_number, *days)
            found = await institutions.by_code(work, str(institution))
            if found is None:
                raise NotFound(f"机构代码 institution {institution}")
            return await views.statement_of_institution(work, found.institution_id, *days)

    with refusals(as_json) as settings:
        told = with_city(settings, act)
    if as_json:
        lines = [
            asdict(line) | {"entry_id": str(line.entry_id), "reference": str(line.reference)}
            for line in told.lines
        ]
        say_json(asdict(told) | {"lines": lines})
        return
    say(f"{told.first} 前余额 balance before: {Fen(told.opening_fen).yuan()}")
    for line in told.lines:
        moved = Fen(line.credit_fen - line.debit_fen).yuan()
        say(
            f"{line.booked_on}  {line.kind:12} {line.account:18} {moved:>14} {Fen(line.balance_fen).yuan():>16}"
            f"  {KINDS[Kind(line.kind)]}，{ACCOUNTS[Account(line.account)]}"
        )
    say(f"{told.last} 余额 balance then: {Fen(told.closing_fen).yuan()}")


async def _of_person(work: Work, id_number: str, first: date, last: date) -> Statement:
    invented = await has_invented_people(work)
    person = await people.find(work, numbers.parse(id_number, on=work.today, invented_allowed=invented).text)
    if person is None:
        raise NotFound("证件号码 ID number")
    work.record(person.person_id, "ledger.statement_seen", person.person_id, first=first, last=last)
    return await views.statement_of_person(work, person.person_id, first, last)


@app.command("check")
def check(*, as_json: AsJson = False) -> None:
    """核对全部账目：借贷相等、冲正相反、余额与流水一致 · Check all entries, reversals and balances; exit code 1 when something is wrong."""

    async def act(city: City) -> Check:
        async with city.database.work(OPERATOR) as work:
            return await views.check(work)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
        if not found.good:
            raise LedgerWrong(
                unbalanced=found.unbalanced,
                reversals_unlike=found.reversals_unlike,
                balances_unlike=found.balances_unlike,
            )
    if as_json:
        say_json(found)
    else:
        say(f"账目相符，共 {found.entries:,} 笔 · the ledger adds up: {found.entries:,} entries")

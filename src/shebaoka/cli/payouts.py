"""`shebaoka payouts take | draw | approve | cancel | runs | run | due | of | check`, and what of it is worked off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from shebaoka.benefits.payouts import commands, views
from shebaoka.benefits.payouts.commands.drawing import destinations
from shebaoka.benefits.payouts.model import (
    LEFT,
    Check,
    Destination,
    Drawn,
    File,
    Item,
    Payment,
    Run,
    StatusSum,
    Taken,
    end_to_end_id,
    item_number,
)
from shebaoka.benefits.payouts.states import WORDS
from shebaoka.cli import payouts_worked_off
from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.cli.officers import officer
from shebaoka.cli.programme import as_date
from shebaoka.cli.settling import document
from shebaoka.kit.city import City
from shebaoka.kit.facts import has_invented_people
from shebaoka.kit.money import Fen
from shebaoka.kit.problems import NotFound
from shebaoka.records import id_number as numbers
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.model import Benefit
from shebaoka.registry.programme.views import load

app = typer.Typer(no_args_is_help=True, help="待遇发放 · benefits paid out")
RunId = Annotated[int, typer.Argument(help="发放批次编号 · number of the run")]
Which = Annotated[Benefit, typer.Argument(help="pension 养老金 | unemployment 失业保险金 | work_injury 工伤待遇 | medical 医疗报销")]  # fmt: skip


@app.command()
def take(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="名单，CSV 或 JSON · the list, CSV or JSON")
    ],
    *,
    accounts: Annotated[
        bool, typer.Option(help="这是原发放账户名单 · it is a list of accounts that benefits went to before")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """收下待发放名单，逐行说明问题，重复提交不重复收 · Take in what is owed; each line that is wrong is told; handed in again it is taken once."""

    async def act(city: City) -> Taken:
        async with city.database.work(OPERATOR) as work:
            command = commands.take_accounts if accounts else commands.take_items
            return await command(work, file.name, file.read_bytes())

    with refusals(as_json) as settings:
        taken = with_city(settings, act)
    if as_json:
        say_json(document(msgspec.to_builtins(taken)))
    else:
        for one in taken.faults:
            say(f"第{one.line}行 line {one.line}  {one.column}：{one.zh} · {one.en}")
        say(
            f"共 lines {taken.lines:,} = 收下 taken {taken.taken:,} + 已有 known {taken.repeated:,} + 有误 wrong {len(taken.faults):,}"
        )
    if taken.faults:
        raise typer.Exit(1)


@app.command()
def draw(
    benefit: Which,
    *,
    pay_on: Annotated[
        date, typer.Option(parser=as_date, help="银行付款日 · the day on which banks are to pay")
    ],
    as_json: AsJson = False,
) -> None:
    """把待发放的编成一批，待另一人批准 · Draw up a run of what is due; it waits for another's approval."""

    async def act(city: City) -> Drawn:
        async with city.database.work(OPERATOR) as work:
            return await commands.draw(work, await load(work), benefit, pay_on)

    with refusals(as_json) as settings:
        drawn = with_city(settings, act)
    if as_json:
        say_json({"run": _run(drawn.run), "left": drawn.left, "more": drawn.more})
        return
    _say_run(drawn.run)
    for why, many in drawn.left.items():
        say(f"未编入 left {many:,}：{LEFT[why][0]} · {LEFT[why][1]}")
    if drawn.more:
        say("还有更多，请再编一批 · more is due: draw once more")


@app.command()
def approve(run_id: RunId, *, as_json: AsJson = False) -> None:
    """发放管理员登录后批准他人编制的一批 · An officer logs in and approves a run that another has drawn up."""

    async def act(city: City) -> Run:
        who = await officer(city, "发放管理员 · payout officer", "payout.approve")
        async with city.database.work(who) as work:
            return await commands.approve(work, await load(work), run_id)

    with refusals(as_json) as settings:
        run = with_city(settings, act)
    say_json(_run(run)) if as_json else _say_run(run)


@app.command()
def cancel(run_id: RunId, *, as_json: AsJson = False) -> None:
    """取消一批未批准的发放，其中各笔恢复待发放 · Cancel a run that nobody has approved: what was in it is due again."""

    async def act(city: City) -> Run:
        async with city.database.work(OPERATOR) as work:
            return await commands.cancel(work, run_id)

    with refusals(as_json) as settings:
        run = with_city(settings, act)
    say_json(_run(run)) if as_json else _say_run(run)


@app.command()
def runs(*, as_json: AsJson = False) -> None:
    """发放批次，新的在前 · Runs, newest first."""

    async def act(city: City) -> list[Run]:
        async with city.database.work(OPERATOR) as work:
            return await views.runs(work)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"runs": [_run(one) for one in found]})
        return
    for one in found:
        _say_run(one)
    say(f"批次 runs: {len(found):,}")


@app.command("run")
def one_run(run_id: RunId, *, as_json: AsJson = False) -> None:
    """一批发放：各银行文件与各状态合计 · A run: its files, and how its payments stand by bank."""

    async def act(city: City) -> tuple[Run, list[File], list[StatusSum], dict[int, str]]:
        async with city.database.work(OPERATOR) as work:
            run = await views.run(work, run_id)
            sums = await views.sums(work, run_id)
            banks = await institutions.by_ids(work, {one.bank_id for one in sums})
            return run, await views.files(work, run_id), sums, {n: one.code for n, one in banks.items()}

    with refusals(as_json) as settings:
        run, files, sums, banks = with_city(settings, act)
    if as_json:
        told = [document(msgspec.to_builtins(one)) | {"message_id": one.message_id} for one in files]
        say_json({"run": _run(run), "files": told, "sums": [_sum(one, banks) for one in sums]})
        return
    _say_run(run)
    for file in files:
        sent = (
            f"已送达 sent {file.sent_at:%Y-%m-%d %H:%M}"
            if file.sent_at
            else f"未送达 not sent {file.problem or ''}"
        )
        say(
            f"  {banks.get(file.bank_id)}  {file.message_id}  {file.payments:,}  {Fen(file.total_fen).yuan()}  {sent}"
        )
    for one in sums:
        say(
            f"  {banks[one.bank_id]}  {WORDS[one.status]} {one.status}  {one.payments:,}  {Fen(one.total_fen).yuan()}"
        )


@app.command()
def due(benefit: Which, *, as_json: AsJson = False) -> None:
    """待发放的各笔能否发放、原因（最早的 500 笔）· What is due, and whether it can be paid (the oldest 500)."""

    async def act(city: City) -> list[tuple[Item, Destination | str]]:
        async with city.database.work(OPERATOR) as work:
            items = await views.due(work, benefit)
            found = await destinations(work, await load(work), items)
            work.record_many("payout.due_listed", [(one.person_id, one.item_id) for one in items])
            return [(one, found[one.item_id]) for one in items]

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"due": [_due(item, to) for item, to in found]})
        return
    for item, to in found:
        where = f"→ 尾号 …{to.last4}" if isinstance(to, Destination) else f"{LEFT[to][0]} · {LEFT[to][1]}"
        say(
            f"{item_number(item.person_id, item.item_id)}  {item.period:%Y-%m}  {Fen(item.amount_fen).yuan():>12}  {where}"
        )
    say(f"待发放 due: {dict(Counter('payable' if isinstance(to, Destination) else to for _, to in found))}")


@app.command("of")
def of_person(
    *,
    id_number: Annotated[str, typer.Option("--id-number", help="证件号码 · ID number")],
    as_json: AsJson = False,
) -> None:
    """一个人的各项待遇及每次支付，查看留痕 · Somebody's benefits with every payment of them; the look is audited."""

    async def act(city: City) -> list[tuple[Item, list[Payment]]]:
        async with city.database.work(OPERATOR) as work:
            invented = await has_invented_people(work)
            person = await people.find(
                work, numbers.parse(id_number, on=work.today, invented_allowed=invented).text
            )
            if person is None:
                raise NotFound("证件号码 ID number")
            work.record(person.person_id, "payout.person_seen", person.person_id)
            return await views.of_person(work, person.person_id)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json(
            {
                "benefits": [
                    _item(item) | {"payments": [_payment(one) for one in paid]} for item, paid in found
                ]
            }
        )
        return
    for item, paid in found:
        say(
            f"{item.period:%Y-%m}  {item.benefit}  {Fen(item.amount_fen).yuan():>12}  {WORDS[item.status]} {item.status}  {item.reference}"
        )
        _say_payments(paid)


@app.command()
def check(*, as_json: AsJson = False) -> None:
    """全部发放与总账核对，不符则以 1 退出 · Hold all payouts against the ledger; exit code 1 when they differ."""

    async def act(city: City) -> Check:
        async with city.database.moment(OPERATOR) as work:
            return await views.check(work)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json(msgspec.to_builtins(found) | {"good": found.good})
    else:
        owed, unpaid, booked, paid = (
            Fen(fen).yuan()
            for fen in (found.owed_fen, found.unpaid_fen, found.booked_fen, found.payments_fen)
        )
        say(f"应付 owed：总账 ledger {owed} / 各笔 items {unpaid}")
        say(f"已付 paid：总账 ledger {booked} / 各笔 payments {paid}")
        say("相符 · they agree" if found.good else f"不符 · they differ; 重付 paid twice: {found.paid_twice}")
    if not found.good:
        raise typer.Exit(1)


payouts_worked_off.register(app)


def _run(one: Run) -> dict[str, Any]:
    return document(msgspec.to_builtins(one))


def _sum(one: StatusSum, banks: dict[int, str]) -> dict[str, Any]:
    return {
        "bank": banks[one.bank_id],
        "status": one.status,
        "payments": one.payments,
        "total_fen": one.total_fen,
    }


def _item(one: Item) -> dict[str, Any]:
    return document(msgspec.to_builtins(one)) | {"number": item_number(one.person_id, one.item_id)}


def _payment(one: Payment) -> dict[str, Any]:
    return document(msgspec.to_builtins(one)) | {"number": end_to_end_id(*one.key)}


def _due(item: Item, to: Destination | str) -> dict[str, Any]:
    if isinstance(to, Destination):
        return _item(item) | {"last4": to.last4, "rule_id": to.rule_id, "left": None}
    return _item(item) | {"last4": None, "rule_id": None, "left": to}


def _say_run(one: Run) -> None:
    by = f"  {one.closed_by}" if one.closed_by else ""
    say(
        f"{one.run_id}  {one.benefit}  付款日 {one.pay_on}  {one.payments:,} 笔 payments  {Fen(one.total_fen).yuan()}"
        f"  {WORDS[one.status]} {one.status}{by}"
    )


def _say_payments(paid: Sequence[Payment]) -> None:
    for one in paid:
        why = f"  {one.code} {one.reason or ''}" if one.code else ""
        say(f"    {end_to_end_id(*one.key)}  尾号 …{one.last4}  {WORDS[one.status]} {one.status}{why}")

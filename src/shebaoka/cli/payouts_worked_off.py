"""`shebaoka payouts returned | repay | stop | differences | close-difference | payer | payers`: what somebody has to look after."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import typer

from shebaoka.benefits.payouts import commands, views
from shebaoka.benefits.payouts.model import Difference, Item, Payer, Payment, item_number, key_of
from shebaoka.benefits.payouts.states import WORDS
from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.cli.settling import document
from shebaoka.kit.city import City
from shebaoka.kit.money import Fen
from shebaoka.kit.problems import NotFound
from shebaoka.registry.institutions import views as institutions

Number = Annotated[str, typer.Argument(help="待遇编号（D-…）· the item's number")]
Why = Annotated[str, typer.Option(help="原因，写入记录 · why, for the record")]


def register(app: typer.Typer) -> None:
    """Add these commands to `shebaoka payouts`."""
    for name, command in (
        ("returned", returned), ("repay", repay), ("stop", stop), ("differences", differences),
        ("close-difference", close_difference), ("payer", payer), ("payers", payers),
    ):  # fmt: skip
        app.command(name)(command)


def returned(*, as_json: AsJson = False) -> None:
    """被银行拒绝或退回、等待处理的各笔，旧的在前 · What banks rejected or sent back and waits for somebody, oldest first."""

    async def act(city: City) -> list[tuple[Item, Payment]]:
        async with city.database.work(OPERATOR) as work:
            found = await views.failed(work, most=500)
            work.record_many("payout.returned_listed", [(one.person_id, one.item_id) for one, _ in found])
            return found

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"returned": [_failed(item, last) for item, last in found]})
        return
    for item, last in found:
        say(
            f"{item_number(item.person_id, item.item_id)}  {item.benefit} {item.period:%Y-%m}  {Fen(item.amount_fen).yuan():>12}"
            f"  尾号 …{last.last4}  {WORDS[last.status]} {last.status}  {last.code} {last.reason or ''}"
        )
    say(f"待处理 to be worked off: {len(found):,}")


def repay(
    number: Number,
    *,
    reason: Why,
    same_account: Annotated[
        bool, typer.Option(help="已确认原账户无误，可再发 · the account that failed is right after all")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """把退回的一笔恢复为待发放，编入下一批 · Let what came back be due again: the next run pays it."""

    async def act(city: City) -> Item:
        async with city.database.work(OPERATOR) as work:
            return await commands.repay(work, *_key(number), reason, same_account=same_account)

    with refusals(as_json) as settings:
        _tell(number, with_city(settings, act), as_json)


def stop(number: Number, *, reason: Why, as_json: AsJson = False) -> None:
    """停发一笔待发放或退回的待遇 · Stop what is due or came back: it is owed no more."""

    async def act(city: City) -> Item:
        async with city.database.work(OPERATOR) as work:
            return await commands.stop(work, *_key(number), reason)

    with refusals(as_json) as settings:
        _tell(number, with_city(settings, act), as_json)


def differences(*, as_json: AsJson = False) -> None:
    """银行所报与本市不符、待处理的，以及读不了的报文 · What banks told and we cannot book, and documents that cannot be read."""

    async def act(city: City) -> tuple[list[Difference], list[dict[str, Any]], dict[int, str]]:
        async with city.database.work(OPERATOR) as work:
            found, refused = await views.differences(work), await views.refused_documents(work)
            banks = await institutions.by_ids(
                work, {one.bank_id for one in found} | {one["bank_id"] for one in refused}
            )
            return found, refused, {n: one.code for n, one in banks.items()}

    with refusals(as_json) as settings:
        found, refused, banks = with_city(settings, act)
    if as_json:
        say_json({
            "differences": [document(msgspec.to_builtins(one)) for one in found],
            "refused": [document(msgspec.to_builtins(one)) for one in refused],
        })  # fmt: skip
        return
    for one in found:
        say(
            f"{one.difference_id}  {banks[one.bank_id]}  {one.document_id}  {one.number}  {one.kind}  {one.detail}"
        )
    for each in refused:
        say(f"无法读取 refused  {banks[each['bank_id']]}  {each['document_id']}  {each['problem']}")
    say(f"待处理 to be worked off: {len(found):,}")


def close_difference(
    difference_id: Annotated[int, typer.Argument(help="差异编号 · number of the difference")],
    *,
    reason: Why,
    as_json: AsJson = False,
) -> None:
    """写明原因，关闭一笔差异 · Close a difference that was worked off, and say why."""

    async def act(city: City) -> None:
        async with city.database.work(OPERATOR) as work:
            await commands.close_difference(work, difference_id, reason)

    with refusals(as_json) as settings:
        with_city(settings, act)
    if as_json:
        say_json({"difference_id": str(difference_id), "reason": reason})
    else:
        say(f"已关闭 · closed: {difference_id}")


def payer(
    bank: Annotated[str, typer.Argument(help="银行代码 · the bank's code")],
    account: Annotated[str, typer.Argument(help="本市在该行的发放账户 · our account there")],
    *,
    name: Annotated[str, typer.Option(help="户名 · the name that it is under")],
    next_sequence: Annotated[
        int, typer.Option(min=1, help="下一份对账单的序号 · number of the statement that comes next")
    ] = 1,
    balance_fen: Annotated[
        int, typer.Option(help="它的期初余额（分）· with which balance it opens, in fen")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """登记本市在一家银行的发放账户 · Note from which account of ours a bank pays."""

    async def act(city: City) -> None:
        async with city.database.work(OPERATOR) as work:
            await commands.note_payer(work, bank, account, name, next_sequence, balance_fen)

    with refusals(as_json) as settings:
        with_city(settings, act)
    if as_json:
        say_json({"bank": bank, "account": account, "next_sequence": next_sequence})
    else:
        say(f"已登记 · noted: {bank} {account}")


def payers(*, as_json: AsJson = False) -> None:
    """本市在各银行的发放账户和对账进度 · Our accounts at banks, and how far their statements were taken in."""

    async def act(city: City) -> tuple[list[Payer], dict[int, str]]:
        async with city.database.work(OPERATOR) as work:
            found = await views.payers(work)
            banks = await institutions.by_ids(work, {one.bank_id for one in found})
            return found, {n: one.code for n, one in banks.items()}

    with refusals(as_json) as settings:
        found, banks = with_city(settings, act)
    if as_json:
        say_json(
            {"payers": [document(msgspec.to_builtins(one)) | {"bank": banks[one.bank_id]} for one in found]}
        )
        return
    for one in found:
        say(
            f"{banks[one.bank_id]}  {one.account}  {one.name}  下一号对账单 next {one.next_sequence}  余额 balance {Fen(one.balance_fen).yuan()}"
        )
    say(f"发放账户 accounts of ours: {len(found):,}")


def _key(number: str) -> tuple[int, int]:
    key = key_of(number, "D")
    if key is None:
        raise NotFound(f"待遇编号 item {number[:40]}")
    return key


def _tell(number: str, item: Item, as_json: bool) -> None:
    if as_json:
        say_json(document(msgspec.to_builtins(item)) | {"number": number})
    else:
        say(f"{number}  {WORDS[item.status]} {item.status}")


def _failed(item: Item, last: Payment) -> dict[str, Any]:
    return document(msgspec.to_builtins(item)) | {
        "number": item_number(item.person_id, item.item_id), "last4": last.last4, "failed": last.status, "code": last.code,
        "why": last.reason,
    }  # fmt: skip

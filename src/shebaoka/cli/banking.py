"""`shebaoka banking accounts | lives | contradictions | tell-again`: card accounts as their banks tell of them."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import typer

from shebaoka.banking import commands, views
from shebaoka.banking.model import BankAccount
from shebaoka.banking.states import CARD_WORDS, WORDS
from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.cli.settling import document
from shebaoka.kit.city import City
from shebaoka.kit.facts import has_invented_people
from shebaoka.kit.problems import NotFound
from shebaoka.records import id_number as numbers
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.people import views as people

app = typer.Typer(no_args_is_help=True, help="卡上账户 · accounts on cards")


@app.command()
def accounts(
    *,
    id_number: Annotated[str, typer.Option("--id-number", help="证件号码 · ID number")],
    as_json: AsJson = False,
) -> None:
    """一个人卡上的账户及其状态，查看留痕 · Somebody's accounts on cards and how they stand; the look is audited."""

    async def act(city: City) -> tuple[list[BankAccount], dict[int, str]]:
        async with city.database.work(OPERATOR) as work:
            invented = await has_invented_people(work)
            person = await people.find(
                work, numbers.parse(id_number, on=work.today, invented_allowed=invented).text
            )
            if person is None:
                raise NotFound("证件号码 ID number")
            work.record(person.person_id, "bank_account.seen", person.person_id)
            found = (await views.of_people(work, [person.person_id])).get(person.person_id, [])
            banks = await institutions.by_ids(work, {one.bank_id for one in found})
            return found, {n: one.code for n, one in banks.items()}

    with refusals(as_json) as settings:
        found, banks = with_city(settings, act)
    _tell(found, banks, as_json)


@app.command()
def contradictions(*, as_json: AsJson = False) -> None:
    """须致电银行的账户：所报前后矛盾，或不接受卡片变动 · Accounts about which to call a bank: it tells what cannot follow, or would not hear of a card."""

    async def act(city: City) -> tuple[list[BankAccount], dict[int, str]]:
        async with city.database.work(OPERATOR) as work:
            found = await views.contradictions(work)
            work.record_many("bank_account.seen", [(one.person_id, one.application_id) for one in found])
            banks = await institutions.by_ids(work, {one.bank_id for one in found})
            return found, {n: one.code for n, one in banks.items()}

    with refusals(as_json) as settings:
        found, banks = with_city(settings, act)
    _tell(found, banks, as_json)


@app.command()
def lives(*, as_json: AsJson = False) -> None:
    """各银行账户状态的数量 · How many accounts stand how, by bank."""

    async def act(city: City) -> list[tuple[str, str, int]]:
        async with city.database.work(OPERATOR) as work:
            found = await views.lives(work)
            banks = await institutions.by_ids(work, {bank_id for bank_id, _, _ in found})
            return [(banks[bank_id].code, life, many) for bank_id, life, many in found]

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"lives": [{"bank": code, "life": life, "accounts": many} for code, life, many in found]})
        return
    for code, life, many in found:
        say(f"{code}  {WORDS[life]} {life}  {many:,}")
    say(f"账户 accounts: {sum(many for _, _, many in found):,}")


@app.command(name="tell-again")
def tell_again(*, as_json: AsJson = False) -> None:
    """致电银行后，重新告知其未接受的卡片变动 · Once the bank was called: cards of which it would not hear are told again."""

    async def act(city: City) -> int:
        async with city.database.work(OPERATOR) as work:
            return await commands.tell_again(work)

    with refusals(as_json) as settings:
        again = with_city(settings, act)
    if as_json:
        say_json({"cards": again})
        return
    say(f"下次运行时重新告知 told again by the next run: {again:,}")


def _tell(found: list[BankAccount], banks: dict[int, str], as_json: bool) -> None:
    if as_json:
        say_json({"accounts": [_shown(one, banks) for one in found]})
        return
    for one in found:
        stands = f"{WORDS[one.life]} {one.life}" if one.life else f"银行拒绝 refused  {one.reason}"
        wrong = f"  银行另报 its bank also says {one.contradicted}" if one.contradicted else ""
        heard = "  银行尚未获知 its bank does not know yet" if one.card_waits else ""
        heard = heard or (
            f"  银行未接受 its bank would not hear of it: {one.card_refused}" if one.card_refused else ""
        )
        card = f"  卡片 card {CARD_WORDS[one.card]} {one.card}{heard}" if one.life else ""
        say(f"{banks[one.bank_id]}  尾号 …{one.last4 or '—'}  {stands}{wrong}{card}")
    say(f"账户 accounts: {len(found):,}")


def _shown(one: BankAccount, banks: dict[int, str]) -> dict[str, Any]:
    return document(msgspec.to_builtins(one)) | {"bank": banks[one.bank_id]}

"""Payouts: what came back is paid again or stopped, differences with banks are closed; our accounts there; accounts on cards."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody
from msgspec import Meta

from shebaoka.banking import views as accounts
from shebaoka.banking.model import BankAccount
from shebaoka.banking.states import Life
from shebaoka.benefits.payouts import commands, errors, views
from shebaoka.benefits.payouts.model import DifferenceKind, item_number, key_of
from shebaoka.benefits.payouts.states import ItemStatus
from shebaoka.faces.api.calling import CREATED, Call, asking_about, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.wire import (
    Body,
    Code,
    IdNumberText,
    InstitutionRef,
    PathId,
    Text,
    read_id_number,
    references,
)
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.people import views as people

Number = Annotated[
    str,
    Meta(pattern="^D-[0-9A-Z]{1,13}-[0-9A-Z]{1,13}$", description="待遇编号 · an item's number"),
]
MOVED = (TransitionRefused, errors.PayoutMovedMeanwhile)


class Repaying(Body, frozen=True):
    """An item that is to be paid again. `same_account`: somebody made sure that the account which failed is right."""

    number: Number
    reason: Text
    same_account: bool = False


class Stopping(Body, frozen=True):
    """An item that is owed no more."""

    number: Number
    reason: Text


class Closing(Body, frozen=True):
    """What became of a difference."""

    reason: Text


class PayerBody(Body, frozen=True):
    """Our account at a bank, and the statement that comes next with the balance it opens with."""

    bank: Code
    account: Annotated[str, Meta(pattern="^[0-9A-Za-z]{6,34}$", description="账号 · account number")]
    name: Annotated[
        str, Meta(min_length=1, max_length=70, pattern=r"^[^\x00]*$", description="户名 · whose it is")
    ]
    next_sequence: Annotated[int, Meta(ge=1, le=10**15)] = 1
    balance_fen: Annotated[int, Meta(ge=-(10**15), le=10**15)] = 0


class Whose(Body, frozen=True):
    """Whose accounts."""

    id_number: IdNumberText


class ItemState(msgspec.Struct, frozen=True):
    """How an item stands now."""

    number: str
    status: ItemStatus


class DifferenceView(msgspec.Struct, frozen=True):
    """What a bank told and we cannot book. `number`: what the bank named."""

    difference_id: str
    bank: InstitutionRef
    document_id: str
    number: str
    kind: DifferenceKind
    detail: str
    found_at: datetime


class RefusedView(msgspec.Struct, frozen=True):
    """A bank's document that could not be read, and why."""

    bank: InstitutionRef
    document_id: str
    kind: str
    problem: str
    received_at: datetime


class Differences(msgspec.Struct, frozen=True):
    """What banks told and we cannot book, and what of theirs cannot be read."""

    differences: list[DifferenceView]
    refused: list[RefusedView]


class PayerView(msgspec.Struct, frozen=True):
    """Our account at a bank. `next_sequence`: the statement that is due; `balance_fen`: what the last one closed with."""

    bank: InstitutionRef
    account: str
    name: str
    next_sequence: int
    balance_fen: int
    noted_at: datetime


class AccountView(msgspec.Struct, frozen=True):
    """An account on a card, as its bank tells of it. `life`: null where the bank refused; `contradicted`: what it told against it."""

    bank: InstitutionRef
    application_id: str
    last4: str | None
    life: Life | None
    life_at: datetime | None
    reason: str | None
    asked_on: date | None
    contradicted: str | None


@post(
    "/payouts/repayments", status_code=CREATED,
    **protected("payout.draw", "payouts", "退回的再次发放 · Pay again what came back", keyed=True, refuses=(*ONE, *MOVED)),
)  # fmt: skip
async def repay(request: Call, data: JSONBody[Repaying], key: RequestKey = None) -> Response[ItemState]:
    """Let what was rejected or came back be due again, once: the next run pays it."""

    async def act(work: Work) -> ItemState:
        item = await commands.repay(work, *_key(data.number), data.reason, same_account=data.same_account)
        return ItemState(item_number(item.person_id, item.item_id), item.status)

    return await write(request, key, data, act, status=CREATED)


@post(
    "/payouts/stoppings", status_code=CREATED,
    **protected("payout.draw", "payouts", "停发 · Stop a benefit", keyed=True, refuses=(*ONE, *MOVED)),
)  # fmt: skip
async def stop(request: Call, data: JSONBody[Stopping], key: RequestKey = None) -> Response[ItemState]:
    """Stop what is due or came back: it is owed no more."""

    async def act(work: Work) -> ItemState:
        item = await commands.stop(work, *_key(data.number), data.reason)
        return ItemState(item_number(item.person_id, item.item_id), item.status)

    return await write(request, key, data, act, status=CREATED)


@get("/payouts/differences", **protected("payout.read", "payouts", "与银行的差异 · Differences with banks"))
async def differences(request: Call) -> Differences:
    """Give what is to be worked off, oldest first, and documents that cannot be read, newest first."""
    async with reading(request) as work:
        found, refused = await views.differences(work), await views.refused_documents(work)
        banks = await references(
            work, [*(one.bank_id for one in found), *(one["bank_id"] for one in refused)]
        )
    return Differences(
        [
            DifferenceView(
                str(one.difference_id), banks[one.bank_id], one.document_id, one.number, one.kind, one.detail, one.found_at
            )
            for one in found
        ],
        [
            RefusedView(banks[one["bank_id"]], one["document_id"], one["kind"], one["problem"] or "", one["received_at"])
            for one in refused
        ],
    )  # fmt: skip


@post(
    "/payouts/differences/{difference_id:int}/closing", status_code=200,
    **protected("payout.draw", "payouts", "关闭差异 · Close a difference", keyed=True, refuses=ONE),
)  # fmt: skip
async def close(
    request: Call, difference_id: PathId, data: JSONBody[Closing], key: RequestKey = None
) -> Response[Closing]:
    """Close a difference that was worked off, with a reason, for good."""

    async def act(work: Work) -> Closing:
        await commands.close_difference(work, difference_id, data.reason)
        return data

    return await write(request, key, data, act)


@get(
    "/payouts/payers", **protected("payout.read", "payouts", "本市在各银行的发放账户 · Our accounts at banks")
)
async def payers(request: Call) -> list[PayerView]:
    """Give our accounts at banks, and how far their statements were taken in."""
    async with reading(request) as work:
        found = await views.payers(work)
        banks = await references(work, [one.bank_id for one in found])
    return [
        PayerView(banks[one.bank_id], one.account, one.name, one.next_sequence, one.balance_fen, one.noted_at)
        for one in found
    ]


@post(
    "/payouts/payers", status_code=CREATED,
    **protected("payout.draw", "payouts", "登记发放账户 · Note our account at a bank", keyed=True,
                refuses=(*ONE, errors.PayoutListRefused)),
)  # fmt: skip
async def note_payer(request: Call, data: JSONBody[PayerBody], key: RequestKey = None) -> Response[PayerBody]:
    """Note from which account of ours a bank pays."""

    async def act(work: Work) -> PayerBody:
        await commands.note_payer(
            work, data.bank, data.account, data.name, data.next_sequence, data.balance_fen
        )
        return data

    return await write(request, key, data, act, status=CREATED)


@post(
    "/accounts/search", status_code=200,
    **protected("account.read", "payouts", "卡上账户 · Accounts on cards", unkeyed="it changes nothing",
                refuses=(*ONE, IdNumberRefused)),
)  # fmt: skip
async def search_accounts(request: Call, data: JSONBody[Whose]) -> list[AccountView]:
    """Give somebody's accounts on cards and how they stand at their banks; the look is recorded."""
    async with asking_about(request, data.id_number), reading(request) as work:
        person = await people.find(work, await read_id_number(work, data.id_number))
        if person is None:
            raise NotFound("证件号码 ID number")
        work.record(person.person_id, "bank_account.seen", person.person_id)
        found = (await accounts.of_people(work, [person.person_id])).get(person.person_id, [])
        banks = await references(work, [one.bank_id for one in found])
        return [_account(one, banks) for one in found]


def _account(one: BankAccount, banks: dict[int, InstitutionRef]) -> AccountView:
    return AccountView(
        banks[one.bank_id], str(one.application_id), one.last4, one.life, one.life_at, one.reason, one.asked_on,
        one.contradicted,
    )  # fmt: skip


def _key(number: str) -> tuple[int, int]:
    key = key_of(number, "D")
    if key is None:
        raise NotFound(f"待遇编号 item {number}")
    return key


HANDLERS: tuple[Any, ...] = (
    repay, stop, differences, close, payers, note_payer, search_accounts,
)  # fmt: skip

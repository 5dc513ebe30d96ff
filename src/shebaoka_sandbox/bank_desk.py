"""The banks' addresses for payments, and the sandbox's own: what holders, clerks and machines do at a bank."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody, Parameter

from shebaoka_sandbox.bank import Applicant, Asked, Banks, CardNotice, Debit, Notices, Refund
from shebaoka_sandbox.bank_books import OUTSIDE, Part
from shebaoka_sandbox.bank_counter import Order, Slip
from shebaoka_sandbox.bank_payments import Documents, File, Receipt
from shebaoka_sandbox.desk import Batch, Declined, said

BankCode = Annotated[str, Parameter(pattern=r"^[0-9A-Za-z_-]{1,20}$")]
Cursor = Annotated[str, Parameter(pattern="^[0-9]{0,18}$")]
Limit = Annotated[int, Parameter(ge=1, le=1000)]
MessageId = Annotated[str, Parameter(min_length=1, max_length=35)]
Sequence = Annotated[int, Parameter(ge=1, le=10**15)]


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account that somebody has without a card, with what is on it; `agency`: one of ours, to pay from."""

    number: Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z]{6,34}$")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=70)]
    kind: Literal["plain", "agency"] = "plain"
    balance_fen: Annotated[int, msgspec.Meta(ge=0, le=10**15)] = 0


class Moving(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens to an account, by its number or by our reference."""

    account: str
    action: Literal["activate", "freeze", "thaw", "close", "rename"]
    name: str = ""


def handlers(banks: Banks) -> list[BaseRouteHandler]:
    """Give all addresses of the banks."""
    return [*_accounts(banks), *_payments(banks), *_own(banks)]


def _accounts(banks: Banks) -> list[BaseRouteHandler]:
    @post("/banks/{code:str}/v1/accounts", status_code=200)
    async def open_accounts(code: BankCode, data: JSONBody[Batch[Applicant]]) -> Response[bytes]:
        return said(await banks.open_accounts(code, data.items))

    @post("/banks/{code:str}/v1/account-states", status_code=200)
    async def account_states(code: BankCode, data: JSONBody[Batch[Asked]]) -> Response[bytes]:
        return said(banks.states(code, data.items))

    @get("/banks/{code:str}/v1/account-notices")
    async def account_notices(code: BankCode, after: Cursor = "", limit: Limit = 1000) -> Notices:
        return banks.notices(code, after, limit)

    @post("/banks/{code:str}/v1/debits", status_code=200)
    async def debit(code: BankCode, data: JSONBody[Batch[Debit]]) -> Response[bytes]:
        return said(await banks.debit(code, data.items))

    @post("/banks/{code:str}/v1/debit-refunds", status_code=200)
    async def refund(code: BankCode, data: JSONBody[Batch[Refund]]) -> Response[bytes]:
        return said(await banks.refund(code, data.items))

    @post("/banks/{code:str}/v1/card-notices", status_code=200)
    async def card_notices(code: BankCode, data: JSONBody[Batch[CardNotice]]) -> Response[bytes]:
        return said(await banks.hear_cards(code, data.items))

    return [open_accounts, account_states, account_notices, debit, refund, card_notices]


def _payments(banks: Banks) -> list[BaseRouteHandler]:
    @post("/banks/{code:str}/v1/payments", status_code=200)
    async def pay(code: BankCode, data: JSONBody[File]) -> Receipt:
        return await banks.payments.take(code, data)

    @get("/banks/{code:str}/v1/payments/{message_id:str}/reports")
    async def reports(code: BankCode, message_id: MessageId) -> Documents:
        return banks.payments.reports(code, message_id)

    @get("/banks/{code:str}/v1/statements/{sequence:int}")
    async def statement(code: BankCode, sequence: Sequence) -> Documents:
        return banks.payments.statement(code, sequence)

    @get("/banks/{code:str}/v1/documents")
    async def documents(code: BankCode, after: Cursor = "", limit: Limit = 20) -> Documents:
        return banks.payments.feed(code, after, limit)

    return [pay, reports, statement, documents]


def _own(banks: Banks) -> list[BaseRouteHandler]:
    """Give the sandbox's own addresses at the banks: they are no partner's."""

    @post("/_bank/{code:str}/accounts", status_code=200)
    async def open_account(code: BankCode, data: JSONBody[Opening]) -> dict[str, Any]:
        with banks.transaction():
            banks.books.open(code, data.number, data.name, data.kind, status="active")
            if data.balance_fen:
                parts = Part(OUTSIDE, -data.balance_fen), Part(data.number, data.balance_fen)
                banks.books.entry(code, f"open-{data.number}", "funding", *parts)
        return _shown(banks, code, data.number)

    @post("/_bank/{code:str}/moves", status_code=200)
    async def move(code: BankCode, data: JSONBody[Moving]) -> dict[str, Any]:
        with banks.transaction():
            if data.action == "rename":
                banks.books.rename(code, data.account, data.name)
            else:
                banks.books.move(code, data.account, data.action)
        return _shown(banks, code, data.account)

    @get("/_bank/{code:str}/accounts/{account:str}")
    async def show(code: BankCode, account: FromPath[str]) -> dict[str, Any]:
        return _shown(banks, code, account)

    @post("/_bank/{code:str}/orders", status_code=200)
    async def order(code: BankCode, data: JSONBody[Order]) -> Slip:
        return banks.counter.act(code, data)

    @get("/_bank/{code:str}/trial")
    async def trial(code: BankCode) -> dict[str, int]:
        return banks.books.trial(code)

    return [open_account, move, show, order, trial]


def _shown(banks: Banks, code: str, key: str) -> dict[str, Any]:
    found = banks.books.find(code, key)
    if found is None:
        raise Declined(404, f"no account {key}")
    more = {
        "balance_fen": banks.books.balance(code, found.number),
        "card": banks.books.card(code, str(found.reference)),
    }
    return found._asdict() | more

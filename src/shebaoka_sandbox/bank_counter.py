"""What a holder does with the account on a card, at a counter, a machine or a shop: cash in and out, transfers, spending, and back.

Double entry in the bank's own books; each by the reference of whoever asks, once. Only an active account moves, but that money may come in.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from shebaoka_sandbox.bank_books import CASH, OUTSIDE, Account, Books, Part
from shebaoka_sandbox.desk import Declined, Desks, Reference

What = Literal["cash_in", "cash_out", "spend", "transfer", "reverse"]
WHERE: Final[dict[str, tuple[str, ...]]] = {
    "counter": ("cash_in", "cash_out", "transfer", "reverse"), "atm": ("cash_in", "cash_out", "transfer", "reverse"),
    "pos": ("spend", "reverse"),
}  # fmt: skip
"""What is done where."""
REASONS: Final = {
    "41": "卡片已挂失，请本人持身份证件到柜台办理", "14": "卡片已作废，请本人持身份证件到柜台办理", "AC06": "账户已冻结", "AC04": "账户已销户",
    "AC01": "对方账户不可入账", "AG01": "账户未激活，或此处不办此项业务", "AM01": "金额为零", "AM04": "余额不足", "NARR": "没有这笔交易", "DUPL": "已经冲正过",
}  # fmt: skip
"""By ISO 20022's code; of cards, which it has none for, by ISO 8583's: 41 lost, 14 no valid card."""


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody wants. `account`: number or our reference; `to`: an account of this bank, else the money leaves it; `names`: what is taken back.

    `by`: with the card, or at the counter with the ID card instead.
    """

    reference: Reference
    where: Literal["counter", "atm", "pos"]
    what: What
    account: str
    amount_fen: Annotated[int, msgspec.Meta(ge=0, le=10**12)] = 0
    to: str = ""
    names: str = ""
    by: Literal["card", "id_card"] = "card"


class Slip(msgspec.Struct, frozen=True):
    """What came of it: done, or why not; and what the account holds."""

    reference: str
    outcome: Literal["done", "refused"]
    code: str
    balance_fen: int
    reason: str = ""


class Counter:
    """All banks' counters, machines and shops."""

    def __init__(self, desks: Desks, books: Books) -> None:
        self._desks = desks
        self._store = desks.store
        self._books = books

    def act(self, code: str, order: Order) -> Slip:
        """Do what is ordered, once for each reference: again it is answered the same, with anything else it is declined."""
        self._desks.enter(f"bank:{code}", f"bank:{code}:counter")
        said = msgspec.json.encode(order).decode()
        with self._store.transaction():
            known = self._store.run(
                "select said, slip from bank_order where bank = ? and reference = ?", code, order.reference
            )
            if known:
                if known[0][0] != said:
                    raise Declined(409, f"reference {order.reference} was another order")
                return msgspec.json.decode(known[0][1], type=Slip)
            slip = self._slip(code, order)
            self._store.run(
                "insert into bank_order values (?, ?, ?, ?)",
                code,
                order.reference,
                said,
                msgspec.json.encode(slip),
            )
            return slip

    def _slip(self, code: str, order: Order) -> Slip:
        account = self._books.find(code, order.account)
        if account is None or account.kind == "agency":
            raise Declined(404, f"no account {order.account}")
        may = order.what in WHERE[order.where] and (order.by == "card" or order.where == "counter")
        why = "" if may else "AG01"
        why = why or (
            self._reversed(code, order, account)
            if order.what == "reverse"
            else self._done(code, order, account)
        )
        return Slip(
            order.reference, "refused" if why else "done", why, self._books.balance(code, account.number), REASONS.get(why, "")
        )  # fmt: skip

    def _done(self, code: str, order: Order, account: Account) -> str:
        """Book an order; give why not, in ISO's codes, empty when it was booked."""
        if not order.amount_fen:
            return "AM01"
        if account.status != "active":
            return {"frozen": "AC06", "closed": "AC04", "opened": "AG01"}[account.status]
        # Of a lost card nothing is paid, whoever stands there; a dead one is no card, and its holder has another proof.
        card = self._books.card(code, str(account.reference))
        if card == "lost" or (card == "void" and order.by == "card"):
            return {"lost": "41", "void": "14"}[card]
        other = self._other(code, order)
        if other is None or other == account.number:
            return "AC01"
        into = order.what == "cash_in"
        fen = order.amount_fen if into else -order.amount_fen
        if fen < 0 and self._books.balance(code, account.number) + fen < 0:
            return "AM04"
        self._books.entry(code, order.reference, order.what, Part(account.number, fen), Part(other, -fen))
        return ""

    def _other(self, code: str, order: Order) -> str | None:
        """Give the other side of an order; None for an account that money cannot come to."""
        if order.what in ("cash_in", "cash_out"):
            return CASH
        if order.what == "spend" or not order.to:
            return OUTSIDE
        to = self._books.find(code, order.to)
        return to.number if to is not None and to.status == "active" else None

    def _reversed(self, code: str, order: Order, account: Account) -> str:
        """Take an order of this account back, once, whatever its account is by now; not where what it brought was spent."""
        lines = self._store.run(
            "select account, fen, kind from bank_line where bank = ? and entry = ?", code, order.names
        )
        if not any(line[0] == account.number for line in lines) or lines[0][2] not in (
            "cash_in",
            "cash_out",
            "spend",
            "transfer",
        ):
            return "NARR"
        if self._store.run(
            "select 1 from bank_line where bank = ? and entry = ?", code, f"back-{order.names}"
        ):
            return "DUPL"
        parts = [Part(line[0], -line[1]) for line in lines]
        if any(part.fen < 0 and part.account not in (CASH, OUTSIDE) and self._books.balance(code, part.account) + part.fen < 0 for part in parts):  # fmt: skip
            return "AM04"
        self._books.entry(code, f"back-{order.names}", "reversal", *parts)
        return ""

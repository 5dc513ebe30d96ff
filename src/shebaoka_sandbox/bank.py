"""The service banks' core systems: they open the card's account, or say why not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Annotated, Final, Literal

import msgspec
from stdnum import luhn

from shebaoka_sandbox import chance
from shebaoka_sandbox.bank_books import OUTSIDE, Books, Part, now
from shebaoka_sandbox.bank_counter import Counter
from shebaoka_sandbox.bank_payments import Payments
from shebaoka_sandbox.desk import AnyItem, Desks, Reference

# Every real payment card begins with another digit: ISO/IEC 7812 leaves 9 to national bodies (inferred: unused here).
INVENTED: Final = "9"
REASONS: Final = {
    "B01": "证件核查未通过",
    "B02": "预留手机号码核验未通过",
    "B03": "客户在本行的同类账户已达上限",
    "B04": "客户身份信息需到网点补充",
}


class Applicant(msgspec.Struct, frozen=True):
    """One person who is to have an account."""

    reference: Reference
    id_number: str
    name: str
    mobile: str

    @property
    def person(self) -> str:
        """The ID number."""
        return self.id_number


class Opened(msgspec.Struct, frozen=True):
    """The account was opened."""

    reference: str
    account_number: str
    outcome: Literal["opened"] = "opened"


class Refused(msgspec.Struct, frozen=True):
    """The bank would not open it."""

    reference: str
    reason_code: str
    reason: str
    outcome: Literal["refused"] = "refused"


class Debit(msgspec.Struct, frozen=True):
    """An amount that a holder lets us take from an account on a card."""

    reference: Reference
    account_number: str
    name: str
    amount_fen: Annotated[int, msgspec.Meta(ge=1)]
    note: str

    @property
    def person(self) -> str:
        """The account and the amount: a reference is one debit for good."""
        return f"{self.account_number} {self.amount_fen}"


class Refund(msgspec.Struct, frozen=True):
    """A debit that is to be given back."""

    reference: Reference
    debit: Reference

    @property
    def person(self) -> str:
        """The debit."""
        return self.debit


class CardNotice(msgspec.Struct, frozen=True):
    """How the card with an account stands, by the city's count. `account`: the reference by which it was opened."""

    reference: Reference
    account: Reference
    card: Literal["unopened", "open", "lost", "void"]
    version: Annotated[int, msgspec.Meta(ge=1)]

    @property
    def person(self) -> str:
        """The account and what is told: a reference is one notice for good."""
        return f"{self.account} {self.card} {self.version}"


class Done(msgspec.Struct, frozen=True):
    """It was done."""

    reference: str
    outcome: Literal["done"] = "done"


class Asked(msgspec.Struct, frozen=True):
    """An account that is asked about, by our reference."""

    reference: Reference


class State(msgspec.Struct, frozen=True):
    """How an account stands; `version` counts its changes."""

    reference: str
    status: str
    version: int
    at: str


class Unknown(msgspec.Struct, frozen=True):
    """The bank has no such account."""

    reference: str
    outcome: Literal["unknown"] = "unknown"


class Notices(msgspec.Struct, frozen=True):
    """A stretch of the feed of notices, and the cursor to go on from."""

    notices: list[State]
    next: str


class Banks:
    """All banks; each code is a bank of its own with its own references."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self.books = Books(desks.store)
        self.payments = Payments(desks, self.books)
        self.counter = Counter(desks, self.books)

    def transaction(self) -> AbstractContextManager[None]:
        """Do what is inside wholly or not at all, with nobody between."""
        return self._desks.store.transaction()

    async def open_accounts(self, code: str, items: list[Applicant]) -> list[bytes]:
        """Answer a batch of one bank."""
        return await self._desks.serve(
            f"bank:{code}", items, lambda new: [self._opened(code, item) for item in new]
        )

    def _opened(self, code: str, item: Applicant) -> Opened | Refused:
        faults = self._desks.faults
        if faults.hits(f"bank:{code}", "refuse", item.reference):
            reason = chance.choose(tuple(REASONS), faults.seed, code, "reason", item.reference)
            return Refused(item.reference, reason, REASONS[reason])
        number = account_number(faults.seed, code, item.reference)
        self.books.open(code, number, item.name, "card", item.reference)
        return Opened(item.reference, number)

    async def _serve(
        self, code: str, items: list[AnyItem], decide: Callable[[str, AnyItem], msgspec.Struct], what: str
    ) -> list[bytes]:
        return await self._desks.serve(
            f"bank:{code}", items, lambda new: [decide(code, item) for item in new], f"bank:{code}:{what}"
        )

    async def debit(self, code: str, items: list[Debit]) -> list[bytes]:
        """Answer a batch of debits; what is taken goes to our account outside this bank."""
        return await self._serve(code, items, self._debited, "debits")

    async def refund(self, code: str, items: list[Refund]) -> list[bytes]:
        """Answer a batch of refunds."""
        return await self._serve(code, items, self._refunded, "refunds")

    async def hear_cards(self, code: str, items: list[CardNotice]) -> list[bytes]:
        """Answer a batch of notices how cards stand."""
        return await self._serve(code, items, self._heard, "cards")

    def _heard(self, code: str, item: CardNotice) -> Done | Refused:
        account = self.books.find(code, item.account)
        if account is None or account.reference != item.account:
            return Refused(item.reference, "AC01", "账户不存在")
        self.books.note_card(code, account, item.card, item.version)
        return Done(item.reference)

    def _debited(self, code: str, item: Debit) -> Done | Refused:
        account = self.books.find(code, item.account_number)
        if account is None or account.number != item.account_number:
            return Refused(item.reference, "AC01", "账号不存在")
        if account.status != "active":
            return Refused(item.reference, "AC06", "账户未激活、已冻结或已销户")
        if self.books.card(code, str(account.reference)) == "lost":
            return Refused(item.reference, "AC06", "卡片已挂失，只收不付")
        if account.name != item.name:
            return Refused(item.reference, "BE01", "户名不符")
        if self.books.balance(code, account.number) < item.amount_fen:
            return Refused(item.reference, "AM04", "余额不足")
        parts = Part(account.number, -item.amount_fen), Part(OUTSIDE, item.amount_fen)
        self.books.entry(code, item.reference, "debit", *parts)
        return Done(item.reference)

    def _refunded(self, code: str, item: Refund) -> Done | Refused:
        taken = self._desks.store.run(
            "select account, fen from bank_line where bank = ? and entry = ? and kind = 'debit' and fen < 0",
            code,
            item.debit,
        )
        if not taken:
            return Refused(item.reference, "NARR", "没有这笔扣款")
        account, fen = taken[0]
        self.books.entry(code, item.reference, "refund", Part(account, -fen), Part(OUTSIDE, fen))
        return Done(item.reference)

    def states(self, code: str, items: list[Asked]) -> list[bytes]:
        """Tell how accounts stand now."""
        self._desks.enter(f"bank:{code}", f"bank:{code}:states", len(items))
        return [msgspec.json.encode(self._state(code, item.reference)) for item in items]

    def _state(self, code: str, reference: str) -> State | Unknown:
        found = self.books.find(code, reference)
        if found is None or found.reference != reference:
            return Unknown(reference)
        at = self._desks.store.run(
            "select at from bank_notice where bank = ? and reference = ? order by number desc limit 1",
            code,
            reference,
        )
        return State(
            reference, found.status, found.version, at[0][0] if at else now().isoformat(timespec="seconds")
        )

    def notices(self, code: str, after: str, limit: int) -> Notices:
        """Give the feed's next notices: some never, some twice, some before others, as the switches are."""
        partner = f"bank:{code}"
        self._desks.enter(partner, f"{partner}:notices")
        rows = self._desks.store.run(
            "select number, reference, status, version, at from bank_notice where bank = ? and number > ? order by number limit ?",
            code, int(after or 0), limit,
        )  # fmt: skip
        faults = self._desks.faults
        told = [
            State(*row[1:])
            for row in rows if not faults.hits(partner, "lose", f"notice-{row[0]}")
            for _ in range(2 if faults.hits(partner, "duplicate", f"notice-{row[0]}") else 1)
        ]  # fmt: skip
        if any(faults.hits(partner, "reorder", f"notice-{row[0]}") for row in rows):
            told.reverse()
        return Notices(told, str(rows[-1][0]) if rows else after)


def account_number(seed: int, code: str, reference: str) -> str:
    """Give 19 digits, the last of them Luhn's, by seed, bank and reference."""
    digits = f"{INVENTED}{chance.draw(seed, code, 'account', reference) % 10**17:017}"
    return digits + str(luhn.calc_check_digit(digits))

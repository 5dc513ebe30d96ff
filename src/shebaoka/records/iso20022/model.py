"""Credit transfers, status reports and statements as values. Amounts are whole fen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Direction = Literal["credit", "debit"]
"""At our account: money in, or money out."""


@dataclass(frozen=True, slots=True)
class Credit:
    """One person is to be paid. Personal data; never logged."""

    end_to_end_id: str
    amount_fen: int
    name: str
    account: str
    note: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Everything that one bank is to pay from one account of ours: a file. `bank`: its code, `payer`: our name."""

    message_id: str
    created_at: datetime
    pay_on: date
    purpose: str
    payer: str
    payer_account: str
    bank: str
    credits: tuple[Credit, ...]

    @property
    def total_fen(self) -> int:
        """What the file sums to."""
        return sum(one.amount_fen for one in self.credits)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a bank says of one payment: accepted or rejected, with ISO's reason code and a sentence of its own."""

    end_to_end_id: str
    status: Literal["accepted", "rejected", "pending"]
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a bank says of a file: of each payment, or of the file as a whole (`whole`)."""

    message_id: str
    created_at: datetime
    names: str
    whole: Answer | None
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """One payment within an entry of a statement. `file`: the message it came in; `code`: why it comes back, if it does."""

    end_to_end_id: str
    amount_fen: int
    file: str = ""
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Movement:
    """An entry of a statement, with the payments that it is the sum of."""

    reference: str
    amount_fen: int
    direction: Direction
    booked_on: date
    kind: str
    details: tuple[Detail, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of our account. `sequence` rises by one; what it opens with is what the one before closed with."""

    statement_id: str
    sequence: int
    created_at: datetime
    account: str
    opening_fen: int
    closing_fen: int
    movements: tuple[Movement, ...]

    @property
    def moved_fen(self) -> int:
        """What its entries add to the account."""
        return sum(one.amount_fen if one.direction == "credit" else -one.amount_fen for one in self.movements)

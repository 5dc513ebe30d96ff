"""Bank accounts as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

from shebaoka.banking.states import CardState, Life
from shebaoka.kit.problems import Problem

LAST: Final = 4


@dataclass(frozen=True, slots=True)
class AccountRequest:
    """What a bank is asked: to open the account of one application's card. Personal data; never logged."""

    person_id: int
    application_id: int
    bank_id: int
    bank_code: str
    id_number: str
    name: str
    mobile: str


@dataclass(frozen=True, slots=True)
class AccountAnswer:
    """What a bank answered: an account number (19 digits), or else the reason of its refusal."""

    person_id: int
    application_id: int
    bank_id: int
    account_number: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What the banks answered.

    `waiting`: banks by code that gave no usable answer, and why; their people wait. `unanswered` and `malformed` are
    applications that a bank left out or answered with something that is no account number; ask for them again later.
    """

    answers: tuple[AccountAnswer, ...]
    waiting: Mapping[str, Problem]
    unanswered: tuple[int, ...]
    malformed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AnswersTaken:
    """How many answers were new, by what they say, and how many were there already."""

    opened: int
    refused: int
    repeated: int


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account that a bank opened for a card, or its refusal; the number is sealed, `last4` is for people to see.

    `life`: how it stands by the bank's last word, of `life_at`; None for a refusal. `contradicted`: what the bank told against it.
    `card`: how its card stands, of which the bank is yet to hear while `card_waits`; `card_refused`: why it would not.
    """

    person_id: int
    application_id: int
    bank_id: int
    status: Literal["open", "refused"]
    last4: str | None
    reason: str | None
    answered_at: datetime
    life: Life | None = None
    life_at: datetime | None = None
    asked_on: date | None = None
    contradicted: str | None = None
    card: CardState = "unopened"
    card_waits: bool = False
    card_refused: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a bank told of an account: how it stands since a moment, and by its own count of changes (`version`)."""

    application_id: int
    bank_id: int
    life: Life
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """An account as far as it is known here."""

    person_id: int
    application_id: int
    bank_id: int
    life: Life
    life_version: int


@dataclass(frozen=True, slots=True)
class Noted:
    """What came of what a bank told: accounts that changed, that are as they were, unknown ones, and contradictions."""

    changed: int = 0
    same: int = 0
    unknown: int = 0
    contradicted: int = 0

    def __add__(self, other: Noted) -> Noted:
        return Noted(
            self.changed + other.changed, self.same + other.same, self.unknown + other.unknown,
            self.contradicted + other.contradicted,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What a run of the mirror came to. `unanswered`: accounts that a bank left out; `banks_down`: why, by code."""

    noted: Noted = Noted()
    unanswered: int = 0
    banks_down: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CardChange:
    """A change of a card, of which the bank of its account is to hear: by our own count of changes (`version`)."""

    person_id: int
    application_id: int
    bank_id: int
    card: CardState
    version: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What a bank answered when it was told of a change: it knows it now, or why it would not."""

    change: CardChange
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CardsTold:
    """What a run of telling came to. `refused` wait for somebody to call the bank, `unanswered` and `banks_down` for the next run."""

    told: int = 0
    refused: int = 0
    unanswered: int = 0
    banks_down: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """What a bank wrote of payments, word for word, under a number of its own."""

    document_id: str
    kind: Literal["pain.002", "camt.053"]
    content: bytes


@dataclass(frozen=True, slots=True)
class Debit:
    """What a bank is asked: to take an amount from an account on a card, by its holder's order. Personal data; never logged."""

    debit_id: int
    account_number: str
    name: str
    amount_fen: int
    note: str


@dataclass(frozen=True, slots=True)
class DebitAnswer:
    """What a bank answered to a debit, or to its being given back: done, or why not."""

    debit_id: int
    reason: str | None = None


def last4(account_number: str) -> str:
    """Give what people are shown of an account number."""
    return account_number[-LAST:]

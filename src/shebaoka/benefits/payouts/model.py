"""Items, payments, runs, files and differences as values. All amounts are whole fen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from msgspec import Struct

from shebaoka.benefits.payouts.states import ItemStatus, PaymentStatus, RunStatus
from shebaoka.registry.programme.model import Benefit

RUN_MAX: Final = 20_000
"""Payments of one run: what is due beyond that is drawn into the next."""
FILE_MAX: Final = 5_000
LINES_MAX: Final = 20_000
ListKind = Literal["items", "accounts"]
Scheme = Literal["employee", "resident", "none"]
DifferenceKind = Literal["unknown", "amount_differs", "contradiction", "gap"]
Left = Literal["no_account", "not_active", "account_failed", "holder_dead"]
"""Why something that is due cannot be paid now."""
WRONG_ACCOUNT: Final = frozenset({"AC01", "AC02", "AC03", "AC04", "AC07", "BE01", "BE05", "MD07"})
"""ISO's reason codes that are about the account itself: it is not paid to again unless an officer says so."""
LEFT: Final = {
    "no_account": ("没有可用的发放账户", "no account to pay to"),
    "not_active": ("卡上账户尚未激活或已冻结，也没有原账户", "the card's account is not active, and there is no other"),
    "account_failed": ("上次发放因账户不符退回，须另登记账户或确认再发", "the account failed; note another, or say that it may be tried again"),
    "holder_dead": ("登记为已去世，须停发或由继承人办理", "registered as deceased: stop it, or settle with the heirs"),
}  # fmt: skip
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBER: Final = re.compile("^([SD])-([0-9A-Z]{1,13})-([0-9A-Z]{1,13})$")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line of a list: the line (the header is 1), the column, and what to do. Never the value."""

    line: int
    column: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A line of a list of what is owed. Personal data; never logged."""

    line: int
    benefit: Benefit
    id_number: str
    name: str
    period: date
    amount_fen: int
    reference: str
    scheme: Scheme


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A line of a list of accounts that benefits went to before. Personal data; never logged."""

    line: int
    id_number: str
    name: str
    bank: str
    account_number: str
    since: date


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a list. `lines` = taken + repeated + faults: nothing is lost."""

    list_id: int
    lines: int
    taken: int
    repeated: int
    faults: Sequence[Fault]


@dataclass(frozen=True, slots=True)
class Item:
    """What somebody is owed for a month."""

    person_id: int
    item_id: int
    benefit: Benefit
    scheme: Scheme
    period: date
    reference: str
    amount_fen: int
    status: ItemStatus
    same_account: bool
    list_id: int
    entry_id: int | None
    worked_by: str | None
    reason: str | None
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class OnFile:
    """An account on file; the number is sealed."""

    person_id: int
    account_id: int
    bank_id: int
    last4: str
    since: date


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an item is paid to, and the rule that says so."""

    bank_id: int
    last4: str
    rule_id: str
    application_id: int | None = None
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """One attempt to pay an item. `code`, `reason`: the bank's, where it was rejected or came back."""

    person_id: int
    payment_id: int
    item_id: int
    run_id: int
    bank_id: int
    file_id: int | None
    application_id: int | None
    account_id: int | None
    last4: str
    rule_id: str
    amount_fen: int
    status: PaymentStatus
    code: str | None
    reason: str | None
    booked_on: date | None
    returned_on: date | None
    entry_id: int | None
    changed_at: datetime

    @property
    def key(self) -> tuple[int, int]:
        """Person and payment."""
        return self.person_id, self.payment_id


@dataclass(frozen=True, slots=True)
class Run:
    """Payments that were drawn up together. `closed_by`: who approved or cancelled it. `written`: its files are."""

    run_id: int
    benefit: Benefit
    pay_on: date
    status: RunStatus
    payments: int
    total_fen: int
    drawn_by: str
    drawn_at: datetime
    closed_by: str | None
    closed_at: datetime | None
    written: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A run just drawn up. `left`: how many of what was due could not be drawn, by why; `more`: whether more is due."""

    run: Run
    left: dict[Left, int]
    more: bool


@dataclass(frozen=True, slots=True)
class File:
    """A payment file. `problem`: why it is not at its bank yet."""

    file_id: int
    run_id: int
    bank_id: int
    status: Literal["written", "sent"]
    payments: int
    total_fen: int
    problem: str | None
    written_at: datetime
    sent_at: datetime | None

    @property
    def message_id(self) -> str:
        """The number that the bank knows it by."""
        return message_id(self.file_id)


@dataclass(frozen=True, slots=True)
class StatusSum:
    """How many payments of a run and bank stand how, and what they sum to."""

    bank_id: int
    status: PaymentStatus
    payments: int
    total_fen: int


@dataclass(frozen=True, slots=True)
class Payer:
    """Our own account at a bank. `next_sequence`: the statement that is due next; `balance_fen`: what the last one closed with."""

    bank_id: int
    account: str
    name: str
    next_sequence: int
    balance_fen: int
    noted_by: str
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """What a bank told and we cannot book, with the number that it named; closed by somebody, with a reason."""

    difference_id: int
    bank_id: int
    document_id: str
    number: str
    kind: DifferenceKind
    detail: str
    found_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    reason: str | None


class Check(Struct, frozen=True):
    """What was found wrong with all payouts; nothing when it is as it should be.

    `owed_fen`: what the ledger says is owed; `unpaid_fen`: what the items say. `booked_fen`: what the ledger took from our accounts
    at banks for payouts; `payments_fen`: what the payments say.
    """

    owed_fen: int
    unpaid_fen: int
    booked_fen: int
    payments_fen: int
    paid_twice: int

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return (
            self.owed_fen == self.unpaid_fen and self.booked_fen == self.payments_fen and not self.paid_twice
        )


@dataclass(frozen=True, slots=True)
class PaidOut:
    """What a run of the step came to. `banks_down`: why, by code. `differences`: new ones, to be worked off."""

    files_written: int = 0
    files_sent: int = 0
    documents: int = 0
    accepted: int = 0
    rejected: int = 0
    booked: int = 0
    returned: int = 0
    differences: int = 0
    banks_down: dict[str, str] | None = None

    def __add__(self, other: PaidOut) -> PaidOut:
        def total(name: str) -> int:
            mine: int = getattr(self, name)
            theirs: int = getattr(other, name)
            return mine + theirs

        sums: Any = {name: total(name) for name in self.__slots__ if name != "banks_down"}
        return PaidOut(**sums, banks_down={**(self.banks_down or {}), **(other.banks_down or {})} or None)


def end_to_end_id(person_id: int, payment_id: int) -> str:
    """Give the number that a payment goes by at the banks (at most 29 characters).

    It says where the payment stands, so that whatever a bank tells is found at once; of the person it says nothing.
    """
    return f"S-{_written(person_id)}-{_written(payment_id)}"


def item_number(person_id: int, item_id: int) -> str:
    """Give the number that an item goes by among the staff."""
    return f"D-{_written(person_id)}-{_written(item_id)}"


def key_of(number: str, of: Literal["S", "D"] = "S") -> tuple[int, int] | None:
    """Give person and payment (of an item's number, D: person and item); None for any other number."""
    found = _NUMBER.match(number)
    if found is None or found[1] != of:
        return None
    person_id, one = int(found[2], 36), int(found[3], 36)
    most = 2**63
    return (person_id, one) if person_id < most and one < most else None


def message_id(file_id: int) -> str:
    """Give the number that a file goes by at its bank."""
    return f"SBK{file_id}"


def file_of(number: str) -> int | None:
    """Give the file of such a number; None for any other number."""
    digits = number.removeprefix("SBK")
    return int(digits) if number.startswith("SBK") and digits.isdecimal() and len(digits) < 20 else None  # noqa: PLR2004 - bigint


def _written(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits or "0"

"""What stands in the ledger. Values only; all amounts are whole fen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from shebaoka.kit.money import Fen

NOBODY: Final = 0
"""Stands for the person of an entry that is of none, and for the owner of an account that has none of its own."""


class Account(StrEnum):
    """The accounts; README says whose each is."""

    PERSONAL_CURRENT = "personal_current"
    PERSONAL_HISTORIC = "personal_historic"
    POOLED_FUND = "pooled_fund"
    SUPPLEMENTARY_FUND = "supplementary_fund"
    RESIDENT_FUND = "resident_fund"
    INSTITUTION = "institution"
    CROSS_PROVINCE = "cross_province"
    BANK = "bank"
    PENSION_FUND = "pension_fund"
    UNEMPLOYMENT_FUND = "unemployment_fund"
    INJURY_FUND = "injury_fund"
    BENEFITS_OWED = "benefits_owed"


PERSONAL: Final = (Account.PERSONAL_CURRENT, Account.PERSONAL_HISTORIC)
"""Accounts of the entry's person; each has a balance that never falls below nothing."""
OWNED: Final = frozenset({Account.INSTITUTION, Account.CROSS_PROVINCE})
"""Accounts that every institution has one of."""


class Kind(StrEnum):
    """What an entry is of."""

    CONTRIBUTION = "contribution"
    CREDIT = "credit"
    YEAR_END = "year_end"
    SETTLEMENT = "settlement"
    CLEARING = "clearing"
    ADVANCE = "advance"
    ENTITLEMENT = "entitlement"
    PAYOUT = "payout"
    REVERSAL = "reversal"


class Line(Struct, frozen=True):
    """An amount at an account: positive is debit, negative is credit. `owner_id`: the institution, where it has one."""

    account: Account
    amount: Fen
    owner_id: int = NOBODY

    def __post_init__(self) -> None:
        """Hold that it moves something, and that it names an owner where the account has one."""
        assert self.amount, "a line moves something"
        assert (self.account in OWNED) == (self.owner_id != NOBODY), (
            "institutions' accounts name theirs, others none"
        )


class Entry(Struct, frozen=True, kw_only=True):
    """Lines that belong together. `reference`: the number of the thing that it is of; `booked_on`: the day that it counts for."""

    person_id: int
    kind: Kind
    reference: int
    booked_on: date
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        """Hold that it balances, and that personal accounts are somebody's."""
        assert len(self.lines) > 1, "money comes from somewhere"
        assert sum(line.amount for line in self.lines) == 0, "an entry balances"
        personal = any(line.account in PERSONAL for line in self.lines)
        assert self.person_id != NOBODY or not personal, "a personal account is somebody's"


def moves(*parts: tuple[Account, Account, int], owner_id: int = NOBODY) -> tuple[Line, ...]:
    """Give the lines that move amounts: the first account of each part is debited, the second credited.

    This function will leave out what moves nothing and sum up what touches one account. `owner_id` is of all institutions'
    accounts among them.
    """
    sums: dict[Account, int] = {}
    for debited, credited, amount in parts:
        assert amount >= 0, "who gives back moves the other way"
        sums[debited] = sums.get(debited, 0) + amount
        sums[credited] = sums.get(credited, 0) - amount
    return tuple(
        Line(account, Fen(amount), owner_id if account in OWNED else NOBODY)
        for account, amount in sums.items() if amount
    )  # fmt: skip


class Booked(Struct, frozen=True):
    """An entry as it stands in the ledger. `reverses`: the entry that it takes back."""

    person_id: int
    entry_id: int
    kind: Kind
    reference: int
    reverses: int | None
    booked_on: date
    posted_at: datetime
    lines: tuple[Line, ...]


class Balances(Struct, frozen=True):
    """What somebody's personal accounts hold, in fen."""

    current_fen: int = 0
    historic_fen: int = 0


class StatementLine(Struct, frozen=True):
    """One line of a statement; `credit_fen` less `debit_fen` is what it added. `balance_fen` is what the account then held."""

    entry_id: int
    kind: Kind
    reference: int
    booked_on: date
    posted_at: datetime
    account: Account
    debit_fen: int
    credit_fen: int
    balance_fen: int


class PersonalEntry(Struct, frozen=True):
    """What an entry did to somebody's two accounts, and what each then held; entries count in the order of their days.

    `owner_id`: the institution that it is with, or NOBODY. `reverses_kind`: of a reversal, what it took back.
    """

    entry_id: int
    kind: Kind
    reference: int
    reverses_kind: Kind | None
    booked_on: date
    owner_id: int
    current_fen: int
    historic_fen: int
    current_balance_fen: int
    historic_balance_fen: int


class Statement(Struct, frozen=True):
    """What happened at accounts from one day to another, both included; `opening_fen` is what they held before, together."""

    first: date
    last: date
    opening_fen: int
    closing_fen: int
    lines: Sequence[StatementLine]


class AccountSum(Struct, frozen=True):
    """What was ever debited and credited at all accounts of one name, and what that leaves owed to their owners."""

    account: Account
    debit_fen: int
    credit_fen: int
    balance_fen: int


class TrialBalance(Struct, frozen=True):
    """All accounts up to a day, that day included; debits and credits are the same."""

    until: date
    accounts: Sequence[AccountSum]
    debit_fen: int
    credit_fen: int


class Check(Struct, frozen=True):
    """What was found wrong in the whole ledger; all noughts when it is as it should be."""

    entries: int
    unbalanced: int
    reversals_unlike: int
    balances_unlike: int

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.unbalanced or self.reversals_unlike or self.balances_unlike)

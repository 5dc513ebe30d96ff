"""Everything that reads the ledger: balances, statements, the trial balance, and whether it is as it should be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from shebaoka.kit.work import Row, Work
from shebaoka.ledger import store
from shebaoka.ledger.model import (
    PERSONAL,
    Account,
    AccountSum,
    Balances,
    Booked,
    Check,
    Kind,
    PersonalEntry,
    Statement,
    StatementLine,
    TrialBalance,
)

ROWS_MAX: Final = 100_000
"""Lines of an institution's statement at once: a month of a large hospital; ask for fewer days where there are more."""


async def balances(work: Work, person_id: int) -> Balances:
    """Give what somebody's accounts hold now."""
    return store.balances_of(await work.rows(store.SQL["balances"], {"person_id": person_id}))


async def balances_of(work: Work, people: Collection[int]) -> dict[int, Balances]:
    """Give what the accounts of people hold now; whoever has none holds nothing."""
    held: dict[int, list[Row]] = {person: [] for person in people}
    for person_id, account, amount in await work.rows(store.SQL["balances_of"], {"person_ids": list(people)}):
        held[person_id].append((account, amount))
    return {person: store.balances_of(rows) for person, rows in held.items()}


async def entry(work: Work, person_id: int, entry_id: int) -> Booked | None:
    """Give an entry, or None."""
    return await store.entry(work, person_id, entry_id)


async def entry_of(work: Work, person_id: int, kind: Kind, reference: int) -> int | None:
    """Give the number of the entry of a thing, or None when it is not booked."""
    asked = {"person_id": person_id, "kind": kind, "reference": reference}
    found: int | None = await work.value(store.SQL["entry_of"], asked)
    return found


async def reversal_of(work: Work, person_id: int, entry_id: int) -> int | None:
    """Give the number of the entry that takes another back, or None."""
    asked = {"person_id": person_id, "entry_id": entry_id}
    found: int | None = await work.value(store.SQL["reversal_of"], asked)
    return found


async def statement_of_person(
    work: Work, person_id: int, first: date, last: date, accounts: Sequence[Account] = PERSONAL
) -> Statement:
    """Give what happened at somebody's personal accounts from one day to another, both included.

    The balance of a line is that of the accounts asked for, together.
    """
    asked = {"person_id": person_id, "accounts": list(accounts), "first": first, "last": last}
    before = await work.value(store.SQL["person_before"], asked)
    return _statement(first, last, before, await work.rows(store.SQL["person_lines"], asked))


async def personal_entries(
    work: Work, person_id: int, first: date, last: date, before: int | None = None, rows_max: int = 50
) -> list[PersonalEntry]:
    """Give what moved somebody's accounts from one day to another, newest first; from before an entry on, some at a time."""
    asked = {"person_id": person_id, "first": first, "last": last, "before": before, "rows_max": rows_max}
    return await work.rows(store.SQL["personal_entries"], asked, PersonalEntry)


async def statement_of_institution(
    work: Work, institution_id: int, first: date, last: date, account: Account = Account.INSTITUTION
) -> Statement:
    """Give what happened at an institution's account from one day to another, both included; at most `ROWS_MAX` lines."""
    asked = {
        "owner_id": institution_id,
        "account": account,
        "first": first,
        "last": last,
        "rows_max": ROWS_MAX,
    }
    before = await work.value(store.SQL["owner_before"], asked)
    return _statement(first, last, before, await work.rows(store.SQL["owner_lines"], asked))


def _statement(first: date, last: date, opening: int, rows: Sequence[Row]) -> Statement:
    held, lines = opening, []
    for entry_id, kind, reference, booked_on, posted_at, account, amount in rows:
        held -= amount
        lines.append(StatementLine(
            entry_id, Kind(kind), reference, booked_on, posted_at, Account(account), max(amount, 0), max(-amount, 0), held
        ))  # fmt: skip
    return Statement(first, last, opening, held, lines)


async def trial_balance(work: Work, until: date) -> TrialBalance:
    """Give debits, credits and balance of every account up to a day, that day included."""
    sums = [
        AccountSum(Account(account), debit, credit, balance)
        for account, debit, credit, balance in await work.rows(store.SQL["sums"], {"until": until})
    ]
    return TrialBalance(until, sums, sum(one.debit_fen for one in sums), sum(one.credit_fen for one in sums))


async def sums_of_kinds(work: Work, kinds: Sequence[Kind]) -> dict[Account, int]:
    """Give what entries of some kinds leave owed at each account, reversed ones not counted; it reads every line."""
    rows = await work.rows(store.SQL["sums_of_kinds"], {"kinds": list(kinds)})
    return {Account(account): owed for account, owed in rows}


async def check(work: Work) -> Check:
    """Look through the whole ledger; this function will read every line, so not while others wait."""
    found = await work.row(store.SQL["entries"])
    assert found is not None
    return Check(
        entries=found[0],
        unbalanced=found[1],
        reversals_unlike=await work.value(store.SQL["reversals_unlike"]),
        balances_unlike=await work.value(store.SQL["balances_unlike"]),
    )

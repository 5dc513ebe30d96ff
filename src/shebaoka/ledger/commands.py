"""Everything that writes the ledger: entries are booked, and taken back by their mirror. Nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from psycopg import errors as pg

from shebaoka.kit.problems import NotFound
from shebaoka.kit.violations import VIOLATIONS, constraint
from shebaoka.kit.work import Work
from shebaoka.ledger import store
from shebaoka.ledger.errors import BalanceTooSmall, EntryBooked, EntryReversed
from shebaoka.ledger.model import PERSONAL, Balances, Entry, Kind, Line


async def post(work: Work, entry: Entry) -> int:
    """Book an entry and give its number. Raises BalanceTooSmall, EntryBooked; the transaction is then of no more use."""
    return (await post_many(work, [entry]))[0]


async def post_many(work: Work, entries: Sequence[Entry]) -> Sequence[int]:
    """Book many entries in one statement and give their numbers; all of them or none.

    This function will move the balances of personal accounts with them. Raises BalanceTooSmall, EntryBooked.
    """
    numbers = work.ids.many(len(entries))
    await _book(work, [(number, entry, None) for number, entry in zip(numbers, entries, strict=True)])
    return numbers


async def lock_balances(work: Work, person_id: int) -> Balances:
    """Give what somebody's accounts hold, and let nobody else move them until the transaction ends."""
    keys = {"person_ids": [person_id] * len(PERSONAL), "accounts": list(PERSONAL)}
    await work.run(store.SQL["begin_balances"], keys)
    return store.balances_of(await work.rows(store.SQL["lock_balances"], {"person_id": person_id}))


async def lock_many(work: Work, people: Sequence[int]) -> None:
    """Let nobody else move the accounts of people until the transaction ends.

    To be called before all else that may wait for somebody, by whoever books for many people: a bill holds its accounts first, too.
    """
    keys = [(person_id, account) for person_id in sorted(people) for account in sorted(PERSONAL)]
    named = {"person_ids": [person_id for person_id, _ in keys], "accounts": [account for _, account in keys]}
    await work.run(store.SQL["hold_balances"], named)


async def reverse(work: Work, person_id: int, entry_id: int, reference: int, booked_on: date) -> int:
    """Take an entry back by its mirror and give the number of that; `reference` is of the thing that takes it back.

    This function will refuse with NotFound, EntryReversed (once, and never a reversal) and BalanceTooSmall (the credit that
    is taken back was spent).
    """
    wrong = await store.entry(work, person_id, entry_id)
    if wrong is None:
        raise NotFound(f"分录 entry {entry_id}")
    if wrong.kind is Kind.REVERSAL:
        raise EntryReversed(f"{entry_id} 是冲正 · is a reversal")
    mirror = Entry(
        person_id=person_id,
        kind=Kind.REVERSAL,
        reference=reference,
        booked_on=booked_on,
        lines=tuple(Line(line.account, -line.amount, line.owner_id) for line in wrong.lines),
    )
    number = work.ids.one()
    await _book(work, [(number, mirror, entry_id)])
    return number


async def _book(work: Work, entries: Sequence[tuple[int, Entry, int | None]]) -> None:
    if not entries:
        return
    moved: Counter[tuple[int, str]] = Counter()
    for _, entry, _ in entries:
        for line in entry.lines:
            if line.account in PERSONAL:
                moved[entry.person_id, line.account.value] -= int(line.amount)
    try:
        await store.post(work, entries)
        await store.move_balances(work, moved)
    except VIOLATIONS as error:
        raise _refusal(error, entries) from error
    for number, entry, reverses in entries:
        work.record(entry.person_id, "ledger.posted", number, kind=entry.kind, **_takes_back(reverses))


def _takes_back(reverses: int | None) -> dict[str, str]:
    return {} if reverses is None else {"reverses": str(reverses)}


def _refusal(error: pg.Error, entries: Sequence[tuple[int, Entry, int | None]]) -> Exception:
    match constraint(error):
        case "personal_balance_not_below_zero":
            return BalanceTooSmall()
        case "posting_one_reversal":
            return EntryReversed(
                ", ".join(str(reverses) for _, _, reverses in entries if reverses is not None)
            )
        case "posting_once":
            return EntryBooked(", ".join(f"{entry.kind} {entry.reference}" for _, entry, _ in entries[:3]))
        case _:
            return error

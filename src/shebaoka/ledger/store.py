"""The room's only door to its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from shebaoka.kit import queries
from shebaoka.kit.money import Fen
from shebaoka.kit.work import Row, Work
from shebaoka.ledger.model import PERSONAL, Account, Balances, Booked, Entry, Kind, Line

SQL: Final = queries.load(__file__)


async def post(work: Work, entries: Sequence[tuple[int, Entry, int | None]]) -> None:
    """Write entries with their numbers and, of a reversal, what it takes back; all in one statement."""
    rows = [
        (entry.person_id, entry_id, number, len(entry.lines), entry.kind, entry.reference, reverses, entry.booked_on,
         line.account, line.owner_id, int(line.amount))
        for entry_id, entry, reverses in entries
        for number, line in enumerate(entry.lines, 1)
    ]  # fmt: skip
    names = (
        "person_ids", "entry_ids", "line_nos", "lines", "kinds", "reference_ids", "reverses", "booked_ons", "accounts",
        "owner_ids", "amounts",
    )  # fmt: skip
    columns = zip(*rows, strict=True)
    await work.run(SQL["post"], dict(zip(names, map(list, columns), strict=True)) | {"now": work.now})


async def move_balances(work: Work, moved: Mapping[tuple[int, str], int]) -> None:
    """Add amounts to personal accounts, by person and account; in one order."""
    ordered = sorted(key for key, amount in moved.items() if amount)
    if not ordered:
        return
    keys = {"person_ids": [person for person, _ in ordered], "accounts": [account for _, account in ordered]}
    await work.run(SQL["begin_balances"], keys)
    await work.run(SQL["move_balances"], keys | {"amounts": [moved[key] for key in ordered]})


async def entry(work: Work, person_id: int, entry_id: int) -> Booked | None:
    """Give an entry of a person, or None."""
    rows = await work.rows(SQL["entry"], {"person_id": person_id, "entry_id": entry_id})
    if not rows:
        return None
    lines = tuple(Line(Account(account), Fen(amount), owner) for *_, account, owner, amount in rows)
    _, _, kind, reference, reverses, booked_on, posted_at, *_ = rows[0]
    return Booked(person_id, entry_id, Kind(kind), reference, reverses, booked_on, posted_at, lines)


def balances_of(rows: Sequence[Row]) -> Balances:
    """Give balances from rows of account and amount; an account that nobody ever used holds nothing."""
    held: dict[str, int] = dict(rows)
    current, historic = (held.get(account.value, 0) for account in PERSONAL)
    return Balances(current, historic)

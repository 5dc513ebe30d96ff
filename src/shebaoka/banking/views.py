"""Everything that reads bank accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from shebaoka.banking import store
from shebaoka.banking.model import BankAccount
from shebaoka.kit.work import Work


async def of_people(work: Work, people: Collection[int]) -> dict[int, list[BankAccount]]:
    """Give what banks answered about people, oldest first; this function will leave out people without any answer."""
    found: dict[int, list[BankAccount]] = defaultdict(list)
    for account in await store.of_people(work, people):
        found[account.person_id].append(account)
    return dict(found)


async def of_application(work: Work, person_id: int, application_id: int) -> list[BankAccount]:
    """Give what banks answered about one application, oldest first; this function will give a refusing bank's too."""
    return [
        account
        for account in await store.of_people(work, [person_id])
        if account.application_id == application_id
    ]


async def contradictions(work: Work, most: int = 500) -> list[BankAccount]:
    """Give accounts of which a bank tells what cannot follow."""
    return await work.rows(store.SQL["contradictions"], {"most": most}, BankAccount)


async def lives(work: Work) -> list[tuple[int, str, int]]:
    """Give bank, life and how many accounts; this function will leave out refusals."""
    return await work.rows(store.SQL["lives"])


async def feed(work: Work, bank_id: int, name: str) -> str:
    """Give how far a bank's feed (`notices`, `documents`) has been read; empty at first."""
    return await work.value(store.SQL["feed"], {"bank_id": bank_id, "feed": name}) or ""


async def account_numbers(work: Work, keys: Sequence[tuple[int, int, int]]) -> dict[int, str]:
    """Open the account numbers of (person, application, bank), by application; the caller records why.

    This function will leave out applications whose bank has opened no account.
    """
    rows = await store.sealed(work, keys)
    return {
        application_id: work.vault.open(sealed, store.place(application_id)).decode()
        for application_id, sealed in rows
    }

"""This room's SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from shebaoka.banking.model import AccountAnswer, BankAccount
from shebaoka.kit import queries
from shebaoka.kit.work import Work

SQL = queries.load(__file__)
LAST = 4


def place(application_id: int) -> str:
    """Name the place that an account number is sealed for; this function will give one for each application."""
    return f"account:{application_id}"


async def insert(work: Work, answers: Sequence[AccountAnswer]) -> dict[tuple[int, int], str]:
    """Write answers; this function will give the status of the new ones by person and application."""
    rows = await work.rows(SQL["insert_answers"], {
        "people": [answer.person_id for answer in answers],
        "applications": [answer.application_id for answer in answers],
        "banks": [answer.bank_id for answer in answers],
        "sealed": [_sealed(work, answer) for answer in answers],
        "last4s": [answer.account_number[-LAST:] if answer.account_number else None for answer in answers],
        "reasons": [answer.reason for answer in answers],
        "now": work.now,
    })  # fmt: skip
    return {(person_id, application_id): status for person_id, application_id, status in rows}


async def of_people(work: Work, people: Collection[int]) -> list[BankAccount]:
    """Give all answers about people; this function will give the oldest first."""
    return await work.rows(SQL["of_people"], {"people": list(people)}, BankAccount)


async def sealed(work: Work, keys: Sequence[tuple[int, int, int]]) -> list[tuple[int, bytes]]:
    """Give application and sealed number of (person, application, bank); this function will leave refusals out."""
    people, applications, banks = ([key[place] for key in keys] for place in range(3))
    rows = await work.rows(SQL["sealed"], {"people": people, "applications": applications, "banks": banks})
    return [(row[0], bytes(row[1])) for row in rows]


def _sealed(work: Work, answer: AccountAnswer) -> bytes | None:
    if answer.account_number is None:
        return None
    return work.vault.seal(answer.account_number.encode(), place(answer.application_id))

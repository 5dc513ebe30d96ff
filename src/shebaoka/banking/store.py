"""This room's SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from shebaoka.banking.model import AccountAnswer, BankAccount, CardChange, Heard, Known, Told, last4
from shebaoka.banking.states import CardState
from shebaoka.kit import queries
from shebaoka.kit.work import Work

SQL = queries.load(__file__)


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
        "last4s": [last4(answer.account_number) if answer.account_number else None for answer in answers],
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


async def known(work: Work, bank_id: int, applications: Collection[int]) -> dict[int, Known]:
    """Give the accounts of a bank, by application; this function will leave out those that are not known."""
    asked = {"bank_id": bank_id, "applications": list(applications)}
    return {one.application_id: one for one in await work.rows(SQL["known"], asked, Known)}


async def note_lives(work: Work, bank_id: int, told: Sequence[tuple[Known, Told]]) -> list[tuple[int, int]]:
    """Write how accounts stand; this function will give person and application of those that changed."""
    return await work.rows(SQL["note_lives"], {
        "bank_id": bank_id,
        "people": [known.person_id for known, _ in told],
        "applications": [known.application_id for known, _ in told],
        "lives": [one.life for _, one in told],
        "versions": [one.version for _, one in told],
        "moments": [one.at for _, one in told],
    })  # fmt: skip


async def note_contradictions(
    work: Work, bank_id: int, told: Sequence[tuple[Known, Told]]
) -> list[tuple[int, int]]:
    """Keep what does not follow; this function will give person and application of what was not kept before."""
    return await work.rows(SQL["note_contradictions"], {
        "bank_id": bank_id,
        "people": [known.person_id for known, _ in told],
        "applications": [known.application_id for known, _ in told],
        "lives": [one.life for _, one in told],
    })  # fmt: skip


async def note_cards(work: Work, cards: Sequence[tuple[int, int, int, CardState]]) -> list[tuple[int, int]]:
    """Write how cards stand (person, application, bank, state); this function will give the accounts whose card has changed."""
    people, applications, banks, states = ([one[place] for one in cards] for place in range(4))
    asked = {"people": people, "applications": applications, "banks": banks, "cards": states}
    return await work.rows(SQL["note_cards"], asked)


async def cards_to_tell(work: Work, after: int, most: int) -> list[CardChange]:
    """Give changes of which banks do not know yet, by application."""
    return await work.rows(SQL["cards_to_tell"], {"after": after, "most": most}, CardChange)


async def note_heard(work: Work, heard: Sequence[Heard]) -> list[tuple[int, int]]:
    """Write what banks have heard; this function will give the accounts of which it was new."""
    changes = [one.change for one in heard]
    return await work.rows(SQL["note_heard"], {
        "people": [one.person_id for one in changes],
        "applications": [one.application_id for one in changes],
        "banks": [one.bank_id for one in changes],
        "versions": [one.version for one in changes],
        "reasons": [one.reason for one in heard],
    })  # fmt: skip


def _sealed(work: Work, answer: AccountAnswer) -> bytes | None:
    if answer.account_number is None:
        return None
    return work.vault.seal(answer.account_number.encode(), place(answer.application_id))

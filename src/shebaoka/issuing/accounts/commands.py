"""Opening the accounts of applications that are ready for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from shebaoka.banking.commands import note_cards, take_answers
from shebaoka.banking.connector import BankCores
from shebaoka.banking.model import AccountAnswer, AccountRequest, Answered
from shebaoka.cards import views as cards
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.commands import Also, move_many
from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.applications.states import Action, Status
from shebaoka.issuing.applications.views import Waiting
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.outbox import Event
from shebaoka.kit.partners import Partner
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.people import views as people

PEOPLE_AT_ONCE: Final = 5_000
log = structlog.get_logger()
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class AccountsOpened:
    """What a run came to. `unanswered`: left in their place; `banks_down`: why, for banks that gave no usable answer."""

    opened: int = 0
    refused: int = 0
    unanswered: int = 0
    banks_down: Mapping[str, str] = field(default_factory=dict)


async def open_due(database: Database, banks: Partner, progress: Progress | None = None) -> AccountsOpened:
    """Ask the banks for the accounts of all applications whose photo is ready.

    Safe to kill and to repeat: the reference is the application's own number, and a bank asked twice opens one account.
    This function will go on with the other banks when one does not answer, and report it.
    """
    cores, done, after = BankCores(banks), AccountsOpened(), 0
    while True:
        due, requests = await _next(database, after)
        if not due:
            return done
        answered = await cores.open_accounts(requests)
        done = _sum(done, await _settle(database, requests, answered))
        after = due[-1].application_id
        if progress:
            progress(len(due))
        if len(due) < PEOPLE_AT_ONCE:
            return done


async def question(work: Work, application: Application) -> AccountRequest:
    """Give what the bank is asked for one application whose holder stands at a counter.

    The call itself is the caller's, outside the transaction: nobody's rows are held while a bank thinks.
    """
    (asked,) = await _requests(
        work, [Waiting(application.person_id, application.application_id, application.bank_id)]
    )
    return asked


async def settle(work: Work, answers: Sequence[AccountAnswer]) -> AccountsOpened:
    """Take in what banks answered: the accounts are kept, and the applications that these banks are for go on or stop."""
    # Every answer is kept, also about those who withdrew meanwhile: the account is there.
    await take_answers(work, answers)
    current = await _current(work, answers)
    opened = [(one.person_id, one.application_id) for one in current if one.account_number]
    refused = [one for one in current if not one.account_number]
    refused_keys = [(one.person_id, one.application_id) for one in refused]
    also = Also(reasons=[_code(one) for one in refused])
    moved = await move_many(work, opened, Action.OPEN_ACCOUNT)
    return AccountsOpened(moved, await move_many(work, refused_keys, Action.REFUSE_ACCOUNT, also))


async def follow_cards(work: Work, events: Sequence[Event]) -> None:
    """Let the banks hear how these people's cards now stand (subscriber of what happens to cards).

    Not what the event tells but how the card stands is noted: events may come late, and in any order.
    """
    held = await cards.of_people(work, {event.person_id for event in events})
    by_id = {card.card_id: card for some in held.values() for card in some}
    made = await applications.with_cards(work, held)
    await note_cards(work, [(application_id, by_id[card_id]) for _, application_id, card_id in made])


async def _next(database: Database, after: int) -> tuple[list[Waiting], list[AccountRequest]]:
    async with database.work(SYSTEM) as work:
        due = await applications.waiting(work, Status.PHOTO_READY, after, PEOPLE_AT_ONCE)
        return due, await _requests(work, due) if due else []


async def _requests(work: Work, due: Sequence[Waiting]) -> list[AccountRequest]:
    known = await people.identities(work, [one.person_id for one in due])
    contacts = await applications.contacts(work, [(one.person_id, one.application_id) for one in due])
    banks = await institutions.by_ids(work, {one.bank_id for one in due})
    work.record(0, "identity.sent", "banks", people=len(due), purpose="account")
    return [
        AccountRequest(
            person_id=one.person_id,
            application_id=one.application_id,
            bank_id=one.bank_id,
            bank_code=banks[one.bank_id].code,
            id_number=known[one.person_id].id_number,
            name=known[one.person_id].name,
            mobile=contacts[one.application_id].mobile,
        )
        for one in due
    ]


async def _settle(
    database: Database, requests: Sequence[AccountRequest], answered: Answered
) -> AccountsOpened:
    for code, problem in answered.waiting.items():
        log.warning("accounts.bank_down", bank=code, why=problem.detail)
    async with database.work(SYSTEM) as work:
        taken = await settle(work, answered.answers)
    unanswered = len(requests) - len(answered.answers)
    down = {code: problem.detail for code, problem in answered.waiting.items()}
    return AccountsOpened(taken.opened, taken.refused, unanswered, down)


async def _current(work: Work, answers: Sequence[AccountAnswer]) -> list[AccountAnswer]:
    """Give the answers of the banks that the applications are still for: another may have been chosen meanwhile."""
    found = await applications.by_keys(work, [(one.person_id, one.application_id) for one in answers])
    return [one for one in answers if found[one.application_id].bank_id == one.bank_id]


def _code(answer: AccountAnswer) -> str:
    """Give the bank's reason code; its sentence stays with the bank's answer."""
    return (answer.reason or "").partition(" ")[0]


def _sum(one: AccountsOpened, other: AccountsOpened) -> AccountsOpened:
    return AccountsOpened(
        one.opened + other.opened,
        one.refused + other.refused,
        one.unanswered + other.unanswered,
        {**one.banks_down, **other.banks_down},
    )

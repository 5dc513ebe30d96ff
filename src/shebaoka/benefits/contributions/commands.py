"""Everything that writes debits: asked for by the holder, answered by the bank, counted or given back."""

from __future__ import annotations

from datetime import date

from shebaoka.banking import views as accounts
from shebaoka.banking.model import DebitAnswer
from shebaoka.benefits.contributions.choosing import newest_account
from shebaoka.benefits.contributions.errors import ContributionAsked, NoActiveAccount
from shebaoka.benefits.contributions.model import CardDebit
from shebaoka.benefits.contributions.store import SQL, move
from shebaoka.benefits.insurance import views as insurance
from shebaoka.benefits.insurance.commands import contribute, owed_for
from shebaoka.benefits.insurance.errors import ContributionPaid
from shebaoka.kit.violations import VIOLATIONS, constraint
from shebaoka.kit.work import Work
from shebaoka.registry.programme.programme import Programme


async def pay(work: Work, programme: Programme, person_id: int, period: date, base_fen: int = 0) -> CardDebit:
    """Have what somebody owes for a month or year taken from the active account of the newest card; the step `contributions` does it.

    Raises NotFound, NotInsured, ContributionNotDue, ContributionPaid, ContributionAsked, NoActiveAccount.
    """
    owed = await owed_for(work, programme, person_id, period, base_fen)
    if any(
        one.taken_back_by is None for one in await insurance.contributions(work, person_id, period, period)
    ):
        raise ContributionPaid(f"{owed.scheme}, {period}")
    cards = (await accounts.of_people(work, [person_id])).get(person_id, [])
    newest = newest_account(cards)
    if newest is None or newest.life != "active":
        raise NoActiveAccount(newest.life or "" if newest else "")
    number = work.ids.one()
    try:
        await work.run(SQL["add"], {
            "person_id": person_id, "debit_id": number, "scheme": owed.scheme, "period": period, "base_fen": base_fen,
            "own_fen": owed.own_fen, "rule_id": owed.rule_id, "bank_id": newest.bank_id,
            "application_id": newest.application_id, "last4": newest.last4, "actor": work.actor.name, "now": work.now,
        })  # fmt: skip
    except VIOLATIONS as error:
        if constraint(error) == "contribution_debit_one_live":
            raise ContributionAsked(f"{owed.scheme}, {period}") from error
        raise
    work.record(person_id, "contribution.asked", number, period=period)
    found = await _locked(work, person_id, number)
    assert found is not None, "it was written just now"
    return found


async def count(work: Work, programme: Programme, debit: CardDebit) -> bool:
    """Count a debit that its bank has taken, once; tell whether this call did. Raises what `insurance.contribute` does."""
    locked = await _locked(work, debit.person_id, debit.debit_id)
    if locked is None or locked.status != "asked":
        return False
    paid = await contribute(work, programme, debit.person_id, debit.period, debit.base_fen)
    await move(work, locked, "count", contribution_id=paid.contribution_id)
    work.record(debit.person_id, "contribution.paid", debit.debit_id, contribution=str(paid.contribution_id))
    return True


async def give_back(work: Work, debit: CardDebit, reason: str) -> bool:
    """Note that a debit was taken which counts no more: its bank is asked to give it back."""
    locked = await _locked(work, debit.person_id, debit.debit_id)
    if locked is None or locked.status != "asked":
        return False
    await move(work, locked, "give_back", reason[:200])
    work.record(debit.person_id, "contribution.to_refund", debit.debit_id)
    return True


async def refuse(work: Work, debit: CardDebit, answer: DebitAnswer) -> bool:
    """Note that a bank took nothing, and why."""
    locked = await _locked(work, debit.person_id, debit.debit_id)
    if locked is None or locked.status != "asked":
        return False
    await move(work, locked, "refuse", (answer.reason or "")[:200])
    work.record(debit.person_id, "contribution.refused", debit.debit_id)
    return True


async def note_refund(work: Work, debit: CardDebit) -> bool:
    """Note that a bank has given a debit back."""
    locked = await _locked(work, debit.person_id, debit.debit_id)
    if locked is None or locked.status != "refunding":
        return False
    await move(work, locked, "refund", locked.reason)
    work.record(debit.person_id, "contribution.refunded", debit.debit_id)
    return True


async def _locked(work: Work, person_id: int, debit_id: int) -> CardDebit | None:
    return await work.row(SQL["lock"], {"person_id": person_id, "debit_id": debit_id}, CardDebit)

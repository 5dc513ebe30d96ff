"""What a bank tells of the financial function of its own cards. The social-security function is never touched."""

from __future__ import annotations

from dataclasses import replace

from shebaoka.cards import states
from shebaoka.cards.commands.changing import locked, saved
from shebaoka.cards.errors import OtherBanksCard, void_refusal
from shebaoka.cards.model import Card, FinancialReport, Outlet
from shebaoka.kit.work import Work


async def note_financial(
    work: Work, person_id: int, card_id: int, report: FinancialReport, outlet: Outlet
) -> Card:
    """Note that the card's own bank has suspended, restored or closed the account on it, on the bank's own terms.

    Of a void card only the closing is noted: nothing else of it comes back. This function will give the card as it now
    is. Raises OtherBanksCard, CardVoid, TransitionRefused, NotFound, CardChangedMeanwhile.
    """
    card = await locked(work, person_id, card_id)
    if outlet.bank_id is None or card.bank_id != outlet.bank_id:
        raise OtherBanksCard
    if card.social == "void" and report != "close":
        raise void_refusal(card)
    financial = states.after_financial(card.financial, report)
    work.record(person_id, "card.financial_noted", card_id, was=card.financial, now=financial)
    return await saved(work, replace(card, financial=financial))

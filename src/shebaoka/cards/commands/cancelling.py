"""Cards die before their time: the holder is entitled no more, the courier has lost the card, or nobody took it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from shebaoka.cards import states, store
from shebaoka.cards.commands.changing import locked, note_voided, saved
from shebaoka.cards.errors import CancellingNotHere
from shebaoka.cards.model import Cancelled, Card, Entitlement, Outlet
from shebaoka.kit.work import Work
from shebaoka.registry.programme.programme import Programme

ENTITLEMENT_ENDED: Final = "entitlement_ended"
LOST_IN_POST: Final = "lost_in_post"
NOT_HANDED_OVER: Final = "not_handed_over"
NOT_IN_USE: Final = ("unopened", "lost_unopened")


async def cancel(
    work: Work, programme: Programme, person_id: int, why: Entitlement, outlet: Outlet
) -> Cancelled:
    """Make every card of somebody void whose entitlement has ended for good.

    The financial function stays as it is: what becomes of the account is told from the programme's rule. This function
    will do nothing the second time. Raises CancellingNotHere.
    """
    if not programme.cancelling(outlet.kind, work.today).may:
        raise CancellingNotHere(outlet.kind)
    voided = await store.void_all(work, [person_id], ENTITLEMENT_ENDED)
    note_voided(work, voided, ENTITLEMENT_ENDED, why=why)
    account = programme.account_after(work.today)
    return Cancelled(tuple(card_id for _, card_id in voided), account.account_zh, account.account_en)


async def void_entitled_no_more(work: Work, people: Collection[int]) -> None:
    """Make cards void that the card bureau made for people whose entitlement had ended meanwhile."""
    voided = await store.void_all(work, people, ENTITLEMENT_ENDED)
    note_voided(work, voided, ENTITLEMENT_ENDED)


async def void_lost_in_post(work: Work, person_id: int, card_id: int) -> Card:
    """Make a card void that the courier lost on its way; one that is void already stays as it is.

    This function will raise TransitionRefused when the card is in use: it has arrived. Raises NotFound,
    CardChangedMeanwhile.
    """
    return await _void_unused(work, person_id, card_id, LOST_IN_POST)


async def void_not_handed_over(work: Work, person_id: int, card_id: int) -> Card:
    """Make a card void that was made at a counter and that its holder never took; one that is void already stays as it is.

    This function will raise TransitionRefused when the card is in use. Raises NotFound, CardChangedMeanwhile.
    """
    return await _void_unused(work, person_id, card_id, NOT_HANDED_OVER)


async def _void_unused(work: Work, person_id: int, card_id: int, reason: str) -> Card:
    card = await locked(work, person_id, card_id)
    if card.social == "void":
        return card
    if card.social not in NOT_IN_USE:
        raise states.refused("社会保障功能", "social-security function", card.social, "void")
    note_voided(work, [(person_id, card_id)], reason)
    return await saved(work, replace(
        card, social=states.after_social(card.social, "void"), social_due_on=None, loss=None, lost_at=None,
        loss_until=None, void_at=work.now, void_reason=reason,
    ))  # fmt: skip

"""When a new card may be replaced, and for which reason: pure, for one request and for many."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from shebaoka.cards.model import Card
from shebaoka.cards.states import Social
from shebaoka.issuing.applications import errors
from shebaoka.issuing.applications.model import ReplacementReason

UNOPENED: Final[frozenset[Social]] = frozenset({"unopened", "lost_unopened"})
LOST: Final[frozenset[Social]] = frozenset({"suspended", "lost_unopened"})
IN_HAND: Final[frozenset[Social]] = frozenset({"unopened", "open"})
REPLACEABLE: Final[Mapping[ReplacementReason, frozenset[Social]]] = {
    reason: LOST if reason is ReplacementReason.LOST else IN_HAND for reason in ReplacementReason
}
"""In which status of the social-security function a card is replaced for a reason; a card in hand is not lost."""


def expired(card: Card, on: date) -> bool:
    """Tell whether a card has expired; it is good through its last day."""
    return card.expires_on is not None and card.expires_on < on


def counts(held: list[Card], on: date) -> Card | None:
    """Give the new card that an application would replace: the newest that is not void, one that has not expired before others."""
    some = [card for card in held if card.generation == "new" and card.social != "void"]
    return max(some, key=lambda card: (not expired(card, on), card.card_id), default=None)


def check(stated: ReplacementReason | None, card: Card | None, renewable_from: date | None, on: date) -> None:
    """Check that a card may be replaced for the reason stated; None where the applicant stated none.

    An expired card is replaced whatever is stated. This function will refuse with CardExists, NothingToReplace,
    LossNotReported, CardReportedLost or NotYetRenewable.
    """
    if card is None:
        if stated is not None:
            raise errors.NothingToReplace
        return
    if expired(card, on):
        return
    if stated is None:
        raise errors.CardExists
    if card.social not in REPLACEABLE[stated]:
        raise errors.LossNotReported if stated is ReplacementReason.LOST else errors.CardReportedLost
    if stated is ReplacementReason.EXPIRING and (renewable_from is None or on < renewable_from):
        raise errors.NotYetRenewable.until(renewable_from)


def reason_of(stated: ReplacementReason | None, card: Card | None) -> ReplacementReason | None:
    """Give the reason to record, once `check` has passed: an expired card needs none stated."""
    if card is None:
        return None
    return stated or ReplacementReason.EXPIRED

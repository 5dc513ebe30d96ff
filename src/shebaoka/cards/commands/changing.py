"""How a command changes one card: the holder is locked, the card read, changed by the states, and written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from shebaoka.cards import store
from shebaoka.cards.errors import CardChangedMeanwhile
from shebaoka.cards.model import Card
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work


async def locked(work: Work, person_id: int, card_id: int) -> Card:
    """Lock the holder and give the card; this function will raise NotFound when there is none."""
    await store.lock_holder(work, person_id)
    for card in await store.cards_of(work, [person_id]):
        if card.card_id == card_id:
            return card
    raise NotFound("卡 · card")


def note_voided(work: Work, cards: Iterable[tuple[int, int]], reason: str, **detail: Any) -> None:
    """Record and tell that cards (person, card) have died."""
    dead = list(cards)
    work.record_many("card.voided", dead, reason=reason, **detail)
    work.tell_many("card.voided", ((person_id, {"card_id": card_id}) for person_id, card_id in dead))


async def saved(work: Work, card: Card) -> Card:
    """Write a card and give it with its new version; CardChangedMeanwhile when somebody wrote without the lock."""
    if not await store.save(work, card):
        raise CardChangedMeanwhile
    return replace(card, version=card.version + 1)

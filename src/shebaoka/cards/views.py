"""Everything that reads cards; above all: is this card good now?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from shebaoka.cards import store
from shebaoka.cards.judging import NO_CARD, UNKNOWN_NUMBER, judged
from shebaoka.cards.model import (
    Card,
    Counts,
    Generation,
    LookUp,
    Outlet,
    Standing,
    Unopened,
    UnopenedCount,
    UnopenedOf,
)
from shebaoka.kit.work import Row, Work
from shebaoka.registry.programme.programme import Programme

LOOK_UPS_MAX: Final = 64
UNOPENED_MAX: Final = 5_000


async def of_people(work: Work, people: Collection[int]) -> dict[int, list[Card]]:
    """Give all cards of people, oldest first; this function will leave out people without any."""
    found: dict[int, list[Card]] = defaultdict(list)
    for card in await store.cards_of(work, people):
        found[card.person_id].append(card)
    return dict(found)


async def known_codes(work: Work, codes: Collection[str]) -> set[str]:
    """Give those of these identification codes (hex) that a card has already: a second one with it would be a copy."""
    return await store.known_codes(work, codes)


async def find(work: Work, card_number: str) -> Card | None:
    """Give the card of a number (nine characters), or None; this function will not record the look: the caller says why."""
    known = (await store.directory(work, [card_number])).get(card_number)
    if known is None:
        return None
    person_id, card_id = known
    return next(card for card in await store.cards_of(work, [person_id]) if card.card_id == card_id)


def meant(held: Sequence[Card], generation: Generation | None = None) -> Card | None:
    """Give the card that somebody means who does not know its number.

    The live one, else the newest that is not void, else the newest; `generation` leaves the others out.
    """
    some = [card for card in held if generation in (None, card.generation)]
    rank = {"open": 2, "suspended": 2, "unopened": 1, "lost_unopened": 1, "void": 0}
    return max(some, key=lambda card: (rank[card.social], card.card_id), default=None)


async def undo_until(work: Work, programme: Programme, card: Card, outlet: Outlet) -> datetime | None:
    """Give until when whoever acts may take a card's loss report back, None where it stands.

    This function will think of temporary reports only that the same actor made, as long as the rule `loss_undo` says.
    """
    minutes = programme.loss_undo_minutes(outlet.kind, work.today)
    if card.loss != "temporary" or card.lost_at is None:
        return None
    until = card.lost_at + timedelta(minutes=minutes)
    if work.now >= until or await store.reported_by(work, card) != work.actor.name:
        return None
    return until


async def find_many(work: Work, card_numbers: Collection[str]) -> dict[str, tuple[int, int]]:
    """Give person and card by card number, for lists of openings; this function will leave the unknown out."""
    return await store.directory(work, card_numbers)


async def counts(work: Work) -> Counts:
    """Count all cards; this function will read the whole table."""
    return await store.counts(work)


async def unopened(work: Work, of: UnopenedOf, after: int = 0, limit: int = UNOPENED_MAX) -> list[Unopened]:
    """Give cards that their holders have and have not opened, oldest card first, after a card.

    This function will record every look, as `card.unopened_listed` about each person.
    """
    found = await store.unopened(work, of, after, min(limit, UNOPENED_MAX))
    work.record_many("card.unopened_listed", [(one.person_id, one.card_id) for one in found])
    return found


async def unopened_counts(work: Work, days: Sequence[int]) -> list[UnopenedCount]:
    """Count unopened cards in people's hands by district, bank and how many of `days` have passed; no people in it."""
    return await store.unopened_counts(work, days)


async def unopened_by_employer(work: Work, employers_max: int = 100) -> list[tuple[int, int]]:
    """Give the employers (by identifier) with the most unopened cards, and how many; this function will name no people."""
    return await store.unopened_by_employer(work, employers_max)


async def standing(
    work: Work, programme: Programme, *, card_number: str | None = None, id_number: str | None = None
) -> Standing:
    """Tell whether a card is good now: by its number, or the live (else newest) card of the holder of an ID number.

    This function will record the look as `card.looked_at`.
    """
    return (await standing_many(work, programme, [LookUp(work.actor, card_number, id_number)]))[0]


async def standing_many(work: Work, programme: Programme, look_ups: Sequence[LookUp]) -> list[Standing]:
    """Answer up to 64 look-ups of different callers, in their order, in one round trip to the database.

    This function will record each look in its own caller's name; hand the answers out only after the commit.
    """
    assert len(look_ups) <= LOOK_UPS_MAX, "at most 64 look-ups at once"
    if not look_ups:
        return []
    answers = [UNKNOWN_NUMBER if ask.card_number is not None else NO_CARD for ask in look_ups]
    today, ended_from = work.today, programme.old_cards_void_from(work.today)
    account = programme.account_after(today)
    for ordinal, *row in await _look(work, look_ups):
        answers[ordinal - 1] = judged(row, today, ended_from, account)
    return answers


async def _look(work: Work, look_ups: Sequence[LookUp]) -> list[Row]:
    numbers = [ask.card_number for ask in look_ups]
    digests = None
    if None in numbers:
        digests = [
            None if ask.id_number is None else work.vault.digest("id_number", ask.id_number)
            for ask in look_ups
        ]
    actors = [ask.actor for ask in look_ups]
    return await store.standing(
        work, numbers, digests, [actor.name for actor in actors], [actor.organisation_id for actor in actors]
    )

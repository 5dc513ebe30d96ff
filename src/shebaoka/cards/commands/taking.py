"""Cards come in: old ones from the register's extract, new ones from the card bureau; and numbers for the latter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from shebaoka.cards import store
from shebaoka.cards.model import MadeCard, OldCardRow, Taken, TakeRefused
from shebaoka.cards.status_list.commands import note_late
from shebaoka.kit.work import Work
from shebaoka.records.card_number import CheckCharacter, from_serial, luhn_mod_36

ROWS_MAX: Final = 5_000
C = TypeVar("C", OldCardRow, MadeCard)
Insert = Callable[[Work, Sequence[tuple[C, int]]], Awaitable[set[int]]]


async def take_old_cards(work: Work, rows: Sequence[OldCardRow]) -> Taken:
    """Take in old cards (at most 5,000), each good from the start; taking the same again changes nothing.

    This function will refuse, card by card, a number that is another card's and a second live card of a person.
    """
    ids = work.ids.many(len(rows))
    taken = await _take(work, list(zip(rows, ids, strict=True)), store.insert_old, "card.old_taken")
    if taken.taken:
        await note_late(work)
    return taken


async def take_made_cards(work: Work, rows: Sequence[MadeCard]) -> Taken:
    """Take in cards as they were made (at most 5,000), both functions unopened; taking the same again changes nothing.

    This function will refuse, card by card, a number that is another card's.
    """
    return await _take(work, [(row, row.card_id) for row in rows], store.insert_made, "card.made_taken")


async def allocate_numbers(work: Work, count: int, *, check: CheckCharacter = luhn_mod_36) -> list[str]:
    """Give fresh card numbers; this function will never give one twice, not even after a rollback."""
    return [from_serial(serial, check=check) for serial in await store.serials(work, count)]


async def _take(work: Work, rows: Sequence[tuple[C, int]], insert: Insert[C], action: str) -> Taken:
    assert len(rows) <= ROWS_MAX, "a chunk has at most 5,000 cards"
    numbers = [card.card_number for card, _ in rows]
    await store.enter_directory(work, [(card.card_number, card.person_id, card_id) for card, card_id in rows])
    known = await store.directory(work, numbers)
    fresh = [row for row in rows if known[row[0].card_number] == (row[0].person_id, row[1])]
    strange = [card for card, card_id in rows if _is_anothers(card, card_id, known[card.card_number])]
    written = await insert(work, fresh)
    # A card of ours that was in the directory before this transaction has its row: only new numbers are taken back.
    present = {card.card_id for card in await store.cards_of(work, [card.person_id for card, _ in fresh])}
    lost = [(card, card_id) for card, card_id in fresh if card_id not in present]
    await store.leave_directory(work, [(card.card_number, card_id) for card, card_id in lost])
    work.record_many(action, [(card.person_id, card_id) for card, card_id in fresh if card_id in written])
    refused = [TakeRefused(card.person_id, card.card_number, "number_taken") for card in strange]
    refused += [TakeRefused(card.person_id, card.card_number, "live_card") for card, _ in lost]
    return Taken(len(written), len(rows) - len(written) - len(refused), tuple(refused))


def _is_anothers(card: OldCardRow | MadeCard, card_id: int, holder: tuple[int, int]) -> bool:
    """Tell whether a number is given to another card. An old card has no identifier before it is taken."""
    return holder[0] != card.person_id or (isinstance(card, MadeCard) and holder[1] != card_id)

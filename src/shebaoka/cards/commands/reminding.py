"""Cards that are in their holders' hands and not open: since when, and when the holder is reminded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from shebaoka.cards import store
from shebaoka.cards.model import Reminded
from shebaoka.cards.reminding import look
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.work import Row, Work
from shebaoka.registry.programme.sets import DecidesReminders
from shebaoka.registry.programme.views import load

CARDS_AT_ONCE: Final = 5_000


async def note_received(work: Work, cards: Sequence[tuple[int, int, date]]) -> None:
    """Note the day on which cards came into their holders' hands (person, card, day).

    This function will change only cards that are unopened and of which no day is known: said again it does nothing.
    """
    if cards:
        await store.receive(work, cards)


async def remind_due(database: Database, progress: Callable[[int], None] = lambda _: None) -> Reminded:
    """Remind holders of unopened cards whose day has come, as the programme's rules say, until they open them.

    This function will tell `card.unopened` (`card_id`, `days` since receipt) and note the next day in one transaction:
    killed and run again, nobody is reminded twice of one day.
    """
    async with database.work(SYSTEM) as work:
        rule = (await load(work)).opening_reminders(work.today)
    reminded = looked_at = 0
    while True:
        async with database.work(SYSTEM) as work:
            due = await store.reminders_due(work, CARDS_AT_ONCE)
            told = await _remind(work, rule, due) if due else 0
        if not due:
            return Reminded(reminded, looked_at)
        reminded, looked_at = reminded + told, looked_at + len(due)
        progress(len(due))


async def _remind(work: Work, rule: DecidesReminders, due: Sequence[Row]) -> int:
    ages, looked = {}, []
    for person_id, card_id, received_on, reminded_on, expires_on in due:
        over = expires_on is not None and expires_on < work.today
        remind, again_on = (False, None) if over else look(rule, received_on, reminded_on, work.today)
        looked.append((person_id, card_id, again_on, work.today if remind else None))
        if remind:
            ages[person_id, card_id] = (work.today - received_on).days
    told = sorted(await store.remind(work, looked) & ages.keys())
    work.record_many("card.reminded", told)
    work.tell_many("card.unopened", (
        (person_id, {"card_id": card_id, "days": ages[person_id, card_id]}) for person_id, card_id in told
    ))  # fmt: skip
    return len(told)

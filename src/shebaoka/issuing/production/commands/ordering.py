"""Cards are ordered: each gets its number, its validity and a place in a batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shebaoka.cards import commands as cards
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.commands import move_which
from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.applications.states import Action, Status
from shebaoka.issuing.production.model import (
    FIRST_ATTEMPT,
    NewOrder,
    OrderCounts,
    Progress,
    quiet,
)
from shebaoka.issuing.production.placing import place
from shebaoka.issuing.production.store import SQL
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.database import Database
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.programme import views as programmes
from shebaoka.registry.programme.model import Facts
from shebaoka.registry.programme.programme import Programme

PEOPLE_AT_ONCE = 5_000


async def order_due(
    database: Database, progress: Progress = quiet, *, cards_max: int | None = None
) -> OrderCounts:
    """Order a card for every application whose account is open, the oldest first, at most `cards_max` of them.

    This function will take one transaction for at most 5,000 people. Who is ordered leaves the queue: killed
    anywhere and run again it goes on, and nobody is ordered twice.
    """
    ordered = batches = 0
    while True:
        some = PEOPLE_AT_ONCE if cards_max is None else min(PEOPLE_AT_ONCE, cards_max - ordered)
        async with database.work(SYSTEM) as work:
            # The turn comes first: a second process would meet the same people and then take it all back.
            await work.run(SQL["take_turn"])
            due = await applications.waiting(work, Status.ACCOUNT_OPENED, 0, some)
            keys = [(one.person_id, one.application_id) for one in due]
            # Moved first: whoever's photo is found wrong at this instant stays out, and holds nobody else up.
            moved = await move_which(work, keys, Action.ORDER)
            batches += await _order(work, [key for key in keys if key in moved])
        ordered += len(moved)
        progress(len(due))
        if len(due) < some or ordered == cards_max:
            return OrderCounts(ordered, batches)


async def _order(work: Work, keys: Sequence[tuple[int, int]]) -> int:
    if not keys:
        return 0
    found = await applications.by_keys(work, keys)
    return await place(work, await _new_orders(work, [found[application_id] for _, application_id in keys]))


async def _new_orders(work: Work, due: Sequence[Application]) -> list[NewOrder]:
    numbers = await cards.allocate_numbers(work, len(due))
    ends = await last_days(work, due)
    return [
        NewOrder(
            application.person_id,
            application.application_id,
            FIRST_ATTEMPT,
            number,
            application.bank_id,
            ends[application.application_id],
            work.today,
        )
        for application, number in zip(due, numbers, strict=True)
    ]


async def last_days(work: Work, due: Sequence[Application]) -> dict[int, date | None]:
    """Give the last day of each card, by application: it follows from the age when it was applied for."""
    programme = await programmes.load(work)
    holders = await people.by_ids(work, [application.person_id for application in due])
    facts = await programmes.facts_of(work, list(holders.values()), work.today)
    return {one.application_id: _end(programme, facts[one.person_id], one, work.today) for one in due}


def _end(programme: Programme, facts: Facts, application: Application, issued_on: date) -> date | None:
    """Give the last day of a card; when that is past already (a seventh birthday), as if applied for today (inferred)."""
    end = programme.valid_until(facts, application.applied_at.astimezone(SHANGHAI).date())
    return end if end is None or end >= issued_on else programme.valid_until(facts, issued_on)

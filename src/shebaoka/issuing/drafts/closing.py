"""When a pupil's two weeks to apply online are over and nobody has applied, the guardian is told where to go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from shebaoka.cards import views as cards
from shebaoka.issuing.applications.knowing import live_of
from shebaoka.issuing.drafts.window import nearest_centre
from shebaoka.issuing.lists.commands import look_at_closed
from shebaoka.issuing.lists.model import Notice
from shebaoka.issuing.lists.views import with_time
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people

PEOPLE_AT_ONCE: Final = 1_000


async def tell_closed_due(database: Database, progress: Callable[[int], None] = lambda _: None) -> int:
    """Tell the guardians of pupils whose window has closed; safe to kill and to repeat. Gives how many were told."""
    told = 0
    while True:
        async with database.work(SYSTEM) as work:
            closed = await look_at_closed(work, PEOPLE_AT_ONCE)
            missed = await _missed(work, closed)
            await _tell(work, missed)
        if not closed:
            return told
        told += len(missed)
        progress(len(closed))


async def _missed(work: Work, closed: Sequence[Notice]) -> list[Notice]:
    """Give the newest notice of each pupil who has no new card, no application under way, and no other notice that still runs."""
    newest = {one.person_id: one for one in sorted(closed, key=lambda one: one.notified_on)}
    served = (
        set(await live_of(work, newest)) | await with_time(work, newest) | await _with_new_card(work, newest)
    )
    return [one for person_id, one in newest.items() if person_id not in served]


async def _with_new_card(work: Work, persons: Collection[int]) -> set[int]:
    held = await cards.of_people(work, persons)
    return {
        person_id
        for person_id, some in held.items()
        if any(card.generation == "new" and card.social != "void" for card in some)
    }


async def _tell(work: Work, missed: Sequence[Notice]) -> None:
    pupils = await people.by_ids(work, [one.person_id for one in missed])
    identities = await people.identities(work, pupils)
    for one in missed:
        centre = await nearest_centre(
            work, pupils[one.person_id].district_code, identities[one.person_id].address
        )
        work.record(one.person_id, "pupil.window_closed", one.list_id)
        outlet_id = centre.institution_id if centre else None
        work.tell(one.person_id, "pupil.window_closed", guardian_id=one.guardian_id, outlet_id=outlet_id)

"""A holder has died, or is entitled no more: no card is made, sent or kept waiting for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from shebaoka.cards import commands as cards
from shebaoka.cards.model import Cancelled, Entitlement, Outlet
from shebaoka.issuing.applications.commands.moving import Also, Key, move_many
from shebaoka.issuing.applications.commands.verifying import REFUSALS
from shebaoka.issuing.applications.knowing import live_of
from shebaoka.issuing.applications.states import Action, Status
from shebaoka.issuing.applications.store import SQL
from shebaoka.kit.outbox import Event
from shebaoka.kit.work import Work
from shebaoka.registry.programme.programme import Programme

DECEASED: Final = REFUSALS["deceased"]
ENTITLED_NO_MORE: Final = "entitlement-ended"


@dataclass(frozen=True, slots=True)
class EntitlementEnded:
    """What came of it: the cards that died, and how many applications ended or end when the card bureau has answered."""

    cards: Cancelled
    applications: int


async def end_for_death(work: Work, events: Sequence[Event]) -> None:
    """End the applications of these people (subscriber of `person.died`); this function will do nothing the second time."""
    await end_of_dead(work, {event.person_id for event in events})


async def end_of_dead(work: Work, people: Collection[int]) -> int:
    """End the live applications of people who have died, and give how many ended.

    This function will leave alone those in production: the room of production ends them once the bureau has answered.
    """
    keys = [(live.person_id, live.application_id) for live in (await live_of(work, people)).values()]
    return await move_many(work, keys, Action.HOLDER_DIES, Also(reasons=[DECEASED] * len(keys)))


async def end_entitlement(
    work: Work, programme: Programme, person_id: int, why: Entitlement, outlet: Outlet
) -> EntitlementEnded:
    """Cancel every card of somebody who is entitled no more, for good, and end the live application.

    One whose card is being made ends once the card bureau has answered (`end_entitled_no_more`). This function will do
    nothing the second time. Raises CancellingNotHere.
    """
    cancelled = await cards.cancel(work, programme, person_id, why, outlet)
    keys = [(live.person_id, live.application_id) for live in (await live_of(work, [person_id])).values()]
    ended = await _lose(work, keys)
    # The bureau may answer between the two.
    ended = ended or await _lose_when_made(work, keys) or await _lose(work, keys)
    # A card that was made in between was not there to be cancelled.
    await cards.void_entitled_no_more(work, [person_id])
    return EntitlementEnded(cancelled, ended)


async def end_entitled_no_more(work: Work, keys: Sequence[Key]) -> None:
    """End the applications, of those whose cards were just made, that were to end; their cards are void and go nowhere."""
    parameters = {
        "people": [person_id for person_id, _ in keys], "applications": [number for _, number in keys],
    }  # fmt: skip
    ending = await work.rows(SQL["ending"], parameters)
    if not ending:
        return
    await _lose(work, ending)
    await cards.void_entitled_no_more(work, [person_id for person_id, _ in ending])


async def _lose(work: Work, keys: Sequence[Key]) -> int:
    return await move_many(work, keys, Action.LOSE_ENTITLEMENT, Also(reasons=[ENTITLED_NO_MORE] * len(keys)))


async def _lose_when_made(work: Work, keys: Sequence[Key]) -> int:
    marked = 0
    for person_id, application_id in keys:
        done = await work.run(SQL["end_when_made"], {
            "person_id": person_id, "application_id": application_id, "why": ENTITLED_NO_MORE,
            "in_production": Status.IN_PRODUCTION, "now": work.now,
        })  # fmt: skip
        if done:
            work.record(person_id, "application.ends_when_made", application_id, why=ENTITLED_NO_MORE)
        marked += done
    return marked

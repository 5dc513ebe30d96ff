"""A holder has died: no card is made, sent or kept waiting for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from shebaoka.issuing.applications.commands.moving import Also, move_many
from shebaoka.issuing.applications.commands.verifying import REFUSALS
from shebaoka.issuing.applications.knowing import live_of
from shebaoka.issuing.applications.states import Action
from shebaoka.kit.outbox import Event
from shebaoka.kit.work import Work

DECEASED: Final = REFUSALS["deceased"]


async def end_for_death(work: Work, events: Sequence[Event]) -> None:
    """End the applications of these people (subscriber of `person.died`); this function will do nothing the second time."""
    await end_of_dead(work, {event.person_id for event in events})


async def end_of_dead(work: Work, people: Collection[int]) -> int:
    """End the live applications of people who have died, and give how many ended.

    This function will leave alone those in production: the room of production ends them once the bureau has answered.
    """
    keys = [(live.person_id, live.application_id) for live in (await live_of(work, people)).values()]
    return await move_many(work, keys, Action.HOLDER_DIES, Also(reasons=[DECEASED] * len(keys)))

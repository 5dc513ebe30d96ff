"""A holder has died: every card dies too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from shebaoka.cards import store
from shebaoka.cards.commands.changing import note_voided
from shebaoka.kit.outbox import Event
from shebaoka.kit.work import Work

HOLDER_DIED: Final = "holder_died"


async def void_for_death(work: Work, events: Sequence[Event]) -> None:
    """Make every card of these people void (subscriber of `person.died`); this function will do nothing the second time.

    The financial function stays as it is: the account is a matter between the bank and the heirs.
    """
    await void_of_dead(work, {event.person_id for event in events})


async def void_of_dead(work: Work, people: Collection[int]) -> None:
    """Make every card of people who have died void; a card may come from the bureau after its holder's death."""
    voided = await store.void_all(work, people, HOLDER_DIED)
    note_voided(work, voided, HOLDER_DIED)

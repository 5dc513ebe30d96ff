"""The end of an application: the holder has opened the social-security function of the new card."""

from __future__ import annotations

from collections.abc import Sequence

from shebaoka.issuing.applications import states
from shebaoka.issuing.applications.commands.moving import move_many
from shebaoka.issuing.applications.states import Action
from shebaoka.issuing.applications.store import SQL
from shebaoka.kit.outbox import Event
from shebaoka.kit.work import Work


async def complete(work: Work, events: Sequence[Event]) -> None:
    """Complete the applications whose cards were opened (subscriber of `card.social_opened`).

    The payload names `card_id`. This function will pass over cards that came about without an application of ours,
    and over applications that are complete already.
    """
    due = await work.rows(
        SQL["of_card"],
        {
            "people": [event.person_id for event in events],
            "cards": [event.payload["card_id"] for event in events],
            "from_statuses": list(states.before(Action.OPEN)),
        },
    )
    await move_many(work, due, Action.OPEN)

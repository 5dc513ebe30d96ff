"""The one door through which messages change their status, many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shebaoka.kit.work import Work
from shebaoka.service.messages import states
from shebaoka.service.messages.model import Queued, Reason
from shebaoka.service.messages.states import Action
from shebaoka.service.messages.store import SQL


class Move(NamedTuple):
    """A message that moves. `edition` None: whichever it is at."""

    person_id: int
    message_id: int
    edition: int | None = None
    reason: Reason | None = None
    parts: int | None = None

    @classmethod
    def of(cls, one: Queued, reason: Reason | None = None, parts: int | None = None) -> Move:
        """Give the move of a message that was taken from the queue."""
        return cls(one.person_id, one.message_id, one.edition, reason, parts)


async def move_many(work: Work, moves: Sequence[Move], action: Action) -> int:
    """Take an action on messages and give how many moved; this function will leave alone what has moved on meanwhile."""
    if not moves:
        return 0
    people, messages, editions, reasons, parts = (list(column) for column in zip(*sorted(moves), strict=True))
    moved = await work.rows(SQL["move"], {
        "people": people, "messages": messages, "editions": editions, "reasons": reasons, "parts": parts,
        "from_statuses": states.before(action), "to_status": states.into(action), "sent": action == Action.ACCEPT,
        "now": work.now,
    })  # fmt: skip
    work.record_many(f"message.{states.into(action)}", moved)
    return len(moved)

"""What was given up is sent again, once a person has mended the cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.service.messages import states
from shebaoka.service.messages.errors import MessageNotToBeSentAgain
from shebaoka.service.messages.model import TO_BE_MENDED, Reason
from shebaoka.service.messages.states import Action
from shebaoka.service.messages.store import SQL

AT_ONCE: Final = 5_000


async def send_again(work: Work, message_id: int) -> None:
    """Queue a message again that was given up; NotFound, or MessageNotToBeSentAgain when it was not."""
    found = await work.rows(SQL["by_numbers"], {"messages": [message_id]})
    if not found:
        raise NotFound(str(message_id))
    if not await _again(work, [(person_id, number) for person_id, number, _ in found], TO_BE_MENDED):
        raise MessageNotToBeSentAgain(str(message_id))


async def send_again_all(work: Work, reason: Reason) -> int:
    """Queue messages again that were given up for one reason, at most 5,000, and give how many; call it until none is left."""
    if reason not in TO_BE_MENDED:
        raise MessageNotToBeSentAgain(reason)
    asked = {"after": 0, "reason": reason, "messages_max": AT_ONCE}
    found = await work.rows(SQL["given_up"], asked)
    return await _again(work, [(row[0], row[1]) for row in found], (reason,))


async def _again(work: Work, keys: Sequence[tuple[int, int]], reasons: Sequence[Reason]) -> int:
    moved = await work.rows(SQL["send_again"], {
        "people": [person_id for person_id, _ in keys], "messages": [message_id for _, message_id in keys],
        "from_statuses": states.before(Action.SEND_AGAIN), "to_status": states.into(Action.SEND_AGAIN),
        "reasons": list(reasons), "no_answer": Reason.NO_ANSWER, "now": work.now,
    })  # fmt: skip
    work.record_many("message.sent_again", moved)
    return len(moved)

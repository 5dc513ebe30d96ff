"""What a person decides: in which language to be told, whether to be reminded, and that a message was read."""

from __future__ import annotations

from collections.abc import Collection

from shebaoka.kit.work import Work
from shebaoka.service.messages.commands.moving import Move, move_many
from shebaoka.service.messages.model import Preference
from shebaoka.service.messages.states import Action
from shebaoka.service.messages.store import SQL


async def prefer(work: Work, person_id: int, preference: Preference) -> None:
    """Note how a person wishes to be told; this function will let the last word count, also for what is queued."""
    wish = {"language": preference.language, "reminders": preference.reminders}
    await work.run(SQL["prefer"], {"person_id": person_id, "now": work.now, **wish})
    work.record(person_id, "message.preferred", person_id, **wish)


async def mark_read(work: Work, person_id: int, message_ids: Collection[int]) -> int:
    """Note that a person has read messages of the inbox; this function will give how many were unread till now."""
    found = await work.rows(SQL["unread"], {"person_id": person_id, "messages": list(message_ids)})
    return await move_many(work, [Move(*row) for row in found], Action.OPEN)

"""What a person decides: in which language to be told, whether to be reminded, how to be shown pages, and that a message was read."""

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


async def show(work: Work, person_id: int, *, elder: bool) -> None:
    """Note whether a person wants the large print, on whatever device; this function will let the last word count."""
    told = Preference()
    await work.run(SQL["show"], {
        "person_id": person_id, "elder": elder, "now": work.now, "language": told.language, "reminders": told.reminders,
    })  # fmt: skip
    work.record(person_id, "message.shown_elder", person_id, elder=elder)


async def mark_read(work: Work, person_id: int, message_ids: Collection[int]) -> int:
    """Note that a person has read messages of the inbox; this function will give how many were unread till now."""
    found = await work.rows(SQL["unread"], {"person_id": person_id, "messages": list(message_ids)})
    return await move_many(work, [Move(*row) for row in found], Action.OPEN)

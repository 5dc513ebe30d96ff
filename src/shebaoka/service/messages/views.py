"""Everything that reads messages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from shebaoka.kit.ids import first_of
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.service.messages import templates
from shebaoka.service.messages.model import Count, GivenUp, Preference, Reason, Shown, Standing, Wish
from shebaoka.service.messages.states import Status
from shebaoka.service.messages.store import SQL
from shebaoka.service.messages.templates import Named

NEWEST: Final = 2**63 - 1


async def preferences(work: Work, people: Collection[int]) -> dict[int, Preference]:
    """Give how people wish to be told; this function will leave out who has not said."""
    rows = await work.rows(SQL["preferences"], {"people": list(people)})
    return {person_id: Preference(language, reminders) for person_id, language, reminders in rows}


async def wish_of(work: Work, person_id: int) -> Wish:
    """Give how one person wishes to be told and shown; this function will give what holds for everybody to who has not said."""
    return await work.row(SQL["wish"], {"person_id": person_id}, Wish) or Wish()


async def inbox(work: Work, person_id: int, before: int | None = None, limit: int = 50) -> list[Shown]:
    """Give a person's messages in the app, newest first, before one of them.

    This function will record the look as `message.inbox_seen`. A guardian's inbox has the ward's messages.
    """
    rows = await work.rows(
        SQL["inbox"], {"person_id": person_id, "before": before or NEWEST, "messages_max": limit}
    )
    named = await names(work, [row[4] for row in rows])
    work.record(person_id, "message.inbox_seen", person_id, messages=len(rows))
    return [_shown(person_id, row, named) for row in rows]


def _shown(person_id: int, row: tuple[Any, ...], named: Named) -> Shown:
    message_id, about_id, kind, version, parameters, posted_at, status = row
    ward = about_id != person_id
    zh, en = (
        templates.text(kind, version, parameters, named, language, ward=ward)
        for language in templates.LANGUAGES
    )
    return Shown(message_id, kind, ward, posted_at, status == Status.READ, zh, en)


async def names(work: Work, parameters: Collection[Mapping[str, Any]]) -> Named:
    """Give the names of the institutions that messages speak of."""
    wanted = {one[name] for one in parameters for name in templates.INSTITUTIONS if one.get(name) is not None}
    found = await institutions.by_ids(work, wanted) if wanted else {}
    return {one: (institution.name_zh, institution.name_en) for one, institution in found.items()}


async def given_up(
    work: Work, reason: Reason | None = None, after: int = 0, limit: int = 200
) -> list[GivenUp]:
    """Give text messages that a person must look at, oldest first, after one of them; whom they are for stays out of it."""
    rows = await work.rows(SQL["given_up"], {"reason": reason, "after": after, "messages_max": limit})
    return [
        GivenUp(message_id, kind, Reason(why), attempts, updated_at, (work.now - updated_at).days)
        for _, message_id, kind, why, attempts, updated_at in rows
    ]


async def counts(work: Work, since: datetime) -> list[Count]:
    """Count messages since a moment by kind, channel and status; no people in it."""
    return await work.rows(SQL["counts"], {"since": first_of(since)}, Count)


async def standing(work: Work) -> Standing:
    """Give how many wait, since when, and how many were given up, however old."""
    found = await work.row(SQL["standing"], None, Standing)
    assert found
    return found

"""Everything that reads drafts: each is shown to its owner only."""

from __future__ import annotations

import msgspec

from shebaoka.issuing.drafts.model import Content, Draft, place
from shebaoka.issuing.drafts.store import SQL
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work


async def by_id(work: Work, draft_id: int) -> Draft:
    """Give one draft; NotFound also when it is not the resident's own."""
    owner = work.actor.person_id or 0
    found = await work.row(SQL["by_id"], {"draft_id": draft_id, "owner_id": owner}, Draft)
    if found is None:
        raise NotFound(str(draft_id))
    return found


async def live(work: Work, person_id: int, owner_id: int) -> Draft | None:
    """Give the live draft of an owner for a person, or None."""
    return await work.row(SQL["live"], {"person_id": person_id, "owner_id": owner_id}, Draft)


async def of_owner(work: Work) -> list[Draft]:
    """Give the live drafts of the resident who is logged in, oldest first."""
    return await work.rows(SQL["of_owner"], {"owner_id": work.actor.person_id or 0}, Draft)


async def content(work: Work, draft: Draft) -> Content:
    """Open what was filled in, empty once the draft has ended."""
    sealed = await work.value(SQL["content"], {"person_id": draft.person_id, "draft_id": draft.draft_id})
    if sealed is None:
        return Content()
    return msgspec.json.decode(work.vault.open(sealed, place(draft.draft_id)), type=Content)

"""Everything that reads contributions paid from cards."""

from __future__ import annotations

from shebaoka.benefits.contributions.model import CardDebit
from shebaoka.benefits.contributions.store import SQL
from shebaoka.kit.work import Work


async def of_person(work: Work, person_id: int) -> list[CardDebit]:
    """Give somebody's debits with what became of them, newest first."""
    return await work.rows(SQL["of_person"], {"person_id": person_id}, CardDebit)

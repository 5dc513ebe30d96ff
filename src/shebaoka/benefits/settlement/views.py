"""Everything that reads about settlement."""

from __future__ import annotations

from datetime import date
from typing import Final

from shebaoka.benefits.settlement import store
from shebaoka.benefits.settlement.errors import NotDesignated
from shebaoka.benefits.settlement.model import Bill, Designation, Fate, Settlement, Told, Visit
from shebaoka.benefits.settlement.store import SQL
from shebaoka.kit.work import Work

ROWS_MAX: Final = 500


async def serving(work: Work, institution_id: int, on: date) -> Designation:
    """Give as what an institution settles on a day. Raises NotDesignated."""
    asked = {"institution_id": institution_id, "on": on}
    found = await work.row(SQL["designation"], asked, Designation)
    if found is None or (found.until is not None and found.until < on):
        raise NotDesignated(f"{on}")
    return found


async def message(work: Work, institution_id: int, number: str) -> Told:
    """Tell what became of an institution's message."""
    row = await work.row(SQL["message"], {"institution_id": institution_id, "number": number})
    if row is None:
        return Told(fate="unknown")
    kind, _, person_id, settlement_id = row
    found = None if settlement_id is None else await settlement(work, person_id, settlement_id)
    fate: Fate = "withdrawn" if kind == "withdrawn" else "reversal"
    if kind == "confirm":
        assert found is not None
        fate = "settled" if found.reversed_at is None else "reversed"
    return Told(fate=fate, settlement=found)


async def settlement(work: Work, person_id: int, settlement_id: int) -> Settlement | None:
    """Give a settlement of somebody, or None."""
    asked = {"person_id": person_id, "settlement_id": settlement_id}
    row = await work.row(SQL["settlement"], asked)
    return None if row is None else store.settlement_of(row[0])


async def settlements(work: Work, person_id: int) -> list[Settlement]:
    """Give what was settled for somebody, newest first; at most `ROWS_MAX`."""
    asked = {"person_id": person_id, "rows_max": ROWS_MAX}
    return [store.settlement_of(row[0]) for row in await work.rows(SQL["settlements"], asked)]


async def bills(work: Work, one: Settlement) -> tuple[Bill, ...]:
    """Give the bills of a settlement with their rules and sentences."""
    asked = {"person_id": one.person_id, "quote_id": one.quote_id}
    return store.bills_of(await work.value(SQL["bills"], asked))


async def visits(work: Work, person_id: int) -> list[Visit]:
    """Give somebody's visits, newest first; at most `ROWS_MAX`."""
    return await work.rows(SQL["visits"], {"person_id": person_id, "rows_max": ROWS_MAX}, Visit)

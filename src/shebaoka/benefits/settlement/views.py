"""Everything that reads about settlement."""

from __future__ import annotations

from datetime import date
from typing import Final

from shebaoka.benefits.settlement import store
from shebaoka.benefits.settlement.errors import NotDesignated
from shebaoka.benefits.settlement.model import Bill, Designation, Fate, Settlement, Told, Visit
from shebaoka.benefits.settlement.reconciling import Amounts, Difference
from shebaoka.benefits.settlement.store import SQL
from shebaoka.kit.work import Row, Work

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


async def day_details(work: Work, institution_id: int, day: date) -> dict[str, Amounts]:
    """Give what each of an institution's messages of a day moved, by its number; a reversal is negative."""
    rows = await work.rows(SQL["day_details"], {"institution_id": institution_id, "day": day})
    return {number: Amounts(*amounts) for number, *amounts in rows}


async def day_differences(work: Work, institution_id: int, day: date) -> list[Difference]:
    """Give all differences of an institution's day, closed ones too."""
    return [_difference(row) for row in await work.rows(SQL["day_differences"], {"institution_id": institution_id, "day": day})]  # fmt: skip


async def open_differences(work: Work, institution_id: int | None = None) -> list[Difference]:
    """Give what is to be worked off, of one institution or of all, oldest day first; at most `ROWS_MAX`."""
    asked = {"institution_id": institution_id, "rows_max": ROWS_MAX}
    return [_difference(row) for row in await work.rows(SQL["open_differences"], asked)]


def _difference(row: Row) -> Difference:
    at, day, number, difference_id, kind, theirs, ours, found_at, closed_at, closed_by, reason = row
    return Difference(
        institution_id=at, day=day, number=number, difference_id=difference_id, kind=kind,
        theirs=None if theirs is None else Amounts(*theirs), ours=None if ours is None else Amounts(*ours),
        found_at=found_at, closed_at=closed_at, closed_by=closed_by, reason=reason,
    )  # fmt: skip

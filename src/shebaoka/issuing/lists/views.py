"""Everything that reads lists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.states import Status
from shebaoka.issuing.lists.model import (
    REPEATS,
    FailedRow,
    Lineage,
    ListFile,
    ListOf,
    Notice,
    Reject,
    Standing,
    Totals,
    place,
)
from shebaoka.issuing.lists.store import SQL
from shebaoka.issuing.lists.words import said
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import CARD_CENTRE

PAGE_MAX: Final = 200
ROWS_SHOWN_MAX: Final = 5_000
NOBODY: Final = 0
NO_ROW: Final = (0, 0)
EVERY_LINE: Final = 2**31 - 1
NEWEST: Final = 2**63 - 1


async def by_id(work: Work, list_id: int) -> ListFile:
    """Give a list; NotFound also when it is another organisation's."""
    found = await work.row(SQL["by_id"], {"list_id": list_id, **await _scope(work)}, ListFile)
    if found is None:
        raise NotFound(str(list_id))
    return found


async def page(
    work: Work, cursor: int | None = None, limit: int = 50, digest: bytes | None = None
) -> list[ListFile]:
    """Give the caller's lists, newest first; the cursor is the last list_id of the page before.

    `digest`: SM3 of a file's content, to find the list that it is while it is still being taken in.
    """
    size = max(1, min(limit, PAGE_MAX))
    parameters = {"before": cursor or NEWEST, "page_size": size, "digest": digest, **await _scope(work)}
    return await work.rows(SQL["page"], parameters, ListFile)


async def totals(work: Work) -> Totals:
    """Give how many rows of all lists of applicants were handed in, and what became of them."""
    row = await work.row(SQL["totals"], {"register": ListOf.REGISTER}, Totals)
    assert row, "a sum has a row"
    return row


async def rejects(
    work: Work, list_id: int, after: tuple[int, int] = (0, -1), limit: int = PAGE_MAX
) -> list[Reject]:
    """Give why rows of a list did not go through, a page of at most 200 lines after (row_no, ordinal)."""
    await by_id(work, list_id)
    return await _rejects(work, list_id, after, max(1, min(limit, PAGE_MAX)))


async def rejects_total(work: Work, list_id: int) -> int:
    """Count all such lines."""
    await by_id(work, list_id)
    return int(await work.value(SQL["rejects_total"], {"list_id": list_id}))


async def all_rejects(work: Work, list_id: int) -> list[Reject]:
    """Give all lines at once, for the answer itself; the caller knows whose list it is."""
    return await _rejects(work, list_id, (0, -1), EVERY_LINE)


async def lineage(work: Work, list_id: int) -> Lineage:
    """Give from which lists this one's rows come, which took its own failures up, and how many of them have passed since."""
    await by_id(work, list_id)
    amends = await work.rows(SQL["amends"], {"list_id": list_id})
    amended_by = await work.rows(SQL["amended_by"], {"list_id": list_id})
    mended = await work.value(SQL["mended"], {"list_id": list_id, "repeats": sorted(REPEATS)})
    return Lineage(
        tuple(number for (number,) in amends), tuple(number for (number,) in amended_by), int(mended)
    )


async def batch_counts(work: Work, list_id: int) -> dict[Status, int]:
    """Count the applications that a list has made, by how far they are."""
    await by_id(work, list_id)
    return await applications.counts_of_list(work, list_id)


async def standings(
    work: Work, list_id: int, after: int = 0, limit: int = 50, status: str | None = None
) -> list[Standing]:
    """Give how it stands with each row of a list that asks for applications, a page after a row; or with those of one status.

    A row that was refused shows what the sender has applied for since for the same person, and nothing of what others
    have. This function will record the look as `list.rows_seen`, one fact a page.
    """
    listed = await by_id(work, list_id)
    size = max(1, min(limit, ROWS_SHOWN_MAX))
    if status is None:
        found = await _standings(work, listed, after, size)
    else:
        found = await _of_status(work, listed, after, size, status)
    work.record(0, "list.rows_seen", list_id, rows=len(found), after=after)
    return found


async def _of_status(work: Work, listed: ListFile, after: int, size: int, status: str) -> list[Standing]:
    """Read on until a page is full: how it stands with a row is known only when all that bears on it is put together."""
    found: list[Standing] = []
    while len(found) < size:
        rows = await _standings(work, listed, after, ROWS_SHOWN_MAX)
        found += [one for one in rows if said(one).status == status]
        if len(rows) < ROWS_SHOWN_MAX:
            break
        after = rows[-1].row_no
    return found[:size]


async def _standings(work: Work, listed: ListFile, after: int, size: int) -> list[Standing]:
    list_id = listed.list_id
    page_of = {"list_id": list_id, "after": after, "rows_max": size}
    made = {one.row_no or 0: one for one in await applications.of_list(work, **page_of)}
    failed = {one.row_no: one for one in await work.rows(SQL["failed_rows"], page_of, FailedRow)}
    rows = sorted(made.keys() | failed.keys())[:size]
    known = await _people(work, list_id, [row for row in rows if row in failed])
    later = await applications.newest_through(work, set(known.values()), listed.organisation_id)
    again = {
        one.row_no: (one.later_list_id, one.later_row_no or 0) for one in failed.values() if one.later_list_id
    }
    passed = await applications.of_list_rows(work, again.values())
    return [
        Standing(
            row,
            made.get(row) or passed.get(again.get(row, NO_ROW)) or later.get(known.get(row, NOBODY)),
            failed.get(row),
        )
        for row in rows
    ]


async def _people(work: Work, list_id: int, rows: Sequence[int]) -> dict[int, int]:
    if not rows:
        return {}
    return dict(await work.rows(SQL["people_of_rows"], {"list_id": list_id, "rows": list(rows)}))


async def content(work: Work, list_id: int) -> bytes:
    """Open a list as it was handed in, NotFound where it is not kept. This function will record the look."""
    if not (await by_id(work, list_id)).kept:
        raise NotFound(str(list_id))
    sealed = await work.value(SQL["content"], {"list_id": list_id})
    work.record(0, "list.opened", list_id)
    return work.vault.open(sealed, place(list_id))


async def notices_of(work: Work, person_id: int) -> list[Notice]:
    """Give the school's notices to one pupil's guardian, newest first."""
    return await work.rows(SQL["notice_of"], {"person_id": person_id}, Notice)


async def with_time(work: Work, persons: Collection[int]) -> set[int]:
    """Give which of these pupils have a notice whose days are not over."""
    named = {"people": list(persons), "today": work.today}
    return {person_id for (person_id,) in await work.rows(SQL["with_time"], named)}


async def _rejects(work: Work, list_id: int, after: tuple[int, int], lines_max: int) -> list[Reject]:
    row_no, ordinal = after
    parameters = {"list_id": list_id, "row_no": row_no, "ordinal": ordinal, "lines_max": lines_max}
    return await work.rows(SQL["rejects"], parameters, Reject)


async def _scope(work: Work) -> dict[str, object]:
    organisation_id = work.actor.organisation_id
    institution = await institutions.by_id(work, organisation_id) if organisation_id else None
    everything = work.actor.role == "system" or (institution is not None and institution.kind == CARD_CENTRE)
    return {"everything": everything, "organisation_id": organisation_id}

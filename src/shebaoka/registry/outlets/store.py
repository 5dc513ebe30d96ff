"""The SQL of this room."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, Final

from shebaoka.kit import queries
from shebaoka.kit.work import Work
from shebaoka.registry.outlets.hours import parse, written
from shebaoka.registry.outlets.model import QUEUE_BELIEVED, OtherDay, Profile, Waiting

SQL = queries.load(__file__)
DAY_COLUMNS: Final = ("institution_id", "on_day", "hours", "reason_zh", "reason_en")


async def profiles(work: Work, ids: Collection[int]) -> dict[int, Profile]:
    """Give what is told of some outlets; those of which nothing is told are left out."""
    rows = await work.rows(SQL["profiles"], {"ids": list(ids)})
    return {row[0]: Profile(row[0], row[1], row[2], row[3], tuple(map(parse, row[4]))) for row in rows}


async def put_profiles(work: Work, rows: Sequence[Profile]) -> None:
    """Write what is new or told otherwise."""
    await work.run(SQL["put_profiles"], {
        "ids": [row.institution_id for row in rows], "addresses_zh": [row.address_zh for row in rows],
        "addresses_en": [row.address_en for row in rows], "phones": [row.phone for row in rows],
        "weeks": ["|".join(map(written, row.week)) for row in rows],
    })  # fmt: skip


async def other_days(work: Work) -> set[OtherDay]:
    """Give all days with other hours."""
    return set(map(_other_day, await work.rows(SQL["other_days"])))


async def other_days_of(work: Work, ids: Collection[int], first: date, last: date) -> list[OtherDay]:
    """Give days with other hours from a first to a last one, of some outlets and of all, the outlet's own before all outlets'."""
    rows = await work.rows(SQL["other_days_of"], {"ids": list(ids), "first": first, "last": last})
    return list(map(_other_day, rows))


async def rewrite_other_days(work: Work, rows: Iterable[OtherDay]) -> None:
    """Write all days with other hours anew."""
    await work.run(SQL["drop_other_days"])
    await work.copy("outlet_day", DAY_COLUMNS, (
        (row.institution_id, row.on_day, written(row.spans), row.reason_zh, row.reason_en) for row in rows
    ))  # fmt: skip


async def note_waiting(work: Work, institution_id: int, waiting: int) -> None:
    """Note how many wait at an outlet now."""
    named = {
        "institution_id": institution_id,
        "waiting": waiting,
        "now": work.now,
        "noted_by": work.actor.name,
    }
    await work.run(SQL["note_waiting"], named)


async def waiting(work: Work, ids: Collection[int]) -> dict[int, Waiting]:
    """Give how many wait at some outlets, where a note is young enough to be believed."""
    since = work.now - QUEUE_BELIEVED
    rows = await work.rows(SQL["waiting"], {"ids": list(ids), "since": since}, Waiting)
    return {row.institution_id: row for row in rows}


def _other_day(row: tuple[Any, ...]) -> OtherDay:
    return OtherDay(row[0], row[1], parse(row[2]), row[3], row[4])

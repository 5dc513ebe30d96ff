"""Everything that reads the programme's figures, as they were last counted."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from shebaoka.kit.work import Work
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.dashboard.errors import NotCountedYet
from shebaoka.service.dashboard.model import (
    RECENT_DAYS,
    Backlog,
    Counted,
    Day,
    Dimension,
    Pace,
    Population,
    Totals,
    paces,
    totals,
)
from shebaoka.service.dashboard.store import SQL


async def last_count(work: Work) -> Counted | None:
    """Tell when the figures were counted; None where they never were."""
    return await work.row(SQL["last_count"], None, Counted)


async def counted(work: Work) -> Counted:
    """Tell when the figures were counted; this function will refuse with NotCountedYet where they never were."""
    found = await last_count(work)
    if found is None:
        raise NotCountedYet
    return found


async def days(work: Work, dimension: Dimension, value: str | None, first: date, last: date) -> list[Day]:
    """Give what happened on each day from `first` to `last`, by one dimension, or at one value of it."""
    asked = {"dimension": dimension, "value": value, "first": first, "last": last}
    return await work.rows(SQL["days"], asked, Day)


async def standing_on(work: Work, programme: Programme, dimension: Dimension, on: date) -> list[Totals]:
    """Give the sums up to the end of a day by one dimension."""
    sums: dict[str, dict[str, int]] = defaultdict(dict)
    for value, measure, number in await work.rows(SQL["totals"], {"dimension": dimension, "last": on}):
        sums[value][measure] = number
    ended = programme.old_cards_void_from(on)
    return totals(dimension, sums, old_ended=ended is not None and ended <= on)


async def backlog(work: Work, dimension: Dimension) -> list[Backlog]:
    """Give what is handed in and not made yet, by age."""
    return await work.rows(SQL["backlog"], {"dimension": dimension}, Backlog)


async def population(work: Work) -> list[Population]:
    """Give who may have a card, by district, group and target day."""
    return await work.rows(SQL["population"], None, Population)


async def pace(work: Work) -> list[Pace]:
    """Give the pace needed for each target day beside the present one, as of the day of the last count."""
    day = (await counted(work)).day
    recent: dict[str, int] = defaultdict(int)
    for one in await days(work, "city", None, day - timedelta(days=RECENT_DAYS - 1), day):
        recent[one.measure] += one.number
    return paces(await population(work), recent, RECENT_DAYS, day)

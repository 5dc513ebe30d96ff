"""Values of the dashboard. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import ceil
from typing import Final, Literal

from msgspec import Struct

Dimension = Literal["city", "district", "bank", "channel", "group"]
Measure = Literal["applied", "made", "delivered", "opened", "ended_unopened", "old_issued", "old_void"]
RECENT_DAYS: Final = 28
"""Over how many days the present pace is taken (inferred: four whole weeks, so that weekends do not tip it)."""
COUNTED_EVERY: Final = timedelta(hours=1)
"""How old the figures may become before the batch step counts again (inferred)."""
NO_OLD_DIMENSION: Final = frozenset({"bank", "channel", "group"})
"""An old card has no bank and came by no channel of ours: by these, `old_good` is not known."""


class Day(Struct, frozen=True):
    """What happened on one day at one value of a dimension."""

    day: date
    value: str
    measure: Measure
    number: int


class Totals(Struct, frozen=True):
    """All up to a day. `unopened`: made, neither opened nor ended. `old_good` None: not known by this dimension."""

    value: str
    applied: int
    made: int
    delivered: int
    opened: int
    unopened: int
    old_good: int | None


class Backlog(Struct, frozen=True):
    """Applications of one status and age whose card is not made yet. `overdue`: later than promised."""

    value: str
    status: str
    age_days: int
    overdue: bool
    number: int


class Population(Struct, frozen=True):
    """Living people who may have a card, by district, group and target day.

    `made`: hold a new card; `opened`: a live one; `on_old`: an old one that is good; `on_old_only`: such a one and no new
    card. `complete_by` None: the programme has set no day for them.
    """

    district_code: str
    group_code: str
    complete_by: date | None
    people: int
    made: int
    opened: int
    on_old: int
    on_old_only: int


class Pace(Struct, frozen=True):
    """What is needed until a target day, and what is done. Numbers a day; `ready_on` None: at this pace never."""

    complete_by: date
    people: int
    to_make: int
    to_open: int
    days_left: int
    made_a_day_needed: float
    made_a_day: float
    opened_a_day_needed: float
    opened_a_day: float
    made_ready_on: date | None
    opened_ready_on: date | None


class Counted(Struct, frozen=True):
    """When the figures were counted, and the last day that they know."""

    counted_at: datetime
    day: date


def totals(dimension: Dimension, sums: Mapping[str, Mapping[str, int]], *, old_ended: bool) -> list[Totals]:
    """Put sums by value and measure together; this function will say 0 good old cards once all have ended."""
    return [_totals(dimension, value, sums[value], old_ended=old_ended) for value in sorted(sums)]


def _totals(dimension: Dimension, value: str, of: Mapping[str, int], *, old_ended: bool) -> Totals:
    made, opened = of.get("made", 0), of.get("opened", 0)
    good = 0 if old_ended else of.get("old_issued", 0) - of.get("old_void", 0)
    return Totals(
        value, of.get("applied", 0), made, of.get("delivered", 0), opened, made - opened - of.get("ended_unopened", 0),
        None if dimension in NO_OLD_DIMENSION else good,
    )  # fmt: skip


def paces(population: Iterable[Population], recent: Mapping[str, int], days: int, today: date) -> list[Pace]:
    """Give the pace needed for each target day beside the present one; `recent` counts the last `days` days."""
    by_target: dict[date, list[Population]] = {}
    for one in population:
        if one.complete_by is not None:
            by_target.setdefault(one.complete_by, []).append(one)
    made, opened = (recent.get(name, 0) / days for name in ("made", "opened"))
    return [_pace(target, by_target[target], made, opened, today) for target in sorted(by_target)]


def _pace(target: date, people: Sequence[Population], made: float, opened: float, today: date) -> Pace:
    everybody = sum(one.people for one in people)
    to_make, to_open = (everybody - sum(getattr(one, name) for one in people) for name in ("made", "opened"))
    left = max((target - today).days, 0)
    return Pace(
        target, everybody, to_make, to_open, left,
        _needed(to_make, left), round(made, 1), _needed(to_open, left), round(opened, 1),
        _ready(to_make, made, today), _ready(to_open, opened, today),
    )  # fmt: skip


def _needed(number: int, days_left: int) -> float:
    """Give how many a day; after the target day whatever is left is needed at once."""
    return round(number / max(days_left, 1), 1)


def _ready(number: int, a_day: float, today: date) -> date | None:
    if number == 0:
        return today
    days = ceil(number / a_day) if a_day else None
    # Centuries are no forecast.
    return today + timedelta(days=days) if days is not None and days < 36_525 else None  # noqa: PLR2004 - a hundred years

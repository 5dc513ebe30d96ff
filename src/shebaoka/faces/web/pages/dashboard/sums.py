"""From what happened on each day to what a page shows: sums, months, weeks, ages, and what was published beside them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from types import MappingProxyType
from typing import Any, Final

Curve = list[tuple[date, int]]
MONTHLY: Final = ("applied", "made", "delivered", "opened")
BANDS: Final = ((0, 9), (10, 19), (20, 30), (31, 60), (61, None))
"""Ages of the backlog in days; the promised days end in the middle."""
KINDS: Final[Mapping[str, str]] = MappingProxyType({"district": "district_code", "group": "group_code"})
"""Dimensions by which it is known who may have a card."""
WEEK: Final = timedelta(days=7)
HALF: Final = 2


@dataclass(frozen=True, slots=True)
class Month:
    """What happened in a month, and how many cards were made up to its end."""

    month: str
    happened: Mapping[str, int]
    made: int


@dataclass(frozen=True, slots=True)
class Band:
    """Applications of one age whose card is not made yet."""

    zh: str
    number: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Against:
    """A published figure beside ours of that day. `scaled`: as large as this city; `off`: None where ours is not known."""

    point: Mapping[str, Any]
    scaled: float
    ours: int | None
    off: float | None


def by_day(items: Iterable[Mapping[str, Any]], *measures: str) -> Curve:
    """Give the sums of some measures on each day, oldest first."""
    tally: dict[date, int] = defaultdict(int)
    for one in items:
        if one["measure"] in measures:
            tally[date.fromisoformat(one["day"])] += one["number"]
    return sorted(tally.items())


def summed(items: Iterable[Mapping[str, Any]], measure: str, last: date) -> Curve:
    """Give all up to each day, and up to `last`, where it still stands; empty where nothing ever happened."""
    daily = by_day(items, measure)
    curve = list(zip((day for day, _ in daily), accumulate(number for _, number in daily), strict=True))
    return [*curve, (last, curve[-1][1])] if curve and curve[-1][0] < last else curve


def on(curve: Curve, day: date) -> int:
    """Give what a sum had come to by a day."""
    known = bisect_right([at for at, _ in curve], day)
    return curve[known - 1][1] if known else 0


def months(items: Sequence[Mapping[str, Any]]) -> list[Month]:
    """Give what happened month by month; a month in which nothing happened is left out."""
    tally: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(MONTHLY, 0))
    for one in items:
        if one["measure"] in MONTHLY:
            tally[one["day"][:7]][one["measure"]] += one["number"]
    names = sorted(tally)
    made = accumulate(tally[name]["made"] for name in names)
    return [Month(name, tally[name], sum_) for name, sum_ in zip(names, made, strict=True)]


def weekly(
    items: Sequence[Mapping[str, Any]], measure: str, first: date, last: date
) -> list[tuple[date, float]]:
    """Give how many a day, week by week backwards from `last`; the day of each is its last."""
    daily = by_day(items, measure)
    sums = list(zip((day for day, _ in daily), accumulate(number for _, number in daily), strict=True))
    ends = [last - WEEK * i for i in range((last - first) // WEEK + 1)][::-1]
    return [(day, (on(sums, day) - on(sums, day - WEEK)) / WEEK.days) for day in ends]


def bands(backlog: Iterable[Mapping[str, Any]]) -> list[Band]:
    """Give the backlog by age."""
    lines = list(backlog)
    found = []
    for least, most in BANDS:
        some = [
            one for one in lines if one["age_days"] >= least and (most is None or one["age_days"] <= most)
        ]
        words = f"{least} 天以上" if most is None else f"{least}–{most} 天"
        late = sum(one["number"] for one in some if one["overdue"])
        found.append(Band(words, sum(one["number"] for one in some), late))
    return found


def reached(pace: Mapping[str, Any], by: str) -> dict[str, dict[str, int]]:
    """Give by value how many may have a card (`people`), hold a new one (`made`), and an open one (`opened`)."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: {"people": 0, "made": 0, "opened": 0})
    for one in pace["population"] if by in KINDS else ():
        for name in ("people", "made", "opened"):
            found[one[KINDS[by]]][name] += one[name]
    return dict(found)


def to_reach(pace: Mapping[str, Any], by: str, value: str) -> tuple[int, date] | None:
    """Give how many people are to be reached and by when; None by banks and channels, of which nobody knows it beforehand."""
    kinds = {"city": None, "district": "district_code", "group": "group_code"}
    if by not in kinds:
        return None
    some = [
        one
        for one in pace["population"]
        if one["complete_by"] and (kinds[by] is None or one[kinds[by]] == value)
    ]
    people = sum(one["people"] for one in some)
    return (people, max(date.fromisoformat(one["complete_by"]) for one in some)) if people else None


def scale(pace: Mapping[str, Any], whole_city: int) -> float:
    """Give by what published figures are made as small as this city; 1 in one of about that size."""
    people = sum(one["people"] for one in pace["population"])
    return people / whole_city if people < whole_city / HALF else 1.0


def against(points: Iterable[Mapping[str, Any]], curves: Mapping[str, Curve], factor: float) -> list[Against]:
    """Put our sums of the same days beside published figures, where our days go so far and the series is one of ours."""
    return [_against(point, curves.get(point["series"]), factor) for point in points]


def _against(point: Mapping[str, Any], curve: Curve | None, factor: float) -> Against:
    day, scaled = date.fromisoformat(point["day"]), point["number"] * factor
    known = curve is not None and bool(curve) and day <= curve[-1][0]
    ours = on(curve, day) if known and curve else None
    return Against(point, scaled, ours, ours / scaled - 1 if ours is not None else None)

"""Axes: round ticks, numbers in 万 and 亿, days by month or year. No drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile
from math import ceil, floor, log10
from typing import Final

WAN: Final = 10_000
YI: Final = 100_000_000
STEPS: Final = (1, 2, 2.5, 5, 10)
EVERY_MONTHS: Final = (1, 2, 3, 6, 12, 24, 60, 120)
YEAR: Final = 12
DAY_TICKS_DAYS: Final = 45
"""Up to this span days are told as such, and beyond it months."""


@dataclass(frozen=True, slots=True)
class Unit:
    """In what numbers of an axis are told: its words, and how many go into one."""

    zh: str
    en: str
    size: int

    def told(self, number: float) -> str:
        """Write a number in this unit, without zeros that say nothing."""
        return f"{number / self.size:,.2f}".rstrip("0").rstrip(".")


ONES: Final = Unit("", "", 1)


def unit(top: float) -> Unit:
    """Give the unit for numbers up to `top`: Chinese counts in ten thousands and hundred millions."""
    if top >= YI:
        return Unit("亿", "100 million", YI)
    return Unit("万", "ten thousand", WAN) if top >= WAN else ONES


def short(number: float) -> str:
    """Write a number as people read it in Chinese, to about three figures: 1470万, 1.2亿, 8,512."""
    whole = abs(number)
    if whole >= YI:
        return f"{number / YI:.2f}".rstrip("0").rstrip(".") + "亿"
    if whole >= WAN:
        return f"{number / WAN:.{0 if whole >= 100 * WAN else 1}f}".removesuffix(".0") + "万"
    return f"{number:,.0f}"


def ticks(top: float, many: int = 5) -> list[float]:
    """Give round numbers from 0 to the first that is not below `top`, about so many; [0, 1] where there is nothing."""
    if top <= 0:
        return [0, 1]
    raw = max(top / many, 1)
    size = 10 ** floor(log10(raw))
    step = next(one * size for one in STEPS if one * size >= raw and (one * size) % 1 == 0)
    return [step * i for i in range(ceil(top / step) + 1)]


@dataclass(frozen=True, slots=True)
class Days:
    """An axis of days from `first` to `last`."""

    first: date
    last: date

    @property
    def span(self) -> int:
        """How many days it is long, at least one."""
        return max((self.last - self.first).days, 1)

    def share(self, day: date) -> float:
        """Give where a day lies, from 0 to 1."""
        return (day - self.first).days / self.span

    def ticks(self, many: int = 6) -> list[tuple[date, str]]:
        """Give days and what is written at them: about so many, at the beginning of months, or a few single days."""
        if self.span <= DAY_TICKS_DAYS:
            return [(day, f"{day.month}月{day.day}日") for day in self._single(many)]
        starts = self._months()
        every = next((one for one in EVERY_MONTHS if len(starts) <= many * one), EVERY_MONTHS[-1])
        kept = [day for day in starts if (day.year * YEAR + day.month - 1) % every == 0]
        return [(day, f"{day.year}年" if every >= YEAR else f"{day.year}-{day.month:02}") for day in kept]

    def _single(self, many: int) -> Sequence[date]:
        step = max(ceil(self.span / many), 1)
        return [self.first + timedelta(days=i) for i in range(0, (self.last - self.first).days + 1, step)]

    def _months(self) -> list[date]:
        begin = self.first.year * YEAR + self.first.month - 1 + (self.first.day > 1)
        starts = (date(n // YEAR, n % YEAR + 1, 1) for n in range(begin, 9_999 * YEAR))
        return list(takewhile(lambda day: day <= self.last, starts))

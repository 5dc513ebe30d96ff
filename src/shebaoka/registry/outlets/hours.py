"""Opening hours: how they are written, and whether an outlet is open. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from shebaoka.kit.clock import SHANGHAI

SPAN: Final = re.compile(r"(([01]\d|2[0-3]):[0-5]\d)-(([01]\d|2[0-3]):[0-5]\d)")
LOOK_AHEAD_DAYS: Final = 31
"""So far it is looked for when an outlet opens again; the longest holidays have eight days."""


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when a counter is open on one day; at `closes` it no longer is."""

    opens: time
    closes: time


Spans = tuple[Span, ...]
Week = tuple[Spans, ...]
"""Monday to Sunday."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an outlet is open. `until`: when it closes; `opens_at`: when a closed one opens, None: not soon."""

    open: bool
    until: datetime | None = None
    opens_at: datetime | None = None


def parse(text: str) -> Spans:
    """Read hours such as `09:00-11:30 13:30-16:30`; this function will give none for empty ones, and raise ValueError for others."""
    spans = tuple(map(_span, text.split()))
    ends = [moment for span in spans for moment in (span.opens, span.closes)]
    if any(later <= earlier for earlier, later in pairwise(ends)):
        raise ValueError(text)
    return spans


def written(spans: Spans) -> str:
    """Write hours as `parse` reads them."""
    return " ".join(f"{span.opens:%H:%M}-{span.closes:%H:%M}" for span in spans)


def standing(week: Week, other_days: Mapping[date, Spans], now: datetime) -> Standing:
    """Tell whether an outlet is open now, and until when, or when it opens; `other_days` outweigh the week."""
    for opens, closes in _ahead(week, other_days, now.astimezone(SHANGHAI).date()):
        if now < opens:
            return Standing(open=False, opens_at=opens)
        if now < closes:
            return Standing(open=True, until=closes)
    return Standing(open=False)


def _ahead(week: Week, other_days: Mapping[date, Spans], first: date) -> Iterator[tuple[datetime, datetime]]:
    for day in (first + timedelta(days=n) for n in range(LOOK_AHEAD_DAYS)):
        for span in on(week, other_days, day):
            yield datetime.combine(day, span.opens, SHANGHAI), datetime.combine(day, span.closes, SHANGHAI)


def on(week: Sequence[Spans], other_days: Mapping[date, Spans], day: date) -> Spans:
    """Give the hours of a day."""
    return other_days.get(day, week[day.weekday()])


def _span(text: str) -> Span:
    found = SPAN.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return Span(time.fromisoformat(found[1]), time.fromisoformat(found[3]))

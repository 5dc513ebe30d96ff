"""What was published of the programme as it went: figures of the whole city, each with its source."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from importlib import resources
from typing import Final, Literal

import msgspec
from msgspec import Struct

Series = Literal["applied", "applied_online", "made", "unopened", "on_old_only"]
WHOLE_CITY: Final = 20_400_000
"""Who may have a card in the whole city: 24.87 million residents (7th census), of them about 82 % (inferred)."""


class Point(Struct, frozen=True):
    """A published figure of the whole city. `trust`: stated, high or low."""

    day: date
    series: Series
    number: int
    trust: str
    source_zh: str
    source: str


@cache
def published() -> tuple[Point, ...]:
    """Give the published points, oldest first."""
    lines = resources.files(__package__).joinpath("published.csv").read_text("utf-8").splitlines()
    return tuple(msgspec.convert(row, Point, strict=False) for row in csv.DictReader(lines))

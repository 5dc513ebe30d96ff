"""Figures of settlement: what was settled and taken back on each day, by kind, institution and district; what is to be worked off.

A day that is over never changes: settlements and reversals bear the day on which they are made. So a count goes back to the
day before the last one counted (a transaction may end after midnight) and keeps all older days.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from msgspec import Struct

from shebaoka.benefits.cross_province.places import PROVINCES
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.work import Work
from shebaoka.service.dashboard.store import SQL

SettlementDimension = Literal["city", "kind", "institution", "district"]
BEFORE_ALL: Final = date(2000, 1, 1)
DAYS_SHOWN: Final = 28
SETTLING: Final = ("hospital", "pharmacy")


class Settled(Struct, frozen=True):
    """What was settled (total = funds + accounts + cash) and what was taken back, whenever it was settled.

    `timeouts`: confirmations that their sender took back before they came; they never count.
    """

    settlements: int
    reversals: int
    timeouts: int
    total_fen: int
    pooled_fen: int
    supplementary_fen: int
    account_fen: int
    cash_fen: int
    reversed_fen: int
    reversed_fund_fen: int


class SettledDay(Settled, frozen=True):
    """One day of one part of the city."""

    day: date


class SettledSums(Settled, frozen=True):
    """One value of a dimension over some days."""

    value: str


class OpenDifferences(Struct, frozen=True):
    """Differences of reconciliation that are open, by institution or district, or of the whole city ("")."""

    value: str
    number: int
    oldest_day: date


async def count(work: Work, *, anew: bool = False) -> None:
    """Count the days since the last count, that one and the one before it too; `anew`: every day there ever was."""
    last: date | None = await work.value(SQL["last_settled_day"])
    since = BEFORE_ALL if anew or last is None else last - timedelta(days=1)
    here = await work.rows(SQL["settling_institutions"], {"kinds": list(SETTLING)})
    at = [*(row[0] for row in here), *PROVINCES]
    asked = {"since": since, "at": at, "since_moment": datetime.combine(since, time(), SHANGHAI)}
    await work.run(SQL["forget_settlements"], asked)
    await work.run(SQL["count_settlements"], asked)
    await work.run(SQL["count_timeouts"], asked)
    await work.run(SQL["forget_differences"])
    await work.run(SQL["count_differences"])


async def days(
    work: Work, dimension: SettlementDimension, value: str, first: date, last: date
) -> list[SettledDay]:
    """Give what was settled on each day of one part of the city; a day with nothing is left out."""
    asked = {"dimension": dimension, "value": value, "first": first, "last": last}
    return await work.rows(SQL["settled_days"], asked, SettledDay)


async def sums(work: Work, dimension: SettlementDimension, first: date, last: date) -> list[SettledSums]:
    """Give what was settled over some days at each value of a dimension, most settlements first."""
    return await work.rows(
        SQL["settled_sums"], {"dimension": dimension, "first": first, "last": last}, SettledSums
    )


async def differences(work: Work, dimension: SettlementDimension) -> list[OpenDifferences]:
    """Give what is to be worked off, most of it first; nothing by kind, which a difference does not have."""
    return await work.rows(SQL["differences"], {"dimension": dimension}, OpenDifferences)

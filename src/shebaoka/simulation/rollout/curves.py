"""What came of a simulated programme: its curves, and how far they lie from what was published."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Final

from msgspec import Struct, field

from shebaoka.cards import views as cards
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.audit import verify
from shebaoka.kit.city import City
from shebaoka.service.dashboard import commands, views
from shebaoka.service.dashboard.published import Point, published
from shebaoka.simulation.rollout.parameters import Marked, marked

SUMMED: Final = (
    "applied",
    "applied_online",
    "made",
    "delivered",
    "opened",
    "ended_unopened",
    "old_issued",
    "old_void",
)


class Curve(Struct, frozen=True):
    """The city at the end of a day, in numbers of the whole city."""

    day: date
    applied: int
    applied_online: int
    made: int
    delivered: int
    opened: int
    unopened: int
    old_good: int


class Compared(Struct, frozen=True):
    """A published point beside the simulated one, both of the whole city; `error` 0.05: five per cent too many."""

    day: date
    series: str
    published: int
    simulated: int
    error: float
    trust: str
    source: str


class Simulated(Struct, frozen=True, kw_only=True):
    """What `shebaoka simulate --json` prints. `residents` and `applications` count the people simulated, no more.

    `cost_ms_per_resident` is the whole run by the residents in it; `scale_1_hours` the same for the whole city: at a
    small scale most of it is a day's fixed cost, so it is an upper bound.
    """

    from_: date = field(name="from")
    to: date
    scale: float
    seed: int
    residents: int
    eligible: int
    applications: int
    refused: int
    working_days: int
    curve: list[Curve]
    published: list[Compared]
    fitted: list[Marked]
    two_live_cards: int
    audit_verified: bool
    seconds: float
    cost_ms_per_resident: float
    scale_1_hours: float


async def people(city: City) -> tuple[int, int]:
    """Count everything, and give how many people may have a card, and how many hold a good old one and no new one."""
    async with city.database.work(SYSTEM) as work:
        await commands.count(work)
        kinds = await views.population(work)
        return sum(one.people for one in kinds), sum(one.on_old_only for one in kinds)


async def sums(city: City, days: list[date], scale: float) -> dict[date, Curve]:
    """Count everything and give the curve on these days, made as large as the whole city."""
    async with city.database.work(SYSTEM) as work:
        at = await commands.count(work)
        lines = [(one.measure, one) for one in await views.days(work, "city", None, date(1990, 1, 1), at.day)]
        online = await views.days(work, "channel", "online", date(1990, 1, 1), at.day)
        lines += [("applied_online", one) for one in online if one.measure == "applied"]  # type: ignore[misc]
    by_series: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for series, one in lines:
        by_series[series].append((one.day, one.number))
    return {day: _curve(day, by_series, scale) for day in days}


def _curve(day: date, by_series: dict[str, list[tuple[date, int]]], scale: float) -> Curve:
    total = {name: sum(number for at, number in by_series[name] if at <= day) / scale for name in SUMMED}
    unopened = total["made"] - total["opened"] - total["ended_unopened"]
    rounded = {name: round(number) for name, number in total.items()}
    return Curve(
        day, rounded["applied"], rounded["applied_online"], rounded["made"], rounded["delivered"], rounded["opened"],
        round(unopened), round(total["old_issued"] - total["old_void"]),
    )  # fmt: skip


def month_ends(first: date, last: date) -> list[date]:
    """Give the last day of every month between two days, and the last of all."""
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    return [day for day in days if (day + timedelta(days=1)).day == 1 or day == last]


def points(first: date, last: date) -> list[Point]:
    """Give the published points that the simulated time reaches."""
    return [point for point in published() if first <= point.day <= last]


def compared(point: Point, curve: Curve, on_old_only: int) -> Compared:
    """Hold a published point against the simulation of that day."""
    simulated = on_old_only if point.series == "on_old_only" else getattr(curve, point.series)
    error = round(simulated / point.number - 1, 3)
    return Compared(point.day, point.series, point.number, simulated, error, point.trust, point.source)


async def checked(city: City) -> tuple[int, bool]:
    """Give how many people have two live cards, and whether the audit chain is whole."""
    verdict = await verify(city.database, city.settings.checkpoints_path)
    async with city.database.work(SYSTEM) as work:
        return (await cards.counts(work)).two_live, verdict.verified and verdict.unsealed == 0


def fitted(text: str) -> list[Marked]:
    """Give the parameters that a file says were fitted, by their full names, with their numbers and to what."""
    return [one for one in marked(text) if one.mark == "fitted"]

"""What a page of the dashboard asks the interface for: one part of the city, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from litestar.exceptions import NotFoundException

from shebaoka.faces.web.backend import Backend
from shebaoka.faces.web.pages.dashboard import sums, words
from shebaoka.faces.web.pages.dashboard.words import Words

NOTHING: Final[Mapping[str, Any]] = {
    "applied": 0, "made": 0, "delivered": 0, "opened": 0, "unopened": 0, "old_good": None,
}  # fmt: skip
BANKS_MAX: Final = 200


@dataclass(frozen=True)
class Part:
    """One part of the city: all of it, a district, a bank, a channel or a group, with everything counted of it."""

    by: str
    value: str
    named: Words
    counted_at: str
    day: date
    totals: Mapping[str, Any]
    days: Sequence[Mapping[str, Any]]
    backlog: Sequence[Mapping[str, Any]]
    promised_days: int
    pace: Mapping[str, Any]
    published: Mapping[str, Any]

    @property
    def first(self) -> date:
        """The day on which the first application was handed in, or the first card made; the day counted where none was."""
        return min(
            (date.fromisoformat(one["day"]) for one in self.days if one["measure"] in sums.MONTHLY),
            default=self.day,
        )

    @property
    def reach(self) -> tuple[int, date] | None:
        """How many people are to be reached, and by when."""
        return sums.to_reach(self.pace, self.by, self.value)

    @property
    def factor(self) -> float:
        """By what published figures are multiplied here."""
        return sums.scale(self.pace, self.published["whole_city"])

    def curve(self, measure: str) -> sums.Curve:
        """Give all up to each day of a measure."""
        if measure == "unopened":
            return self._unopened()
        return sums.summed(self.days, measure, self.day)

    def _unopened(self) -> sums.Curve:
        made, opened, ended = (self.curve(name) for name in ("made", "opened", "ended_unopened"))
        days = sorted({day for curve in (made, opened, ended) for day, _ in curve})
        return [(day, sums.on(made, day) - sums.on(opened, day) - sums.on(ended, day)) for day in days]

    def points(self) -> list[sums.Against]:
        """Give what was published of this part, beside ours; of the whole city, and of who applies online."""
        of = {"city": {"applied": "applied", "made": "made", "unopened": "unopened", "on_old_only": "", "applied_online": ""},
              "channel": {"applied_online": "applied"} if self.value == "online" else {}}.get(self.by, {})  # fmt: skip
        curves = {series: self.curve(measure) for series, measure in of.items() if measure}
        return sums.against(
            [one for one in self.published["items"] if one["series"] in of], curves, self.factor
        )


async def part(ask: Backend, by: str = "city", value: str = "") -> Part:
    """Ask for one part of the city; NotFoundException for a value that nobody knows."""
    standing = await ask.get("/api/dashboard/standing", by=by)
    named = words.named(by, value, await banks(ask) if by == "bank" else {})
    found = next((one for one in standing["items"] if one["value"] == value), None)
    if found is None and by != "city" and named[0] == value:
        raise NotFoundException
    days = await ask.get("/api/dashboard/days", by=by, value=value)
    backlog = await ask.get("/api/dashboard/backlog", by=by)
    return Part(
        by, value, named, standing["counted_at"], date.fromisoformat(standing["day"]), found or NOTHING, days["items"],
        [one for one in backlog["items"] if one["value"] == value], backlog["promised_days"],
        await ask.get("/api/dashboard/pace"), await ask.get("/api/dashboard/published"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a dimension: its sums, and where it is known how many may have a card and how many hold a new one."""

    value: str
    named: Words
    totals: Mapping[str, Any]
    people: int | None
    held: int

    @property
    def share(self) -> float | None:
        """How many of a hundred who may have a card hold a new one, as 0 to 1; None where nobody may, or nobody knows."""
        return self.held / self.people if self.people else None


async def rows(ask: Backend, by: str) -> list[Row]:
    """Give all values of a dimension side by side, those too where nothing has happened yet."""
    standing = await ask.get("/api/dashboard/standing", by=by)
    reached = sums.reached(await ask.get("/api/dashboard/pace"), by)
    totals = {one["value"]: one for one in standing["items"]}
    names = await banks(ask) if by == "bank" else {}
    return [
        Row(value, words.named(by, value, names), totals.get(value, NOTHING),
            reached[value]["people"] if value in reached else None, reached.get(value, {}).get("made", 0))
        for value in sorted({*totals, *reached})
    ]  # fmt: skip


async def banks(ask: Backend) -> Mapping[str, Words]:
    """Give what the banks are called, by their codes."""
    found = await ask.get("/api/institutions", kind="bank", limit=BANKS_MAX)
    refs = [one["institution"] for one in found["items"]]
    return {one["code"]: (one["name_zh"], one["name_en"]) for one in refs}

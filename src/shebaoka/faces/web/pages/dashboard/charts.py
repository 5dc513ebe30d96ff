"""The dashboard's pictures: curves against the plan and what was published, the pace, and the backlog by age."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from shebaoka.faces.web.charts import bars, lines, marks, scale
from shebaoka.faces.web.pages.dashboard import sums
from shebaoka.faces.web.pages.dashboard.asking import Part

LOOKS: Final = (("applied", "申请", "Applied", marks.BROWN), ("made", "制卡", "Made", marks.BLUE),
                ("opened", "开通", "Opened", marks.GREEN))  # fmt: skip


def progress(part: Part) -> str:
    """Draw what has come of the programme day by day, against the plan and the published points."""
    series = [lines.Series(zh, en, look, part.curve(name)) for name, zh, en, look in LOOKS]
    ends = [part.day]
    if part.reach:
        people, by = part.reach
        series.append(lines.Series("计划（匀速）", "Plan, evenly", marks.PLAN, _plan(part.first, by, people)))
        ends.append(by)
    series += [one for one in _published(part, max(ends)) if one.points]
    return lines.drawn(lines.Chart(
        "progress", f"{part.named[0]}：申请、制卡与开通", "Applied, made and opened", _as_of(part), series, part.first, max(ends),
    ))  # fmt: skip


def pace(part: Part) -> str:
    """Draw how many cards a day are made and opened, week by week, against what is needed from now on."""
    series = [
        lines.Series(zh, en, look, sums.weekly(part.days, name, part.first, part.day))
        for name, zh, en, look in LOOKS[1:]
    ]
    if part.reach and part.by == "city":
        needed = sum(one["made_a_day_needed"] for one in part.pace["items"])
        series.append(
            lines.Series("所需制卡", "Needed", marks.PLAN, [(part.first, needed), (part.day, needed)])
        )
    return lines.drawn(lines.Chart(
        "pace", f"{part.named[0]}：每天制卡与开通", "Cards a day, by week", f"按周平均，{_as_of(part)}", series, part.first, part.day,
    ))  # fmt: skip


def backlog(part: Part) -> str:
    """Draw the applications whose card is not made yet, by age."""
    found = [bars.Bar(one.zh, one.number, one.overdue) for one in sums.bands(part.backlog)]
    return bars.drawn(bars.Bars(
        "backlog", f"{part.named[0]}：已申请未制卡", "The backlog by age", f"按申请后天数，{_as_of(part)}", found,
        "未超期", "已超期（晚于承诺日）",
    ))  # fmt: skip


PICTURES: Final[Mapping[str, Callable[[Part], str]]] = MappingProxyType(
    {"progress": progress, "pace": pace, "backlog": backlog}
)


def _plan(first: date, by: date, people: int) -> list[tuple[date, float]]:
    return [(first, 0.0), (by, float(people))] if first < by else []


def _published(part: Part, last: date) -> list[lines.Series]:
    """Give the published points of each curve; those of who applies online belong to that channel's own curve."""
    of = {"applied_online": "applied"} if part.by == "channel" else {}
    told: dict[str, list[tuple[date, float]]] = defaultdict(list)
    for one in part.points():
        day, series = date.fromisoformat(one.point["day"]), one.point["series"]
        if part.first <= day <= last:
            told[of.get(series, series)].append((day, one.scaled))
    return [
        lines.Series(f"公布的{zh}", "Published", look, told[name], single=True) for name, zh, _, look in LOOKS
    ]


def _as_of(part: Part) -> str:
    note = f"统计至 {part.day}"
    if part.factor == 1 or not part.points():
        return note
    here = sum(one["people"] for one in part.pace["population"])
    whole = scale.short(part.published["whole_city"])
    return f"{note}，公布数按人数折算（本库 {scale.short(here)}人，全市 {whole}人）"

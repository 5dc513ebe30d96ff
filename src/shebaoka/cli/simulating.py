"""The parts of `shebaoka simulate`: the city's files, its life, and the report."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from shebaoka import wiring
from shebaoka.kit.clock import SetClock
from shebaoka.kit.settings import Settings
from shebaoka.simulation.city import build_city
from shebaoka.simulation.city.plan import plan as packaged_plan
from shebaoka.simulation.demo.calendar import at
from shebaoka.simulation.demo.story import Story
from shebaoka.simulation.rollout import curves, running
from shebaoka.simulation.rollout.curves import Simulated
from shebaoka.simulation.rollout.parameters import PACKAGED, Parameters
from shebaoka.simulation.rollout.residents import Working

PEOPLE_MIN = 100


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be simulated."""

    parameters: Parameters
    file: Path | None
    first: date
    last: date
    scale: float
    seed: int

    @property
    def residents(self) -> int:
        """Give how many people the simulated city has."""
        return max(PEOPLE_MIN, round(self.parameters.population.residents * self.scale))

    def build(self, folder: Path) -> object:
        """Write the city's files: its register is as of the day before the first."""
        usual = packaged_plan()
        people = usual.shares["people"] | {"old_card": self.parameters.population.old_card}
        changed = replace(usual, shares=usual.shares | {"people": people})
        return build_city(folder, self.residents, self.seed, self.first - timedelta(days=1), changed)

    @property
    def text(self) -> str:
        """Give the file of parameters as it is written."""
        return (self.file or PACKAGED.joinpath("parameters.toml")).read_text("utf-8")


async def live(
    settings: Settings, url: str, folder: Path, plan: Plan, story: Story, started: float
) -> Simulated:
    """Let the city live from the first day to the last, and give what came of it."""
    working = Working(plan.first, plan.last)
    points = curves.points(plan.first, plan.last)
    on_old: dict[date, int] = {}
    clock = SetClock(at(plan.first - timedelta(days=1), 8))
    async with wiring.city(settings, _unwaiting(url), clock) as city:

        async def evening(day: date, following: date) -> None:
            for point in points:
                if day <= point.day < following and point.day not in on_old:
                    _, only = await curves.people(city)
                    on_old[point.day] = round(only / plan.scale)

        rollout = await running.run(
            city, clock, folder, plan.parameters, plan.scale, plan.seed, working, story, evening
        )
        with story.part("核对", "checking"):
            days = sorted({*curves.month_ends(plan.first, plan.last), *(point.day for point in points)})
            found = await curves.sums(city, days, plan.scale)
            eligible, _ = await curves.people(city)
            two_live, verified = await curves.checked(city)
    seconds = time.perf_counter() - started
    return Simulated(
        from_=plan.first, to=plan.last, scale=plan.scale, seed=plan.seed, residents=plan.residents,
        eligible=eligible, applications=rollout.applied, refused=rollout.refused, working_days=len(working.days),
        curve=[found[day] for day in curves.month_ends(plan.first, plan.last)],
        published=[curves.compared(point, found[point.day], on_old[point.day]) for point in points],
        fitted=curves.fitted(plan.text), two_live_cards=two_live, audit_verified=verified, seconds=round(seconds, 1),
        cost_ms_per_resident=round(seconds * 1000 / plan.residents, 2),
        scale_1_hours=round(seconds / plan.scale / 3600, 1),
    )  # fmt: skip


def _unwaiting(url: str) -> str:
    """Let commits not wait for the disk: a simulation that a power cut ends is begun again, nobody's data is in it."""
    options = conninfo_to_dict(url).get("options") or ""
    return make_conninfo(url, options=f"{options} -c synchronous_commit=off".strip())


def told(simulated: Simulated) -> str:
    """Give the report for a person: the curve by month, and the published points beside it, in ten thousands."""
    lines = [
        "月末 end of month   申请 applied  制卡 made  开通 opened  未开通 unopened  可用老卡 old good   （万 · in 10,000）"
    ]
    lines += [
        f"{one.day}  {_wan(one.applied)}  {_wan(one.made)}  {_wan(one.opened)}  {_wan(one.unopened)}  {_wan(one.old_good)}"
        for one in simulated.curve
    ]
    lines += ["", "公布的数字 · published         公布 published  仿真 simulated  误差 error"]
    lines += [
        f"{one.day}  {one.series:16} {_wan(one.published)}  {_wan(one.simulated)}  {one.error:+.1%}  ({one.trust})"
        for one in simulated.published
    ]
    lines += [
        "",
        "参数中拟合的 · fitted parameters:",
        *(f"  {one.name} = {one.value}  ({one.why})" for one in simulated.fitted),
        (
            f"{simulated.residents:,} 人 people, {simulated.working_days} 个工作日 working days, {simulated.seconds:,} s; "
            f"每人 per person {simulated.cost_ms_per_resident} ms；全市约 whole city at most {simulated.scale_1_hours:,} h"
        ),
        (
            f"同时两张有效卡 two live cards: {simulated.two_live_cards}；审计链 audit chain: "
            f"{'完整 whole' if simulated.audit_verified else '有问题 not whole'}"
        ),
    ]
    return "\n".join(lines)


def _wan(number: int) -> str:
    return f"{number / 10_000:10,.1f}"

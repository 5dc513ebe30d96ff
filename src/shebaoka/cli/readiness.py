"""`shebaoka readiness`: how institutions become live."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated

import typer

from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.kit.city import City
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.liveness import WORDS, Status
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load
from shebaoka.service.readiness import commands, views
from shebaoka.service.readiness.model import Blocker, Progress, Run, Seen, Standing

app = typer.Typer(no_args_is_help=True, help="机构上线管理 · how institutions become live")
Code = Annotated[str, typer.Argument(help="机构代码 · code of the institution")]
Evidence = Annotated[
    str, typer.Option(help="依据，勿填个人信息 · the evidence; nothing personal", show_default=False)
]
Step = Callable[[Work, Programme, int], Awaitable[Status]]


@app.command("show")
def show(
    code: Annotated[
        str | None, typer.Argument(help="机构代码，缺省全市 · code; default the whole city")
    ] = None,
    *,
    by_district: Annotated[bool, typer.Option("--by-district", help="分区列出 · each district too")] = False,
    as_json: AsJson = False,
) -> None:
    """全市各类机构上线进度，或一家机构的步骤与测试 · Progress against the programme's numbers, or one institution's steps."""

    async def all_of_them(city: City) -> list[Progress]:
        async with city.database.work(OPERATOR) as work:
            return await views.progress(work, await load(work))

    async def one_of_them(city: City) -> Standing:
        async with city.database.work(OPERATOR) as work:
            one = await institutions.by_code(work, code or "")
            if one is None:
                raise NotFound(f"机构代码 institution {code}")
            return await views.standing(work, await load(work), one)

    with refusals(as_json) as settings:
        if code is not None:
            _show_one(with_city(settings, one_of_them), as_json)
            return
        found = with_city(settings, all_of_them)
    shown = [one for one in found if by_district or not one.district]
    if as_json:
        say_json({"progress": shown})
        return
    for row in shown:
        goal = "" if row.target is None else f"  目标 target {row.target}，尚差 to go {row.to_go}"
        numbers = "  ".join(f"{WORDS[status][0]} {getattr(row, status):,}" for status in Status)
        say(f"{row.district or '全市 city':8} {row.kind:17} {numbers}{goal}")


def _show_one(found: Standing, as_json: bool) -> None:
    if as_json:
        say_json(found)
        return
    day = f"，上线日 live from {found.live_from}" if found.live_from else ""
    say(f"{found.code}：{' '.join(WORDS[found.readiness])}，自 since {found.since:%Y-%m-%d}{day}")
    if found.missing_zh:
        say(f"  还缺 lacks：{found.missing_zh} · {found.missing_en}")
    for step in found.steps:
        say(
            f"  {step.at:%Y-%m-%d %H:%M}  {step.action:9} {step.was} → {step.became}  {step.actor}  {step.evidence}"
        )
    for run in found.runs:
        say(f"  测试 run {run.run_id}  {run.script}@{run.version}  {run.status}")


@app.command("blockers")
def list_blockers(
    kind: Annotated[str | None, typer.Option(help="只列此类机构 · only this kind")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """应上线而未上线的机构，最久的在前 · Institutions that should serve and do not, longest so first."""

    async def act(city: City) -> list[Blocker]:
        async with city.database.work(OPERATOR) as work:
            return await views.blockers(work, await load(work), kind)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"blockers": found})
        return
    for one in found:
        say(
            f"{one.institution:20} {one.readiness:9} {one.days:5} 天 days  {one.missing_zh} · {one.missing_en}"
        )


@app.command("build")
def build(code: Code, *, evidence: Evidence, as_json: AsJson = False) -> None:
    """登记系统改造完成，此后可以测试 · Note that its system is built: it may be tested now."""
    _step(code, lambda work, rules, number: commands.build(work, rules, number, evidence), as_json)


@app.command("go-live")
def go_live(
    code: Code,
    *,
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="上线日期 · the day")],
    evidence: Evidence,
    as_json: AsJson = False,
) -> None:
    """测试通过的机构自某日上线 · Let a tested institution serve from a day on."""
    day: date = on.date()
    _step(code, lambda work, rules, number: commands.go_live(work, rules, number, day, evidence), as_json)


@app.command("suspend")
def suspend(code: Code, *, evidence: Evidence, as_json: AsJson = False) -> None:
    """暂停，重新测试前不办理业务 · Let it do no business until it has been tested anew."""
    _step(code, lambda work, rules, number: commands.suspend(work, rules, number, evidence), as_json)


def _step(code: str, step: Step, as_json: bool) -> None:
    async def act(city: City) -> Status:
        async with city.database.work(OPERATOR) as work:
            return await step(work, await load(work), await _number(work, code))

    with refusals(as_json) as settings:
        now = with_city(settings, act)
    if as_json:
        say_json({"institution": code, "readiness": now})
    else:
        say(f"{code}：{' '.join(WORDS[now])}")


@app.command("run")
def run_script(
    code: Code,
    script: Annotated[str, typer.Argument(help="脚本名 · name of the script, such as bank_core")],
    *,
    as_json: AsJson = False,
) -> None:
    """开始一次联调测试；由我方发起的当即完成 · Open a conformance run; one in which we are the caller is carried out at once."""

    async def act(city: City) -> tuple[Run, list[Seen]]:
        async with city.database.work(OPERATOR) as work:
            run = await commands.open_run(work, await load(work), await _number(work, code), script)
        if run.direction == "to_partner":
            run = await commands.call_partner(city.database, OPERATOR, city.partners.banks, run.run_id)
        async with city.database.work(OPERATOR) as work:
            return run, await views.seen(work, run.run_id)

    with refusals(as_json) as settings:
        run, seen = with_city(settings, act)
    if as_json:
        say_json({"run_id": str(run.run_id), "script": run.script, "version": run.version, "status": run.status,
                  "seen": seen})  # fmt: skip
        return
    say(f"测试 run {run.run_id}  {run.script}@{run.version}  {run.status}")
    for one in seen:
        mark = "✓" if one.passed else "✗"
        say(f"  {mark} {one.step:22} {one.observed}（应为 expected {one.expected}）{one.duration_ms} ms")


@app.command("take-over")
def take_over(
    *,
    evidence: Annotated[str, typer.Option(help="依据 · the evidence")] = commands.BEFORE,
    as_json: AsJson = False,
) -> None:
    """有上线日期的计划机构一次性转为已上线（启用上线管理之前已在服务的） · Make planned institutions live that have a day: they served before."""

    async def act(city: City) -> int:
        async with city.database.work(OPERATOR) as work:
            return await commands.take_over(work, evidence)

    with refusals(as_json) as settings:
        taken = with_city(settings, act)
    if as_json:
        say_json({"institutions": taken})
    else:
        say(f"已转为上线 · made live: {taken}")


async def _number(work: Work, code: str) -> int:
    one = await institutions.by_code(work, code)
    if one is None:
        raise NotFound(f"机构代码 institution {code}")
    return one.institution_id

"""`shebaoka jobs`."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import typer

from shebaoka.cli.common import REFUSED, AsJson, refusals, say, say_json, with_city
from shebaoka.issuing.stages import StageReport, run_stage
from shebaoka.kit.city import City
from shebaoka.service.stages import STAGES

app = typer.Typer(no_args_is_help=True, help="换发流程的批量步骤 · the batch steps of the chain")
NAMES = ", ".join(stage.name for stage in STAGES)


@app.command("run")
def run(
    only: Annotated[
        list[str] | None,
        typer.Argument(help=f"只运行这些步骤，缺省全部 · only these steps; default all: {NAMES}"),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """办理所有到期的步骤；可随时中断、重跑 · Do all that is due; safe to stop and repeat. Exit code 1 when a step was stopped, or a partner is down."""
    wanted = [stage for stage in STAGES if not only or stage.name in only]
    unknown = set(only or ()) - {stage.name for stage in STAGES}
    if unknown:
        raise typer.BadParameter(f"没有这些步骤 · no such steps: {', '.join(sorted(unknown))} ({NAMES})")

    async def act(city: City) -> list[StageReport]:
        return [await run_stage(city, stage) for stage in wanted]

    with refusals(as_json) as settings:
        reports = with_city(settings, act)
    if as_json:
        say_json({"stages": reports})
    else:
        for report in reports:
            _say(report)
    if any(report.stopped for report in reports):
        raise typer.Exit(REFUSED)


@app.command("list")
def list_stages() -> None:
    """列出各步骤 · List the steps."""
    for stage in STAGES:
        say(f"{stage.name:9} {stage.zh} · {stage.en}")


def _say(report: StageReport) -> None:
    stage = next(stage for stage in STAGES if stage.name == report.stage)
    say(f"{stage.name:9} {stage.zh}: {_told(report)}")


def _told(report: StageReport) -> str:
    if report.problem:
        told = ("title_zh", "title", "detail", "remedy_zh", "remedy_en")
        return "停止 stopped: " + " · ".join(report.problem[name] for name in told if name in report.problem)
    counts: dict[str, Any] = msgspec.to_builtins(report.counts)
    return ", ".join(f"{name} {value}" for name, value in counts.items())

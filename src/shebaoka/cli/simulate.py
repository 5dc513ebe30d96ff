"""`shebaoka simulate`."""

from __future__ import annotations

import shutil
import time
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer
import uvloop
from msgspec.structs import replace
from rich.console import Console

from shebaoka.cli.common import refusals, say, say_json
from shebaoka.cli.programme import as_date
from shebaoka.kit.settings import Settings

PILOT_BEGINS: Final = date(2018, 7, 1)
EXCHANGE_ENDS: Final = date(2020, 12, 31)


def simulate(
    *,
    first: Annotated[
        date | None,
        typer.Option("--from", parser=as_date, help="首日，缺省 2018-07-01 · first day; default 2018-07-01"),
    ] = None,
    last: Annotated[
        date | None,
        typer.Option("--to", parser=as_date, help="末日，缺省 2020-12-31 · last day; default 2020-12-31"),
    ] = None,
    scale: Annotated[
        float, typer.Option(min=0.0001, max=1.0, help="规模，1 为全市 · scale; 1 is the whole city")
    ] = 0.001,
    seed: Annotated[int, typer.Option(help="随机种子 · seed")] = 1,
    parameters: Annotated[
        Path | None,
        typer.Option(help="参数文件，缺省为随程序提供的 · parameters; default: the packaged file"),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="保留仿真城市的数据库 · keep the simulated city's database")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="输出一个 JSON 对象 · print one JSON object")
    ] = False,
) -> None:
    """仿真：按日推演整个换发过程，与公布的数字对照 · Play the programme day by day and hold it against what was published."""
    days = first or PILOT_BEGINS, last or EXCHANGE_ENDS
    if days[1] <= days[0]:
        raise typer.BadParameter(f"--to {days[1]} 须晚于 --from {days[0]} · --to must lie after --from")
    with refusals(as_json) as settings:
        # A database and a folder of its own: a demo that is being shown is left alone.
        apart = (
            settings
            if settings.database_url
            else replace(settings, database_name=f"{settings.database_name}_simulated")
        )
        _run(apart, parameters, days, scale, seed, keep=keep, as_json=as_json)


def _run(
    settings: Settings,
    file: Path | None,
    days: tuple[date, date],
    scale: float,
    seed: int,
    *,
    keep: bool,
    as_json: bool,
) -> None:
    from shebaoka import wiring  # noqa: PLC0415 - loads every room; `--help` must not wait for it
    from shebaoka.cli import demo_city, simulating  # noqa: PLC0415 - as above
    from shebaoka.simulation.demo import report  # noqa: PLC0415 - as above
    from shebaoka.simulation.demo.resetting import remove_demo  # noqa: PLC0415 - as above
    from shebaoka.simulation.rollout.parameters import read  # noqa: PLC0415 - as above

    plan = simulating.Plan(read(file), file, *days, scale, seed)
    folder = Path(settings.data_dir) / "simulation"
    started = time.perf_counter()
    with (
        wiring.database_url(settings) as url,
        report.told(Console(stderr=True)) as story,
        demo_city.built(settings, url, folder, plan.build, seed, story) as outside,
    ):
        demo_city.fresh_database(outside.settings, url)
        simulated = uvloop.run(simulating.live(outside.settings, url, folder / "city", plan, story, started))
        story.close()
        if not keep:
            remove_demo(url)
            shutil.rmtree(folder, ignore_errors=True)
    if as_json:
        say_json(simulated)
    else:
        say(simulating.told(simulated))

"""`shebaoka demo`."""

from __future__ import annotations

import shutil
import socket
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from shebaoka.cli.common import refusals, say, say_json
from shebaoka.faces import listening
from shebaoka.kit.settings import Settings

PEOPLE_MAX = 5_000_000


def demo(
    people: Annotated[int, typer.Option(min=100, max=PEOPLE_MAX, help="人口 · people of the city")] = 20_000,
    seed: Annotated[
        int, typer.Option(help="随机种子，同一种子得到同样的数字 · the same seed gives the same counts")
    ] = 1,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="只输出一个 JSON 对象并结束 · print one JSON object and end")
    ] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="删除演示数据后结束 · remove the demo's data and end")
    ] = False,
) -> None:
    """演示：一座虚构城市换发社保卡，随后提供服务 · A city of invented people changes its card, then the service answers."""
    with refusals(as_json) as settings, ExitStack() as stack:
        if remove:
            _remove(settings, as_json=as_json)
            return
        serve = not as_json and sys.stdout.isatty()
        listener = stack.enter_context(_listener(settings)) if serve else None
        _run(settings, people, seed, listener, as_json=as_json)


def _listener(settings: Settings) -> socket.socket:
    return listening.listen(settings.host, settings.port)


def _remove(settings: Settings, *, as_json: bool) -> None:
    from shebaoka import wiring  # noqa: PLC0415 - loads every room; `--help` must not wait for it
    from shebaoka.simulation.demo.resetting import held, remove_demo  # noqa: PLC0415 - as above

    folder = Path(settings.data_dir) / "demo"
    with wiring.database_url(settings) as url, held(url):
        removed = remove_demo(url) or folder.is_dir()
        shutil.rmtree(folder, ignore_errors=True)
    if as_json:
        say_json({"removed": removed})
        return
    say("演示数据已删除 · The demo's data was removed" if removed else "没有演示数据 · There is no demo data")


def _run(
    settings: Settings, people: int, seed: int, listener: socket.socket | None, *, as_json: bool
) -> None:
    from shebaoka import wiring  # noqa: PLC0415 - as above
    from shebaoka.cli import demo_city  # noqa: PLC0415 - as above
    from shebaoka.simulation.city import build_city  # noqa: PLC0415 - as above
    from shebaoka.simulation.demo import report  # noqa: PLC0415 - as above

    folder = Path(settings.data_dir) / "demo"
    started = time.perf_counter()
    with (
        wiring.database_url(settings) as url,
        report.told(Console(stderr=True)) as story,
        demo_city.built(
            settings, url, folder, lambda to: build_city(to, people, seed), seed, story
        ) as outside,
    ):
        demo_city.fresh_database(outside.settings, url)
        figures, accounts = uvloop.run(demo_city.live(outside.settings, url, folder, story, started))
        story.close()
        if as_json:
            say_json(figures)
            return
        report.show(Console(), figures)
        say(accounts)
        say(demo_city.hints(folder))
        if listener is not None:
            uvloop.run(demo_city.serve(outside.settings, url, listener))

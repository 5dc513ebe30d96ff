"""The parts of `shebaoka demo`: a fresh folder and database, the outside world, the city's life, the service."""

from __future__ import annotations

import csv
import os
import random
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from shebaoka import wiring
from shebaoka.cli.common import FolderNotWritable, say
from shebaoka.faces import listening, serving
from shebaoka.kit.audit import seal_due
from shebaoka.kit.clock import SHANGHAI, SetClock
from shebaoka.kit.settings import Settings, safe_address
from shebaoka.simulation.demo import figures, running
from shebaoka.simulation.demo.accounts import make_accounts
from shebaoka.simulation.demo.figures import Figures
from shebaoka.simulation.demo.resetting import held, mark_demo, prepare_demo
from shebaoka.simulation.demo.story import Story
from shebaoka.simulation.outside import Outside, outside_world

BEFORE_ALL: Final = datetime(2018, 12, 31, 8, tzinfo=SHANGHAI)


@contextmanager
def built(
    settings: Settings, url: str, folder: Path, build: Callable[[Path], object], seed: int, story: Story
) -> Iterator[Outside]:
    """Let `build` write the city's files and run the outside world that goes with them; what an earlier demo left goes.

    This function will refuse before anything slow begins, and before anything of an earlier demo goes.
    """
    wiring.master_key(settings)
    with held(url):
        prepare_demo(url)
        _empty(folder)
        with story.part("建城", "building the city"):
            build(folder / "city")
        with outside_world(settings, folder / "city", folder / "outside", seed) as outside:
            yield outside


def _empty(folder: Path) -> None:
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
    except OSError as error:
        raise FolderNotWritable(f"{folder}: {os.strerror(error.errno or 0)}") from error


def fresh_database(settings: Settings, url: str) -> None:
    """Make an empty demo city in the database."""
    wiring.migrate(settings, url)
    mark_demo(url)


async def live(
    settings: Settings, url: str, folder: Path, story: Story, started: float
) -> tuple[Figures, str]:
    """Let the city live, and give its figures and the demo's log-ins."""
    clock = SetClock(BEFORE_ALL)
    async with wiring.city(settings, url, clock) as city:
        await running.run_city(city, clock, folder / "city", story)
        accounts = await make_accounts(city, random.SystemRandom())
        with story.part("核对", "checking the figures"):
            await seal_due(city.database, city.settings.checkpoints_path)
            found = await figures.measure(city, time.perf_counter() - started)
    return found, accounts


def hints(folder: Path) -> str:
    """Give commands to try, about somebody of this city."""
    with (folder / "city" / "world.csv").open(encoding="utf-8", newline="") as file:
        number = next(row["id_number"] for row in csv.DictReader(file) if row["deceased"] == "0")
    return "\n".join(
        [
            "试一试 · try:",
            f"  .venv/bin/shebaoka programme explain --id-number {number} --on 2019-05-06",
            f"  .venv/bin/shebaoka card standing --id-number {number}",
            "  .venv/bin/shebaoka audit verify",
        ]
    )


async def serve(settings: Settings, url: str, listener: socket.socket) -> None:
    """Serve the demo city until Ctrl-C."""
    there = listening.address(listener)
    # Without an address of this machine the sandbox's WeChat writes to nobody.
    here = safe_address(there)
    settings = replace(settings, site_url=there) if here else replace(settings, wechat_app_id="")
    async with wiring.city(settings, url) as city:
        say(f"服务地址 · serving on {there}（Ctrl-C 停止 · Ctrl-C stops）")
        say(f"  市民 residents {there}/  ·  工作人员 staff {there}/staff")
        if here:
            say(f"  微信服务号 the WeChat account {settings.wechat_api_url}/chat?to={there}/wechat")
        await serving.serve(city, listener)

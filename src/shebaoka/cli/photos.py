"""`shebaoka photos`: a picture is checked before it is sent, and who waits for one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from shebaoka.cli.common import OPERATOR, REFUSED, AsJson, refusals, say, say_json, with_city
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.applications.states import Status
from shebaoka.issuing.photos import views
from shebaoka.issuing.photos.quality import (
    FACE,
    FACE_EN,
    FACE_ZH,
    Finding,
    Standard,
    judge,
)
from shebaoka.issuing.photos.quality import (
    refusals as faults,
)
from shebaoka.issuing.photos.views import Count
from shebaoka.kit.city import City
from shebaoka.kit.clock import SHANGHAI
from shebaoka.registry.programme.views import load

app = typer.Typer(no_args_is_help=True, help="相片 · photos")
MARK = {"refuse": "✗", "hint": "·"}


@app.command("check")
def check(
    files: Annotated[
        list[Path],
        typer.Argument(help="相片文件 · picture files", exists=True, dir_okay=False, readable=True),
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """按今天的标准检查相片，一次列出全部问题和办法 · Check pictures by today's rule: all that is wrong, and what to do."""

    async def standard(city: City) -> Standard:
        async with city.database.work(OPERATOR) as work:
            return (await load(work)).photo_standard(work.today)

    with refusals(as_json) as settings:
        rule = with_city(settings, standard)
    judged = {file: judge(file.read_bytes(), rule) for file in files}
    good = not any(faults(found) for found in judged.values())
    if as_json:
        say_json({"good": good, "files": [_told(file, found) for file, found in judged.items()]})
    else:
        for file, found in judged.items():
            _say(file, found)
        say(f"{FACE_ZH} · {FACE_EN}")
    if not good:
        raise typer.Exit(REFUSED)


@app.command("exceptions")
def list_exceptions(
    limit: Annotated[int, typer.Option(min=1, max=200, help="条数 · how many")] = 50,
    *,
    as_json: AsJson = False,
) -> None:
    """列出等待相片的申请及原因（不含姓名）· Applications that wait for a photo, newest first, and why; nobody is named."""

    async def act(city: City) -> list[Application]:
        async with city.database.work(OPERATOR) as work:
            scope = await applications.scope_of(work)
            return list((await applications.page(work, scope, Status.NEEDS_PHOTO, limit=limit)).items)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"applications": [{
            "application_id": str(one.application_id), "reason": one.reason, "channel": one.channel,
            "since": one.updated_at, "due_on": one.due_on,
        } for one in found]})  # fmt: skip
        return
    for one in found:
        since = one.updated_at.astimezone(SHANGHAI)
        say(f"{one.application_id}  {one.reason or '':22} {since:%Y-%m-%d %H:%M}  限办 due {one.due_on}")


@app.command("figures")
def show_figures(
    days: Annotated[
        int, typer.Option(min=1, max=3660, help="统计最近多少天 · of the last so many days")
    ] = 30,
    *,
    as_json: AsJson = False,
) -> None:
    """近日所用相片的来源：共享、复用、提交，及其中有误的 · Photos used: fetched, used again, brought; and found wrong."""

    async def act(city: City) -> list[Count]:
        async with city.database.work(OPERATOR) as work:
            return await views.counts(work, work.now - timedelta(days=days))

    with refusals(as_json) as settings:
        counts = with_city(settings, act)
    if as_json:
        say_json({"counts": counts})
        return
    for one in counts:
        say(f"{one.way:8} {one.source:14} {one.uses:8}  有误 wrong {one.rejected}")


def _told(file: Path, found: list[Finding]) -> dict[str, Any]:
    return {
        "file": str(file),
        "good": not faults(found),
        "findings": msgspec.to_builtins(found),
        "face": FACE,
    }


def _say(file: Path, found: list[Finding]) -> None:
    say(f"{file}: {'合格 good' if not faults(found) else '不合格 refused'}")
    for one in found:
        say(f"  {MARK[one.severity]} {one.zh} · {one.en}")
        say(f"    办法 What to do: {one.remedy_zh} · {one.remedy_en}")

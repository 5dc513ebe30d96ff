"""`shebaoka dashboard`."""

from __future__ import annotations

from typing import Annotated, get_args

import msgspec
import typer

from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.kit.city import City
from shebaoka.registry.programme.views import load
from shebaoka.service.dashboard import commands, views
from shebaoka.service.dashboard.model import Counted, Dimension, Pace, Totals

app = typer.Typer(no_args_is_help=True, help="进度看板 · how far the programme is")
HEADS = (
    "", "申请 applied", "制卡 made", "送达 delivered", "开通 opened", "未开通 unopened", "可用老卡 old good",
)  # fmt: skip


class Shown(msgspec.Struct, frozen=True):
    """What `dashboard show` prints."""

    counted: Counted
    standing: list[Totals]
    pace: list[Pace]


@app.command("count")
def count_command(*, as_json: AsJson = False) -> None:
    """立即重新统计 · Count everything anew at once; `jobs run figures` does it every hour."""

    async def act(city: City) -> Counted:
        async with city.database.work(OPERATOR) as work:
            return await commands.count(work)

    with refusals(as_json) as settings:
        counted = with_city(settings, act)
    if as_json:
        say_json(counted)
    else:
        say(f"已统计至 {counted.day} · counted up to {counted.day}")


def _dimension(text: str) -> str:
    if text not in get_args(Dimension):
        raise typer.BadParameter(f"{text}: {', '.join(get_args(Dimension))}")
    return text


@app.command("show")
def show(
    *,
    by: Annotated[
        str, typer.Option(parser=_dimension, help="维度 · dimension: city, district, bank, channel, group")
    ] = "city",
    as_json: AsJson = False,
) -> None:
    """申请、制卡、送达、开通，以及所需进度 · Applied, made, delivered, opened, and the pace needed."""

    async def act(city: City) -> Shown:
        async with city.database.work(OPERATOR) as work:
            at = await views.counted(work)
            dimension = msgspec.convert(by, Dimension)
            sums = await views.standing_on(work, await load(work), dimension, at.day)
            return Shown(at, sums, await views.pace(work))

    with refusals(as_json) as settings:
        shown = with_city(settings, act)
    if as_json:
        say_json(shown)
    else:
        _say(shown)


def _say(shown: Shown) -> None:
    say(f"统计于 {shown.counted.counted_at:%Y-%m-%d %H:%M} · counted up to {shown.counted.day}")
    say("  ".join(HEADS))
    for one in shown.standing:
        old = "—" if one.old_good is None else f"{one.old_good:,}"
        numbers = (one.applied, one.made, one.delivered, one.opened, one.unopened)
        say("  ".join([one.value or "全部 all", *(f"{number:,}" for number in numbers), old]))
    for pace in shown.pace:
        say(
            f"目标 {pace.complete_by}: 还需制卡 {pace.to_make:,} 张、开通 {pace.to_open:,} 张 · to make and to open by then\n"
            f"  制卡 made a day {pace.made_a_day:,} / 需 needed {pace.made_a_day_needed:,}；"
            f"开通 opened a day {pace.opened_a_day:,} / 需 needed {pace.opened_a_day_needed:,}"
        )

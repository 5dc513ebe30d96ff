"""`shebaoka dashboard`."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final, get_args

import msgspec
import typer

from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.cli.programme import as_date
from shebaoka.kit.city import City
from shebaoka.records.table import as_csv
from shebaoka.registry.programme.views import load
from shebaoka.service.dashboard import commands, views
from shebaoka.service.dashboard.model import Backlog, Counted, Day, Dimension, Pace, Totals

app = typer.Typer(no_args_is_help=True, help="进度看板 · how far the programme is")
BEGINNING: Final = date(2018, 1, 1)
AsTable = Annotated[bool, typer.Option("--csv", help="输出 CSV 表格 · print a table for a spreadsheet")]
HEADS = (
    "", "申请 applied", "制卡 made", "送达 delivered", "开通 opened", "未开通 unopened", "可用老卡 old good",
)  # fmt: skip


class Shown(msgspec.Struct, frozen=True):
    """What `dashboard show` prints."""

    counted: Counted
    standing: list[Totals]
    pace: list[Pace]


class Waiting(msgspec.Struct, frozen=True):
    """What `dashboard backlog` prints. `promised_days`: within how many days of its verification a card is made."""

    counted: Counted
    promised_days: int
    backlog: list[Backlog]


class Daily(msgspec.Struct, frozen=True):
    """What `dashboard days` prints."""

    counted: Counted
    days: list[Day]


@app.command("count")
def count_command(
    *,
    all_days: Annotated[
        bool,
        typer.Option(
            "--all-days",
            help="医保结算也从第一天起重新统计 · count settlements of every day anew, too",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """立即重新统计 · Count everything anew at once; `jobs run figures` does it every hour."""

    async def act(city: City) -> Counted:
        async with city.database.work(OPERATOR) as work:
            return await commands.count(work, settlements_anew=all_days)

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


By = Annotated[
    str, typer.Option(parser=_dimension, help="维度 · dimension: city, district, bank, channel, group")
]


@app.command("show")
def show(*, by: By = "city", as_table: AsTable = False, as_json: AsJson = False) -> None:
    """申请、制卡、送达、开通，以及所需进度 · Applied, made, delivered, opened, and the pace needed."""

    async def act(city: City) -> Shown:
        async with city.database.work(OPERATOR) as work:
            at = await views.counted(work)
            sums = await views.standing_on(work, await load(work), _as_dimension(by), at.day)
            return Shown(at, sums, await views.pace(work))

    with refusals(as_json) as settings:
        shown = with_city(settings, act)
    if as_json:
        say_json(shown)
    elif as_table:
        _table(Totals, shown.standing)
    else:
        _say(shown)


@app.command("backlog")
def backlog(*, by: By = "city", as_table: AsTable = False, as_json: AsJson = False) -> None:
    """在办积压：已申请未制成的件数、最久天数和超期数 · Handed in and not made yet: how many, how old, how many overdue."""

    async def act(city: City) -> Waiting:
        async with city.database.work(OPERATOR) as work:
            at = await views.counted(work)
            promised = (await load(work)).due_on(at.day) - at.day
            return Waiting(at, promised.days, await views.backlog(work, _as_dimension(by)))

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json(found)
    elif as_table:
        _table(Backlog, found.backlog)
    else:
        _say_backlog(found)


@app.command("days")
def days(
    *,
    by: By = "city",
    first: Annotated[date | None, typer.Option("--from", parser=as_date, help="首日 · first day")] = None,
    last: Annotated[
        date | None,
        typer.Option("--to", parser=as_date, help="末日，缺省统计日 · last day; default the day counted"),
    ] = None,
    as_table: AsTable = False,
    as_json: AsJson = False,
) -> None:
    """逐日数字 · What happened on each day."""

    async def act(city: City) -> Daily:
        async with city.database.work(OPERATOR) as work:
            at = await views.counted(work)
            span = first or BEGINNING, last or at.day
            return Daily(at, await views.days(work, _as_dimension(by), None, *span))

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json(found)
    elif as_table:
        _table(Day, found.days)
    else:
        for one in found.days:
            say(f"{one.day}  {one.value or '全部 all'}  {one.measure} {one.number:,}")


def _as_dimension(text: str) -> Dimension:
    found: Dimension = msgspec.convert(text, Dimension)
    return found


def _table(kind: type[msgspec.Struct], rows: Sequence[Any]) -> None:
    """Print rows as the interface gives them."""
    heads = [field.name for field in msgspec.structs.fields(kind)]
    sys.stdout.buffer.write(as_csv(heads, map(msgspec.structs.astuple, rows)))
    sys.stdout.flush()


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


def _say_backlog(found: Waiting) -> None:
    by_place: dict[tuple[str, str], list[Backlog]] = defaultdict(list)
    for line in found.backlog:
        by_place[line.value, line.status].append(line)
    say(
        f"统计至 {found.counted.day}；承诺核验后 {found.promised_days} 天内制成 · "
        f"counted up to {found.counted.day}; made within {found.promised_days} days of verification"
    )
    for (value, status), lines in by_place.items():
        number = sum(line.number for line in lines)
        late = sum(line.number for line in lines if line.overdue)
        oldest = max(line.age_days for line in lines)
        say(
            f"{value or '全部 all'}  {status}  {number:,} 件  最久 oldest {oldest} 天 days  超期 overdue {late:,}"
        )
    if not found.backlog:
        say("没有积压 · nothing waits")

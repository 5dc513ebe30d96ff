"""How far the programme is: figures by day, district, bank, channel and group, the backlog, and the pace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get
from litestar.params import QueryParameter

from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import protected
from shebaoka.faces.api.service import service
from shebaoka.issuing.applications.model import CHANNEL_ZH
from shebaoka.kit.work import Work
from shebaoka.records.table import as_csv
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import BANK
from shebaoka.service.dashboard import model, views
from shebaoka.service.dashboard.errors import NotCountedYet
from shebaoka.service.dashboard.model import Dimension
from shebaoka.service.dashboard.published import WHOLE_CITY, Point, published

CSV: Final = "text/csv; charset=utf-8"
BEGINNING: Final = date(2018, 1, 1)
GROUP_ZH: Final[Mapping[str, str]] = MappingProxyType(
    {"retirees": "退休人员", "pupils": "中小幼", "employees": "在职人员", "everyone_else": "其他人员"}
)
By = Annotated[Dimension, QueryParameter(description="按什么维度 · by which dimension")]
Form = Annotated[
    Literal["json", "csv"], QueryParameter(name="format", description="JSON 或表格 · JSON or a table")
]
Value = Annotated[
    str | None, QueryParameter(max_length=64, description="只看此值 · only this value of the dimension")
]
First = Annotated[date | None, QueryParameter(name="from", description="首日 · first day")]
Last = Annotated[
    date | None, QueryParameter(name="to", description="末日，缺省统计日 · last day; default the day counted")
]


class Days(msgspec.Struct, frozen=True):
    """What happened on each day, by one dimension. A day, value or measure with nothing is left out."""

    counted_at: datetime
    dimension: Dimension
    items: list[model.Day]


class Standings(msgspec.Struct, frozen=True):
    """The sums up to the end of `day`, by one dimension. An unknown district, bank, channel or group is ""."""

    counted_at: datetime
    day: date
    dimension: Dimension
    items: list[model.Totals]


class Backlogs(msgspec.Struct, frozen=True):
    """Applications whose card is not made yet, by status and age in days. `promised_days`: of a card after verification."""

    counted_at: datetime
    day: date
    dimension: Dimension
    promised_days: int
    items: list[model.Backlog]


class Paces(msgspec.Struct, frozen=True):
    """The pace needed for each target day beside the present one, and who is to be reached."""

    counted_at: datetime
    day: date
    items: list[model.Pace]
    population: list[model.Population]


class Published(msgspec.Struct, frozen=True):
    """What was published of the whole city. `whole_city`: who may have a card there (inferred), to compare a smaller one."""

    whole_city: int
    items: list[Point]


@get(
    "/dashboard/days",
    **protected(
        "report.read", "dashboard", "逐日数字 · Figures by day", refuses=(NotCountedYet,), answer=Days
    ),
)
async def days(
    request: Call, by: By = "city", value: Value = None, first: First = None, last: Last = None,
    form: Form = "json",
) -> Response[Any]:  # fmt: skip
    """Give applications, cards made, delivered, opened, ended unopened, and old cards issued and void, day by day."""
    async with reading(request) as work:
        at = await views.counted(work)
        found = await views.days(work, by, value, first or BEGINNING, last or at.day)
        names = await _names(work, by)
    return answered(form, f"days-{by}", model.Day, found, Days(at.counted_at, by, found), names)


@get(
    "/dashboard/standing",
    **protected(
        "report.read", "dashboard", "累计数字 · Sums up to a day", refuses=(NotCountedYet,), answer=Standings
    ),
)
async def standing(request: Call, by: By = "city", last: Last = None, form: Form = "json") -> Response[Any]:
    """Give the sums up to a day: applied, made, delivered, opened, unopened, old cards still good."""
    programme = await service(request).programme()
    async with reading(request) as work:
        at = await views.counted(work)
        day = last or at.day
        found = await views.standing_on(work, programme, by, day)
        names = await _names(work, by)
    whole = Standings(at.counted_at, day, by, found)
    return answered(form, f"standing-{by}", model.Totals, found, whole, names)


@get(
    "/dashboard/backlog",
    **protected(
        "report.read", "dashboard", "在办积压 · The backlog by age", refuses=(NotCountedYet,), answer=Backlogs
    ),
)
async def backlog(request: Call, by: By = "city", form: Form = "json") -> Response[Any]:
    """Give the applications whose card is not made yet, by status and age; `overdue` against the promised day."""
    programme = await service(request).programme()
    async with reading(request) as work:
        at = await views.counted(work)
        found = await views.backlog(work, by)
        names = await _names(work, by)
    promised = (programme.due_on(at.day) - at.day).days
    whole = Backlogs(at.counted_at, at.day, by, promised, found)
    return answered(form, f"backlog-{by}", model.Backlog, found, whole, names)


@get(
    "/dashboard/pace",
    **protected(
        "report.read",
        "dashboard",
        "进度与所需进度 · The pace, and the pace needed",
        refuses=(NotCountedYet,),
        answer=Paces,
    ),
)
async def pace(request: Call, form: Form = "json") -> Response[Any]:
    """Give cards a day needed until each target day beside those of the last four weeks, and when all will be done."""
    async with reading(request) as work:
        at = await views.counted(work)
        found = await views.pace(work)
        people = await views.population(work)
    return answered(form, "pace", model.Pace, found, Paces(at.counted_at, at.day, found, people))


@get(
    "/dashboard/published",
    **protected("report.read", "dashboard", "公布的数字 · Published figures", answer=Published),
)
async def published_points(form: Form = "json") -> Response[Any]:
    """Give the figures that were published of the whole city, with their sources; they come with the program."""
    found = list(published())
    return answered(form, "published", Point, found, Published(WHOLE_CITY, found))


async def _names(work: Work, by: Dimension) -> Mapping[str, str]:
    """Give what the values of a dimension are called, for people who read a table."""
    if by == "district":
        return {one.district_code: one.name_zh for one in await institutions.districts(work)}
    if by == "bank":
        return {one.code: one.name_zh for one in await institutions.of_kind(work, BANK)}
    if by == "channel":
        return {channel.value: name for channel, name in CHANNEL_ZH.items()}
    return GROUP_ZH if by == "group" else {"": "全市"}


def answered(
    form: str,
    name: str,
    kind: type[Any],
    rows: Sequence[Any],
    whole: Any,
    names: Mapping[str, str] | None = None,
) -> Response[Any]:
    """Give figures as JSON (`whole`) or as a table of `rows`, each of `kind`; with `names`, what each row's value is called."""
    if form == "json":
        return Response(whole)
    heads, lines = (
        [one.name for one in msgspec.structs.fields(kind)],
        [msgspec.structs.astuple(row) for row in rows],
    )
    if names is not None:
        heads, lines = (
            [*heads, "name_zh"],
            [(*line, names.get(row.value, "")) for line, row in zip(lines, rows, strict=True)],
        )
    return Response(
        as_csv(heads, lines),
        media_type=CSV,
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


HANDLERS: tuple[Any, ...] = (days, standing, backlog, pace, published_points)

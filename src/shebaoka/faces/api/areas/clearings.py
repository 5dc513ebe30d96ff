"""Clearings with other provinces: a month drawn up with all of them, and what was paid noted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody

from shebaoka.benefits.cross_province import commands, views
from shebaoka.benefits.cross_province.errors import ClearingRefused, PlaceRefused
from shebaoka.benefits.cross_province.model import Clearing
from shebaoka.benefits.cross_province.places import named, province_of
from shebaoka.faces.api.calling import OK, Call, reading, write
from shebaoka.faces.api.declaring import RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body
from shebaoka.kit.work import Work

READ: Final = "clearing.read"
SETTLE: Final = "clearing.settle"
Province = Annotated[
    str,
    msgspec.Meta(
        pattern="^[0-9]{6}$",
        description="外省六位区划代码 · six digits of the other province",
        examples=["320000"],
    ),
]
Month = Annotated[date, msgspec.Meta(description="该月的任一天 · any day of the month")]


class Drawing(Body, frozen=True):
    """Of which month clearings are drawn up with all provinces."""

    month: Month


class Payment(Body, frozen=True):
    """Which clearing was paid, and on which day."""

    province: Province
    month: Month
    on: date


class ClearingView(msgspec.Struct, frozen=True):
    """What a month leaves owed between a province and us, in fen; `net_fen` is what they pay us, below nothing what we pay them."""

    province: str
    zh: str
    en: str
    month: date
    owed_to_us_fen: int
    owed_to_us: int
    owed_by_us_fen: int
    owed_by_us: int
    net_fen: int
    drawn_at: datetime
    paid_on: date | None


class DrawnMonth(msgspec.Struct, frozen=True):
    """A month's clearings with all provinces; none where nothing was settled."""

    clearings: list[ClearingView]


class ClearingsView(msgspec.Struct, frozen=True):
    """Clearings, newest month first; `month` is the last one that is over, `differences` how many with the hub are to be worked off."""

    month: date
    today: date
    clearings: list[ClearingView]
    differences: int


@get("/clearings", **protected(READ, "settling", "跨省月清算单 · Clearings between provinces"))  # fmt: skip
async def clearings(request: Call) -> ClearingsView:
    """Give the clearings of all months, and how many differences hold up the next."""
    async with reading(request) as work:
        over = (work.today.replace(day=1) - timedelta(days=1)).replace(day=1)
        drawn, waiting = await views.clearings(work), await views.open_differences(work)
        return ClearingsView(over, work.today, [_view(one) for one in drawn], len(waiting))


@post(
    "/clearings", status_code=OK,
    **protected(SETTLE, "settling", "出具一个月的清算单 · Draw up a month's clearings", keyed=True, refuses=(ClearingRefused,)),
)  # fmt: skip
async def draw(request: Call, data: JSONBody[Drawing], key: RequestKey = None) -> Response[DrawnMonth]:
    """Draw up a month's clearings with all provinces; drawn before, they are as they were."""

    async def act(work: Work) -> DrawnMonth:
        return DrawnMonth([_view(one) for one in await commands.draw_clearings(work, data.month)])

    return await write(request, key, data, act)


@post(
    "/clearings/payments", status_code=OK,
    **protected(SETTLE, "settling", "登记清算单付清 · Note that a clearing was paid", keyed=True, refuses=(ClearingRefused, PlaceRefused)),
)  # fmt: skip
async def note_paid(request: Call, data: JSONBody[Payment], key: RequestKey = None) -> Response[ClearingView]:
    """Note that a clearing was paid on a day, and book it; once."""
    home = service(request).city.settings.division_code

    async def act(work: Work) -> ClearingView:
        at = province_of(data.province, home)
        return _view(await commands.pay_clearing(work, at, data.month, data.on))

    return await write(request, key, data, act)


def _view(one: Clearing) -> ClearingView:
    return ClearingView(
        str(one.province_id), *named(one.province_id), one.month, one.owed_to_us_fen, one.owed_to_us, one.owed_by_us_fen,
        one.owed_by_us, one.net_fen, one.drawn_at, one.paid_on,
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (clearings, draw, note_paid)

"""Figures of settlement: what was settled and taken back, by kind, institution and district, and what is to be worked off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get
from litestar.params import QueryParameter

from shebaoka.benefits.cross_province import places
from shebaoka.faces.api.areas.dashboard import First, Form, Last, answered
from shebaoka.faces.api.billing import VISITS
from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import protected
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.service.dashboard import settlements, views
from shebaoka.service.dashboard.errors import NotCountedYet
from shebaoka.service.dashboard.settlements import (
    DAYS_SHOWN,
    OpenDifferences,
    SettledDay,
    SettledSums,
    SettlementDimension,
)

CITY: Final = ""
By = Annotated[SettlementDimension, QueryParameter(description="按什么维度 · by which dimension")]
Value = Annotated[
    str,
    QueryParameter(max_length=64, description="维度的值，全市为空 · the value; empty for the whole city"),
]


class SettledDays(msgspec.Struct, frozen=True):
    """One part of the city day by day; a day with nothing is left out."""

    counted_at: datetime
    first: date
    last: date
    items: list[SettledDay]


class SettledAll(msgspec.Struct, frozen=True):
    """The values of a dimension over some days, most settlements first. `names`: what they are called; `open`: what is to be worked off now."""

    counted_at: datetime
    first: date
    last: date
    items: list[SettledSums]
    names: dict[str, tuple[str, str]]
    open: list[OpenDifferences]


@get(
    "/dashboard/settlements/days",
    **protected("report.read", "dashboard", "医保结算逐日 · Settlements by day", refuses=(NotCountedYet,), answer=SettledDays),
)  # fmt: skip
async def settled_days(
    request: Call, by: By = "city", value: Value = CITY, first: First = None, last: Last = None, form: Form = "json"
) -> Response[Any]:  # fmt: skip
    """Give what was settled and taken back day by day, of the city or of one kind, institution or district; by default four weeks."""
    async with reading(request) as work:
        at = await views.counted(work)
        days = _days(at.day, first, last)
        found = await settlements.days(work, by, value, *days)
    whole = SettledDays(at.counted_at, *days, found)
    return answered(form, f"settled-days-{by}", SettledDay, found, whole)


@get(
    "/dashboard/settlements",
    **protected("report.read", "dashboard", "医保结算汇总 · Settlements over some days", refuses=(NotCountedYet,), answer=SettledAll),
)  # fmt: skip
async def settled_sums(
    request: Call, by: By = "city", first: First = None, last: Last = None, form: Form = "json"
) -> Response[Any]:
    """Give what was settled and taken back over some days, by default four weeks, at each value of a dimension; and open differences."""
    async with reading(request) as work:
        at = await views.counted(work)
        days = _days(at.day, first, last)
        found = await settlements.sums(work, by, *days)
        open_now = await settlements.differences(work, by)
        names = await _names(work, by, {*(one.value for one in found), *(one.value for one in open_now)})
    whole = SettledAll(at.counted_at, *days, found, names, open_now)
    return answered(
        form, f"settled-{by}", SettledSums, found, whole, {value: zh for value, (zh, _) in names.items()}
    )


def _days(counted: date, first: date | None, last: date | None) -> tuple[date, date]:
    until = last or counted
    return first or until - timedelta(days=DAYS_SHOWN - 1), until


async def _names(work: Work, by: SettlementDimension, values: set[str]) -> dict[str, tuple[str, str]]:
    named: Mapping[str, tuple[str, str]] = {CITY: ("全市", "The whole city")}
    if by == "kind":
        named = {str(kind): words for kind, words in VISITS.items()}
    elif by == "district":
        named = {one.district_code: (one.name_zh, one.name_en) for one in await institutions.districts(work)} | {
            CITY: ("未登记", "Not known")
        }  # fmt: skip
    elif by == "institution":
        named = {
            one.code: (one.name_zh, one.name_en)
            for one in await institutions.of_kind(work, "hospital", "pharmacy")
        } | {str(number): places.named(number) for number in places.PROVINCES}
    return {value: named.get(value, (value, value)) for value in sorted(values)}


HANDLERS: Sequence[Any] = (settled_days, settled_sums)

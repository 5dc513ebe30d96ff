"""The dashboard's pages: the programme as a whole, one dimension, one part, and a report on paper."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Template

from shebaoka.faces.web.pages.centre.words import KIND
from shebaoka.faces.web.pages.centre.words import named as of_centre
from shebaoka.faces.web.pages.dashboard import charts, mapping, sums, words
from shebaoka.faces.web.pages.dashboard.asking import Part, part, rows
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend, page

HERE: Final = "/staff/dashboard"
HEAD: Final = page("staff", "report.read")


@get(HERE, **HEAD)
async def overview(request: Ask) -> Template:
    """Show the key figures, the curves against plan and published points, and the ways deeper."""
    return await _whole(request, "dashboard/overview.html")


@get(f"{HERE}/by/{{dimension:str}}", **HEAD)
async def by_dimension(request: Ask, dimension: FromPath[str]) -> Template:
    """Show all values of a dimension side by side."""
    if dimension not in words.DIMENSION:
        raise NotFoundException
    ask = backend(request)
    at = await ask.get("/api/dashboard/standing", by="city")
    found = await rows(ask, dimension)
    return show(
        request,
        "dashboard/by.html",
        dimension=dimension,
        words=words,
        at=at,
        rows=found,
        **mapping.given(found, dimension),
    )


@get(f"{HERE}/part", **HEAD)
async def one_part(request: Ask) -> Template:
    """Show one district, bank, channel or group: its curve, its months, its backlog."""
    by, value = asked(request)
    if by == "city":
        raise NotFoundException
    one = await part(backend(request), by, value)
    live = await _institutions(request, value) if by == "district" and value else []
    return _shown(request, "dashboard/part.html", one, institutions=live)


@get(f"{HERE}/report", **HEAD)
async def report(request: Ask) -> Template:
    """Show what goes on paper: figures, curves and tables, with the time of the count."""
    return await _whole(request, "dashboard/report.html")


def asked(request: Ask) -> tuple[str, str]:
    """Give the dimension and the value that an address asks for; the whole city where it asks for none that is known."""
    by = request.query_params.get("by", "city")
    return (by, request.query_params.get("value", "")) if by in words.DIMENSION else ("city", "")


async def _whole(request: Ask, template: str) -> Template:
    ask = backend(request)
    districts = await rows(ask, "district")
    city = await part(ask)
    drawn = {"districts": mapping.drawn(districts, city.day)}
    return _shown(
        request, template, city, institutions=await _institutions(request), rows=districts, drawn=drawn,
        **mapping.given(districts, "district"),
    )  # fmt: skip


def _shown(request: Ask, template: str, one: Part, **more: Any) -> Template:
    drawn = {name: draw(one) for name, draw in charts.PICTURES.items()} | more.pop("drawn", {})
    return show(
        request, template, part=one, totals=one.totals, words=words, drawn=drawn,
        months=sums.months(one.days), bands=sums.bands(one.backlog), points=one.points(),
        waiting=sum(line["number"] for line in one.backlog), oldest=max((line["age_days"] for line in one.backlog), default=0),
        overdue=sum(line["number"] for line in one.backlog if line["overdue"]), paces=one.pace["items"],
        kind=partial(of_centre, KIND), **more,
    )  # fmt: skip


async def _institutions(request: Ask, district: str = "") -> list[dict[str, Any]]:
    """Give how many institutions are live of each kind, in the whole city or in one district."""
    found = await backend(request).get("/api/readiness/progress")
    return [one for one in found["items"] if one["district"] == district]


HANDLERS: Final = (overview, by_dimension, one_part, report)

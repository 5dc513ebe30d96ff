"""Files to take away: every table as CSV, every picture as SVG and as PNG."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from shebaoka.faces.web.charts.png import png
from shebaoka.faces.web.files import handed_on
from shebaoka.faces.web.pages.dashboard import mapping
from shebaoka.faces.web.pages.dashboard.asking import part, rows
from shebaoka.faces.web.pages.dashboard.charts import PICTURES
from shebaoka.faces.web.pages.dashboard.showing import HEAD, HERE, asked
from shebaoka.faces.web.visiting import Ask, backend

TABLES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "days": ("/api/dashboard/days", ("by", "value")),
        "standing": ("/api/dashboard/standing", ("by",)),
        "backlog": ("/api/dashboard/backlog", ("by",)),
        "pace": ("/api/dashboard/pace", ()),
        "published": ("/api/dashboard/published", ()),
        "institutions": ("/api/readiness/progress", ()),
        "unopened": ("/api/cards/unopened/figures", ()),
        "settled": ("/api/dashboard/settlements", ("by",)),
        "settled-days": ("/api/dashboard/settlements/days", ("by", "value")),
        "calls": ("/api/helpdesk/figures", ("days",)),
    }
)
"""Where each table comes from, and what of an address goes with it."""
MAP: Final = "districts"


@get(f"{HERE}/tables/{{name:str}}", no_page=True, **HEAD)
async def table(request: Ask, name: FromPath[str]) -> Response[bytes]:
    """Give a table as a file that a spreadsheet opens, as the interface gives it."""
    if name not in TABLES:
        raise NotFoundException
    path, kept = TABLES[name]
    query = {key: request.query_params[key] for key in kept if key in request.query_params}
    return handed_on(await backend(request).ask("GET", path, params={**query, "format": "csv"}))


@get(f"{HERE}/pictures/{{name:str}}/{{form:str}}", no_page=True, **HEAD)
async def picture(request: Ask, name: FromPath[str], form: FromPath[str]) -> Response[bytes]:
    """Give a picture for a report: SVG that stands alone, or PNG."""
    if name not in (*PICTURES, MAP) or form not in ("svg", "png"):
        raise NotFoundException
    by, value = asked(request)
    ask = backend(request)
    one = await part(ask, by, value)
    drawn = mapping.drawn(await rows(ask, "district"), one.day) if name == MAP else PICTURES[name](one)
    content = drawn.encode() if form == "svg" else await asyncio.to_thread(png, drawn)
    called = "-".join(filter(None, (name, by, value, str(one.day))))
    headers = {"Content-Disposition": f'attachment; filename="{called}.{form}"', "Cache-Control": "no-store"}
    kind = "image/svg+xml; charset=utf-8" if form == "svg" else "image/png"
    return Response(content, media_type=kind, headers=headers)


HANDLERS: Final = (table, picture)

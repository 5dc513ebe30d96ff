"""Cards that their holders have and have not opened: an employer's own people's, a bank's own cards."""

from __future__ import annotations

from litestar import Response, get
from litestar.response import Template

from shebaoka.faces.web.files import handed_on
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, Menu, backend, page

HERE = "/staff/unopened"


@get(HERE, **page("staff", "card.unopened"))
async def unopened(request: Ask) -> Template:
    """Show who has had a card for how long without opening it, the oldest first."""
    cursor = request.query_params.get("cursor")
    found = await backend(request).get("/api/cards/unopened", cursor=cursor, limit=50)
    return show(request, "employers/unopened.html", found=found, started=cursor is not None)


@get(f"{HERE}/file", no_page=True, **page("staff", "card.unopened"))
async def unopened_file(request: Ask) -> Response[bytes]:
    """Give the same as a file that a spreadsheet opens."""
    cursor = request.query_params.get("cursor")
    asked = {"cursor": cursor} if cursor else {}
    return handed_on(await backend(request).ask("GET", "/api/cards/unopened/file", params=asked))


HANDLERS = (unopened, unopened_file)
MENU = (Menu(HERE, "未开通卡片", "Unopened cards", "card.unopened"),)

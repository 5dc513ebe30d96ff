"""Who looked at one's data."""

from __future__ import annotations

from litestar import get
from litestar.response import Template

from shebaoka.faces.web.pages.mine.family import chosen, members
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend, page

PAGE = 20


@get("/mine/looks", **page("resident"))
async def looks(request: Ask) -> Template:
    """Show who looked at one's own data, or at a ward's, newest first."""
    found = await members(request)
    member = chosen(found, request.query_params.get("person", ""))
    seen = await backend(request).get(
        "/api/family/looks",
        person_id=member["person_id"],
        limit=PAGE,
        cursor=request.query_params.get("after"),
    )
    return show(
        request, "mine/looks.html", members=found, member=member, looks=seen["items"], after=seen["next"]
    )


HANDLERS = (looks,)

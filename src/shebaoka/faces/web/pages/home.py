"""The first page, and how pages are shown: the elder version."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, elder_cookie, local, logged_in, page

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/", **page("everybody"))
async def first(request: Ask) -> Template:
    """Say what one can do here."""
    return show(request, "home.html", logged_in=bool(logged_in(request, "resident")))


@post("/elder", **page("everybody"))
async def elder(data: Form) -> Response[Any]:
    """Switch the elder version on or off, and show the same page again."""
    answer: Redirect = go(local(data.get("back", "/")))
    answer.set_cookie(elder_cookie(on=data.get("on") == "1"))
    return answer


HANDLERS = (first, elder)

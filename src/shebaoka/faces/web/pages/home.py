"""The first page, and how pages are shown: the elder version."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from shebaoka.faces.web.backend import Refused, new_key
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import WISHES, Ask, elder_cookie, local, logged_in, page, visitor_of

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/", **page("everybody"))
async def first(request: Ask) -> Template:
    """Say what one can do here."""
    return show(request, "home.html", logged_in=bool(logged_in(request, "resident")))


@post("/elder", **page("everybody"))
async def elder(request: Ask, data: Form) -> Response[Any]:
    """Switch the elder version on or off, on this device and for whoever is logged in, and show the same page again."""
    on = data.get("on") == "1"
    token = logged_in(request, "resident")
    if token:
        with suppress(Refused):  # The session has ended: this device remembers it all the same.
            await visitor_of(request, "resident", token).backend.post(WISHES, {"elder": on}, key=new_key())
    answer: Redirect = go(local(data.get("back", "/")))
    answer.set_cookie(elder_cookie(on=on))
    return answer


HANDLERS = (first, elder)

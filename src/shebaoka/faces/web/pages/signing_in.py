"""Logging in and out of the staff's pages."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import (
    Ask,
    backend,
    local,
    no_session,
    page,
    session_cookie,
)

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
HOME = "/staff"


@get("/staff", **page("staff"))
async def desk(request: Ask) -> Template:
    """Show a member of staff what there is to do."""
    return show(request, "staff/desk.html")


@get("/staff/login", **page("everybody"))
async def ask_staff(request: Ask) -> Template:
    """Ask for account and password."""
    return show(
        request, "staff/login.html", login="", back=local(request.query_params.get("next", HOME), HOME)
    )


@post("/staff/login", **page("everybody"))
async def let_staff_in(request: Ask, data: Form) -> Response[Any]:
    """Start a session, or say why not."""
    login, back = data.get("login", ""), local(data.get("next", HOME), HOME)
    try:
        session = await backend(request).post(
            "/api/sessions", {"login": login, "password": data.get("password", "")}
        )
    except Refused as refused:
        return show(request, "staff/login.html", refused=refused, login=login, back=back)
    answer = go(back)
    answer.set_cookie(session_cookie("staff", session["token"]))
    return answer


@post("/staff/logout", **page("staff"))
async def let_staff_out(request: Ask) -> Response[Any]:
    """End the session."""
    await backend(request).delete("/api/sessions/current")
    answer = go("/staff/login")
    answer.set_cookie(no_session("staff"))
    return answer


HANDLERS = (desk, ask_staff, let_staff_in, let_staff_out)

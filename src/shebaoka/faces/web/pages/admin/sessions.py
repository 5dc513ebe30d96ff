"""Who is logged in, for administrators."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.admin import words
from shebaoka.faces.web.pages.admin.accounts import roles_of
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
HERE: Final = "/staff/sessions"
PERMISSION: Final = "staff.manage"


@get(HERE, **page("staff", PERMISSION))
async def sessions(request: Ask) -> Template:
    """Show the sessions under way."""
    return await _all(request)


@post(HERE, **page("staff", PERMISSION))
async def end_session(request: Ask, data: Form) -> Response[Any]:
    """End a session."""
    number = data.get("session_id", "")
    try:
        await backend(request).post(
            f"/api/staff/sessions/{number if number.isdecimal() else 0}/ending", key=data.get("key")
        )
    except Refused as refused:
        return await _all(request, refused)
    return go(HERE)


async def _all(request: Ask, refused: Refused | None = None) -> Template:
    cursor = request.query_params.get("cursor") or None
    found = await backend(request).get("/api/staff/sessions", cursor=cursor)
    return show(
        request, "admin/sessions.html", refused=refused, found=found, device=words.device,
        named={code: (zh, en) for code, zh, en in await roles_of(request, "staff")},
    )  # fmt: skip


HANDLERS: Final = (sessions, end_session)

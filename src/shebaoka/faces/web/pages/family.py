"""Oneself and one's children, each with how far the card has come and the next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
APPLYING: Final = ("apply_online", "continue_draft")
OVER: Final = ("rejected", "withdrawn")


@get("/family", **page("resident"))
async def family(request: Ask) -> Template:
    """Show oneself and one's children."""
    return await _show(request)


@post("/family", **page("resident"))
async def begin_like(request: Ask, data: Form) -> Response[Any]:
    """Begin a child's application with the bank, address and outlet of another one's, ready to be checked and handed in."""
    asked = {"person_id": data.get("person_id", ""), "like": data.get("like", "")}
    try:
        draft = await backend(request).post("/api/family/drafts", asked, key=data.get("key"))
    except Refused as refused:
        return await _show(request, refused)
    return go(f"/apply/{draft['draft_id']}/check")


async def _show(request: Ask, refused: Refused | None = None) -> Template:
    found = (await backend(request).get("/api/family"))["items"]
    members = [one | {"like": _like(one, found), "live": _live(one)} for one in found]
    return show(request, "family/family.html", refused=refused, members=members, applying=APPLYING)


def _like(one: Mapping[str, Any], family: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Give the application of somebody else of the family that a child's may be like: the one handed in last."""
    if one["relation"] == "self" or one["next"] != "apply_online":
        return None
    others = [
        {"application": each, "holder": other["holder"]}
        for other in family if other["person_id"] != one["person_id"]
        for each in other["applications"] if each["status"] not in OVER and each["bank"]
    ]  # fmt: skip
    return max(others, key=lambda other: str(other["application"]["applied_at"]), default=None)


def _live(one: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give the application that is under way."""
    ended = (*OVER, "completed")
    return next((each for each in one["applications"] if each["status"] not in ended), None)


HANDLERS = (family, begin_like)

"""Checking the answers and handing them in, or throwing the draft away."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.apply.draft import (
    Opened,
    api,
    masked_address,
    masked_mobile,
    opened,
    page_of,
    version,
)
from shebaoka.faces.web.pages.apply.whom import Form
from shebaoka.faces.web.showing import go
from shebaoka.faces.web.visiting import Ask, backend, page


@get("/{draft_id:int}/check", **page("resident"))
async def check(request: Ask, draft_id: FromPath[int]) -> Template:
    """Show all answers, each with a way to change it."""
    return await _show(request, await opened(request, draft_id))


@post("/{draft_id:int}/check", **page("resident"))
async def hand_in(request: Ask, draft_id: FromPath[int], data: Form) -> Response[Any]:
    """Apply, once."""
    one = await opened(request, draft_id)
    try:
        made = await backend(request).post(
            f"{api(one)}/submission", {"version": version(data)}, key=data.get("key")
        )
    except Refused as refused:
        return await _show(request, one, refused)
    return go(f"/apply/receipt/{made['application_id']}")


@get("/{draft_id:int}/discard", **page("resident"))
async def ask_discard(request: Ask, draft_id: FromPath[int]) -> Template:
    """Ask whether the draft is really to go."""
    return page_of(request, "discard", await opened(request, draft_id), 5)


@post("/{draft_id:int}/discard", **page("resident"))
async def discard(request: Ask, draft_id: FromPath[int], data: Form) -> Redirect:
    """Throw the draft away."""
    one = await opened(request, draft_id)
    await backend(request).post(f"{api(one)}/discarding", key=data.get("key"))
    return go("/apply")


async def _show(request: Ask, one: Opened, refused: Refused | None = None) -> Template:
    ask = backend(request)
    banks = _names(await ask.get("/api/institutions", kind="bank"))
    outlets = _names(await ask.get("/api/institutions", kind="community_centre"))
    wordings = (await ask.get("/api/photos/consent"))["items"]
    stores = one.member["photo_sources"]
    return page_of(
        request, "check", one, 5, refused=refused, bank=banks.get(one.filled["bank"], ""),
        outlet=outlets.get(one.filled["fallback_outlet"], ""), photo=_photo(one),
        mobile=masked_mobile(one.filled["mobile"]), address=masked_address(one.filled["address"]),
        consent=next((each for each in wordings if each["source"] in stores), None),
    )  # fmt: skip


def _names(page: Any) -> dict[str, str]:
    return {each["institution"]["code"]: each["institution"]["name_zh"] for each in page["items"]}


def _photo(one: Opened) -> str:
    if not one.photo_needed:
        return "不需要相片"
    if one.filled["photo"]:
        return "使用刚才提交的相片"
    return "稍后提交，或到网点拍照" if one.filled["shared_photo"] is False else "使用已有的证件照"


HANDLERS = (check, hand_in, ask_discard, discard)

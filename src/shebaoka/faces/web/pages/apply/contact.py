"""Where the card goes: mobile, address, and the outlet where it waits when nobody is at home."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.apply.draft import (
    Opened,
    masked_address,
    masked_mobile,
    onward,
    opened,
    page_of,
    save,
)
from shebaoka.faces.web.pages.apply.whom import Form
from shebaoka.faces.web.visiting import Ask, backend, page

MOBILE: Final = re.compile(r"1[0-9]{10}")
NOT_A_MOBILE: Final = {
    "type": "/problems/request-malformed", "title_zh": "手机号码不对", "title": "This is no mobile number",
    "remedy_zh": "请填写11位手机号码", "remedy_en": "Give the eleven digits of a mobile number",
    "errors": [{"field": "mobile", "message": "请填写11位手机号码 · eleven digits"}],
}  # fmt: skip


@get("/{draft_id:int}/contact", **page("resident"))
async def ask_contact(request: Ask, draft_id: FromPath[int]) -> Template:
    """Ask where the card goes; what is known is shown masked and kept where the field stays empty."""
    return await _show(request, await opened(request, draft_id), {})


@post("/{draft_id:int}/contact", **page("resident"))
async def keep_contact(request: Ask, draft_id: FromPath[int], data: Form) -> Response[Any]:
    """Keep where the card goes."""
    one = await opened(request, draft_id)
    typed = {name: data.get(name, "").strip() for name in ("mobile", "address", "fallback_outlet")}
    mobile = re.sub(r"[\s-]", "", typed["mobile"])
    try:
        _check_mobile(mobile)
        changes = {name: text for name, text in (typed | {"mobile": mobile}).items() if text}
        await save(request, one, data, **changes)
    except Refused as refused:
        return await _show(request, one, typed, refused, data.get("then", ""))
    return onward(one, data, "check")


def _check_mobile(text: str) -> None:
    if text and not MOBILE.fullmatch(text):
        raise Refused(422, NOT_A_MOBILE)


async def _show(
    request: Ask,
    one: Opened,
    typed: Mapping[str, str],
    refused: Refused | None = None,
    then: str | None = None,
) -> Template:
    more = {} if then is None else {"then": then}
    nearest = one.member["centre"]
    outlet = (
        typed.get("fallback_outlet") or one.filled["fallback_outlet"] or (nearest["code"] if nearest else "")
    )
    return page_of(
        request, "contact", one, 4, refused=refused, typed=typed, outlet=outlet, outlets=await _outlets(request, nearest),
        mobile=masked_mobile(one.filled["mobile"]), address=masked_address(one.filled["address"]), **more,
    )  # fmt: skip


async def _outlets(request: Ask, nearest: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    found = (await backend(request).get("/api/institutions", kind="community_centre"))["items"]
    serving = [each["institution"] for each in found if each["readiness"] == "live"]
    near = nearest["code"] if nearest else ""
    serving.sort(key=lambda each: (each["code"] != near, each["code"]))
    return [
        (each["code"], each["name_zh"] + ("（离您最近）" if each["code"] == near else ""), each["name_en"])
        for each in serving
    ]


HANDLERS = (ask_contact, keep_contact)

"""Which bank keeps the account on the card: the suggested one first, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.apply.draft import Opened, onward, opened, page_of, save
from shebaoka.faces.web.pages.apply.whom import Form
from shebaoka.faces.web.visiting import Ask, backend, page


@get("/{draft_id:int}/bank", **page("resident"))
async def ask_bank(request: Ask, draft_id: FromPath[int]) -> Template:
    """Ask for the bank."""
    one = await opened(request, draft_id)
    return await _show(request, one, one.filled["bank"])


@post("/{draft_id:int}/bank", **page("resident"))
async def keep_bank(request: Ask, draft_id: FromPath[int], data: Form) -> Response[Any]:
    """Keep the bank that was chosen."""
    one = await opened(request, draft_id)
    bank = data.get("bank", "")
    try:
        await save(request, one, data, bank=bank)
    except Refused as refused:
        return await _show(request, one, bank, refused, data.get("then", ""))
    return onward(one, data, "photo" if one.photo_needed else "contact")


async def _show(
    request: Ask, one: Opened, bank: str, refused: Refused | None = None, then: str | None = None
) -> Template:
    suggested = [found["code"] for found in one.member["bank"]["suggested"]]
    serving = await serving_banks(request)
    serving.sort(key=lambda each: (each["code"] not in suggested, each["code"]))
    options = [
        (each["code"], each["name_zh"] + ("（建议）" if each["code"] in suggested else ""), each["name_en"])
        for each in serving
    ]
    chosen = bank or (suggested[0] if len(suggested) == 1 else "")
    more = {} if then is None else {"then": then}
    return page_of(request, "bank", one, 2, refused=refused, options=options, bank=chosen, **more)


async def serving_banks(request: Ask) -> list[Mapping[str, Any]]:
    """Give the banks that serve, by code."""
    found = (await backend(request).get("/api/institutions", kind="bank"))["items"]
    return [each["institution"] for each in found if each["readiness"] == "live"]


HANDLERS = (ask_bank, keep_bank)

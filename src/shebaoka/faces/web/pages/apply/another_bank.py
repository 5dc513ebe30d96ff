"""Another bank, after the one that was chosen has opened no account."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.apply.bank import serving_banks
from shebaoka.faces.web.pages.apply.whom import Form
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page


@get("/receipt/{application_id:int}/bank", **page("resident"))
async def ask_another(request: Ask, application_id: FromPath[int]) -> Template:
    """Ask for another bank."""
    return await _show(request, application_id)


@post("/receipt/{application_id:int}/bank", **page("resident"))
async def choose_another(request: Ask, application_id: FromPath[int], data: Form) -> Response[Any]:
    """Go on with another bank."""
    bank = data.get("bank", "")
    try:
        await backend(request).post(
            f"/api/applications/{application_id}/bank", {"bank": bank}, key=data.get("key")
        )
    except Refused as refused:
        return await _show(request, application_id, refused, bank)
    return go(f"/apply/receipt/{application_id}")


async def _show(
    request: Ask, application_id: int, refused: Refused | None = None, bank: str = ""
) -> Template:
    found = await backend(request).get(f"/api/applications/{application_id}")
    before = found["bank"]["code"] if found["bank"] else ""
    options = [
        (each["code"], each["name_zh"], each["name_en"])
        for each in await serving_banks(request) if each["code"] != before
    ]  # fmt: skip
    return show(request, "apply/another_bank.html", refused=refused, one=found, options=options, bank=bank)


HANDLERS = (ask_another, choose_another)

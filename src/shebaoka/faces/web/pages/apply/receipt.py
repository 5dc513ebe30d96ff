"""After handing in: the receipt, a photo that is still to come, and withdrawing."""

from __future__ import annotations

from typing import Any, Final

import segno
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template
from markupsafe import Markup

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.apply.draft import STEPS
from shebaoka.faces.web.pages.apply.photo import PICTURE_BYTES_MAX, Upload, needed_picture
from shebaoka.faces.web.pages.apply.whom import Form
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

STANDING: Final = {
    "submitted": ("已提交，等待核验", "Handed in, to be checked"),
    "verified": ("已核验", "Checked"),
    "needs_photo": ("需要相片", "A photo is needed"),
    "photo_ready": ("等待银行开户", "Waiting for the bank's account"),
    "bank_refused": ("银行未能开户，请另选银行", "The bank opened no account: choose another one"),
    "account_opened": ("等待制卡", "Waiting to be made"),
    "in_production": ("正在制卡", "Being made"),
    "withdrawn": ("已撤回", "Withdrawn"),
    "rejected": ("未通过", "Refused"),
    "completed": ("已完成", "Completed"),
}
UNDER_WAY: Final = ("卡片已制成", "The card is made")


@get("/receipt/{application_id:int}", **page("resident"))
async def receipt(request: Ask, application_id: FromPath[int]) -> Template:
    """Show the receipt, to keep or to print."""
    found = await backend(request).get(f"/api/applications/{application_id}")
    return show(
        request, "apply/receipt.html", one=found, steps=STEPS, code=_code(found["application_id"]),
        standing=STANDING.get(found["status"], UNDER_WAY),
    )  # fmt: skip


@get("/receipt/{application_id:int}/photo", **page("resident"))
async def ask_photo(request: Ask, application_id: FromPath[int]) -> Template:
    """Ask for the photo that an application waits for."""
    return await _show_photo(request, application_id)


@post("/receipt/{application_id:int}/photo", request_max_body_size=PICTURE_BYTES_MAX, **page("resident"))
async def send_photo(request: Ask, application_id: FromPath[int], data: Upload) -> Response[Any]:
    """Send the photo that an application waits for."""
    try:
        picture = await needed_picture(request, data)
        await backend(request).send(
            f"/api/applications/{application_id}/photo", {"photo": ("photo.jpg", picture, "image/jpeg")},
            key=data.get("key"),
        )  # fmt: skip
    except Refused as refused:
        return await _show_photo(request, application_id, refused)
    return go(f"/apply/receipt/{application_id}")


@get("/receipt/{application_id:int}/withdraw", **page("resident"))
async def ask_withdraw(request: Ask, application_id: FromPath[int]) -> Template:
    """Ask whether the application is really to be withdrawn."""
    return await _show_withdraw(request, application_id)


@post("/receipt/{application_id:int}/withdraw", **page("resident"))
async def withdraw(request: Ask, application_id: FromPath[int], data: Form) -> Response[Any]:
    """Withdraw the application."""
    try:
        await backend(request).post(f"/api/applications/{application_id}/withdrawal", key=data.get("key"))
    except Refused as refused:
        return await _show_withdraw(request, application_id, refused)
    return go(f"/apply/receipt/{application_id}")


async def _show_photo(request: Ask, application_id: int, refused: Refused | None = None) -> Template:
    found = await backend(request).get(f"/api/applications/{application_id}")
    standard = (await backend(request).get("/api/photos/consent"))["standard"]
    return show(
        request, "apply/send_photo.html", refused=refused, one=found, standard=standard,
        findings=(refused.problem.get("findings", ()) if refused else ()),
    )  # fmt: skip


async def _show_withdraw(request: Ask, application_id: int, refused: Refused | None = None) -> Template:
    found = await backend(request).get(f"/api/applications/{application_id}")
    return show(request, "apply/withdraw.html", refused=refused, one=found)


def _code(number: str) -> Markup:
    """Draw the application's number, and nothing else: a counter's scanner types it."""
    drawn = segno.make(number, error="m", micro=False)
    return Markup(drawn.svg_inline(scale=6, border=4, title=f"申请编号 {number}"))  # noqa: S704 - made of digits, by a library


HANDLERS = (receipt, ask_photo, send_photo, ask_withdraw, withdraw)

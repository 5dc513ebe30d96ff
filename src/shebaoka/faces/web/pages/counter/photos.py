"""The photo at the counter: from a camera with hints while it looks, or a file; and in place of a wrong one."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.counter import words
from shebaoka.faces.web.pages.counter.asking import COUNTER, Number
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

HERE: Final = f"{COUNTER}/applications/{{application_id:int}}/photo"
BYTES_MAX: Final = 6 * 2**20
"""As a camera makes them: what is too large is told so by the check, with what to do."""
TOO_LARGE: Final = 100 * 1024
Upload = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]


@get(HERE, **page("staff", "photo.bring"))
async def ask_photo(request: Ask, application_id: Number) -> Template:
    """Ask for a photo."""
    return await _form(request, application_id, replaces="")


@post(HERE, request_max_body_size=BYTES_MAX, **page("staff", "photo.bring"))
async def bring_photo(request: Ask, application_id: Number, data: Upload) -> Response[Any]:
    """Bring it; what is wrong with it is told all at once."""
    picture, replaces = await _picture(data), str(data.get("replaces", ""))
    findings = []
    try:
        if len(picture) > TOO_LARGE:
            findings = await _findings(request, picture)
        sent = {"replaces": replaces} if replaces else None
        await backend(request).send(
            f"/api/applications/{application_id}/photo", {"photo": ("photo.jpg", picture, "image/jpeg")}, data=sent,
            key=data.get("key"),
        )  # fmt: skip
    except Refused as refused:
        if not findings and picture:
            findings = await _findings(request, picture)
        return await _form(request, application_id, replaces=replaces, findings=findings, refused=refused)
    return go(f"{COUNTER}/applications/{application_id}?done=photo")


async def _form(
    request: Ask, application_id: int, *, replaces: str, findings: Any = (), refused: Any = None
) -> Template:
    one = await backend(request).get(f"/api/applications/{application_id}")
    swap = bool(replaces) or "replace" in request.query_params or "bring_photo" not in one["next"]
    return show(
        request, "counter/photo.html", one=one, replaces=replaces, swap=swap, flaws=words.FLAW, findings=findings,
        refused=refused,
    )  # fmt: skip


@post(f"{COUNTER}/photo-check", request_max_body_size=BYTES_MAX, **page("staff", "photo.bring"))
async def check_photo(request: Ask, data: Upload) -> Template:
    """Tell what is wrong with a picture while the camera looks; nothing is kept."""
    return show(request, "counter/findings.html", findings=await _findings(request, await _picture(data)))


async def _findings(request: Ask, picture: bytes) -> list[Any]:
    files = {"photo": ("photo.jpg", picture, "image/jpeg")}
    try:
        told: list[Any] = (await backend(request).send("/api/photos/check", files))["findings"]
    except Refused as refused:
        problem = refused.problem
        return [{"severity": "refuse", "zh": problem.get("title_zh", ""), "en": problem.get("title", ""),
                 "remedy_zh": problem.get("remedy_zh", ""), "remedy_en": problem.get("remedy_en", "")}]  # fmt: skip
    return told


async def _picture(data: dict[str, Any]) -> bytes:
    file = data.get("photo")
    return await file.read() if isinstance(file, UploadFile) else b""


HANDLERS = (ask_photo, bring_photo, check_photo)

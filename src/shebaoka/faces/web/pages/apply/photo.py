"""Which photo: a shared one, with consent, or one that is taken now, or later at a counter."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, Final, NoReturn

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.fitting import fitted
from shebaoka.faces.web.pages.apply.draft import Opened, api, onward, opened, page_of, save, version
from shebaoka.faces.web.visiting import Ask, backend, page

Upload = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]
PICTURE_BYTES_MAX: Final = 12 * 2**20
"""What a telephone's camera makes of a face."""
CHOICES: Final = ("shared", "own", "later")
NO_PICTURE: Final = {
    "type": "/problems/request-malformed", "title_zh": "还没有选择相片", "title": "No picture was chosen yet",
    "remedy_zh": "请拍一张或从相册选一张；也可以选择使用已有的证件照", "remedy_en": "Take one or choose one, or use the photo of the ID card",
}  # fmt: skip


@get("/{draft_id:int}/photo", **page("resident"))
async def ask_photo(request: Ask, draft_id: FromPath[int]) -> Template:
    """Ask which photo."""
    one = await opened(request, draft_id)
    return await _show(request, one, _chosen(one))


@post("/{draft_id:int}/photo", request_max_body_size=PICTURE_BYTES_MAX, **page("resident"))
async def keep_photo(request: Ask, draft_id: FromPath[int], data: Upload) -> Response[Any]:
    """Keep what was chosen, with the picture where there is one."""
    one = await opened(request, draft_id)
    choice = str(data.get("choice", ""))
    try:
        if choice == "own":
            await _keep_own(request, one, data)
        else:
            await save(request, one, data, shared_photo={"shared": True, "later": False}.get(choice))
    except Refused as refused:
        return await _show(request, one, choice, refused, str(data.get("then", "")))
    return onward(one, data, "contact")


async def _keep_own(request: Ask, one: Opened, data: Mapping[str, Any]) -> None:
    picture = await sent_picture(request, data)
    if picture is None and one.filled["photo"]:
        await save(request, one, data, shared_photo=False)
        return
    picture = picture or _missing()
    await backend(request).send(
        f"{api(one)}/photo", {"photo": ("photo.jpg", picture, "image/jpeg")},
        data={"version": str(version(data))}, key=data.get("key"),
    )  # fmt: skip


async def needed_picture(request: Ask, data: Mapping[str, Any]) -> bytes:
    """Give the picture of a form; Refused where there is none."""
    return await sent_picture(request, data) or _missing()


def _missing() -> NoReturn:
    raise Refused(422, NO_PICTURE)


async def sent_picture(request: Ask, data: Mapping[str, Any]) -> bytes | None:
    """Give the picture of a form, cut to the standard; None where there is none."""
    for name in ("taken", "picked"):
        file = data.get(name)
        content = await file.read() if isinstance(file, UploadFile) else b""
        if content:
            standard = (await backend(request).get("/api/photos/consent"))["standard"]
            return await asyncio.to_thread(fitted, content, standard)
    return None


def _chosen(one: Opened) -> str:
    shared = one.filled["shared_photo"]
    if shared is None:
        return ""
    return "shared" if shared else "own" if one.filled["photo"] else "later"


async def _show(
    request: Ask, one: Opened, choice: str, refused: Refused | None = None, then: str | None = None
) -> Template:
    wordings = await backend(request).get("/api/photos/consent")
    stores = [name for name in one.member["photo_sources"] if name != "counter"]
    consent = next((each for each in wordings["items"] if each["source"] in stores), None)
    more = {} if then is None else {"then": then}
    return page_of(
        request, "photo", one, 3, refused=refused, choice=choice, consent=consent, standard=wordings["standard"],
        findings=(refused.problem.get("findings", ()) if refused else ()), **more,
    )  # fmt: skip


HANDLERS = (ask_photo, keep_photo)

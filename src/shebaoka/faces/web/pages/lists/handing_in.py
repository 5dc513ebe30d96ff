"""Handing in a list: the template, the file, and the lists handed in before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Template

from shebaoka.faces.web.backend import Refused, new_key
from shebaoka.faces.web.files import handed_on
from shebaoka.faces.web.pages.lists.under_way import hand_in
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page, visitor

FILE_BYTES_MAX: Final = 64 * 2**20
UPLOAD_BYTES_MAX: Final = FILE_BYTES_MAX + 2**20
"""Somewhat more than the interface takes, so that a file a little too large is refused by the page, with what to do."""
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "employer": ("单位名册", "Employer's roster"),
    "school": ("学生名单", "Pupils' list"),
    "intake": ("受理清单", "Intake list"),
    "register": ("人口参保信息", "Extract of the register"),
}
OF_SENDER: Final[Mapping[str, tuple[str, ...]]] = {"employer": ("employer",), "school": ("school",)}
"""Which lists which kind of organisation sends; the card centre sends all, also for others."""
NO_FILE: Final = {
    "title": "Choose a file first", "title_zh": "请先选择文件", "remedy_zh": "请选择填好的 .xlsx 或 .csv 文件",
    "remedy_en": "Choose the .xlsx or .csv file that you have filled in",
    "errors": [{"field": "file", "message": "没有选择文件 · no file was chosen"}],
}  # fmt: skip
Upload = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]


@get("/staff/lists", **page("staff", "list.submit"))
async def lists(request: Ask) -> Template:
    """Show how to hand in a list, and the lists handed in before."""
    return await _shown(request, {})


@post("/staff/lists", request_max_body_size=UPLOAD_BYTES_MAX, **page("staff", "list.submit"))
async def take(request: Ask, data: Upload) -> Response[Any]:
    """Take a list in, and lead to what became of it; or keep the page and say what is wrong with the file."""
    key = str(data.get("key") or new_key())
    try:
        known = await hand_in(backend(request), _file(data), _about(request, data), key)
    except Refused as refused:
        return await _shown(request, data, refused)
    again = "?again=1" if known["again"] else ""
    return go(f"/staff/lists/{known['list_id']}{again}")


@get("/staff/lists/templates/{kind:str}", no_page=True, **page("staff", "list.submit"))
async def template(request: Ask, kind: FromPath[str]) -> Response[bytes]:
    """Give an empty list."""
    if kind not in KINDS:
        kind = next(iter(KINDS))
    return handed_on(await backend(request).ask("GET", f"/api/lists/templates/{kind}"))


def kinds(request: Ask) -> tuple[str, ...]:
    """Give which lists this visitor's organisation hands in."""
    organisation = (visitor(request).me or {}).get("organisation") or {}
    return OF_SENDER.get(organisation.get("kind", ""), tuple(KINDS))


def _file(data: Mapping[str, Any]) -> UploadFile:
    file = data.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Refused(422, NO_FILE)
    return file


def _about(request: Ask, data: Mapping[str, Any]) -> dict[str, str]:
    possible = kinds(request)
    kind = str(data.get("kind") or possible[0])
    whose = str(data.get("organisation") or "").strip()
    return {"kind": kind} | ({"organisation": whose} if whose and len(possible) > 1 else {})


async def _shown(request: Ask, typed: Mapping[str, Any], refused: Refused | None = None) -> Template:
    cursor = request.query_params.get("cursor")
    before = await backend(request).get("/api/lists", cursor=cursor, limit=20)
    return show(
        request, "lists/index.html", refused=refused, before=before, kinds=kinds(request), words=KINDS,
        options=[(one, *KINDS[one]) for one in kinds(request)],
        bytes_max=FILE_BYTES_MAX, kind=str(typed.get("kind") or ""), organisation=str(typed.get("organisation") or ""),
    )  # fmt: skip


HANDLERS = (lists, take, template)

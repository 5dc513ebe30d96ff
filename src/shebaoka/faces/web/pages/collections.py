"""A bank comes to an employer: what is planned, who is called, and what came of it. Banks plan and note; employers read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.files import handed_on
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, Menu, backend, page

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
Upload = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]
HERE: Final = "/staff/collections"
ONE: Final = "/staff/collections/{collection_id:int}"
SHEET_BYTES_MAX: Final = 2**20
SHANGHAI: Final = "+08:00"
STATUS: Final = {
    "planned": ("已安排", "planned", ""), "closed": ("已结束", "closed", "good"), "cancelled": ("已取消", "cancelled", "wrong"),
}  # fmt: skip
SEAT: Final = {
    "expected": ("待采集", "expected"), "done": ("已采集", "done"), "missed": ("未到场", "missed"), "released": ("已释放", "released"),
}  # fmt: skip
TAKEN: Final = {"identity": "身份", "consent": "同意", "signature": "签名", "photo": "相片"}
NO_FILE: Final = {
    "title": "Choose a file first", "title_zh": "请先选择文件", "remedy_zh": "请选择填好的名单（CSV）",
    "remedy_en": "Choose the sheet that was filled in (CSV)",
    "errors": [{"field": "file", "message": "没有选择文件 · no file was chosen"}],
}  # fmt: skip


@get(HERE, **page("staff", "collection.read"))
async def collections(request: Ask) -> Template:
    """Show the collections of one's own bank or employer; a bank sets a new one here."""
    return await _all(request, {})


@post(HERE, **page("staff", "collection.manage"))
async def plan(request: Ask, data: Form) -> Response[Any]:
    """Set a collection at an employer."""
    body = {
        "employer": data.get("employer", "").strip(), "place": data.get("place", "").strip(),
        "starts_at": _instant(data, "from"), "ends_at": _instant(data, "to"),
        "staff": _count(data, "staff"), "capacity": _count(data, "capacity"),
    }  # fmt: skip
    try:
        made = await backend(request).post("/api/collections", body, key=data.get("key"))
    except Refused as refused:
        return await _all(request, data, refused)
    return go(f"{HERE}/{made['collection_id']}")


@get(ONE, **page("staff", "collection.read"))
async def one_collection(request: Ask, collection_id: FromPath[int]) -> Template:
    """Show a collection, who is called and what came of it."""
    return await _one(request, collection_id)


@get(f"{ONE}/sheet", no_page=True, **page("staff", "collection.read"))
async def sheet(request: Ask, collection_id: FromPath[int]) -> Response[bytes]:
    """Give the sheet that is filled in at the collection."""
    return handed_on(await backend(request).ask("GET", f"/api/collections/{collection_id}/sheet"))


@post(f"{ONE}/calls", **page("staff", "collection.manage"))
async def call(request: Ask, collection_id: FromPath[int], data: Form) -> Response[Any]:
    """Call an employer's staff; each is told by message."""
    return await _act(request, collection_id, data, "calls", {"limit": _count(data, "limit")})


@post(f"{ONE}/closing", **page("staff", "collection.manage"))
async def close(request: Ask, collection_id: FromPath[int], data: Form) -> Response[Any]:
    """Close a collection: whoever is still expected was missed."""
    return await _act(request, collection_id, data, "closing")


@post(f"{ONE}/cancellation", **page("staff", "collection.manage"))
async def cancel(request: Ask, collection_id: FromPath[int], data: Form) -> Response[Any]:
    """Cancel a collection; those who were expected are told."""
    return await _act(request, collection_id, data, "cancellation")


@post(f"{ONE}/sheet", request_max_body_size=SHEET_BYTES_MAX, **page("staff", "collection.manage"))
async def note(request: Ask, collection_id: FromPath[int], data: Upload) -> Response[Any]:
    """Note what came of seats from the sheet; what could not be noted is told seat by seat."""
    try:
        file = data.get("file")
        sent = {"file": _sheet(file)}
        noted = await backend(request).send(
            f"/api/collections/{collection_id}/notes/file", sent, key=str(data.get("key"))
        )
    except Refused as refused:
        return await _one(request, collection_id, refused=refused)
    if noted["refused"]:
        return await _one(request, collection_id, noted=noted)
    return go(f"{HERE}/{collection_id}?done=sheet")


async def _act(
    request: Ask,
    collection_id: int,
    data: Mapping[str, str],
    step: str,
    body: Mapping[str, Any] | None = None,
) -> Response[Any]:
    try:
        await backend(request).post(f"/api/collections/{collection_id}/{step}", body, key=data.get("key"))
    except Refused as refused:
        return await _one(request, collection_id, refused=refused)
    return go(f"{HERE}/{collection_id}?done={step}")


async def _all(request: Ask, typed: Mapping[str, str], refused: Refused | None = None) -> Template:
    found = await backend(request).get(
        "/api/collections", cursor=request.query_params.get("cursor"), limit=20
    )
    return show(request, "collections/index.html", refused=refused, found=found, typed=typed, statuses=STATUS)


async def _one(
    request: Ask,
    collection_id: int,
    *,
    refused: Refused | None = None,
    noted: Mapping[str, Any] | None = None,
) -> Template:
    here = backend(request)
    one = await here.get(f"/api/collections/{collection_id}")
    seats = await here.get(
        f"/api/collections/{collection_id}/employees", cursor=request.query_params.get("cursor"), limit=50
    )
    return show(
        request, "collections/one.html", refused=refused, one=one, seats=seats, noted=noted, statuses=STATUS,
        words=SEAT, taken=TAKEN, done=request.query_params.get("done", ""), bytes_max=SHEET_BYTES_MAX - 2**16,
    )  # fmt: skip


def _sheet(file: Any) -> tuple[str, Any]:
    if not isinstance(file, UploadFile) or not file.filename:
        raise Refused(422, NO_FILE)
    return file.filename, file.file


def _instant(data: Mapping[str, str], name: str) -> str:
    """Give the day of a form with one of its times, as of Shanghai."""
    return f"{data.get('day', '')}T{data.get(name, '')}:00{SHANGHAI}"


def _count(data: Mapping[str, str], name: str) -> int | str:
    """Give a number as typed; what is none goes on as it is, and is refused with its field named."""
    typed = data.get(name, "").strip()
    return int(typed) if typed.isascii() and typed.isdigit() else typed


HANDLERS = (collections, plan, one_collection, sheet, call, close, cancel, note)
MENU = (Menu(HERE, "集中采集", "Collections", "collection.read"),)

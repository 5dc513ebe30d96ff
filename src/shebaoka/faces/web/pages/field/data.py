"""What the field app asks for when there is a network: who is logged in, its secret, the day's route, and to bring its items.

The answers are JSON; a refusal is the interface's problem document. A session that has ended leads to the log-in, as with pages.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, JSONBody, PathParameter

from shebaoka.faces.web.backend import UNAUTHORIZED, Refused
from shebaoka.faces.web.visiting import Ask, backend, page, visitor

WHO: Final = page("staff", "outreach.capture")
JUST_DATA: Final[dict[str, Any]] = {"opt": {**WHO["opt"], "no_page": True}}
NO_STORE: Final = {"cache-control": "no-store"}
FORM_COOKIE: Final = "__Host-form"
ITEMS_BYTES_MAX: Final = 512 * 2**10
PHOTO_BYTES_MAX: Final = 2**20
BLOCKED_ALREADY: Final = "transition-refused"
Number = Annotated[int, PathParameter(ge=0, le=2**63 - 1)]
Said = dict[str, Any]
Upload = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]


@get("/field/session", **JUST_DATA)
async def session(request: Ask) -> Response[Said]:
    """Tell the app who is logged in, and the token that its requests carry, as forms do."""
    me = visitor(request).me or {}
    told = {
        "token": request.cookies.get(FORM_COOKIE, ""), "staff_id": str(me["actor"]).rpartition(":")[2],
        "organisation": me["organisation"],
    }  # fmt: skip
    return Response(told, headers=NO_STORE)


@post("/field/device", status_code=200, **JUST_DATA)
async def register(request: Ask, data: JSONBody[Said]) -> Response[Any]:
    """Register the device and give it its secret; the app keeps it encrypted, and nobody sees it."""
    named = {"name": str(data.get("name", ""))}
    return await _told(backend(request).post("/api/outreach/devices", named, key=str(data.get("key", ""))))


@post("/field/device/{device_id:int}", status_code=200, **JUST_DATA)
async def register_again(request: Ask, device_id: Number, data: JSONBody[Said]) -> Response[Any]:
    """Give a device that was found, or that has forgotten its secret, another one; the old one is worth nothing then."""
    ask, path, key = backend(request), f"/api/outreach/devices/{device_id}", str(data.get("key", ""))

    async def again() -> Any:
        try:
            await ask.post(f"{path}/blocking", key=f"{key}-blocking")
        except Refused as refused:
            if refused.slug != BLOCKED_ALREADY:
                raise
        return await ask.post(f"{path}/release", key=f"{key}-release")

    return await _told(again())


@get("/field/route", **JUST_DATA)
async def route(request: Ask) -> Response[Any]:
    """Give what the device takes along for a day: one's own visits, and what an application names (banks, outlets, places)."""
    return await _told(_taken_along(request, request.query_params.get("on") or None))


async def _taken_along(request: Ask, on: str | None) -> Said:
    ask, me = backend(request), visitor(request).me or {}
    own = str(me["actor"]).rpartition(":")[2]
    found = await ask.get("/api/outreach/route", on=on)
    stops = [stop for one in found["items"] if own in one["staff"] for stop in one["stops"]]
    sites = (await ask.get("/api/outreach/sites"))["items"]
    staff = {one["staff_id"]: one["name"] for one in (await ask.get("/api/outreach/staff"))["items"]}
    here = (me["organisation"] or {}).get("institution_id")
    return {
        "day": found["day"], "outlet": found["outlet"]["name_zh"], "staff_id": own, "staff": staff.get(own, own), "stops": stops,
        "banks": await _named(request, "bank"), "bank": await _bank(request, here),
        "outlets": await _named(request, "community_centre"),
        "sites": [[one["site_id"], one["name_zh"]] for one in sites if (one["outlet"] or {}).get("institution_id") == here],
    }  # fmt: skip


async def _named(request: Ask, kind: str) -> list[list[str]]:
    found = (await backend(request).get("/api/institutions", kind=kind))["items"]
    live = [one["institution"] for one in found if one["readiness"] == "live"]
    return [[one["code"], one["name_zh"]] for one in live]


async def _bank(request: Ask, here: str | None) -> str:
    """Give the code of the bank that an outlet belongs to, empty where it belongs to none."""
    listed = (await backend(request).get("/api/institutions", kind="bank_outlet"))["items"]
    parent = next((one["parent_id"] for one in listed if one["institution"]["institution_id"] == here), here)
    banks = (await backend(request).get("/api/institutions", kind="bank"))["items"]
    codes = {one["institution"]["institution_id"]: one["institution"]["code"] for one in banks}
    return str(codes.get(parent, ""))


@post("/field/sync", status_code=200, request_max_body_size=ITEMS_BYTES_MAX, **JUST_DATA)
async def synchronise(request: Ask, data: JSONBody[Said]) -> Response[Any]:
    """Bring in what the device captured: the interface does each item once, by the key that the device made."""
    return await _told(backend(request).post("/api/outreach/sync", data))


@post(
    "/field/photos/{application_id:int}", status_code=200, request_max_body_size=PHOTO_BYTES_MAX, **JUST_DATA
)
async def photo(request: Ask, application_id: Number, data: Upload) -> Response[Any]:
    """Bring the photo that was taken with an application, once that is there."""
    file = data.get("photo")
    picture = await file.read() if isinstance(file, UploadFile) else b""
    sent = {"photo": ("photo.jpg", picture, "image/jpeg")}
    path = f"/api/applications/{application_id}/photo"
    return await _told(backend(request).send(path, sent, key=str(data.get("key", ""))))


async def _told(asked: Awaitable[Any]) -> Response[Any]:
    try:
        return Response(await asked, headers=NO_STORE)
    except Refused as refused:
        if refused.status == UNAUTHORIZED:
            raise
        problem: Mapping[str, Any] = refused.problem
        return Response(dict(problem), status_code=refused.status, headers=NO_STORE)


HANDLERS: Final = (session, register, register_again, route, synchronise, photo)

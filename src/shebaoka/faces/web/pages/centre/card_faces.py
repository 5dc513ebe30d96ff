"""The face of a card that is ordered: masked for whoever looks, in full with a reason."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.files import handed_on
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend, page

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
CENTRE: Final = page("staff", "production.run")
HERE: Final = "/staff/centre/orders/{order_id:int}/face"
SIDES: Final = {"front": ("正面", "Front"), "back": ("背面", "Back")}


@get(HERE, **CENTRE)
async def face(request: Ask, order_id: FromPath[int]) -> Template:
    """Show both sides of a card, masked."""
    return await _shown(request, order_id)


@post(HERE, status_code=200, **CENTRE)
async def look(request: Ask, order_id: FromPath[int], data: Form) -> Response[Any]:
    """Give the picture of one side in full, and nothing else: the page of a picture that nobody keeps."""
    asked = {"reason": data.get("reason", ""), "side": data.get("side", "front")}
    path = f"/api/production/orders/{order_id}/face"
    try:
        return handed_on(await backend(request).ask("POST", path, json=asked))
    except Refused as refused:
        return await _shown(request, order_id, refused)


async def _shown(request: Ask, order_id: int, refused: Refused | None = None) -> Template:
    drawn = {}
    try:
        drawn = {side: await _masked(request, order_id, side) for side in SIDES}
    except Refused as cannot:
        refused = refused or cannot
    return show(request, "centre/face.html", order_id=order_id, sides=SIDES, drawn=drawn, refused=refused)


async def _masked(request: Ask, order_id: int, side: str) -> str:
    """Give the picture of a side as part of the page: it is small, and a refusal is told on the page."""
    path = f"/api/production/orders/{order_id}/face"
    picture = (await backend(request).ask("GET", path, params={"side": side})).content
    return f"data:image/png;base64,{b64encode(picture).decode()}"


HANDLERS: Final = (face, look)

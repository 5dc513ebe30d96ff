"""Production and delivery at the card centre: batches, cards that failed, answers that did not fit, parcels, blank cards."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.centre import words
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
CENTRE: Final = page("staff", "production.run")
LINES: Final = 100
DONE: Final[Mapping[str, words.Words]] = {
    "reorder": ("已重新下单，进入下一批。", "Ordered once more: it is in the next batch."),
    "giving-up": (
        "已放弃制卡，申请结束，本人可重新申请。",
        "Given up: the application has ended, its holder may apply anew.",
    ),
    "resending": ("已重新交寄。", "It goes out again."),
    "losses": ("已按遗失处理，重新制卡。", "It counts as lost: the card is made again."),
}


@get("/staff/centre", **CENTRE)
async def production(request: Ask) -> Template:
    """Show the batches, the cards that failed for good, and where the bureau's answers did not fit."""
    return await _production(request, done=DONE.get(request.query_params.get("done", "")))


@post("/staff/centre/orders/{order_id:int}/{what:str}", **CENTRE)
async def settle_order(
    request: Ask, order_id: FromPath[int], what: FromPath[str], data: Form
) -> Response[Any]:
    """Order a failed card once more, or give it up."""
    step = "giving-up" if what == "giving-up" else "reorder"
    path = f"/api/production/exceptions/{order_id}/{step}"
    try:
        await backend(request).post(path, key=data.get("key"))
    except Refused as refused:
        return await _production(request, refused=refused)
    return go(f"/staff/centre?done={step}")


@get("/staff/centre/parcels", **CENTRE)
async def parcels(request: Ask) -> Template:
    """Show the parcels that a person must look at by age, what lies at outlets, and whether all add up."""
    return await _parcels(request, done=DONE.get(request.query_params.get("done", "")))


@post("/staff/centre/parcels/{what:str}", **CENTRE)
async def settle_parcel(request: Ask, what: FromPath[str], data: Form) -> Response[Any]:
    """Send a parcel again, or count it as lost and have its card made again."""
    step = "losses" if what == "losses" else "resending"
    try:
        await backend(request).post(
            f"/api/parcels/{step}", {"waybill": data.get("waybill", "")}, key=data.get("key")
        )
    except Refused as refused:
        return await _parcels(request, refused=refused)
    return go(f"/staff/centre/parcels?done={step}")


async def _production(
    request: Ask, *, refused: Refused | None = None, done: words.Words | None = None
) -> Template:
    ask = partial(backend(request).get, limit=LINES)
    return show(
        request, "centre/production.html", refused=refused, done=done,
        batches=(await ask("/api/production/board"))["items"],
        failed=(await ask("/api/production/exceptions"))["items"],
        differences=(await ask("/api/production/differences"))["items"],
        batch=partial(words.named, words.BATCH), difference=partial(words.named, words.DIFFERENCE),
        keys=partial(words.named, words.KEYS),
    )  # fmt: skip


async def _parcels(
    request: Ask, *, refused: Refused | None = None, done: words.Words | None = None
) -> Template:
    ask = backend(request)
    return show(
        request, "centre/parcels.html", refused=refused, done=done,
        parcels=(await ask.get("/api/parcels/exceptions", limit=LINES))["items"],
        outlets=(await ask.get("/api/parcels/outlets", limit=LINES))["items"],
        sums=await ask.get("/api/parcels/reconciliation"),
        standing=partial(words.named, words.PARCEL), why=partial(words.named, words.WHY),
    )  # fmt: skip


HANDLERS: Final = (production, settle_order, parcels, settle_parcel)

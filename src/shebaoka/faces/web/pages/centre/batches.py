"""One batch at the card bureau: its custody, what it cost, its keys and cards; and what is done with one that was stopped."""

from __future__ import annotations

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
HERE: Final = "/staff/centre/batches/{batch_id:int}"
CARDS: Final = 100
DONE: Final[dict[str, words.Words]] = {
    "releasing": ("批次已放行。", "The batch goes on."),
    "calling-off": (
        "批次已撤回，其中的卡重新下单；请制卡中心销毁已制的卡。",
        "The batch is called off and its cards are ordered again; the bureau must destroy what it has made.",
    ),
}


@get(HERE, **CENTRE)
async def batch(request: Ask, batch_id: FromPath[int]) -> Template:
    """Show a batch."""
    return await _shown(request, batch_id)


@post(f"{HERE}/{{what:str}}", **CENTRE)
async def decide(request: Ask, batch_id: FromPath[int], what: FromPath[str], data: Form) -> Response[Any]:
    """Let a batch that was stopped go on, or call it off."""
    step = "calling-off" if what == "calling-off" else "releasing"
    path = f"/api/production/batches/{batch_id}/{step}"
    try:
        await backend(request).post(path, {"reason": data.get("reason", "")}, key=data.get("key"))
    except Refused as refused:
        return await _shown(request, batch_id, refused)
    return go(f"/staff/centre/batches/{batch_id}?done={step}")


async def _shown(request: Ask, batch_id: int, refused: Refused | None = None) -> Template:
    found = await backend(request).get(f"/api/production/batches/{batch_id}", limit=CARDS)
    return show(
        request, "centre/batch.html", refused=refused, done=DONE.get(request.query_params.get("done", "")),
        one=found["batch"], custody=found["custody"], cards=found["cards"], batch=partial(words.named, words.BATCH),
        step=partial(words.named, words.STEP), keys=partial(words.named, words.KEYS), order=partial(words.named, words.ORDER),
    )  # fmt: skip


HANDLERS: Final = (batch, decide)

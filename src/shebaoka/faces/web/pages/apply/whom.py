"""For whom: oneself or a child."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect, Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.apply.draft import STEPS, opened
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
APPLYING: Final = ("apply_online", "continue_draft")


@get("/", **page("resident"))
async def ask_whom(request: Ask) -> Template:
    """Ask for whom the card is; whoever cannot apply now is told why."""
    return await _show(request)


@post("/", **page("resident"))
async def begin(request: Ask, data: Form) -> Response[Any]:
    """Begin a draft, or go on with the live one; `like`: an application to take bank, address and outlet from."""
    asked = {"person_id": data.get("person_id", ""), "like": data.get("like") or None}
    try:
        draft = await backend(request).post("/api/family/drafts", asked, key=data.get("key"))
    except Refused as refused:
        return await _show(request, refused, data.get("person_id", ""))
    return go(f"/apply/{draft['draft_id']}")


@get("/{draft_id:int}", opt={"who": "resident", "permission": "", "no_page": True})
async def go_on(request: Ask, draft_id: FromPath[int]) -> Redirect:
    """Go on where something is still to be decided, on whatever device."""
    return go((await opened(request, draft_id)).next_page())


async def _show(request: Ask, refused: Refused | None = None, chosen: str = "") -> Template:
    family = (await backend(request).get("/api/family"))["items"]
    may = [one for one in family if one["next"] in APPLYING]
    chosen = chosen or (may[0]["person_id"] if len(may) == 1 else "")
    return show(
        request, "apply/whom.html", refused=refused, steps=STEPS, chosen=chosen, others=[one for one in family if one not in may],
        options=[(one["person_id"], *_named(one)) for one in may],
    )  # fmt: skip


def _named(one: Mapping[str, Any]) -> tuple[str, str]:
    own = one["relation"] == "self"
    drafted = one["draft_id"] is not None
    zh = f"{one['holder']['name_masked']}（{'本人' if own else '子女'}，{one['age']}岁）{'：继续填写草稿' if drafted else ''}"
    return zh, f"{'myself' if own else 'my child'}{': go on with the draft' if drafted else ''}"


HANDLERS = (ask_whom, begin, go_on)

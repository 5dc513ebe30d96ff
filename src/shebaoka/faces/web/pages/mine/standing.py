"""How it stands, on one page: the next step, where the card is, when it is due, and all that happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from litestar import get
from litestar.response import Template

from shebaoka.faces.web.pages.mine import words
from shebaoka.faces.web.pages.mine.family import ENDED, One, cards, chosen, members, newest
from shebaoka.faces.web.pages.mine.telling import PAGE
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend, page

IN_HAND: Final = (*ENDED, "received")
MAKING: Final = ("submitted", "verified", "needs_photo", "photo_ready", "account_opened", "bank_refused", "in_production")  # fmt: skip


@get("/mine", **page("resident"))
async def standing(request: Ask) -> Template:
    """Show how it stands with oneself or a ward."""
    found = await members(request)
    member = chosen(found, request.query_params.get("person", ""))
    held = [one for one in (await cards(request))["items"] if one["person_id"] == member["person_id"]]
    return show(
        request, "mine/standing.html", members=found, member=member, cards=held, words=words,
        done=words.DONE.get(request.query_params.get("done", "")),
        openable=next((one["card"]["card_id"] for one in held if "open" in one["may"]), ""),
        unread=await _unread(request), steps=await _happened(request, member["person_id"]),
        **await _application(request, newest(member)),
    )  # fmt: skip


async def _unread(request: Ask) -> int:
    """Count the unread among the newest messages: the number that an installed app bears on its icon."""
    found = await backend(request).get("/api/family/messages", limit=PAGE)
    return sum(not one["read"] for one in found["items"])


async def _application(request: Ask, one: One | None) -> dict[str, Any]:
    """Give the application that the page tells of, and where its card is."""
    if one is None:
        return {"application": None, "journey": None}
    path = f"/api/applications/{one['application_id']}"
    journey = await backend(request).get(f"{path}/journey")
    return {
        "application": one,
        "journey": journey,
        "making": one["status"] in MAKING,
        "movable": one["status"] not in IN_HAND,
        "stands": words.STANDS[one["status"]],
        "where": words.WHERE.get(one["status"], words.NOT_MADE),
        "redirect": words.REDIRECTS.get(journey["redirect"] or ""),
    }


async def _happened(request: Ask, person_id: str) -> Sequence[One]:
    """Give what happened to applications and cards, newest first."""
    found: Sequence[One] = (await backend(request).get("/api/family/history", person_id=person_id))["items"]
    return found


HANDLERS = (standing,)

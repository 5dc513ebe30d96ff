"""What one was told, and how one wishes to be told and shown."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.mine import words
from shebaoka.faces.web.pages.mine.family import Form
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, elder_cookie, page

PAGE = 20


@get("/mine/messages", **page("resident"))
async def messages(request: Ask) -> Template:
    """Show one's messages, newest first."""
    asked = request.query_params
    found = await backend(request).get("/api/family/messages", limit=PAGE, cursor=asked.get("after"))
    unread = [one["message_id"] for one in found["items"] if not one["read"]]
    return show(
        request, "mine/messages.html", messages=found["items"], unread=unread, after=found["next"],
        done=words.DONE.get(asked.get("done", "")),
    )  # fmt: skip


@post("/mine/messages", **page("resident"))
async def read(request: Ask, data: Form) -> Response[Any]:
    """Mark the messages of the page that was seen as read."""
    read = {"message_ids": data.get("messages", "").split(",")}
    await backend(request).post("/api/family/messages/reading", read, key=data.get("key"))
    return go("/mine/messages?done=read")


@get("/mine/preferences", **page("resident"))
async def preferences(request: Ask) -> Template:
    """Show how one is told and shown."""
    return await _show(request)


@post("/mine/preferences", **page("resident"))
async def prefer(request: Ask, data: Form) -> Response[Any]:
    """Keep how one wishes to be told and shown."""
    elder = data.get("elder") == "1"
    wish = {
        "language": data.get("language", ""),
        "reminders": data.get("reminders") == "1",
        "elder": elder,
    }
    try:
        await backend(request).post("/api/family/preferences", wish, key=data.get("key"))
    except Refused as refused:
        return await _show(request, refused)
    answer: Response[Any] = go("/mine/preferences?done=preferences")
    answer.set_cookie(elder_cookie(on=elder))
    return answer


async def _show(request: Ask, refused: Refused | None = None) -> Template:
    wish = await backend(request).get("/api/family/preferences")
    done = words.DONE.get(request.query_params.get("done", ""))
    return show(request, "mine/preferences.html", refused=refused, wish=wish, done=done)


HANDLERS = (messages, read, preferences, prefer)

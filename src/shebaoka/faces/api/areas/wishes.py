"""A resident's own messages, and how the resident wishes to be told and shown."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody

from shebaoka.faces.api.access import RESIDENTS_ONLY
from shebaoka.faces.api.areas.messages import MESSAGES_READ, MessageView, ReadingAnswer, message_shown
from shebaoka.faces.api.calling import Call, reading, write
from shebaoka.faces.api.declaring import RequestKey, protected
from shebaoka.faces.api.rendering import malformed
from shebaoka.faces.api.wire import Body, Cursor, Limit, Page, page_of
from shebaoka.kit.work import Work
from shebaoka.service.messages import commands, views
from shebaoka.service.messages.model import Language, Preference, Wish


class ReadBody(Body, frozen=True):
    """Which of one's messages one has read."""

    message_ids: MESSAGES_READ


class WishBody(Body, frozen=True):
    """What one wishes; what is left out stays. `elder`: large print on every page, on every device after log-in."""

    language: Language | None = None
    reminders: bool | None = None
    elder: bool | None = None


class WishAnswer(msgspec.Struct, frozen=True):
    """How one is told and shown. `elder` null: one has not said."""

    language: Language
    reminders: bool
    elder: bool | None


@get(
    "/family/messages",
    **protected("message.read", "family", "我的消息 · My messages", residents=RESIDENTS_ONLY),
)
async def my_messages(request: Call, cursor: Cursor = None, limit: Limit = 20) -> Page[MessageView]:
    """Give one's own messages, newest first; those about wards are among them."""
    async with reading(request) as work:
        found = await views.inbox(work, _own(work), cursor, limit)
    return page_of(
        [message_shown(one) for one in found], found[-1].message_id if len(found) == limit else None
    )


@post(
    "/family/messages/reading",
    status_code=200,
    **protected("message.read", "family", "标为已读 · Mark my messages as read", keyed=True, residents=RESIDENTS_ONLY),
)  # fmt: skip
async def read_mine(
    request: Call, data: JSONBody[ReadBody], key: RequestKey = None
) -> Response[ReadingAnswer]:
    """Note that one has read messages; others' are passed over."""

    async def act(work: Work) -> ReadingAnswer:
        return ReadingAnswer(await commands.mark_read(work, _own(work), list(map(int, data.message_ids))))

    return await write(request, key, data, act)


@get(
    "/family/preferences",
    **protected("message.prefer", "family", "我的偏好 · How I am told and shown", residents=RESIDENTS_ONLY),
)
async def my_wishes(request: Call) -> WishAnswer:
    """Give how one is told, and whether pages are shown in the elder version."""
    async with reading(request) as work:
        return _answer(await views.wish_of(work, _own(work)))


@post(
    "/family/preferences",
    status_code=200,
    **protected("message.prefer", "family", "更改我的偏好 · Change how I am told and shown", keyed=True,
                residents=RESIDENTS_ONLY),
)  # fmt: skip
async def wish(request: Call, data: JSONBody[WishBody], key: RequestKey = None) -> Response[WishAnswer]:
    """Change language, reminders or the elder version; the last word counts, on all devices."""
    if data == WishBody():
        raise malformed("elder", "请给出要更改的一项：language、reminders 或 elder · name what shall change")

    async def act(work: Work) -> WishAnswer:
        person_id = _own(work)
        await _tell(work, person_id, data, await views.wish_of(work, person_id))
        if data.elder is not None:
            await commands.show(work, person_id, elder=data.elder)
        return _answer(await views.wish_of(work, person_id))

    return await write(request, key, data, act)


async def _tell(work: Work, person_id: int, data: WishBody, was: Wish) -> None:
    if data.language is None and data.reminders is None:
        return
    reminders = was.reminders if data.reminders is None else data.reminders
    await commands.prefer(work, person_id, Preference(data.language or was.language, reminders))


def _own(work: Work) -> int:
    assert work.actor.person_id is not None, "only residents come in here"
    return work.actor.person_id


def _answer(found: Wish) -> WishAnswer:
    return WishAnswer(found.language, found.reminders, found.elder)


HANDLERS: tuple[Any, ...] = (my_messages, read_mine, my_wishes, wish)

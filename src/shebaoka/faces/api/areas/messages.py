"""Messages: a person's inbox and wishes, and what became of text messages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from shebaoka.faces.api.calling import Call, asking_about, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.wire import (
    PAGE_MAX,
    Body,
    Cursor,
    Id,
    IdNumberText,
    Limit,
    Page,
    PathId,
    page_of,
    read_id_number,
)
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.model import MessageKind
from shebaoka.service.messages import commands, views
from shebaoka.service.messages.errors import MessageNotToBeSentAgain
from shebaoka.service.messages.model import Channel, GivenUp, Language, Preference, Reason, Shown
from shebaoka.service.messages.states import Status

READ_MAX: Final = 200
MESSAGES_READ = Annotated[list[Id], Meta(min_length=1, max_length=READ_MAX)]
Days = Annotated[int, QueryParameter(ge=1, le=366, description="最近多少天 · of the last so many days")]


class InboxBody(Body, frozen=True):
    """Whose inbox. `before`: the `next` of the page before."""

    id_number: IdNumberText
    before: Id | None = None
    limit: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = 50


class MessageView(msgspec.Struct, frozen=True):
    """A message in the app, in both languages. `about_ward`: it is about a child of the reader's."""

    message_id: str
    kind: MessageKind
    about_ward: bool
    posted_at: datetime
    read: bool
    text_zh: str
    text_en: str


class ReadingBody(Body, frozen=True):
    """Which messages somebody has read."""

    id_number: IdNumberText
    message_ids: MESSAGES_READ


class ReadingAnswer(msgspec.Struct, frozen=True):
    """How many were unread till now."""

    read: int


class PreferenceBody(Body, frozen=True):
    """How somebody wishes to be told: the language of text messages, and whether reminders are wanted at all."""

    id_number: IdNumberText
    language: Language
    reminders: bool


class PreferenceAnswer(msgspec.Struct, frozen=True):
    """How the person is told from now on; what is owed to them is told in any case."""

    language: Language
    reminders: bool


class GivenUpView(msgspec.Struct, frozen=True):
    """A text message that a person must look at; whom it is for is not shown."""

    message_id: str
    kind: MessageKind
    reason: Reason
    attempts: int
    since: datetime
    age_days: int


class SentAgain(msgspec.Struct, frozen=True):
    """The message waits to be sent."""

    message_id: str


class MessageCount(msgspec.Struct, frozen=True):
    """How many messages of a kind, channel and status there are."""

    kind: MessageKind
    channel: Channel
    status: Status
    messages: int


class MessageFigures(msgspec.Struct, frozen=True):
    """Text messages that wait (since when the oldest) and that were given up, however old; and all messages of some days."""

    at: datetime
    queued: int
    oldest_due_at: datetime | None
    given_up: int
    counts: list[MessageCount]


async def _person(work: Work, text: str) -> int:
    person = await people.find(work, await read_id_number(work, text))
    if person is None:
        raise NotFound("人员 person")
    return person.person_id


@post(
    "/messages/inbox",
    status_code=200,
    **protected("message.read", "messages", "站内消息 · A person's messages",
                unkeyed="a look changes nothing but the audit log", refuses=(*ONE, IdNumberRefused)),
)  # fmt: skip
async def inbox(request: Call, data: JSONBody[InboxBody]) -> Page[MessageView]:
    """Give a person's messages in the app, newest first; a guardian's has those about the ward."""
    before = None if data.before is None else int(data.before)
    async with asking_about(request, data.id_number), reading(request) as work:
        found = await views.inbox(work, await _person(work, data.id_number), before, data.limit)
    return page_of(
        [message_shown(one) for one in found], found[-1].message_id if len(found) == data.limit else None
    )


@post(
    "/messages/reading",
    status_code=200,
    **protected("message.read", "messages", "标为已读 · Mark messages as read", keyed=True,
                refuses=(*ONE, IdNumberRefused)),
)  # fmt: skip
async def mark_read(
    request: Call, data: JSONBody[ReadingBody], key: RequestKey = None
) -> Response[ReadingAnswer]:
    """Note that somebody has read messages of his or her own inbox; others are passed over."""

    async def act(work: Work) -> ReadingAnswer:
        person_id = await _person(work, data.id_number)
        return ReadingAnswer(await commands.mark_read(work, person_id, list(map(int, data.message_ids))))

    async with asking_about(request, data.id_number):
        return await write(request, key, data, act)


@post(
    "/messages/preferences",
    status_code=200,
    **protected("message.prefer", "messages", "消息偏好 · How a person is told", keyed=True,
                refuses=(*ONE, IdNumberRefused)),
)  # fmt: skip
async def prefer(
    request: Call, data: JSONBody[PreferenceBody], key: RequestKey = None
) -> Response[PreferenceAnswer]:
    """Set language and reminders. Reminders may be declined; what came of an application or a loss report is told in any case."""

    async def act(work: Work) -> PreferenceAnswer:
        wish = Preference(data.language, data.reminders)
        await commands.prefer(work, await _person(work, data.id_number), wish)
        return PreferenceAnswer(wish.language, wish.reminders)

    async with asking_about(request, data.id_number):
        return await write(request, key, data, act)


@get("/messages/figures", **protected("message.manage", "messages", "消息统计 · What became of messages"))
async def figures(request: Call, days: Days = 7) -> MessageFigures:
    """Give what waits, what was given up, and all messages of the last days by kind, channel and status."""
    async with reading(request) as work:
        stands = await views.standing(work)
        counts = await views.counts(work, work.now - timedelta(days=days))
        shown = [MessageCount(one.kind, one.channel, Status(one.status), one.messages) for one in counts]
        return MessageFigures(work.now, stands.queued, stands.oldest_due_at, stands.given_up, shown)


@get("/messages/exceptions", **protected("message.manage", "messages", "未能发出的短信 · Text messages that were given up"))  # fmt: skip
async def exceptions(request: Call, cursor: Cursor = None, limit: Limit = 200) -> Page[GivenUpView]:
    """Give text messages that a person must look at, oldest first, each with its reason."""
    async with reading(request) as work:
        found = await views.given_up(work, None, cursor or 0, limit)
    shown = [_given_up(one) for one in found]
    return page_of(shown, found[-1].message_id if len(found) == limit else None)


@post(
    "/messages/{message_id:int}/sending-again",
    status_code=200,
    **protected("message.manage", "messages", "重发短信 · Send a text message again", keyed=True,
                refuses=(*ONE, MessageNotToBeSentAgain)),
)  # fmt: skip
async def send_again(request: Call, message_id: PathId, key: RequestKey = None) -> Response[SentAgain]:
    """Queue a message again that was given up, once its cause is mended."""

    async def act(work: Work) -> SentAgain:
        await commands.send_again(work, message_id)
        return SentAgain(str(message_id))

    return await write(request, key, None, act)


def message_shown(one: Shown) -> MessageView:
    """Give a message as it goes over the wire."""
    return MessageView(
        str(one.message_id), one.kind, one.about_ward, one.posted_at, one.read, one.text_zh, one.text_en
    )


def _given_up(one: GivenUp) -> GivenUpView:
    return GivenUpView(str(one.message_id), one.kind, one.reason, one.attempts, one.updated_at, one.age_days)


HANDLERS: tuple[Any, ...] = (inbox, mark_read, prefer, figures, exceptions, send_again)

"""Events become messages: one for each person and channel, in the transaction that notes the event as handled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from shebaoka.kit.outbox import Event
from shebaoka.kit.work import Work
from shebaoka.registry.programme.model import MessageKind
from shebaoka.registry.programme.views import load
from shebaoka.service.messages.model import APP, KINDS, SMS, Channel, Reason
from shebaoka.service.messages.recipients import Told, recipients
from shebaoka.service.messages.states import Status
from shebaoka.service.messages.templates import newest
from shebaoka.service.messages.views import preferences


class Row(NamedTuple):
    """A new message, column by column."""

    person_id: int
    message_id: int
    event_id: int
    about_id: int
    channel: Channel
    kind: MessageKind
    version: int
    parameters: str
    urgent: bool
    status: Status
    reason: Reason | None
    due_at: datetime
    updated_at: datetime


COLUMNS: Final = Row._fields


async def queue(work: Work, events: Sequence[Event]) -> None:
    """Queue messages about what happened to people (subscriber of the topics in KINDS).

    This function will write nothing about people who have died, and no reminder to whoever has declined them.
    """
    programme = await load(work)
    told = await recipients(work, programme, events)
    wishes = await preferences(work, {one.recipient_id for one in told if one.recipient_id is not None})
    rows: list[Row] = []
    for one in told:
        decided = programme.message(KINDS[one.event.topic], work.today)
        wish = wishes.get(one.recipient_id or 0)
        if not (decided.may_decline and wish is not None and not wish.reminders):
            rows += _rows(work, one, urgent=decided.urgent)
    await work.copy("message", COLUMNS, rows)
    _record(work, rows)


def _rows(work: Work, told: Told, *, urgent: bool) -> list[Row]:
    """Give the text message and the one in the app; of a ward without a guardian only what a person must look at."""
    event, kind = told.event, KINDS[told.event.topic]
    template = newest(kind)
    parameters: dict[str, Any] = {name: event.payload[name] for name in template.parameters}
    nobody = told.recipient_id is None
    states: list[tuple[Channel, Status, Reason | None]] = [
        (APP, Status.POSTED, None),
        (SMS, Status.QUEUED, None),
    ]
    if nobody:
        states = [(SMS, Status.GIVEN_UP, Reason.NO_GUARDIAN)]
    return [
        Row(
            event.person_id if told.recipient_id is None else told.recipient_id, message_id, event.event_id,
            event.person_id, channel, kind, template.version, msgspec.json.encode(parameters).decode(), urgent, status,
            reason, work.now, work.now,
        )
        for message_id, (channel, status, reason) in zip(work.ids.many(len(states)), states, strict=True)
    ]  # fmt: skip


def _record(work: Work, rows: Sequence[Row]) -> None:
    """Note one fact an event: the text message stands for both."""
    by_kind: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        if row.channel == SMS:
            by_kind[row.kind].append((row.person_id, row.message_id))
    for kind, keys in by_kind.items():
        work.record_many("message.queued", keys, kind=kind)

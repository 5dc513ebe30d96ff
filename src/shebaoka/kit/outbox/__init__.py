"""The outbox: events go up to higher rooms after the change that they tell of has been committed, at least once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import structlog

from shebaoka.kit import queries
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.work import Work

SQL = queries.load(str(Path(__file__).with_name("store.py")))
EVENTS_AT_ONCE = 1_000
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a person."""

    person_id: int
    event_id: int
    topic: str
    payload: Mapping[str, Any]


Subscriber = Callable[[Work, Sequence[Event]], Awaitable[None]]
# topic → name of the subscriber → what it does
Subscriptions = Mapping[str, Mapping[str, Subscriber]]


async def deliver_due(database: Database, subscriptions: Subscriptions) -> int:
    """Deliver every event that is due and give how many were delivered.

    A subscriber acts in a transaction that also notes that it has acted; an event delivered again does nothing.
    A batch that fails is delivered one by one, so that one poisoned event holds up nothing but itself.
    """
    delivered = 0
    while True:
        async with database.work(SYSTEM) as work:
            await work.run(SQL["take_turn"])
            due = [
                Event(*row[:4]) for row in await work.rows(SQL["due"], _now(work, events_max=EVENTS_AT_ONCE))
            ]
            if not due:
                return delivered
            good = await _deliver(database, due, subscriptions)
            await work.run(SQL["delivered"], _now(work, **_keys(good)))
        delivered += len(good)


async def _deliver(database: Database, due: list[Event], subscriptions: Subscriptions) -> list[Event]:
    good: list[Event] = []
    for topic, group in groupby(sorted(due, key=lambda event: event.topic), key=lambda event: event.topic):
        events = list(group)
        try:
            await _hand_over(database, events, subscriptions.get(topic, {}))
            good += events
        except Exception as error:  # noqa: BLE001 - whatever a subscriber raises is its event's failure
            good += await _deliver_singly(database, events, subscriptions.get(topic, {}), error)
    return good


async def _deliver_singly(
    database: Database, events: list[Event], subscribers: Mapping[str, Subscriber], error: Exception
) -> list[Event]:
    log.warning("outbox.batch_failed", topic=events[0].topic, events=len(events), error=repr(error))
    good = []
    for event in events:
        try:
            await _hand_over(database, [event], subscribers)
            good.append(event)
        except Exception as failure:  # noqa: BLE001 - as above
            log.warning(
                "outbox.event_failed", topic=event.topic, event_id=event.event_id, error=repr(failure)
            )
            async with database.work(SYSTEM) as work:
                await work.run(SQL["failed"], _now(
                    work, person_id=event.person_id, event_id=event.event_id, error=repr(failure)[:500]
                ))  # fmt: skip
    return good


async def _hand_over(database: Database, events: list[Event], subscribers: Mapping[str, Subscriber]) -> None:
    for name, act in subscribers.items():
        async with database.work(SYSTEM) as work:
            claimed = set(await work.rows(SQL["claim"], {"subscriber": name, **_keys(events)}))
            fresh = [event for event in events if (event.person_id, event.event_id) in claimed]
            if fresh:
                await act(work, fresh)


async def waiting(work: Work) -> tuple[int, int]:
    """Give how many events wait, and how many of these have failed before."""
    row = await work.row(SQL["waiting"])
    return row[0], row[1]  # type: ignore[index]


def _keys(events: Sequence[Event]) -> dict[str, list[int]]:
    return {"people": [event.person_id for event in events], "events": [event.event_id for event in events]}


def _now(work: Work, **more: Any) -> dict[str, Any]:
    return {"now": work.now, **more}

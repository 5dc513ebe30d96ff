"""Events reach their subscribers at least once, act once, and one poisoned event holds up nothing but itself."""

import asyncio
from datetime import timedelta

import pytest

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.outbox import deliver_due, waiting


async def tell(database, people):
    async with database.work(SYSTEM) as work:
        for person in people:
            work.tell(person, "card.opened", card=person)


class Listener:
    """Notes what it was told, in the database as a real subscriber would, and fails on demand."""

    def __init__(self, poisoned=()):
        self.poisoned = set(poisoned)

    async def act(self, work, events):
        for event in events:
            if event.person_id in self.poisoned:
                raise ValueError("poison")
            work.record(event.person_id, "heard", event.event_id)


async def heard(database):
    async with database.work(SYSTEM) as work:
        return [row[0] for row in await work.rows("SELECT person_id FROM audit_fact ORDER BY fact_id")]


async def test_events_are_delivered_in_order_and_once(database):
    listener = Listener()
    await tell(database, range(1, 2501))
    assert await deliver_due(database, {"card.opened": {"a": listener.act}}) == 2500
    assert await deliver_due(database, {"card.opened": {"a": listener.act}}) == 0
    assert await heard(database) == list(range(1, 2501))


async def test_two_dispatchers_at_once_act_once(database):
    listener = Listener()
    await tell(database, range(1, 301))
    await asyncio.gather(*[deliver_due(database, {"card.opened": {"a": listener.act}}) for _ in range(4)])
    assert sorted(await heard(database)) == list(range(1, 301))


async def test_a_delivery_repeated_after_a_crash_acts_once(database):
    listener = Listener()
    await tell(database, [1, 2])
    await deliver_due(database, {"card.opened": {"a": listener.act}})
    async with database.connection() as connection:
        # As if the process had died after the subscriber committed and before the event was marked.
        await connection.execute("UPDATE outbox SET delivered_at = NULL")
    assert await deliver_due(database, {"card.opened": {"a": listener.act, "b": listener.act}}) == 2
    assert sorted(await heard(database)) == [1, 1, 2, 2]  # a once, b once


async def test_a_poisoned_event_waits_alone_and_is_tried_again(database, clock):
    listener = Listener(poisoned=[2])
    await tell(database, [1, 2, 3])
    assert await deliver_due(database, {"card.opened": {"a": listener.act}}) == 2
    assert await heard(database) == [1, 3]
    async with database.work(SYSTEM) as work:
        assert await waiting(work) == (1, 1)
    listener.poisoned.clear()
    assert await deliver_due(database, {"card.opened": {"a": listener.act}}) == 0, "its time has not come"
    clock.at += timedelta(seconds=5)
    assert await deliver_due(database, {"card.opened": {"a": listener.act}}) == 1
    assert sorted(await heard(database)) == [1, 2, 3]


async def test_an_event_of_a_change_rolled_back_is_never_told(database):
    with pytest.raises(RuntimeError):
        async with database.work(SYSTEM) as work:
            work.tell(1, "card.opened")
            await work.flush()
            raise RuntimeError
    assert await deliver_due(database, {}) == 0

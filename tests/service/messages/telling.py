"""Shorthand for what tests of messages do."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.issuing.town import id_number, person

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.outbox import deliver_due
from shebaoka.service.messages.commands import exchange_due
from shebaoka.service.messages.model import TRIES_MAX
from shebaoka.wiring import SUBSCRIPTIONS

NOON = datetime(2019, 1, 2, 12, tzinfo=SHANGHAI)
WARD_BORN = datetime(2010, 5, 1, tzinfo=SHANGHAI).date()


async def settle(town, count: int, **more) -> list[int]:
    """Let so many adults live here and give their identifiers, in the order of their serials."""
    rows = [person(n, **more) for n in range(1, count + 1)]
    found = await town.settle(*rows)
    return [found[row.id_number] for row in rows]


async def family(town) -> tuple[int, int]:
    """Give a child and the guardian."""
    parent = person(901)
    child = person(902, born=WARD_BORN, guardian_id_number=parent.id_number, guardian_kind="mother",
                   insured="none", insured_status="none")  # fmt: skip
    found = await town.settle(parent, child)
    return found[child.id_number], found[id_number(901)]


async def tell(database, person_id: int, topic: str, **payload) -> None:
    async with database.work(SYSTEM) as work:
        work.tell(person_id, topic, **payload)
    await deliver_due(database, SUBSCRIPTIONS)


async def tell_all(database, people, topic: str, **payload) -> None:
    async with database.work(SYSTEM) as work:
        work.tell_many(topic, ((person_id, payload) for person_id in people))
    await deliver_due(database, SUBSCRIPTIONS)


async def rows(database, query: str, **parameters):
    async with database.work(SYSTEM) as work:
        return await work.rows(query, parameters)


async def statuses(database, channel: str = "sms") -> list[tuple[str, str | None]]:
    """Give status and reason of all messages of a channel, oldest first."""
    return await rows(
        database, "SELECT status, reason FROM message WHERE channel = %(c)s ORDER BY message_id", c=channel
    )


async def exchange(database, sandbox):
    return await exchange_due(database, sandbox.partner("sms"))


async def exchange_until_over(database, sandbox, clock) -> None:
    """Run the stage until nothing is queued: a day for every try is more than any of them waits."""
    for _ in range(TRIES_MAX + 1):
        await exchange(database, sandbox)
        clock.at += timedelta(days=1)
    await exchange(database, sandbox)


async def telephones(sandbox) -> list[dict]:
    """Give what arrived at telephones."""
    answer = await sandbox.http.get(f"{sandbox.url}/_texts")
    assert answer.status_code == 200, answer.text
    return answer.json()

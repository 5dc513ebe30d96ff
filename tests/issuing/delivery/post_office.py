"""A courier that does and tells exactly what a test wants, behind the product's own client."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
from tests.issuing.seeding import OTHER_OUTLET, OUTLET, read

from shebaoka.issuing.applications.states import Status
from shebaoka.issuing.delivery import commands
from shebaoka.kit.actor import Actor
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.partners import Partner
from shebaoka.registry.programme.views import load

CLERK = Actor("staff:7", OUTLET, "community_clerk")
OTHER_CLERK = Actor("staff:8", OTHER_OUTLET, "community_clerk")
CENTRE = Actor("staff:1", 1, "card_centre_operator")
FROM_THE_START = {"status": Status.MADE}


@dataclass
class PostOffice:
    """What was sent, what is told, and how wishes are answered (accepted unless told otherwise; None: not at all)."""

    sent: list[dict] = field(default_factory=list)
    wished: list[dict] = field(default_factory=list)
    events: list[dict] = field(default_factory=list)
    refuses: bool = False
    answer: str | None = "accepted"
    down: bool = False
    partner: Partner | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            return httpx.Response(503)
        if request.url.path.endswith("/events"):
            after = int(request.url.params["after"] or 0)
            page = self.events[after : after + 1_000]
            return httpx.Response(200, json={"events": page, "next": str(after + len(page))})
        items = json.loads(request.content)["items"]
        if request.url.path.endswith("/redirects"):
            self.wished += items
            outcome = self.answer
        else:
            self.sent += items
            outcome = "refused" if self.refuses else "accepted"
        answers = [
            {"reference": one["reference"], "outcome": outcome, "reason": "超出投递范围"} for one in items
        ]
        return httpx.Response(200, json={"items": answers if outcome else []})

    def tell(self, waybill: str, kind: str, at: datetime, note: str = "") -> None:
        number = len(self.events)
        self.events.append({"event_id": f"e{number}", "waybill": waybill, "kind": kind, "occurred_at": at.isoformat(),
                            "note": note})  # fmt: skip


@asynccontextmanager
async def post_office():
    office = PostOffice()
    async with httpx.AsyncClient(transport=httpx.MockTransport(office)) as client:
        office.partner = Partner("courier", "http://courier.invalid", client)
        yield office


async def dispatched(database, office) -> dict[int, str]:
    """Hand all that is due to the courier; gives waybills by application."""
    await commands.dispatch_due(database, office.partner)
    return dict(await read(database, "SELECT application_id, waybill FROM parcel"))


async def arrive(database, office, clock, waybills) -> None:
    """The courier tells that parcels came to their outlets on this day."""
    for waybill in waybills:
        office.tell(waybill, "failed", clock.at - timedelta(hours=3), "无人应答")
        office.tell(waybill, "at_outlet", clock.at - timedelta(hours=1))
    await commands.take_events(database, office.partner)


async def day_after_day(database, clock, days: int) -> list[tuple[int, int, int]]:
    """Run the step on each of so many days; gives day, reminded and recalled where anything was done."""
    start, done = clock.at, []
    for day in range(1, days + 1):
        clock.at = start + timedelta(days=day)
        counts = await commands.look_due(database)
        if counts.reminded or counts.recalled:
            done.append((day, counts.reminded, counts.recalled))
    return done


async def standing(database) -> dict[int, tuple[str, str]]:
    """Give application and parcel status by application."""
    rows = await read(
        database,
        "SELECT a.application_id, a.status, p.status FROM application a LEFT JOIN parcel p USING (person_id, application_id)",
    )
    return {number: (application, parcel) for number, application, parcel in rows}


async def told(database, topic: str) -> list[tuple[int, dict]]:
    return await read(
        database, "SELECT person_id, payload FROM outbox WHERE topic = %s ORDER BY event_id", (topic,)
    )


async def acts(database, actor, command, *arguments, **named):
    """Do one thing as somebody."""
    async with database.work(actor) as work:
        return await command(work, *arguments, **named)


async def programme_of(database):
    async with database.work(CENTRE) as work:
        return await load(work)


def day_in_shanghai(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).date().isoformat()

"""The courier's feed is read page by page; each message acts once, and the cursor moves with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from shebaoka.issuing.delivery.commands.applying import apply
from shebaoka.issuing.delivery.errors import ParcelsMoved
from shebaoka.issuing.delivery.merging import STRANGE, Outcome
from shebaoka.issuing.delivery.model import (
    COURIER,
    Event,
    EventCounts,
    Page,
    Progress,
    event_place,
    quiet,
)
from shebaoka.issuing.delivery.store import SQL
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.partners import Partner, PartnerAnswerRefused
from shebaoka.kit.work import Work

EVENTS = "/v1/events"
EVENTS_PER_PAGE = 1_000
TRIES = 5


async def take_events(database: Database, courier: Partner, progress: Progress = quiet) -> EventCounts:
    """Read the courier's feed from where it was left to its end.

    This function will take each page in one transaction with its cursor: killed anywhere and run again, no message
    is lost and none acts twice. PartnerUnavailable when the courier is down: the feed is read on next time.
    """
    counts = EventCounts()
    position = await _position(database)
    while True:
        page = _page(await courier.get(EVENTS, after=position, limit=EVENTS_PER_PAGE))
        if page.next == position:
            return counts
        taken = await _take(database, page, position)
        position = page.next if taken is not None else await _position(database)
        counts += taken or EventCounts()
        progress(len(page.events) if taken is not None else 0)
        if not page.events:
            return (
                counts  # a courier whose cursor moves on without news must not hold up the steps that follow
            )


async def _position(database: Database) -> str:
    async with database.work(SYSTEM) as work:
        await work.run(SQL["start_reading"], {"partner": COURIER, "now": work.now})
        return str(await work.value(SQL["position"], {"partner": COURIER}))


def _page(document: object) -> Page:
    try:
        return msgspec.convert(document, Page)
    except msgspec.ValidationError as error:
        raise PartnerAnswerRefused(f"{COURIER}: {error}") from error


async def _take(database: Database, page: Page, position: str) -> EventCounts | None:
    """Take one page; None when another reader was here first. A clerk between us only means to begin it anew."""
    for attempt in range(1, TRIES + 1):
        try:
            async with database.work(SYSTEM) as work:
                await work.run(SQL["take_turn"])
                step = {"partner": COURIER, "was": position, "position": page.next, "now": work.now}
                if not await work.run(SQL["read_on"], step):
                    return None
                return await _take_page(work, page.events)
        except ParcelsMoved:
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")


async def _take_page(work: Work, told: Sequence[Event]) -> EventCounts:
    once = {event.event_id: event for event in told}
    known = {event_id for (event_id,) in await work.rows(SQL["known_events"], {"events": list(once)})}
    fresh = [event for event in once.values() if event.event_id not in known]
    outcomes = await apply(work, fresh) if fresh else {}
    await _keep(work, fresh, outcomes)
    tally = Counter(outcomes.values())
    return EventCounts(
        applied=tally[Outcome.APPLIED], already=tally[Outcome.ALREADY], waiting=tally[Outcome.WAITING],
        unknown=sum(tally[outcome] for outcome in STRANGE), known=len(told) - len(fresh),
    )  # fmt: skip


async def _keep(work: Work, fresh: Sequence[Event], outcomes: dict[str, Outcome]) -> None:
    if not fresh:
        return
    await work.run(SQL["add_events"], {
        "events": [event.event_id for event in fresh],
        "waybills": [event.waybill for event in fresh],
        "kinds": [event.kind for event in fresh],
        "moments": [event.occurred_at for event in fresh],
        "sealed": [work.vault.seal(event.note.encode(), event_place(event.event_id)) for event in fresh],
        "outcomes": [outcomes[event.event_id] for event in fresh],
        "now": work.now,
    })  # fmt: skip

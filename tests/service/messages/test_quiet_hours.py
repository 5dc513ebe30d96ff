"""Quiet hours: at their edges, over midnight, in Shanghai time whatever the clock's own zone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telling import exchange, rows, settle, statuses, telephones, tell

from shebaoka.kit.clock import SHANGHAI
from shebaoka.registry.programme.sets import DecidesQuietHours
from shebaoka.service.messages.quiet import is_quiet

NIGHTS = DecidesQuietHours(time(21), time(8))
MINUTES = st.integers(0, 24 * 60 - 1)


def clock_face(minute: int) -> time:
    return time(minute // 60, minute % 60)


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        (time(20, 59, 59, 999_999), False), (time(21), True), (time(0), True), (time(7, 59, 59, 999_999), True), (time(8), False),
        (time(12), False),
    ],
)  # fmt: skip
def test_the_edges(at, quiet):
    assert is_quiet(NIGHTS, datetime.combine(datetime(2019, 1, 2, tzinfo=SHANGHAI), at, SHANGHAI)) is quiet


@given(MINUTES, MINUTES, MINUTES, st.integers(-12, 14))
def test_it_is_quiet_exactly_when_walking_through_the_day_says_so(start, end, now, zone):
    """Walk minute by minute from the beginning to the end of the quiet hours; whoever is met is quiet."""
    walked, minute = set(), start
    while minute != end:
        walked.add(minute)
        minute = (minute + 1) % (24 * 60)
    moment = datetime(2019, 3, 5, now // 60, now % 60, tzinfo=SHANGHAI).astimezone(
        timezone(timedelta(hours=zone))
    )
    hours = DecidesQuietHours(clock_face(start), clock_face(end))
    assert is_quiet(hours, moment) == (now in walked)


@pytest.mark.parametrize(
    ("at", "sent"),
    [
        (datetime(2019, 1, 2, 12, 59, 59, tzinfo=UTC), ["loss_reported", "card_opened"]),
        (datetime(2019, 1, 2, 13, 0, tzinfo=UTC), ["loss_reported"]),
        (datetime(2019, 1, 2, 23, 59, 59, tzinfo=UTC), ["loss_reported"]),
        (datetime(2019, 1, 3, 0, 0, tzinfo=UTC), ["loss_reported", "card_opened"]),
    ],
)
async def test_in_quiet_hours_only_urgent_messages_go(town, database, gateway, clock, at, sent):
    (one,) = await settle(town, 1)
    await tell(database, one, "card.social_opened", card_id=1, card_number="A00000000")
    await tell(database, one, "card.loss_reported", card_id=1)
    clock.at = at
    counts = await exchange(database, gateway)
    assert (counts.quiet, counts.sent) == (len(sent) == 1, len(sent))
    assert [kind for (kind,) in await rows(
        database, "SELECT kind FROM message WHERE status = 'sent' ORDER BY urgent DESC")] == sent  # fmt: skip
    clock.at = datetime(2019, 1, 3, 0, 0, tzinfo=UTC)
    await exchange(database, gateway)
    assert len(await telephones(gateway)) == 2
    assert {status for status, _ in await statuses(database)} <= {"sent", "delivered"}

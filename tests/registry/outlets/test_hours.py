"""Opening hours: as they are written, and whether an outlet is open at any moment of any week, lunch breaks and holidays included."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shebaoka.kit.clock import SHANGHAI
from shebaoka.registry.outlets.hours import LOOK_AHEAD_DAYS, Span, on, parse, standing, written

BROKEN = parse("09:00-11:30 13:30-16:30")
WEEK = (*[BROKEN] * 5, parse("09:00-11:30"), ())
MONDAY = date(2019, 5, 6)


@st.composite
def days(draw):
    """Give the hours of a day: up to three spans apart from each other, or none."""
    minutes = draw(st.lists(st.integers(0, 24 * 60 - 1), unique=True, max_size=6).map(sorted))
    ends = [time(minute // 60, minute % 60) for minute in minutes]
    return tuple(Span(*pair) for pair in zip(ends[::2], ends[1::2], strict=False))


WEEKS = st.tuples(*[days()] * 7)
MOMENTS = st.integers(0, 14 * 24 * 60 - 1).map(
    lambda minute: datetime.combine(MONDAY, time(), SHANGHAI) + timedelta(minutes=minute)
)
OTHER_DAYS = st.dictionaries(st.integers(0, 20).map(lambda n: MONDAY + timedelta(days=n)), days(), max_size=4)


@given(days())
def test_hours_are_read_as_they_are_written(spans):
    assert parse(written(spans)) == spans


@given(WEEKS, OTHER_DAYS, MOMENTS)
def test_open_means_that_a_span_of_the_day_holds_the_moment(week, other_days, now):
    today = other_days.get(now.date(), week[now.weekday()])
    for at in (now.time(), *(end for span in today for end in (span.opens, span.closes))):
        found = standing(week, other_days, datetime.combine(now, at, SHANGHAI))
        assert found.open == any(span.opens <= at < span.closes for span in today)


@given(WEEKS, OTHER_DAYS, MOMENTS)
def test_it_is_open_until_it_closes_and_closed_until_it_opens(week, other_days, now):
    found = standing(week, other_days, now)
    turn = found.until or found.opens_at
    if turn is None:
        ahead = (now.date() + timedelta(days=n) for n in range(1, LOOK_AHEAD_DAYS))
        assert not any(on(week, other_days, day) for day in ahead)
        return
    assert turn > now
    assert standing(
        week, other_days, turn - timedelta(minutes=1)
    ).open == found.open or turn - now < timedelta(minutes=1)
    between = (now + (turn - now) * share for share in (0.25, 0.5, 0.75))
    assert all(standing(week, other_days, moment).open == found.open for moment in between)
    if not found.open:
        assert standing(week, other_days, turn).open


@pytest.mark.parametrize(("at", "is_open", "turn"), [
    ("2019-05-06 08:59", False, "2019-05-06 09:00"), ("2019-05-06 09:00", True, "2019-05-06 11:30"),
    ("2019-05-06 11:30", False, "2019-05-06 13:30"), ("2019-05-06 16:29", True, "2019-05-06 16:30"),
    ("2019-05-11 12:00", False, "2019-05-13 09:00"), ("2019-05-12 10:00", False, "2019-05-13 09:00"),
])  # fmt: skip
def test_a_week_of_a_community_centre(at, is_open, turn):
    found = standing(WEEK, {}, datetime.fromisoformat(at).replace(tzinfo=SHANGHAI))
    assert (found.open, found.until or found.opens_at) == (
        is_open,
        datetime.fromisoformat(turn).replace(tzinfo=SHANGHAI),
    )


def test_a_holiday_outweighs_the_week_and_so_does_a_working_sunday():
    closed = {MONDAY: (), MONDAY - timedelta(days=1): BROKEN}
    noon = datetime(2019, 5, 6, 10, tzinfo=SHANGHAI)
    assert standing(WEEK, closed, noon).opens_at == datetime(2019, 5, 7, 9, tzinfo=SHANGHAI)
    assert standing(WEEK, closed, noon - timedelta(days=1)).open


def test_what_never_opens_says_so():
    assert standing((((),) * 7), {}, datetime(2019, 5, 6, 10, tzinfo=SHANGHAI)).opens_at is None


@pytest.mark.parametrize(
    "text",
    [
        "9:00-11:30",
        "09:00",
        "11:30-09:00",
        "09:00-09:00",
        "09:00-12:00 11:00-13:00",
        "09:00-24:00",
        "09：00-11：30",
    ],
)
def test_hours_that_make_no_sense_are_refused(text):
    with pytest.raises(ValueError, match=text.split()[0]):
        parse(text)

"""How long blanks last, worked by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shebaoka.issuing.stock.forecast import forecast
from shebaoka.registry.programme.sets import DecidesStock

RULE = DecidesStock(use_days=28, reorder_days=10, cover_days=30, blanks_min=20, unlisted_chip="alarm")
TODAY = date(2019, 3, 1)
LONG_AGO = date(2018, 1, 1)


@pytest.mark.parametrize(
    ("balance", "gone", "began_on", "per_day", "left", "order"),
    [
        (100, 56, LONG_AGO, 2.0, 50, 0),  # two a day: fifty days
        (21, 56, LONG_AGO, 2.0, 10, 39),  # ten days and a half: ten, and up to sixty are ordered
        (22, 56, LONG_AGO, 2.0, 11, 0),
        (0, 56, LONG_AGO, 2.0, 0, 60),  # empty today
        (19, 0, LONG_AGO, 0.0, None, 1),  # nobody uses any: up to the minimum
        (20, 0, LONG_AGO, 0.0, None, 0),
        (90, 10, TODAY, 10.0, 9, 210),  # its first day: what one day used counts for every day
        (90, 10, TODAY - timedelta(days=4), 2.0, 45, 0),
        (100_000, 1, LONG_AGO, 0.04, None, 0),  # beyond ten years
    ],
)
def test_worked_by_hand(balance, gone, began_on, per_day, left, order):
    told = forecast(balance, gone, began_on, RULE, TODAY)
    assert (told.use_per_day, told.days_left, told.order) == (per_day, left, order)
    assert told.runs_out_on == (None if left is None else TODAY + timedelta(days=left))


@given(balance=st.integers(0, 5_000), gone=st.integers(0, 2_000), age=st.integers(0, 400))
def test_what_is_ordered_lasts_and_what_is_not_short_is_not_ordered(balance, gone, age):
    told = forecast(balance, gone, TODAY - timedelta(days=age), RULE, TODAY)
    after = forecast(balance + told.order, gone, TODAY - timedelta(days=age), RULE, TODAY)
    assert after.order == 0
    if told.days_left is not None:
        assert told.days_left * gone <= balance * told.days < (told.days_left + 1) * gone

"""A stock-take, every status with every action; and how a count begins."""

from __future__ import annotations

from itertools import product

import pytest

from shebaoka.issuing.stock.states import TakeAction, TakeStatus, after, first
from shebaoka.kit.problems import TransitionRefused

WRITTEN_DOWN = {
    ("differs", "book"): "booked",
    ("differs", "count_again"): "superseded",
}


@pytest.mark.parametrize(("status", "action"), list(product(TakeStatus, TakeAction)))
def test_every_status_with_every_action(status, action):
    expected = WRITTEN_DOWN.get((str(status), str(action)))
    if expected:
        assert after(status, action) == expected
    else:
        with pytest.raises(TransitionRefused) as refused:
            after(status, action)
        assert refused.value.members == {"was": status, "action": action}


@pytest.mark.parametrize(
    ("expected", "counted", "status"), [(5, 5, "agreed"), (5, 4, "differs"), (0, 1, "differs")]
)
def test_a_count_agrees_or_differs(expected, counted, status):
    assert first(expected, counted) == status

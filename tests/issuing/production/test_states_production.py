from __future__ import annotations

from itertools import product

import pytest

from shebaoka.issuing.production.states import (
    BatchAction,
    BatchStatus,
    OrderAction,
    OrderStatus,
    after,
)
from shebaoka.kit.problems import TransitionRefused

ALLOWED_ORDER = {
    ("ordered", "make"): "made",
    ("ordered", "fail"): "failed",
    ("ordered", "lapse"): "failed",
    ("failed", "again"): "ordered",
    ("failed", "give_up"): "given_up",
}
ALLOWED_BATCH = {
    ("open", "close"): "closed",
    ("closed", "write"): "written",
    ("closed", "answer"): "answered",
    ("written", "hand"): "handed",
    ("written", "call_off"): "called_off",
    ("handed", "take"): "taken",
    ("handed", "hold"): "held",
    ("handed", "answer"): "answered",
    ("taken", "hold"): "held",
    ("taken", "answer"): "answered",
    ("held", "release"): "taken",
    ("held", "call_off"): "called_off",
}


@pytest.mark.parametrize(("status", "action"), list(product(OrderStatus, OrderAction)))
def test_every_pair_of_an_order(status, action):
    if (status, action) in ALLOWED_ORDER:
        assert after(status, action) == ALLOWED_ORDER[status, action]
    else:
        with pytest.raises(TransitionRefused):
            after(status, action)


@pytest.mark.parametrize(("status", "action"), list(product(BatchStatus, BatchAction)))
def test_every_pair_of_a_batch(status, action):
    if (status, action) in ALLOWED_BATCH:
        assert after(status, action) == ALLOWED_BATCH[status, action]
    else:
        with pytest.raises(TransitionRefused):
            after(status, action)

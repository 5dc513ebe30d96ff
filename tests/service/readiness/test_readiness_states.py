"""All status × action pairs, and what a status says on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

import pytest

from shebaoka.kit.problems import TransitionRefused
from shebaoka.registry.institutions.liveness import MISSING, WORDS, Status, live, missing, status_on
from shebaoka.service.readiness.states import Action, after

ALLOWED = {
    ("planned", "build"): "built",
    ("planned", "take_over"): "live",
    ("built", "test"): "tested",
    ("tested", "test"): "tested",
    ("tested", "go_live"): "live",
    ("tested", "suspend"): "suspended",
    ("live", "test"): "live",
    ("live", "suspend"): "suspended",
    ("suspended", "test"): "tested",
}
TODAY = date(2019, 1, 2)


@dataclass(frozen=True)
class One:
    readiness: Status
    live_from: date | None


@pytest.mark.parametrize(("status", "action"), list(product(Status, Action)))
def test_every_pair(status: Status, action: Action) -> None:
    wanted = ALLOWED.get((status.value, action.value))
    if wanted is None:
        with pytest.raises(TransitionRefused):
            after(status, action)
    else:
        assert after(status, action) == wanted


@pytest.mark.parametrize("days", [-1, 0, 1])
@pytest.mark.parametrize("status", Status)
def test_only_one_that_is_live_and_whose_day_has_come_serves(status: Status, days: int) -> None:
    one = One(status, TODAY + timedelta(days=days))
    serves = status is Status.LIVE and days <= 0
    assert live(one, TODAY) is serves
    if status is Status.LIVE and not serves:
        assert status_on(one, TODAY) is Status.TESTED
        assert "2019-01-03" in missing(one, TODAY)[1]
    else:
        assert status_on(one, TODAY) is status
    assert not live(One(status, None), TODAY)


def test_every_status_has_its_words_and_what_lacks() -> None:
    assert set(WORDS) == set(Status)
    assert set(MISSING) == set(Status) - {Status.LIVE}

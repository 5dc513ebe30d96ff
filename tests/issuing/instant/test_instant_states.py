"""A session at a counter, every status with every action."""

from __future__ import annotations

from itertools import product

import pytest

from shebaoka.issuing.instant.states import LIVE, NEXT, Action, Status, after
from shebaoka.kit.problems import TransitionRefused

S, A = Status, Action
WRITTEN_DOWN = {
    S.BEGUN: {A.TAKE: S.BLANK_TAKEN, A.SEND_ON: S.BY_POST, A.END: S.ENDED},
    S.BLANK_TAKEN: {A.PUT_BACK: S.BEGUN, A.SPOIL: S.BEGUN, A.MAKE: S.MADE, A.END: S.ENDED},
    S.MADE: {A.HAND_OVER: S.HANDED_OVER, A.END: S.ENDED},
}


@pytest.mark.parametrize(("status", "action"), list(product(Status, Action)))
def test_every_status_with_every_action(status, action):
    expected = WRITTEN_DOWN.get(status, {}).get(action)
    if expected:
        assert after(status, action) is expected
    else:
        with pytest.raises(TransitionRefused) as refused:
            after(status, action)
        assert refused.value.members == {"was": status, "action": action}


def test_what_is_live_goes_on_and_nothing_else_does():
    assert {status for status, _ in NEXT} == LIVE
    assert all((status, A.END) in NEXT for status in LIVE)

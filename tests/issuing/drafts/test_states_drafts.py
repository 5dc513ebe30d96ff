"""All status × action pairs of a draft's life."""

from itertools import product

import pytest

from shebaoka.issuing.drafts.states import NEXT, Action, Status, after
from shebaoka.kit.problems import TransitionRefused


@pytest.mark.parametrize(("status", "action"), list(product(Status, Action)))
def test_every_pair_moves_or_is_refused(status, action):
    if status == Status.OPEN:
        assert after(status, action) == NEXT[status, action]
    else:
        with pytest.raises(TransitionRefused):
            after(status, action)


def test_only_an_open_draft_lives():
    assert {status for status, _ in NEXT} == {Status.OPEN}
    assert set(NEXT.values()) == set(Status)

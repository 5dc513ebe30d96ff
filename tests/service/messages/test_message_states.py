"""The life of a message: all status × action pairs."""

from __future__ import annotations

from itertools import product

import pytest

from shebaoka.kit.problems import TransitionRefused
from shebaoka.service.messages.states import NEXT, Action, Status, after, before, into

ALLOWED = {
    "queued accept sent", "queued give_up given_up", "queued drop dropped", "queued confirm delivered", "sent confirm delivered",
    "given_up confirm delivered", "queued deny given_up", "sent deny given_up", "given_up send_again queued", "posted open read",
}  # fmt: skip


@pytest.mark.parametrize(("status", "action"), list(product(Status, Action)))
def test_every_pair_leads_where_it_should_or_is_refused(status, action):
    expected = [line.split()[2] for line in ALLOWED if line.split()[:2] == [status, action]]
    if expected:
        assert after(status, action) == expected[0]
    else:
        with pytest.raises(TransitionRefused):
            after(status, action)


def test_an_action_leads_to_one_status():
    for action in Action:
        assert {NEXT[status, action] for status in before(action)} == {into(action)}


def test_nothing_leads_out_of_an_end():
    assert {status for status, _ in NEXT}.isdisjoint({Status.DELIVERED, Status.DROPPED, Status.READ})

"""All pairs of status and action: what is not in the tables is refused."""

from __future__ import annotations

import itertools

import pytest

from shebaoka.keys import states
from shebaoka.kit.problems import TransitionRefused

TABLES = (
    (states.KeySet, states.Step, states.VERSION_NEXT),
    (states.Ceremony, states.Act, states.CEREMONY_NEXT),
    (states.HandOut, states.Answer, states.HAND_OUT_NEXT),
)


@pytest.mark.parametrize(
    ("statuses", "actions", "table"), TABLES, ids=lambda one: getattr(one, "__name__", "")
)
def test_every_pair_is_decided(statuses, actions, table):
    for pair in itertools.product(statuses, actions):
        if pair in table:
            assert states.after(table, *pair) is table[pair]
        else:
            with pytest.raises(TransitionRefused):
                states.after(table, *pair)


def test_what_is_destroyed_stays_so_and_what_is_in_force_is_not_destroyed():
    assert not any(was is states.KeySet.DESTROYED for was, _ in states.VERSION_NEXT)
    assert (states.KeySet.IN_FORCE, states.Step.DESTROY) not in states.VERSION_NEXT

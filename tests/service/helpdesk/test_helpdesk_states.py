"""Every status with every action, of calls, cases and hand-overs; and the numbers that callers are told."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shebaoka.kit.problems import TransitionRefused
from shebaoka.service.helpdesk import states
from shebaoka.service.helpdesk.model import LEVELS, case_number, enough, read_case_number

CALLS = """
open        identify        identified
identified  identify        identified
open        hand_over       handed_over
identified  hand_over       handed_over
handed_over come_back       open
handed_over come_back_known identified
open        end             closed
identified  end             closed
"""
CASES = """
open     take        open
open     release     open
open     note        open
open     wait        waiting
open     resolve     resolved
open     hand_over   open
open     decide      open
open     holder_dies open
waiting  take        waiting
waiting  release     waiting
waiting  note        waiting
waiting  wait        waiting
waiting  resume      open
waiting  resolve     resolved
waiting  hand_over   open
waiting  decide      open
waiting  holder_dies open
resolved note        resolved
resolved close       closed
resolved reopen      open
closed   reopen      open
"""
HANDOVERS = """
pending accept  accepted
pending decline declined
pending recall  recalled
pending lapse   lapsed
"""
LIVES = {
    "call": (states.Call, states.CallAction, states.after_call, CALLS),
    "case": (states.Case, states.CaseAction, states.after_case, CASES),
    "handover": (states.Handover, states.HandoverAction, states.after_handover, HANDOVERS),
}


@pytest.mark.parametrize("life", LIVES)
def test_every_status_with_every_action(life):
    """Written out a second time, apart from the code."""
    statuses, actions, after, table = LIVES[life]
    follows = {(was, action): then for was, action, then in map(str.split, table.strip().splitlines())}
    for status in statuses:
        for action in actions:
            if (status, action) in follows:
                assert after(status, action) == follows.pop((status, action))
            else:
                with pytest.raises(TransitionRefused) as refused:
                    after(status, action)
                assert refused.value.members == {"was": status, "action": action}
    assert follows == {}


@given(st.integers(0, 2**63 - 1))
def test_a_case_s_number_is_said_and_read_again(case_id):
    number = case_number(case_id)
    assert len(number) == 10
    assert read_case_number(number) == number
    assert read_case_number(f"{number[:3]} {number[3:6]}-{number[6:]}") == number


@given(st.integers(0, 2**63 - 1), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_no_case(case_id, place, by):
    number = case_number(case_id)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert read_case_number(wrong) is None


@pytest.mark.parametrize(
    "text", ["", "123", "12345678901", "abcdefghij", "１２３４５６７８９０", "123456789²"]
)
def test_what_is_no_number_is_no_case(text):
    assert read_case_number(text) is None


def test_neighbours_have_numbers_far_apart():
    numbers = [int(case_number(case_id)) for case_id in range(1_000_000, 1_000_200)]
    assert len(set(numbers)) == 200
    assert min(abs(a - b) for a, b in pairwise(numbers)) > 1_000


def test_levels_are_an_order():
    assert [[enough(level, needed) for needed in LEVELS] for level in LEVELS] == [
        [True, False, False], [True, True, False], [True, True, True],
    ]  # fmt: skip

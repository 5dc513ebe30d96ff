from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shebaoka.issuing.delivery.states import (
    ANSWERS,
    FURTHEST,
    TOLD,
    Action,
    Redirect,
    Status,
    after,
    answered,
    merge,
)
from shebaoka.kit.problems import TransitionRefused

WITH_COURIER = ("dispatched", "in_transit", "failed")
OURS = {
    ("prepared", "dispatch"): "dispatched",
    ("prepared", "send_again"): "prepared",
    ("returned", "send_again"): "prepared",
    ("at_centre", "send_again"): "prepared",
    ("at_outlet", "collect"): "collected",
    ("recalled", "collect"): "collected",
    ("at_centre", "collect"): "collected",
    ("at_outlet", "recall"): "recalled",
    ("recalled", "send_back"): "sent_back",
    **{(status, "arrive"): "at_outlet" for status in (*WITH_COURIER, "at_outlet")},
    **{
        (status, "take_back"): "at_centre"
        for status in (*WITH_COURIER, "at_outlet", "recalled", "returned", "sent_back")
    },
    **{
        (status, "lose"): "lost"
        for status in (*WITH_COURIER, "at_outlet", "recalled", "returned", "sent_back", "at_centre")
    },
}
ROAD = [
    "dispatched", "in_transit", "failed", "at_outlet", "recalled", "returned", "delivered", "sent_back", "at_centre",
    "collected",
]  # fmt: skip
TELLS = {
    "accepted": "dispatched", "in_transit": "in_transit", "failed": "failed", "at_outlet": "at_outlet",
    "returned": "returned", "delivered": "delivered",
}  # fmt: skip
messages = st.lists(st.sampled_from(list(TOLD)), max_size=12)
under_way = st.sampled_from(FURTHEST)


@pytest.mark.parametrize(("status", "action"), list(product(Status, Action)))
def test_every_pair(status, action):
    if (status, action) in OURS:
        assert after(status, action) == OURS[status, action]
    elif action in TELLS and status == "lost":
        assert after(status, action) == "lost"
    elif action in TELLS and status in ROAD:
        assert after(status, action) == ROAD[max(ROAD.index(status), ROAD.index(TELLS[action]))]
    else:
        with pytest.raises(TransitionRefused):
            after(status, action)


@given(under_way, messages, st.randoms())
def test_any_order_of_messages_ends_the_same(status, told, chance):
    shuffled = told.copy()
    chance.shuffle(shuffled)
    assert merge(status, shuffled) == merge(status, told)


@given(under_way, messages, st.data())
def test_messages_told_again_change_nothing(status, told, data):
    again = data.draw(st.lists(st.sampled_from(told))) if told else []
    assert merge(status, told + again) == merge(status, again + told) == merge(status, told)


@given(under_way, messages, messages)
def test_messages_in_two_heaps_end_as_in_one(status, first, second):
    assert merge(merge(status, first), second) == merge(status, first + second)


@given(under_way, messages)
def test_nothing_told_takes_a_parcel_back(status, told):
    assert FURTHEST.index(merge(status, told)) >= FURTHEST.index(status)


@pytest.mark.parametrize("status", [Status.SENT_BACK, Status.AT_CENTRE, Status.COLLECTED, Status.LOST])
def test_what_our_own_people_know_stands_whatever_is_told(status):
    assert merge(status, list(TOLD)) == status


def test_every_status_has_its_place_but_where_nothing_is_told_yet():
    assert set(FURTHEST) == set(Status) - {Status.PREPARED, Status.LOST}


@pytest.mark.parametrize(("redirect", "answer"), list(product(Redirect, Redirect)))
def test_a_wish_is_answered_once(redirect, answer):
    if redirect == "asked" and answer in (*ANSWERS, Redirect.DROPPED):
        assert answered(redirect, answer) == answer
    else:
        with pytest.raises(TransitionRefused):
            answered(redirect, answer)


def test_a_prepared_parcel_takes_no_message():
    with pytest.raises(TransitionRefused):
        merge(Status.PREPARED, [Action.DELIVERED])

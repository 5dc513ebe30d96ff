"""All pairs of status and action, of items, payments and runs; numbers of payments; which account is paid."""

from __future__ import annotations

from datetime import date, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.benefits.insurance.bills import PROGRAMME

from shebaoka.banking.model import BankAccount
from shebaoka.benefits.payouts import states
from shebaoka.benefits.payouts.choosing import choose
from shebaoka.benefits.payouts.model import (
    LEFT,
    Destination,
    Left,
    OnFile,
    end_to_end_id,
    item_number,
    key_of,
)
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import TransitionRefused

TABLES = [
    (states.ITEM, states.ItemStatus, states.ItemAction),
    (states.PAYMENT, states.PaymentStatus, states.PaymentAction),
    (states.RUN, states.RunStatus, states.RunAction),
]
NUMBER = st.integers(0, 2**63 - 1)
ON = date(2019, 1, 15)


@pytest.mark.parametrize(("table", "statuses", "actions"), TABLES, ids=("item", "payment", "run"))
def test_every_pair_leads_somewhere_or_is_refused(table, statuses, actions):
    for status in get_args(statuses):
        for action in get_args(actions):
            if (status, action) in table:
                assert states.after(table, status, action) in get_args(statuses)
            else:
                with pytest.raises(TransitionRefused):
                    states.after(table, status, action)


def test_what_is_over_for_good_stays_so():
    for status in ("rejected", "returned", "cancelled"):
        to = {states.PAYMENT.get((status, action), status) for action in get_args(states.PaymentAction)}
        assert to == {status}, "no report makes a payment live again that an officer may have repeated"
    assert not states.LIVE & {"rejected", "returned", "cancelled"}
    assert {action for (status, action) in states.ITEM if status == "paid"} == {"fail"}


@given(NUMBER, NUMBER)
def test_numbers_say_where_things_stand(person, thing):
    number = end_to_end_id(person, thing)
    assert len(number) <= 35
    assert key_of(number) == (person, thing)
    assert key_of(item_number(person, thing), "D") == (person, thing)
    assert key_of(number, "D") is None


@given(st.text(max_size=40))
def test_other_numbers_are_nobody_s(text):
    found = key_of(text)
    assert found is None or end_to_end_id(*found).replace("-0", "-") == text.replace("-0", "-")


def account(n: int, life: str | None) -> BankAccount:
    now = datetime(2019, 1, n, tzinfo=SHANGHAI)
    return BankAccount(1, n, n, "open" if life else "refused", f"000{n}" if life else None, None, now, life)


FILE = OnFile(1, 77, 9, "0077", date(2018, 1, 1))
A, N, F, C = "active", "opened", "frozen", "closed"


@pytest.mark.parametrize(
    ("lives", "on_file", "to"),
    [
        ([], None, "no_account"), ([], FILE, 77), ([None], None, "no_account"), ([A], FILE, 1), ([N], FILE, 77),
        ([N], None, "not_active"), ([F], FILE, 77), ([C], None, "not_active"), ([A, N], FILE, 1), ([A, N], None, 1),
        ([A, A], FILE, 2), ([A, None], FILE, 1), ([C, N], FILE, 77), ([A, F, N], None, 1), ([A, C], FILE, 1),
    ],
)  # fmt: skip
def test_the_account_that_is_paid(lives, on_file, to):
    cards = [account(n, life) for n, life in enumerate(lives, 1)]
    found = choose(PROGRAMME, "pension", ON, cards, on_file)
    if isinstance(found, Destination):
        assert (found.account_id or found.application_id) == to
        assert found.rule_id == (
            "card_active"
            if lives and [one for one in lives if one][-1:] == [A] and to != 77
            else "old_one_keeps_receiving"
        )
    else:
        assert found == to


def test_every_reason_has_its_words():
    assert set(LEFT) == set(get_args(Left))

"""The financial function at a bank of the sandbox: whatever holders do, its books add up and no account falls below nothing."""

from __future__ import annotations

import random

import pytest

from shebaoka_sandbox.bank import Banks
from shebaoka_sandbox.bank_counter import Order
from shebaoka_sandbox.desk import Declined, Desks
from shebaoka_sandbox.faults import Faults
from shebaoka_sandbox.store import Store

BANK = "BOSC"
WHATS = ["cash_in", "cash_out", "spend", "transfer", "reverse"]


@pytest.fixture
def bank(tmp_path):
    desks = Desks(Store(tmp_path / "s.sqlite3"), Faults(1))
    banks = Banks(desks)
    for number in ("A00001", "B00001", "C00001"):
        banks.books.open(BANK, number, number, "card", f"account-{number}", status="active")
    yield banks
    desks.store.close()


def do(bank, reference, what, fen=0, *, account="A00001", where="", to="", names=""):
    place = where or ("pos" if what == "spend" else "atm")
    return bank.counter.act(BANK, Order(reference, place, what, account, fen, to, names))


def test_cash_spending_transfers_and_back(bank):
    assert do(bank, "1", "cash_in", 10_000).balance_fen == 10_000
    assert do(bank, "2", "cash_out", 3_000).balance_fen == 7_000
    assert do(bank, "3", "spend", 2_000).balance_fen == 5_000
    assert do(bank, "4", "transfer", 1_000, to="B00001").balance_fen == 4_000
    assert (do(bank, "5", "cash_out", 4_001).code, do(bank, "6", "cash_out").code) == ("AM04", "AM01")
    assert do(bank, "7", "reverse", names="3", where="pos").balance_fen == 6_000
    assert do(bank, "8", "reverse", names="3", where="pos").code == "DUPL"
    assert do(bank, "9", "reverse", names="nothing").code == "NARR"
    assert do(bank, "10", "cash_out", 1, where="pos").code == "AG01", "no cash at a shop"
    assert do(bank, "2", "cash_out", 3_000).balance_fen == 7_000, (
        "the same order is answered the same and done once"
    )
    with pytest.raises(Declined):
        do(bank, "2", "cash_out", 3_001)
    assert do(bank, "11", "cash_out", 1_000, account="B00001").balance_fen == 0
    assert do(bank, "12", "reverse", names="4").code == "AM04", "what it brought was spent"
    assert bank.books.balance(BANK, "A00001") == 6_000
    assert bank.books.trial(BANK) == {"sum_fen": 0, "below_zero": 0}


@pytest.mark.parametrize(("action", "code"), [("freeze", "AC06"), ("close", "AC04")])
def test_an_account_that_is_frozen_or_closed_pays_nothing_and_takes_nothing(bank, action, code):
    if action == "freeze":
        do(bank, "1", "cash_in", 10_000)
    bank.books.move(BANK, "A00001", action)
    for n, what in enumerate(WHATS[:4]):
        assert do(bank, f"x{n}", what, 1, to="B00001").code == code
    do(bank, "b", "cash_in", 500, account="B00001")
    assert do(bank, "c", "transfer", 1, account="B00001", to="A00001").code == "AC01"
    bank.books.open(BANK, "D00001", "D", "card")
    assert do(bank, "d", "cash_in", 1, account="D00001").code == "AG01", "not activated yet"


def tell(bank, card, version, account="account-A00001"):
    with bank.transaction():
        bank.books.note_card(BANK, bank.books.find(BANK, account), card, version)


def test_a_lost_card_pays_nobody_and_a_dead_one_only_its_holder_at_the_counter(bank):
    do(bank, "1", "cash_in", 10_000)
    do(bank, "b", "cash_in", 500, account="B00001")
    tell(bank, "lost", 2)
    tell(bank, "open", 1)
    for n, (what, where) in enumerate(
        [("cash_out", "atm"), ("spend", "pos"), ("cash_out", "counter"), ("transfer", "atm")]
    ):
        slip = do(bank, f"x{n}", what, 1, where=where)
        assert (slip.outcome, slip.code, "挂失" in slip.reason) == ("refused", "41", True)
    assert do(bank, "c", "transfer", 500, account="B00001", to="A00001").outcome == "done", "money comes in"
    tell(bank, "open", 3)
    assert do(bank, "2", "cash_out", 1).outcome == "done"
    tell(bank, "void", 4)
    assert (do(bank, "3", "spend", 1).code, do(bank, "4", "cash_out", 1, where="counter").code) == (
        "14",
        "14",
    )
    by_id = Order("5", "counter", "cash_out", "A00001", 10_499, by="id_card")
    assert bank.counter.act(BANK, by_id).balance_fen == 0
    at_machine = Order("6", "atm", "cash_in", "A00001", 1, by="id_card")
    assert bank.counter.act(BANK, at_machine).code == "AG01", "a machine knows no ID card"
    bank.books.open(BANK, "D00001", "D", "card", "account-D")
    tell(bank, "open", 1, "account-D")
    assert bank.books.find(BANK, "account-D")[4:] == ("active", 2)
    assert bank.books.trial(BANK) == {"sum_fen": 0, "below_zero": 0}


@pytest.mark.parametrize("seed", range(5))
def test_whatever_holders_do_the_books_add_up(bank, seed):
    chance = random.Random(seed)
    accounts, done = ["A00001", "B00001", "C00001"], ["0"]
    for account in accounts:
        do(bank, f"wages-{account}", "cash_in", 20_000, account=account)
    for n in range(200):
        if chance.random() < 0.04:
            account = bank.books.find(BANK, chance.choice(accounts))
            bank.books.move(BANK, account.number, "thaw" if account.status == "frozen" else "freeze")
        what = chance.choice([*WHATS, "cash_in"])
        order = Order(
            str(n) if chance.random() < 0.9 else chance.choice(done), chance.choice(("atm", "pos", "counter")), what, chance.choice(accounts),
            chance.randrange(3_000), chance.choice(("", *accounts)), chance.choice(done),
        )  # fmt: skip
        before = sum(bank.books.balance(BANK, one) for one in accounts)
        try:
            slip = bank.counter.act(BANK, order)
        except Declined:
            assert sum(bank.books.balance(BANK, one) for one in accounts) == before
            continue
        if slip.outcome == "done":
            done.append(order.reference)
        assert bank.books.trial(BANK) == {"sum_fen": 0, "below_zero": 0}
    assert len(done) > 30

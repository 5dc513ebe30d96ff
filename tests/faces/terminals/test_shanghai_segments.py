"""A bill in Shanghai's segments: whatever the case, they sum to what is in scope, and say the same as the quote."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.benefits.insurance.bills import PROGRAMME
from tests.benefits.insurance.test_bill_identities import cases

from shebaoka.benefits.insurance.quoting import told
from shebaoka.benefits.insurance.reckoning import reckon
from shebaoka.benefits.settlement.model import Bill
from shebaoka.faces.terminals.shanghai.segments import clinic, of_bills, reversal, stay


@settings(max_examples=150, deadline=None)
@given(st.lists(cases(), min_size=1, max_size=2))
def test_segments_sum_to_what_is_in_scope(bills):
    found = [reckon(PROGRAMME, case) for case in bills]
    quotes = [told(case, one) for case, one in zip(bills, found, strict=True)]
    made = of_bills(
        [
            Bill(first=case.on, last=case.on, year=1, quote=quote)
            for case, quote in zip(bills, quotes, strict=True)
        ],
        [int(one.counted[1]) for one in found],
    )
    assert sum(made) == sum(case.in_scope_fen for case in bills)
    assert all(part >= 0 for part in made)
    assert made.historic == sum(quote.historic_account_fen for quote in quotes)
    assert (made.pooled, made.supplementary, made.current) == tuple(
        sum(getattr(quote, f"{name}_fen") for quote in quotes)
        for name in ("pooled", "supplementary", "current_account")
    )
    outside = sum(case.total_fen - case.in_scope_fen for case in bills)
    assert made.cash + outside == sum(quote.cash_fen for quote in quotes)
    assert sum(reversal(made).values()) == sum(made)
    assert sum(stay(made).values()) + made.current == sum(made)
    assert sum(clinic(made).values()) == sum(made) + made.historic, (
        "the historic account is told twice: in all, and by segment"
    )

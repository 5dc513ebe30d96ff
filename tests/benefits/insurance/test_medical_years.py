"""Medical years, a stay over the end of one, and how the catalogue divides an item."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.benefits.insurance.bills import ACTIVE, PLACED, PROGRAMME, quoted

from shebaoka.benefits.insurance.catalogue import Item, divide
from shebaoka.benefits.insurance.years import bills_of_stay, medical_year
from shebaoka.registry.programme.benefit_sets import DecidesStayYear
from shebaoka.registry.programme.programme import Programme

D = date.fromisoformat


@pytest.mark.parametrize(
    ("scheme", "on", "name", "first", "last"),
    [("employee", "2019-06-30", 2018, "2018-07-01", "2019-06-30"), ("employee", "2019-07-01", 2019, "2019-07-01", "2020-06-30"),
     ("employee", "9999-12-31", 9999, "9999-07-01", "9999-12-31"), ("resident", "9999-12-31", 9999, "9999-01-01", "9999-12-31"),
     ("resident", "2019-06-30", 2019, "2019-01-01", "2019-12-31"), ("resident", "2020-01-01", 2020, "2020-01-01", "2020-12-31")],
)  # fmt: skip
def test_which_year_a_day_lies_in(scheme, on, name, first, last):
    year = medical_year(PROGRAMME, scheme, D(on))
    assert (year.name, year.first, year.last) == (name, D(first), D(last))


def test_a_stay_over_the_end_of_a_year_is_a_bill_for_each_and_one_deductible():
    days = bills_of_stay(PROGRAMME, "employee", D("2019-06-20"), D("2019-07-10"))
    assert days == [(D("2019-06-20"), D("2019-06-30")), (D("2019-07-01"), D("2019-07-10"))]
    # Up to 30 June 8,000 in scope, with 509,500 of 510,000 counted in 2018: 8,000 − 1,500 = 6,500 shared, of which 500 lie
    # within: 85 % of 500 = 425 pooled, 80 % of 6,000 = 4,800 supplementary.
    old = quoted(
        ACTIVE, {"pooled_used_fen": 50_950_000}, care="inpatient", on="2019-06-30", in_scope_fen=800_000
    )
    assert (old.deductible_fen, old.pooled_fen, old.supplementary_fen) == (150_000, 42_500, 480_000)
    # From 1 July 4,000 in the new year, where nothing is counted yet; the stay's deductible is paid: 85 % of 4,000 = 3,400.
    new = quoted(
        ACTIVE, {"stay_deductible_used_fen": 150_000}, care="inpatient", on="2019-07-10", in_scope_fen=400_000
    )
    assert (new.deductible_fen, new.pooled_fen, new.supplementary_fen) == (0, 340_000, 0)
    assert bills_of_stay(PROGRAMME, "resident", D("2019-06-20"), D("2019-07-10")) == [
        (D("2019-06-20"), D("2019-07-10"))
    ]
    assert len(bills_of_stay(PROGRAMME, "employee", D("2018-01-01"), D("2020-07-01"))) == 4


def test_another_city_counts_a_stay_by_its_discharge():
    rules = [rule for rule, _ in PLACED if rule.rule_set != "stay_year"]
    (one,) = (rule for rule, _ in PLACED if rule.rule_set == "stay_year")
    there = Programme([*rules, _deciding(one, DecidesStayYear("year_of_discharge"))])
    assert bills_of_stay(there, "employee", D("2019-06-20"), D("2019-07-10")) == [
        (D("2019-06-20"), D("2019-07-10"))
    ]


def _deciding(rule, decides):
    return type(rule)(**{name: getattr(rule, name) for name in rule.__slots__} | {"decides": decides})


@pytest.mark.parametrize(
    ("item", "parts"),
    [
        # in scope, own expense, paid first, above the limit
        (Item(amount_fen=10_000, catalogue_class="full"), (10_000, 0, 0, 0)),
        (Item(amount_fen=10_000, catalogue_class="own"), (0, 10_000, 0, 0)),
        (Item(amount_fen=10_000, catalogue_class="own", limit_fen=1), (0, 10_000, 0, 0)),
        (Item(amount_fen=10_000, catalogue_class="shared"), (9_000, 0, 1_000, 0)),
        (Item(amount_fen=10_000, catalogue_class="shared", prepay_percent=30), (7_000, 0, 3_000, 0)),
        # 200 yuan, limit 150: 50 above; 30 % of 150 = 45 first, 105 in scope.
        (Item(amount_fen=20_000, catalogue_class="shared", limit_fen=15_000, prepay_percent=30), (10_500, 0, 4_500, 5_000)),
        (Item(amount_fen=20_000, catalogue_class="full", limit_fen=0), (0, 0, 0, 20_000)),
        # 10 % of 5 fen is half a fen: up.
        (Item(amount_fen=5, catalogue_class="shared"), (4, 0, 1, 0)),
    ],
)  # fmt: skip
def test_how_the_catalogue_divides_an_item(item, parts):
    found = divide(PROGRAMME, item, D("2019-10-08"))
    assert (found.in_scope_fen, found.own_expense_fen, found.prepay_fen, found.over_limit_fen) == parts
    assert found.why.rule_id == item.catalogue_class


@settings(deadline=None)
@given(
    st.builds(
        Item, amount_fen=st.integers(0, 10**9), catalogue_class=st.sampled_from(["full", "shared", "own"]),
        limit_fen=st.none() | st.integers(0, 10**9), prepay_percent=st.none() | st.integers(0, 100),
    )
)  # fmt: skip
def test_the_parts_of_an_item_sum_to_it(item):
    found = divide(PROGRAMME, item, D("2019-10-08"))
    parts = (found.in_scope_fen, found.own_expense_fen, found.prepay_fen, found.over_limit_fen)
    assert min(parts) >= 0
    assert sum(parts) == item.amount_fen

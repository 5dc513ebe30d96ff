"""For any bill of anybody the parts sum to the whole, and nobody pays more for having more."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.benefits.insurance.bills import PROGRAMME

from shebaoka.benefits.insurance.model import Case, InsuredState
from shebaoka.benefits.insurance.quoting import quote
from shebaoka.benefits.insurance.reckoning import reckon

small = st.integers(0, 400_000)
amounts = st.one_of(st.integers(0, 50), small, st.integers(0, 10**12))
days = st.dates(date(2018, 1, 1), date(2030, 12, 31))
births = st.dates(date(1910, 1, 1), date(2017, 12, 31))
lives = st.one_of(st.none(), st.dates(date(2018, 1, 1), date(2030, 12, 31)))
states = st.builds(
    InsuredState, current_account_fen=amounts, historic_account_fen=amounts, deductible_used_fen=small,
    pooled_used_fen=st.integers(0, 70_000_000), stay_deductible_used_fen=small,
)  # fmt: skip
PAIRS = [("employee", care) for care in ("outpatient", "inpatient", "emergency_observation", "major_illness", "home_bed")] + [
    ("resident", care) for care in ("outpatient", "inpatient", "emergency_observation")
]  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> Case:
    scheme, care = draw(st.sampled_from(PAIRS))
    return Case(
        scheme=scheme, care=care, status=draw(st.sampled_from(["active", "retired"])), birth_date=draw(births),
        retired_on=draw(lives), worked_since=draw(st.one_of(st.none(), st.dates(date(2017, 12, 31), date(2019, 1, 1)))),
        level=draw(st.sampled_from([1, 2, 3])), on=draw(days), in_scope_fen=draw(amounts), own_expense_fen=draw(amounts),
        prepay_fen=draw(amounts), over_limit_fen=draw(amounts), state=draw(states), severely_disabled=draw(st.booleans()),
    )  # fmt: skip


@settings(deadline=None)
@given(cases())
def test_the_parts_sum_to_the_whole(case):
    q = quote(PROGRAMME, case)
    parts = (
        q.current_account_fen, q.deductible_fen, q.shared_fen, q.pooled_fen, q.supplementary_fen, q.historic_account_fen,
        q.cash_fen, q.own_share_fen,
    )  # fmt: skip
    assert min(parts) >= 0
    assert q.total_fen == case.in_scope_fen + case.own_expense_fen + case.prepay_fen + case.over_limit_fen
    assert (
        q.total_fen
        == q.pooled_fen + q.supplementary_fen + q.current_account_fen + q.historic_account_fen + q.cash_fen
    )
    assert case.in_scope_fen == q.current_account_fen + q.deductible_fen + q.shared_fen
    assert q.shared_fen == q.pooled_fen + q.supplementary_fen + q.own_share_fen
    assert q.current_account_fen <= case.state.current_account_fen
    assert q.historic_account_fen <= case.state.historic_account_fen
    assert q.cash_fen >= case.own_expense_fen + case.prepay_fen + case.over_limit_fen


@settings(deadline=None)
@given(cases())
def test_every_quote_says_why(case):
    q = quote(PROGRAMME, case)
    assert len(q.rules) >= 5
    for rule in q.rules:
        assert rule.reason_zh
        assert rule.source.partition(": ")[0] in {"high", "medium", "low", "inferred"}
    assert "reason" not in "".join(q.steps)
    for step in q.steps:
        zh, en = step.split(" · ")
        assert zh.endswith("。")
        assert en.endswith(".")
        assert any("\u4e00" <= letter <= "\u9fff" for letter in zh)
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in en)
    assert "合计" in q.steps[-1]


@settings(deadline=None)
@given(cases(), st.integers(0, 10**6))
def test_who_has_more_or_needs_less_pays_no_more_cash(case, more):
    cash = quote(PROGRAMME, case).cash_fen
    richer = replace(case.state, historic_account_fen=case.state.historic_account_fen + more)
    assert quote(PROGRAMME, replace(case, state=richer)).cash_fen <= cash
    nearer = replace(case.state, deductible_used_fen=case.state.deductible_used_fen + more)
    assert quote(PROGRAMME, replace(case, state=nearer)).cash_fen <= cash
    longer = replace(case, in_scope_fen=case.in_scope_fen + more)
    assert quote(PROGRAMME, longer).cash_fen >= cash - 1  # half a fen may go the other way


@settings(deadline=None)
@given(cases(), st.integers(0, 100))
def test_two_bills_come_to_what_one_would(case, percent):
    """Split a bill in two: the second finds the state that the first left. Roundings aside, nobody gains or loses."""
    part = case.in_scope_fen * percent // 100
    nothing = {"own_expense_fen": 0, "prepay_fen": 0, "over_limit_fen": 0}
    whole = reckon(PROGRAMME, replace(case, **nothing))
    first = reckon(PROGRAMME, replace(case, in_scope_fen=part, **nothing))
    then = InsuredState(
        current_account_fen=case.state.current_account_fen - int(first.current_account),
        historic_account_fen=case.state.historic_account_fen - int(first.historic_account),
        deductible_used_fen=case.state.deductible_used_fen + int(first.deductible),
        stay_deductible_used_fen=case.state.stay_deductible_used_fen + int(first.deductible),
        pooled_used_fen=case.state.pooled_used_fen + int(first.within),
    )  # fmt: skip
    second = reckon(PROGRAMME, replace(case, in_scope_fen=case.in_scope_fen - part, state=then, **nothing))
    for name in ("current_account", "deductible", "shared", "within", "above"):
        assert getattr(first, name) + getattr(second, name) == getattr(whole, name), name
    for name in ("pooled", "supplementary", "historic_account", "cash"):
        assert abs(int(getattr(first, name)) + int(getattr(second, name)) - int(getattr(whole, name))) <= 2, (
            name
        )

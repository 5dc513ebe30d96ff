"""For any facts and any day there is an answer, with a reason for everything that it says."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shebaoka.registry.programme import files
from shebaoka.registry.programme.errors import NoRuleApplies, ProgrammeIncomplete
from shebaoka.registry.programme.model import Bank, Explanation, Facts
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.sets import ABOUT_PERSON

RULES = [rule for rule, _ in files.read(files.PACKAGED)]
PROGRAMME = Programme(RULES)
BANKS = [Bank(f"B{n}", f"银行{n}", f"Bank {n}") for n in range(3)]

days = st.dates(date(2018, 1, 1), date(2030, 12, 31))
people = st.builds(
    Facts,
    registered=st.booleans(),
    alive=st.booleans(),
    birth_date=st.none() | st.dates(date(1890, 1, 1), date(2031, 1, 1)),
    hukou=st.booleans(),
    insured=st.sampled_from(["employee", "resident", "none"]),
    insured_status=st.sampled_from(["active", "retired", "none"]),
    employed=st.booleans(),
    school_stage=st.sampled_from(["kindergarten", "primary", "junior", "senior", "university", "none"]),
    district=st.sampled_from(["", "310106", "310107", "310115", "310101", "999999"]),
    pension_bank=st.none() | st.sampled_from(BANKS),
    payroll_banks=st.lists(st.sampled_from(BANKS), max_size=3, unique=True).map(tuple),
    chosen_bank=st.none() | st.sampled_from(BANKS),
)


@given(people, days)
def test_there_is_always_an_answer(facts, on):
    answer = PROGRAMME.explain(facts, on)
    assert [why.rule_set for why in answer.why] == list(ABOUT_PERSON)
    assert all(why.reason_zh and why.reason_en and why.source for why in answer.why)
    assert answer.when.to is None or answer.when.from_ <= answer.when.to
    assert "community_centre" in answer.where.also
    assert answer.where.outlets
    assert answer.bank.rule
    assert answer.due_on == on + timedelta(days=30)
    assert answer.sentences_zh
    assert len(answer.sentences_zh) == len(answer.sentences_en)
    assert msgspec.json.decode(msgspec.json.encode(answer), type=Explanation) == answer


@given(st.lists(people, max_size=20), days)
def test_many_are_answered_as_one_by_one(facts, on):
    assert PROGRAMME.explain_many(facts, on) == [PROGRAMME.explain(one, on) for one in facts]


def test_people_alike_are_thought_of_once_a_day():
    on = date(2019, 5, 6)
    alike = [Facts(birth_date=date(1980, month, 3), hukou=True) for month in (1, 2)]
    (first,), (second,) = (PROGRAMME.explain_many([one], on) for one in alike)
    assert first is second
    assert PROGRAMME.explain_many(alike[:1], date(2019, 5, 7))[0].on == date(2019, 5, 7)


def test_the_invariant_above_can_fail():
    """Without the fallback of one set somebody falls through, and it is noticed."""
    spoiled = Programme(rule for rule in RULES if (rule.rule_set, rule.rule_id) != ("group", "everyone_else"))
    with pytest.raises(NoRuleApplies):
        spoiled.explain(Facts(), date(2019, 5, 6))


def test_a_day_before_the_rules_is_refused_aloud():
    with pytest.raises(NoRuleApplies, match=r"2017-12-31.*2018-01-01"):
        PROGRAMME.explain(Facts(), date(2017, 12, 31))


def test_a_programme_without_a_rule_set_is_refused():
    with pytest.raises(ProgrammeIncomplete, match="window"):
        Programme(rule for rule in RULES if rule.rule_set != "window")

"""Bills worked by hand from the published table; every step of the reckoning stands beside its bill. Amounts in fen."""

from __future__ import annotations

import pytest
from tests.benefits.insurance.bills import ACTIVE, PROGRAMME, RESIDENT, RETIRED, case, deciding, money, quoted

from shebaoka.benefits.insurance.errors import CareNotSettled
from shebaoka.registry.programme.errors import NoRuleApplies


def test_account_then_deductible_then_share():
    found = quoted(
        ACTIVE, {"current_account_fen": 50_000, "historic_account_fen": 30_000}, in_scope_fen=300_000,
        own_expense_fen=10_000, prepay_fen=5_000, over_limit_fen=2_000,
    )  # fmt: skip
    # 3,000 in scope − 500 from the current-year account = 2,500; − deductible 1,500 = 1,000 shared.
    # Active, 39 years, level 3: the supplementary fund pays 50 % = 500, 500 are own.
    # 1,500 + 500 = 2,000 are the patient's: 300 from the historic account, 1,700 in cash.
    # Not in scope: 100 + 50 + 20 = 170, in cash: 1,870. Together 500 + 500 + 300 + 1,870 = 3,170.
    assert money(found) == {
        "total": 317_000, "current_account": 50_000, "deductible": 150_000, "shared": 100_000,
        "supplementary": 50_000, "historic_account": 30_000, "cash": 187_000, "own_share": 50_000,
    }  # fmt: skip
    assert deciding(found) == {
        "medical_year/employees", "insured_group/active_under_45", "payment_order/outpatient",
        "deductible/outpatient_active", "cost_share/outpatient_active_under_45",
    }  # fmt: skip


def test_an_account_that_pays_it_all():
    found = quoted(ACTIVE, {"current_account_fen": 50_000}, in_scope_fen=50_000)
    assert money(found) == {"total": 50_000, "current_account": 50_000}


def test_a_deductible_partly_used():
    # 1,500 − 1,400 used = 100 left; 1,000 − 100 = 900 shared; level 1, 39 years: 65 % = 585, own 315; cash 415.
    found = quoted(ACTIVE, {"deductible_used_fen": 140_000}, in_scope_fen=100_000, level=1)
    assert money(found) == {
        "total": 100_000, "deductible": 10_000, "shared": 90_000, "supplementary": 58_500, "own_share": 31_500,
        "cash": 41_500,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("who", "deductible", "percents"),
    [
        (ACTIVE, 150_000, (65, 60, 50)),
        (ACTIVE | {"birth_date": "1970-05-06"}, 150_000, (75, 70, 60)),
        (ACTIVE | {"birth_date": "1955-12-31", "worked_since": "2000-12-31"}, 150_000, (75, 70, 70)),
        (ACTIVE | {"birth_date": "1955-12-31", "worked_since": "2001-01-01"}, 150_000, (75, 70, 60)),
        (ACTIVE | {"birth_date": "1956-01-01", "worked_since": "1980-01-01"}, 150_000, (75, 70, 60)),
        (RETIRED, 70_000, (80, 75, 70)),
        (RETIRED | {"birth_date": "1949-10-08", "worked_since": "2001-01-01"}, 70_000, (85, 80, 75)),
        (RETIRED | {"birth_date": "1953-01-01", "worked_since": "1970-01-01"}, 70_000, (85, 80, 75)),
        (RETIRED | {"birth_date": "1940-01-01", "worked_since": "1958-01-01", "retired_on": "2000-12-31"}, 30_000, (90, 85, 80)),
        (RETIRED | {"birth_date": "1940-01-01", "worked_since": "1958-01-01", "retired_on": "2001-01-01"}, 70_000, (85, 80, 75)),
        (RETIRED | {"retired_on": None}, 70_000, (80, 75, 70)),
    ],
)  # fmt: skip
def test_outpatients_of_every_group(who, deductible, percents):
    for level, percent in zip((1, 2, 3), percents, strict=True):
        # 1,000 yuan above the deductible: so many percent of them are as many times ten yuan.
        found = quoted(who, in_scope_fen=deductible + 100_000, level=level)
        assert money(found) == {
            "total": deductible + 100_000, "deductible": deductible, "shared": 100_000,
            "supplementary": percent * 1_000, "own_share": (100 - percent) * 1_000,
            "cash": deductible + (100 - percent) * 1_000,
        }  # fmt: skip


@pytest.mark.parametrize(
    ("who", "deductible", "percent"),
    [(ACTIVE, 150_000, 85), (RETIRED, 120_000, 92), (RETIRED | {"birth_date": "1935-01-01", "retired_on": "1995-01-01"}, 70_000, 92)],
)  # fmt: skip
@pytest.mark.parametrize("care", ["inpatient", "emergency_observation"])
def test_stays_of_employees(who, deductible, percent, care):
    # A stay uses no current-year account, and has a deductible of its own however much was paid at the outpatient clinic.
    used = {"current_account_fen": 900_000, "historic_account_fen": 100_000, "deductible_used_fen": 150_000}
    found = quoted(who, used, care=care, in_scope_fen=2_000_000 + deductible)
    own = (100 - percent) * 20_000
    assert money(found) == {
        "total": 2_000_000 + deductible, "deductible": deductible, "shared": 2_000_000, "pooled": percent * 20_000,
        "own_share": own, "historic_account": 100_000, "cash": deductible + own - 100_000,
    }  # fmt: skip


def test_a_stay_that_crosses_the_cap():
    found = quoted(ACTIVE, {"pooled_used_fen": 52_900_000}, care="inpatient", in_scope_fen=1_150_000)
    # 11,500 − deductible 1,500 = 10,000 shared. The cap of 2019 is 530,000, 529,000 are counted: 1,000 lie within.
    # Pooled: 85 % of 1,000 = 850. Supplementary: 80 % of 9,000 = 7,200. Own: 10,000 − 8,050 = 1,950; cash 3,450.
    assert money(found) == {
        "total": 1_150_000, "deductible": 150_000, "shared": 1_000_000, "pooled": 85_000, "supplementary": 720_000,
        "own_share": 195_000, "cash": 345_000,
    }  # fmt: skip
    assert "fund_cap/employees" in deciding(found)
    above = quoted(RETIRED, {"pooled_used_fen": 53_000_000}, care="inpatient", in_scope_fen=1_120_000)
    # All of 10,000 above the cap: the supplementary fund pays 80 % whoever it is.
    assert (above.pooled_fen, above.supplementary_fen, above.own_share_fen) == (0, 800_000, 200_000)


@pytest.mark.parametrize(
    ("on", "cap"),
    [("2018-06-30", 49), ("2018-07-01", 51), ("2019-06-30", 51), ("2019-07-01", 53), ("2020-07-01", 55),
     ("2023-07-01", 61), ("2024-07-01", 63), ("2025-07-01", 65)],
)  # fmt: skip
def test_the_cap_of_each_medical_year(on, cap):
    # With all but one yuan counted, one yuan of a hundred lies within: 0.85 pooled, 80 % of 99 = 79.20 supplementary.
    found = quoted(
        ACTIVE, {"pooled_used_fen": cap * 1_000_000 - 100}, care="inpatient", on=on, in_scope_fen=160_000
    )
    assert (found.pooled_fen, found.supplementary_fen) == (85, 7_920)


def test_the_outpatient_deductible_fell_later():
    for on, deductible in (("2023-06-30", 150_000), ("2023-07-01", 50_000)):
        assert quoted(ACTIVE, in_scope_fen=200_000, on=on).deductible_fen == deductible


@pytest.mark.parametrize(
    ("care", "who", "percent"),
    [("major_illness", ACTIVE, 85), ("major_illness", RETIRED, 92), ("home_bed", ACTIVE, 80), ("home_bed", RETIRED, 80)],
)  # fmt: skip
def test_major_illness_and_home_beds_have_no_deductible(care, who, percent):
    found = quoted(who, {"current_account_fen": 5_000}, care=care, in_scope_fen=100_000)
    assert money(found) == {
        "total": 100_000, "shared": 100_000, "pooled": percent * 1_000, "own_share": (100 - percent) * 1_000,
        "cash": (100 - percent) * 1_000,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("born", "deductible"),
    [("2010-01-01", 30_000), ("2000-10-09", 30_000), ("2000-10-08", 50_000), ("1959-10-09", 50_000), ("1959-10-08", 30_000)],
)  # fmt: skip
def test_outpatients_of_the_residents_scheme(born, deductible):
    for level, percent in ((1, 70), (2, 60), (3, 50)):
        accounts = {"current_account_fen": 9_000, "historic_account_fen": 9_000}
        found = quoted(RESIDENT, accounts, birth_date=born, level=level, in_scope_fen=deductible + 10_000)
        assert money(found) == {
            "total": deductible + 10_000, "deductible": deductible, "shared": 10_000, "pooled": percent * 100,
            "own_share": (100 - percent) * 100, "cash": deductible + (100 - percent) * 100,
        }  # fmt: skip


@pytest.mark.parametrize(
    ("who", "percents"),
    [({"birth_date": "1950-01-01"}, (90, 80, 70)), ({}, (80, 70, 60)), ({"severely_disabled": True}, (90, 80, 70)),
     ({"birth_date": "2012-01-01"}, (80, 70, 60))],
)  # fmt: skip
def test_stays_of_the_residents_scheme(who, percents):
    for level, deductible, percent in zip((1, 2, 3), (5_000, 10_000, 30_000), percents, strict=True):
        found = quoted(RESIDENT | who, care="inpatient", level=level, in_scope_fen=deductible + 100_000)
        assert (found.deductible_fen, found.pooled_fen) == (deductible, percent * 1_000)


def test_the_severely_disabled_pay_a_smaller_deductible():
    assert quoted(RESIDENT, severely_disabled=True, in_scope_fen=100_000).deductible_fen == 30_000


def test_a_birthday_changes_the_band():
    # 45 on 2019-10-08: 50 % the day before, 60 % from the day on, of 1,000 above the deductible.
    shares = [
        quoted(ACTIVE, birth_date="1974-10-08", on=on, in_scope_fen=250_000).supplementary_fen
        for on in ("2019-10-07", "2019-10-08")
    ]
    assert shares == [50_000, 60_000]


@pytest.mark.parametrize("status", ["active", "retired"])
def test_retirement_in_the_middle_of_a_year(status):
    # Retired from 2019-11-01 on; 800 of the deductible were paid before.
    who = ACTIVE | {"status": status, "birth_date": "1959-11-01", "retired_on": "2019-11-01"}
    before, after = (
        quoted(who, {"deductible_used_fen": 80_000}, on=on, in_scope_fen=170_000)
        for on in ("2019-10-31", "2019-11-01")
    )
    # Active: 1,500 − 800 = 700 left, 1,000 shared, 60 % (60 years, level 3).
    assert (before.deductible_fen, before.supplementary_fen) == (70_000, 60_000)
    # Retired: 700 are used up, all 1,700 are shared at 70 %.
    assert (after.deductible_fen, after.supplementary_fen) == (0, 119_000)


def test_half_a_fen_goes_up_once():
    # Above the deductible: 1 fen × 50 % = 0.5 → 1; 3 × 50 % = 1.5 → 2; 5 × 65 % = 3.25 → 3; 10 × 65 % = 6.5 → 7.
    for level, extra, pays in ((3, 1, 1), (3, 3, 2), (1, 5, 3), (1, 10, 7)):
        found = quoted(ACTIVE, level=level, in_scope_fen=150_000 + extra)
        assert (found.supplementary_fen, found.own_share_fen) == (pays, extra - pays)
    # Within the cap 10 × 85 % = 8.5 → 9 and above it 3 × 80 % = 2.4 → 2: each fund's part is rounded for itself.
    split = quoted(ACTIVE, {"pooled_used_fen": 53_000_000 - 10}, care="inpatient", in_scope_fen=150_013)
    assert (split.pooled_fen, split.supplementary_fen, split.own_share_fen) == (9, 2, 2)


def test_what_no_rule_settles_is_refused():
    for care in ("major_illness", "home_bed"):
        with pytest.raises(CareNotSettled):
            quoted(RESIDENT, care=care, in_scope_fen=1)
    with pytest.raises(NoRuleApplies):
        quoted(ACTIVE, on="2017-12-31")


def test_the_sentences_say_what_happened():
    found = quoted(
        ACTIVE,
        {"current_account_fen": 50_000, "historic_account_fen": 30_000},
        in_scope_fen=300_000,
        prepay_fen=5_000,
    )
    assert [step.partition(" · ")[0] for step in found.steps] == [
        "这是2019年10月8日的门急诊费用，您按“在职职工，44周岁以下”的标准计算，计入2019医保年度（2019年7月1日至2020年6月30日）。",
        "费用总额3,050.00元：医保范围内3,000.00元，分类自负50.00元。",
        "当年个人账户先支付500.00元，支付后余额0.00元。",
        "本医保年度的自负段为1,500.00元，这次先负担1,500.00元。",
        "其余1,000.00元由基金和您分担：您在三级医疗机构就医，地方附加基金支付50%，即500.00元，您负担500.00元。",
        "医保范围内由您负担2,000.00元：历年个人账户支付300.00元，现金支付1,700.00元。",
        "分类自负、自费和超限价部分共50.00元不在医保范围内，由您现金支付。",
        "合计3,050.00元：基金支付500.00元，个人账户支付800.00元，您现金支付1,750.00元。",
    ]
    stay = quoted(
        RETIRED | {"retired_on": None},
        {"current_account_fen": 1, "pooled_used_fen": 53_000_000},
        care="inpatient",
        in_scope_fen=220_000,
    )
    said = " ".join(stay.steps)
    assert "退休日期没有填写" in said
    assert "住院费用不用当年个人账户" in said
    assert "超过限额的1,000.00元由地方附加基金支付80%，即800.00元，您负担200.00元。" in said
    assert "用现金支付" in said


def test_a_later_bill_of_a_stay_names_what_was_paid_of_its_deductible():
    first = quoted(ACTIVE, care="inpatient", in_scope_fen=100_000)
    assert (first.deductible_fen, first.shared_fen) == (100_000, 0)
    # 1,500 − 1,000 = 500 left of the stay's deductible; 9,500 shared × 85 % = 8,075.
    second = quoted(ACTIVE, {"stay_deductible_used_fen": 100_000}, care="inpatient", in_scope_fen=1_000_000)
    assert (second.deductible_fen, second.pooled_fen) == (50_000, 807_500)


def test_a_case_knows_its_whole():
    assert case(ACTIVE, in_scope_fen=1, own_expense_fen=2, prepay_fen=3, over_limit_fen=4).total_fen == 10
    assert PROGRAMME.sets["cost_share"].rules

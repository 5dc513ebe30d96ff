"""Cases worked by hand from the article and the public notices, asked of the packaged rules."""

from __future__ import annotations

from datetime import date

import pytest

from shebaoka.registry.programme import checks, files, sets
from shebaoka.registry.programme.model import Bank, Facts
from shebaoka.registry.programme.programme import Programme

PLACED = files.read(files.PACKAGED)
checks.check(PLACED)
PROGRAMME = Programme(rule for rule, _ in PLACED)

A, B = Bank("A", "甲银行", "Bank A"), Bank("B", "乙银行", "Bank B")
PUTUO, XUHUI = "310107", "310104"
RETIREE = Facts(
    birth_date=date(1950, 5, 6),
    hukou=True,
    insured="employee",
    insured_status="retired",
    district=XUHUI,
    pension_bank=A,
)
RETIREE_OUTSIDE = Facts(
    birth_date=date(1950, 5, 6), hukou=True, insured="employee", insured_status="retired", district=PUTUO
)
PUPIL = Facts(
    birth_date=date(2010, 5, 6), hukou=True, insured="resident", school_stage="primary", district=XUHUI
)
SMALL_PUPIL = Facts(
    birth_date=date(2014, 5, 6), insured="resident", school_stage="kindergarten", district=PUTUO
)
BABY = Facts(birth_date=date(2018, 5, 6), hukou=True, insured="resident", district=XUHUI)
STUDENT = Facts(birth_date=date(1999, 5, 6), hukou=True, insured="resident", school_stage="university")
EMPLOYEE = Facts(
    birth_date=date(1985, 5, 6),
    insured="employee",
    insured_status="active",
    employed=True,
    payroll_banks=(A,),
)
TWO_BANKS = Facts(
    birth_date=date(1985, 5, 6),
    insured="employee",
    insured_status="active",
    employed=True,
    payroll_banks=(A, B),
)
CHOSEN = Facts(
    birth_date=date(1985, 5, 6),
    insured="employee",
    insured_status="active",
    employed=True,
    payroll_banks=(A, B),
    chosen_bank=B,
)
NO_BANK = Facts(
    birth_date=date(1985, 5, 6), insured="employee", insured_status="active", employed=True, district=PUTUO
)
FLEXIBLE = Facts(birth_date=date(1985, 5, 6), insured="employee", insured_status="active")
JOBLESS = Facts(birth_date=date(1985, 5, 6), hukou=True)

D = date.fromisoformat
# who, on, group, window, open, channel, bank rule, chooser, suggested
CASES = [
    (RETIREE, "2019-05-06", "retirees", "2019-01-01", "2019-06-30", True, "bank_outlet", "pension_bank", "applicant", (A,)),
    (RETIREE, "2018-03-01", "retirees", "2019-01-01", "2019-06-30", False, "bank_outlet", "pension_bank", "applicant", (A,)),
    (RETIREE, "2018-08-01", "retirees", "2019-01-01", "2019-06-30", False, "bank_outlet", "pension_bank", "applicant", (A,)),
    (RETIREE, "2019-07-01", "retirees", "2019-07-01", "2020-12-31", True, "community_centre", "pension_bank", "applicant", (A,)),
    (RETIREE, "2021-01-01", "retirees", "2021-01-01", None, True, "community_centre", "pension_bank", "applicant", (A,)),
    (RETIREE_OUTSIDE, "2019-01-01", "retirees", "2019-01-01", "2019-06-30", True, "bank_outlet", "pension_bank_outside", "applicant", ()),
    (RETIREE_OUTSIDE, "2018-07-01", "retirees", "2018-07-01", "2018-12-31", True, "bank_outlet", "pension_bank_outside", "applicant", ()),
    (RETIREE_OUTSIDE, "2018-06-30", "retirees", "2018-07-01", "2018-12-31", False, "bank_outlet", "pension_bank_outside", "applicant", ()),
    (PUPIL, "2019-04-01", "pupils", "2019-04-01", "2019-06-30", True, "online", "guardian_chooses", "guardian", ()),
    (PUPIL, "2019-03-31", "pupils", "2019-04-01", "2019-06-30", False, "online", "guardian_chooses", "guardian", ()),
    (PUPIL, "2019-09-01", "pupils", "2019-07-01", "2020-12-31", True, "community_centre", "guardian_chooses", "guardian", ()),
    (SMALL_PUPIL, "2018-12-31", "pupils", "2018-07-01", "2018-12-31", True, "online", "guardian_chooses", "guardian", ()),
    (BABY, "2019-02-01", "everyone_else", "2019-01-01", "2020-12-31", True, "community_centre", "guardian_of_small_child", "guardian", ()),
    (STUDENT, "2019-05-06", "everyone_else", "2019-01-01", "2020-12-31", True, "community_centre", "applicant_chooses", "applicant", ()),
    (EMPLOYEE, "2019-05-06", "employees", "2019-07-01", "2020-12-31", False, "employer", "payroll_bank", "employer", (A,)),
    (EMPLOYEE, "2020-12-31", "employees", "2019-07-01", "2020-12-31", True, "employer", "payroll_bank", "employer", (A,)),
    (EMPLOYEE, "2023-01-01", "employees", "2021-01-01", None, True, "community_centre", "payroll_bank", "employer", (A,)),
    (TWO_BANKS, "2019-07-01", "employees", "2019-07-01", "2020-12-31", True, "employer", "several_payroll_banks", "employer", (A, B)),
    (CHOSEN, "2019-07-01", "employees", "2019-07-01", "2020-12-31", True, "employer", "employer_chose", "employer", (B,)),
    (NO_BANK, "2018-10-01", "employees", "2018-07-01", "2018-12-31", True, "employer", "payroll_bank_outside", "employer", ()),
    (FLEXIBLE, "2019-07-01", "everyone_else", "2019-01-01", "2020-12-31", True, "community_centre", "applicant_chooses", "applicant", ()),
    (JOBLESS, "2018-08-01", "everyone_else", "2019-01-01", "2020-12-31", False, "community_centre", "applicant_chooses", "applicant", ()),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[2]}-{case[7]}-{case[1]}")
def test_worked_case(case):
    facts, on, group, first, last, is_open, channel, bank_rule, chooser, suggested = case
    answer = PROGRAMME.explain(facts, D(on))
    assert answer.eligible
    assert answer.group.group == group
    assert (answer.when.from_, answer.when.to) == (D(first), None if last is None else D(last))
    assert answer.when.open_today is is_open
    assert answer.where.channel == channel
    assert "community_centre" in answer.where.also
    assert (answer.bank.rule, answer.bank.chooser, answer.bank.suggested) == (bank_rule, chooser, suggested)


@pytest.mark.parametrize(
    ("birth", "until"),
    [
        ("2013-05-07", "2020-05-07"),  # the day before the seventh birthday
        ("2012-05-06", "2029-05-06"),
        ("1993-05-07", "2029-05-06"),  # 25
        ("1993-05-06", "2039-05-06"),  # 26 today
        ("1973-05-07", "2039-05-06"),  # 45
        ("1973-05-06", None),  # 46 today
        ("1910-01-01", None),
    ],
)
def test_validity_at_the_borders_of_age(birth, until):
    facts = Facts(birth_date=D(birth), hukou=True)
    answer = PROGRAMME.explain(facts, D("2019-05-06"))
    assert answer.valid_until == (None if until is None else D(until))
    assert PROGRAMME.valid_until(facts, D("2019-05-06")) == answer.valid_until
    assert answer.photo.needed is (birth < "2012-05-07")


def test_leap_days():
    assert PROGRAMME.explain(Facts(birth_date=D("2016-02-29")), D("2020-02-29")).valid_until == D(
        "2023-02-28"
    )
    assert PROGRAMME.explain(Facts(birth_date=D("2000-02-29")), D("2020-02-29")).valid_until == D(
        "2030-02-28"
    )


def test_before_the_programme_nobody_is_sent_to_a_counter():
    before, waiting = (PROGRAMME.explain(RETIREE, D(day)) for day in ("2018-06-30", "2018-12-31"))
    assert "到柜面都会受理" in "".join(waiting.sentences_zh)
    assert "今天申请" in "".join(waiting.sentences_zh)
    for said in ("到柜面都会受理", "今天申请"):
        assert said not in "".join(before.sentences_zh)
    for said in ("a counter serves you", "Applied for"):
        assert said not in " ".join(before.sentences_en)
    assert "今天尚未开始" in "".join(before.sentences_zh)


def test_a_child_whom_nobody_knows_comes_with_its_guardian():
    for facts in (Facts(registered=False, birth_date=D("2019-04-01")), Facts(birth_date=D("2018-04-01"))):
        answer = PROGRAMME.explain(facts, D("2019-05-06"))
        assert not answer.eligible
        assert answer.documents.by == "guardian"
        assert "监护人身份证件" in answer.sentences_zh[-1]
        assert "户口簿或本市参保证明" in answer.sentences_zh[-1]


def test_guardians_act_under_sixteen():
    by = [
        PROGRAMME.explain(Facts(birth_date=D(day), hukou=True), D("2019-05-06")).documents.by
        for day in ("2003-05-07", "2003-05-06")
    ]
    assert by == ["guardian", "holder"]


def test_due_day_notice_and_old_cards():
    assert PROGRAMME.due_on(D("2019-05-06")) == D("2019-06-05")
    assert PROGRAMME.apply_by(D("2019-04-10")) == D("2019-04-24")
    assert PROGRAMME.old_cards_void_from(D("2019-05-06")) == D("2020-12-31")
    before, after = (
        PROGRAMME.explain(JOBLESS, D(day)).sentences_zh[-1] for day in ("2020-12-30", "2020-12-31")
    )
    assert "照常使用" in before
    assert "统一失效，请尽快" in after


def test_who_may_not_have_a_card_hears_why_and_where_to_go():
    stranger = PROGRAMME.explain(Facts(birth_date=D("1985-05-06")), D("2019-05-06"))
    unknown = PROGRAMME.explain(Facts(registered=False), D("2019-05-06"))
    dead = PROGRAMME.explain(Facts(alive=False, hukou=True), D("2019-05-06"))
    assert [a.eligibility for a in (stranger, unknown, dead)] == ["not_eligible", "unknown", "deceased"]
    for answer in (stranger, unknown, dead):
        assert not answer.eligible
        assert answer.where.channel == "community_centre"
        assert "社区事务受理服务中心" in "".join(answer.sentences_zh)
        assert "community centre" in " ".join(answer.sentences_en)
    assert "户口簿或本市参保证明" in unknown.sentences_zh[-1]


@pytest.mark.parametrize("kind", ["community_centre", "bank_outlet", "bank", "hotline", "kiosk", "employer"])
def test_which_counters_replace_on_the_spot(kind):
    rule = PROGRAMME.instant(kind, D("2019-05-06"))
    assert bool(rule.reasons) == (kind in ("community_centre", "bank_outlet"))
    assert not rule.reasons or {"lost", "worn", "unreadable"} <= set(rule.reasons)


def test_how_blanks_are_reckoned():
    rule = PROGRAMME.blank_stock(D("2019-05-06"))
    assert (rule.use_days, rule.reorder_days, rule.cover_days, rule.blanks_min) == (28, 10, 30, 20)
    with pytest.raises(ValueError, match="cover_days"):
        sets.DecidesStock(use_days=28, reorder_days=30, cover_days=30, blanks_min=0, unlisted_chip="alarm")


@pytest.mark.parametrize(
    ("kind", "elsewhere", "own", "at_once", "later"),
    [
        ("bank_outlet", False, True, ("social", "financial"), ()),
        ("bank_outlet", True, True, ("financial",), ("social",)),
        ("bank", False, True, ("social", "financial"), ()),
        ("bank_outlet", False, False, (), ()),
        ("bank_outlet", True, False, (), ()),
        ("community_centre", False, False, ("social",), ()),
        ("hotline", False, False, ("social",), ()),
        ("kiosk", False, False, ("social",), ()),
        ("online_platform", False, False, ("social",), ()),
        ("employer", False, False, (), ()),
        ("pharmacy", False, False, (), ()),
    ],
)
def test_which_outlet_opens_what(kind, elsewhere, own, at_once, later):
    opening = PROGRAMME.opening(kind, D("2019-05-06"), elsewhere=elsewhere, own_bank=own)
    assert (opening.at_once, opening.later, opening.days_later) == (at_once, later, 1 if later else 0)

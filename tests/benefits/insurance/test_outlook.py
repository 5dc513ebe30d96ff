"""What comes next for somebody, in sentences worked by hand from the published table. Amounts in yuan."""

from __future__ import annotations

from datetime import date

from tests.benefits.insurance.bills import PROGRAMME

from shebaoka.benefits.insurance.insured import Insured, Life
from shebaoka.benefits.insurance.model import InsuredState
from shebaoka.benefits.insurance.outlook import limits, outlook
from shebaoka.benefits.insurance.years import medical_year

ON = date(2019, 10, 8)


def insured(scheme="employee", status="active", born=date(1980, 5, 6), *, current=0, used=0, counted=0) -> Insured:  # fmt: skip
    return Insured(
        person_id=1, on=ON, scheme=scheme, status=status, since=date(2018, 1, 1), birth_date=born, life=Life(),
        year=medical_year(PROGRAMME, scheme, ON),
        state=InsuredState(current_account_fen=current, historic_account_fen=0, deductible_used_fen=used, pooled_used_fen=counted),
    )  # fmt: skip


def said(one: Insured) -> list[str]:
    pairs = outlook(PROGRAMME, one)
    assert all(zh and en and " · " not in zh + en for zh, en in pairs)
    return [zh for zh, _ in pairs]


def test_an_employee_in_the_middle_of_the_deductible():
    one = insured(current=12_345, used=40_000, counted=1_000_000)
    # Active, 39 years: 1,500 a year at the clinic, then 65/60/50; a stay 1,500, then 85; the cap of 2019 is 530,000.
    assert limits(PROGRAMME, one) == (150_000, 53_000_000)
    assert said(one) == [
        "看门诊、买药先用当年个人账户，现有123.45元。",
        "本医保年度的自负段为1,500.00元，已负担400.00元，还有1,100.00元由您先负担。",
        "此后门诊在医保范围内的费用，地方附加基金支付：一级医院65%、二级医院60%、三级医院50%；其余由您负担。",
        "住院：每次先由您负担起付标准1,500.00元，此后统筹基金支付：85%。",
        "统筹基金本医保年度最高支付限额为530,000.00元，已计入10,000.00元；超过后由地方附加基金支付80%。",
    ]


def test_a_deductible_that_is_used_up():
    told = said(insured(used=150_000))
    assert told[:2] == ["当年个人账户已用完。", "本医保年度的自负段1,500.00元已经满了。"]


def test_a_resident_has_no_account():
    one = insured("resident", None)
    assert limits(PROGRAMME, one)[0] == 50_000
    told = said(one)
    assert not any("个人账户" in each for each in told)
    assert told[0].startswith("本医保年度的起付标准为500.00元")
    assert "住院：每次先由您负担起付标准一级50.00元、二级100.00元、三级300.00元" in told[2]

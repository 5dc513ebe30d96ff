"""How a bill came about, sentence by sentence, for the patient: Chinese and English. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import MappingProxyType
from typing import Final, TypeAlias

from shebaoka.benefits.insurance.model import Case
from shebaoka.benefits.insurance.reckoning import Reckoning
from shebaoka.kit.money import Fen

Pair: TypeAlias = tuple[str, str]
"""A sentence in Chinese and in English; neither has ` · ` in it."""
FUNDS: Final = MappingProxyType(
    {
        ("employee", "pooled"): ("统筹基金", "the pooled fund"),
        ("employee", "supplementary"): ("地方附加基金", "the supplementary fund"),
        ("resident", "pooled"): ("居民医保基金", "the residents' fund"),
        ("resident", "supplementary"): ("附加基金", "the supplementary fund"),
    }
)
LEVELS: Final = ("一级医疗机构（含社区卫生服务中心）", "二级医疗机构", "三级医疗机构")
CARES: Final = MappingProxyType(
    {
        "outpatient": ("门急诊", "outpatient care"),
        "inpatient": ("住院", "a stay in hospital"),
        "emergency_observation": ("急诊观察", "observation in the emergency department"),
        "major_illness": ("门诊大病", "treatment of a major illness without a stay"),
        "home_bed": ("家庭病床", "care in a home bed"),
    }
)


def steps(case: Case, found: Reckoning) -> Iterator[Pair]:
    """Say how a bill came about; this function will leave out what did not happen and always end with the sum."""
    yield from _whose(case, found)
    yield _bill(case)
    yield from _account(case, found)
    yield from _deductible(case, found)
    yield from _shared(case, found)
    yield from _own(found)
    if found.outside:
        amount = found.outside.grouped()
        yield (
            f"分类自负、自费和超限价部分共{amount}元不在医保范围内，由您现金支付。",
            f"What is paid first, at one's own expense or above a price limit, {amount} yuan in all, is not in scope: you pay it in cash.",
        )
    yield _sum(case, found)


def _whose(case: Case, found: Reckoning) -> Iterator[Pair]:
    (care_zh, care_en), year, group = CARES[case.care], found.terms.year, found.terms.group
    span_zh = f"{year.name}医保年度（{_day(year.first)}至{_day(year.last)}）"
    span_en = f"medical year {year.name} ({year.first} to {year.last})"
    yield (
        f"这是{_day(case.on)}的{care_zh}费用，您按“{group.name_zh}”的标准计算，计入{span_zh}。",
        f"This is {care_en} on {case.on}; you are counted as “{group.name_en}”, in {span_en}.",
    )
    if case.scheme == "employee" and case.retired_on is not None:
        when_zh, when_en = (
            ("在职时", "while you were active")
            if case.on < case.retired_on
            else ("退休后", "after you retired")
        )
        yield (
            f"您自{_day(case.retired_on)}起退休，这次费用发生在{when_zh}。",
            f"You are retired from {case.retired_on} on; these costs arose {when_en}.",
        )
    elif case.scheme == "employee" and case.status == "retired":
        yield (
            "您的退休日期没有填写，按2001年以后退休计算。",
            "The day on which you retired is not given: you are counted as retired since 2001.",
        )


def _bill(case: Case) -> Pair:
    parts = [
        (case.in_scope_fen, "医保范围内", "in scope"),
        (case.prepay_fen, "分类自负", "paid first"),
        (case.own_expense_fen, "自费", "at your own expense"),
        (case.over_limit_fen, "超限价", "above a price limit"),
    ]
    named = [(Fen(amount).grouped(), zh, en) for amount, zh, en in parts if amount]
    zh = f"费用总额{Fen(case.total_fen).grouped()}元"
    en = f"The bill is {Fen(case.total_fen).grouped()} yuan"
    if not named:
        return f"{zh}。", f"{en}."
    return (
        f"{zh}：{'，'.join(f'{name}{amount}元' for amount, name, _ in named)}。",
        f"{en}: {', '.join(f'{amount} {name}' for amount, _, name in named)}.",
    )


def _account(case: Case, found: Reckoning) -> Iterator[Pair]:
    balance = Fen(case.state.current_account_fen)
    if not found.terms.order.current_account:
        if balance and case.scheme == "employee":
            care = CARES[case.care]
            yield f"{care[0]}费用不用当年个人账户。", f"The current-year account does not pay for {care[1]}."
        return
    if not case.in_scope_fen:
        return
    if not balance:
        yield "当年个人账户没有余额。", "The current-year account is empty."
        return
    paid, left = found.current_account.grouped(), (balance - found.current_account).grouped()
    yield (
        f"当年个人账户先支付{paid}元，支付后余额{left}元。",
        f"The current-year account pays {paid} yuan first and has {left} yuan left.",
    )


def _deductible(case: Case, found: Reckoning) -> Iterator[Pair]:
    terms = found.terms
    if not terms.deductible_fen or case.in_scope_fen == found.current_account:
        return
    whole, yearly = Fen(terms.deductible_fen).grouped(), terms.per == "year"
    used = Fen(case.state.deductible_used_fen if yearly else case.state.stay_deductible_used_fen)
    name = "自负段" if yearly and case.scheme == "employee" else "起付标准"
    span_zh, span_en = (
        ("本医保年度", "of this medical year") if yearly else (f"这次{CARES[case.care][0]}", "of this stay")
    )
    before_zh = f"，此前已负担{used.grouped()}元" if used else ""
    before_en = f", of which {used.grouped()} were paid before" if used else ""
    now_zh = f"这次先负担{found.deductible.grouped()}元" if found.deductible else "已经满了，这次不再负担"
    now_en = (
        f"you pay {found.deductible.grouped()} yuan now"
        if found.deductible
        else "it is used up and you pay none now"
    )
    yield (
        f"{span_zh}的{name}为{whole}元{before_zh}，{now_zh}。",
        f"The deductible {span_en} is {whole} yuan{before_en}; {now_en}.",
    )


def _shared(case: Case, found: Reckoning) -> Iterator[Pair]:
    terms = found.terms
    assert terms.share.fund is not None
    if found.within:
        zh, en = FUNDS[case.scheme, terms.share.fund]
        amount, paid, own = (
            one.grouped() for one in (found.within, found.paid_within, found.within - found.paid_within)
        )
        yield (
            f"其余{amount}元由基金和您分担：您在{LEVELS[case.level - 1]}就医，{zh}支付{terms.percent}%，即{paid}元，您负担{own}元。",
            f"The {amount} yuan that remain are shared: at an institution of level {case.level} {en} pays {terms.percent} per cent, {paid} yuan, and you {own}.",
        )
    if found.above:
        assert terms.cap_fen is not None
        zh, en = FUNDS[case.scheme, terms.cap.above_fund]
        cap, used = Fen(terms.cap_fen).grouped(), Fen(case.state.pooled_used_fen).grouped()
        percent = terms.cap.above_percent
        amount, paid, own = (
            one.grouped() for one in (found.above, found.paid_above, found.above - found.paid_above)
        )
        yield (
            f"统筹基金每个医保年度最高支付限额为{cap}元，此前已计入{used}元；超过限额的{amount}元由{zh}支付{percent}%，即{paid}元，您负担{own}元。",
            f"The pooled fund pays up to costs of {cap} yuan a medical year, {used} of them counted before; of the {amount} yuan above, {en} pays {percent} per cent, {paid} yuan, and you {own}.",
        )


def _own(found: Reckoning) -> Iterator[Pair]:
    due = found.deductible + found.own_share
    if not due:
        return
    amount, paid, rest = (
        due.grouped(),
        found.historic_account.grouped(),
        (due - found.historic_account).grouped(),
    )
    said_zh, said_en = f"医保范围内由您负担{amount}元", f"Of what is in scope {amount} yuan are yours"
    if found.historic_account:
        yield (
            f"{said_zh}：历年个人账户支付{paid}元，现金支付{rest}元。",
            f"{said_en}: the historic account pays {paid} yuan, you pay {rest} yuan in cash.",
        )
    else:
        yield f"{said_zh}，用现金支付。", f"{said_en}; you pay them in cash."


def _sum(case: Case, found: Reckoning) -> Pair:
    funds = (found.pooled + found.supplementary).grouped()
    account = (found.current_account + found.historic_account).grouped()
    cash, total = found.cash.grouped(), Fen(case.total_fen).grouped()
    if case.scheme == "resident":
        return (
            f"合计{total}元：基金支付{funds}元，您现金支付{cash}元。",
            f"In all {total} yuan: {funds} from the fund, {cash} from you in cash.",
        )
    return (
        f"合计{total}元：基金支付{funds}元，个人账户支付{account}元，您现金支付{cash}元。",
        f"In all {total} yuan: {funds} from the funds, {account} from your accounts, {cash} from you in cash.",
    )


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

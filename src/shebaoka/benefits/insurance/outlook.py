"""What comes next for somebody: how the deductible and the cap stand, and who would pay what of the next bill. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

from msgspec import Struct

from shebaoka.benefits.insurance.errors import CareNotSettled
from shebaoka.benefits.insurance.insured import Insured, Parts
from shebaoka.benefits.insurance.model import Level
from shebaoka.benefits.insurance.reckoning import Terms, terms
from shebaoka.benefits.insurance.speech import FUNDS, Pair
from shebaoka.benefits.insurance.years import MedicalYear
from shebaoka.kit.money import Fen
from shebaoka.registry.programme.model import Care, Scheme
from shebaoka.registry.programme.programme import Programme

LEVELS: Final[tuple[Level, ...]] = get_args(Level)
LEVELS_ZH: Final = ("一级", "二级", "三级")


class YearStanding(Struct, frozen=True, kw_only=True):
    """Where somebody stands in a medical year, in fen: how much of its deductible is paid, how much counts against the cap.

    `deductible_fen` and `cap_fen` None: the rules name none, or the person was insured otherwise by then.
    """

    scheme: Scheme
    year: MedicalYear
    deductible_fen: int | None
    deductible_used_fen: int
    cap_fen: int | None
    counted_fen: int


def limits(programme: Programme, one: Insured) -> tuple[int | None, int | None]:
    """Give the deductible of the clinic's year and the pooled fund's cap for somebody on a day; None where there is none."""
    clinic, stay = _asked(programme, one, "outpatient"), _asked(programme, one, "inpatient")
    yearly = clinic[0].deductible_fen if clinic and clinic[0].per == "year" else None
    return yearly, stay[0].cap_fen if stay else None


def outlook(programme: Programme, one: Insured) -> list[Pair]:
    """Say what comes next for somebody, in sentences, Chinese and English; `one` is how they stand now."""
    clinic, stay = _asked(programme, one, "outpatient"), _asked(programme, one, "inpatient")
    return [*_clinic(one, clinic), *_stay(one, stay), *_cap(one, stay)]


def _asked(programme: Programme, one: Insured, care: Care) -> list[Terms]:
    """Give what the rules say of a kind of care at each level; nothing where no fund shares it."""
    try:
        return [terms(programme, one.case(care, level, Parts(in_scope_fen=0))) for level in LEVELS]
    except CareNotSettled:
        return []


def _clinic(one: Insured, by: list[Terms]) -> Iterator[Pair]:
    if not by:
        return
    if by[0].order.current_account:
        yield _account(Fen(one.state.current_account_fen))
    if by[0].per == "year" and by[0].deductible_fen:
        yield _deductible(one, by[0])
    yield (
        f"此后门诊在医保范围内的费用，{_fund(one, by)[0]}支付：{_by_level(by)}；其余由您负担。",
        f"After that, of what is in scope at a clinic {_fund(one, by)[1]} pays {_percents(by)} per cent at an institution of level 1, 2, 3; the rest is yours.",
    )


def _account(held: Fen) -> Pair:
    if not held:
        return "当年个人账户已用完。", "The current-year account is used up."
    return (
        f"看门诊、买药先用当年个人账户，现有{held.grouped()}元。",
        f"At clinics and pharmacies the current-year account pays first; it holds {held.grouped()} yuan.",
    )


def _deductible(one: Insured, by: Terms) -> Pair:
    whole, used = Fen(by.deductible_fen), Fen(one.state.deductible_used_fen)
    name = "自负段" if one.scheme == "employee" else "起付标准"
    if used >= whole:
        return (
            f"本医保年度的{name}{whole.grouped()}元已经满了。",
            f"The deductible of this medical year, {whole.grouped()} yuan, is used up.",
        )
    left = (whole - used).grouped()
    return (
        f"本医保年度的{name}为{whole.grouped()}元，已负担{used.grouped()}元，还有{left}元由您先负担。",
        f"The deductible of this medical year is {whole.grouped()} yuan; {used.grouped()} are paid, {left} more are yours first.",
    )


def _stay(one: Insured, by: list[Terms]) -> Iterator[Pair]:
    if not by:
        return
    fens = [Fen(each.deductible_fen).grouped() for each in by]
    amounts = (
        f"{fens[0]}元"
        if len(set(fens)) == 1
        else "、".join(f"{zh}{fen}元" for zh, fen in zip(LEVELS_ZH, fens, strict=True))
    )
    each_zh, each_en = ("每次", "each stay") if by[0].per == "stay" else ("本医保年度", "this medical year")
    yield (
        f"住院：{each_zh}先由您负担起付标准{amounts}，此后{_fund(one, by)[0]}支付：{_by_level(by)}。",
        f"In hospital: of {each_en} {' / '.join(dict.fromkeys(fens))} yuan are yours first; then {_fund(one, by)[1]} pays {_percents(by)} per cent.",
    )


def _cap(one: Insured, by: list[Terms]) -> Iterator[Pair]:
    if not by or by[0].cap_fen is None:
        return
    cap, counted = Fen(by[0].cap_fen).grouped(), Fen(one.state.pooled_used_fen).grouped()
    above, (zh, en) = by[0].cap.above_percent, FUNDS[one.scheme, by[0].cap.above_fund]
    yield (
        f"统筹基金本医保年度最高支付限额为{cap}元，已计入{counted}元；超过后由{zh}支付{above}%。",
        f"The pooled fund pays up to costs of {cap} yuan in this medical year, {counted} of them are counted; above that {en} pays {above} per cent.",
    )


def _fund(one: Insured, by: list[Terms]) -> Pair:
    fund = by[0].share.fund
    assert fund is not None
    return FUNDS[one.scheme, fund]


def _by_level(by: list[Terms]) -> str:
    if len({each.percent for each in by}) == 1:
        return f"{by[0].percent}%"
    return "、".join(f"{zh}医院{each.percent}%" for zh, each in zip(LEVELS_ZH, by, strict=True))


def _percents(by: list[Terms]) -> str:
    return " / ".join(dict.fromkeys(str(each.percent) for each in by))

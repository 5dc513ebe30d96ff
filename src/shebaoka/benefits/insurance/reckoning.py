"""What a bill comes to: who pays which part of it, in which order. Every figure is a rule's; nothing is rounded but a fund's share.

Order: current-year account → deductible → shared part; then the historic account pays what is the insured's of what is in
scope, and cash the rest. A fund's share of an amount is rounded to the fen once for each bill, half a fen up (`Fen.share`); the
insured's part is what remains, so that the parts always sum to the whole.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, Final

from msgspec import Struct

from shebaoka.benefits.insurance.errors import CareNotSettled
from shebaoka.benefits.insurance.model import Case
from shebaoka.benefits.insurance.years import MedicalYear, year_of
from shebaoka.kit.money import Fen
from shebaoka.registry.programme import benefit_sets as sets
from shebaoka.registry.programme.asking import age_on
from shebaoka.registry.programme.model import Reason
from shebaoka.registry.programme.programme import Decided, Programme

ASKED: Final = ("medical_year", "insured_group", "payment_order", "deductible", "cost_share", "fund_cap")
"""The rule sets that a bill asks, in this order."""
NOTHING: Final = Fen(0)
WHOLE: Final = 100


class Terms(Struct, frozen=True):
    """What the rules of a day decide for a bill."""

    year: MedicalYear
    group: sets.DecidesInsuredGroup
    order: sets.DecidesPaymentOrder
    deductible_fen: int
    per: str
    share: sets.DecidesCostShare
    percent: int
    cap: sets.DecidesFundCap
    why: tuple[Reason, ...]

    @property
    def cap_fen(self) -> int | None:
        """Up to which costs of the year the fund pays; None where it has no end, or another fund pays."""
        return self.cap.cap_fen if self.share.fund == "pooled" else None


class Reckoning(Struct, frozen=True, kw_only=True):
    """Who pays what of a bill.

    `within` is the shared part up to the pooled fund's cap, which counts against it, and `above` what lies above; of the
    deductible and of the own share the historic account pays first the one, then the other.
    """

    terms: Terms
    current_account: Fen
    deductible: Fen
    shared: Fen
    within: Fen
    above: Fen
    paid_within: Fen
    paid_above: Fen
    pooled: Fen
    supplementary: Fen
    own_share: Fen
    historic_account: Fen
    outside: Fen
    cash: Fen

    @property
    def counted(self) -> tuple[Fen, Fen]:
        """What counts in the medical year: of its deductible, and against the pooled fund's cap."""
        of_year = self.deductible if self.terms.per == "year" else NOTHING
        return of_year, self.within if self.terms.share.fund == "pooled" else NOTHING


def terms(programme: Programme, case: Case) -> Terms:
    """Ask the rules of the day of care; CareNotSettled where none says what a fund pays."""
    facts = facts_of(case, case.on)
    rules = {}
    for name in ASKED:
        rule = rules[name] = programme.rule(name, facts, case.on)
        if name in sets.DERIVED:
            facts[name] = getattr(rule.decides, name)
    decided = Decided(rules)
    share = decided.of("cost_share", sets.DecidesCostShare)
    if share.fund is None:
        raise CareNotSettled(f"{case.scheme}, {case.care}")
    if share.fund != "pooled":
        del rules["fund_cap"]
    deductible = decided.of("deductible", sets.DecidesDeductible)
    return Terms(
        year=year_of(decided.of("medical_year", sets.DecidesMedicalYear), case.on),
        group=decided.of("insured_group", sets.DecidesInsuredGroup),
        order=decided.of("payment_order", sets.DecidesPaymentOrder),
        deductible_fen=deductible.fen[case.level - 1],
        per=deductible.per,
        share=share,
        percent=share.percent[case.level - 1],
        cap=decided.of("fund_cap", sets.DecidesFundCap) if "fund_cap" in rules else sets.DecidesFundCap(),
        why=decided.reasons(),
    )


def facts_of(case: Case, on: date) -> dict[str, Any]:
    """Give what the rules may ask about a case (`benefit_sets.ASK`), on a day."""
    return {
        "scheme": case.scheme,
        "status": case.status_that_day,
        "care": case.care,
        "age": age_on(case.birth_date, on),
        "birth_date": case.birth_date,
        "worked_since": case.worked_since,
        "retired_on": case.retired_on,
        "severely_disabled": case.severely_disabled,
    }


def reckon(programme: Programme, case: Case) -> Reckoning:
    """Reckon a bill; this function will give parts that sum to the whole bill."""
    by = terms(programme, case)
    state, in_scope = case.state, Fen(case.in_scope_fen)
    current = min(Fen(state.current_account_fen), in_scope) if by.order.current_account else NOTHING
    used = state.deductible_used_fen if by.per == "year" else state.stay_deductible_used_fen
    deductible = min(Fen(max(by.deductible_fen - used, 0)), in_scope - current)
    shared = in_scope - current - deductible
    within = shared if by.cap_fen is None else min(shared, Fen(max(by.cap_fen - state.pooled_used_fen, 0)))
    above = shared - within
    paid_within = within.share(Fraction(by.percent, WHOLE))
    paid_above = above.share(Fraction(by.cap.above_percent, WHOLE))
    pays = [(by.share.fund, paid_within), (by.cap.above_fund, paid_above)]
    pooled, supplementary = (
        Fen(sum(paid for fund, paid in pays if fund == name)) for name in ("pooled", "supplementary")
    )
    own_share = shared - pooled - supplementary
    due = deductible + own_share
    historic = min(Fen(state.historic_account_fen), due) if by.order.historic_account else NOTHING
    outside = Fen(case.total_fen) - in_scope
    return Reckoning(
        terms=by, current_account=current, deductible=deductible, shared=shared, within=within, above=above,
        paid_within=paid_within, paid_above=paid_above, pooled=pooled, supplementary=supplementary,
        own_share=own_share, historic_account=historic, outside=outside, cash=due - historic + outside,
    )  # fmt: skip

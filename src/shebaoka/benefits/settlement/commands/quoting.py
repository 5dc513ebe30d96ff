"""What a batch or a stay comes to: lines are summed up, bills reckoned by where the person stands, and the quote is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from msgspec import Struct, structs

from shebaoka.benefits.insurance import booking
from shebaoka.benefits.insurance import commands as insurance
from shebaoka.benefits.insurance import model as cases
from shebaoka.benefits.insurance import quoting as reckonings
from shebaoka.benefits.insurance import views as people
from shebaoka.benefits.insurance.insured import Insured, Parts
from shebaoka.benefits.insurance.reckoning import Reckoning, reckon
from shebaoka.benefits.insurance.years import bills_of_stay
from shebaoka.benefits.settlement import states, store, views
from shebaoka.benefits.settlement.commands.serving import batch_of
from shebaoka.benefits.settlement.errors import NothingToSettle
from shebaoka.benefits.settlement.model import Bill, Elsewhere, Quoted, Sums, Visit
from shebaoka.benefits.settlement.store import SQL
from shebaoka.kit.work import Row, Work
from shebaoka.ledger.model import Account
from shebaoka.registry.programme.benefit_sets import DecidesSettling
from shebaoka.registry.programme.model import VisitKind
from shebaoka.registry.programme.programme import Programme

PAID: Final = ("pooled", "supplementary", "current_account", "historic_account", "cash")


class Reckoned(Struct, frozen=True):
    """A bill that was reckoned: whose, for which days, what was asked, and who pays what."""

    insured: Insured
    first: date
    case: cases.Case
    found: Reckoning


def settling(programme: Programme, kind: VisitKind, on: date) -> DecidesSettling:
    """Give how a kind of visit is settled on a day."""
    decides = programme.rule("settling", {"visit": kind}, on).decides
    assert isinstance(decides, DecidesSettling)
    return decides


async def quote(
    work: Work, programme: Programme, institution_id: int, person_id: int, visit_id: int, batch: str,
    elsewhere: Elsewhere | None = None,
) -> Quoted:  # fmt: skip
    """Quote a batch of lines, or a stay as it now is; the quote is kept to be confirmed.

    Raises NotFound, NotDesignated, NotInsured, NothingToSettle, TransitionRefused (the visit is cancelled), CareNotSettled.
    """
    visit = await views.visit(work, institution_id, person_id, visit_id)
    if visit.status == "cancelled":
        states.after(visit.status, "serve")
    how = settling(programme, visit.kind, work.today)
    level = (
        elsewhere.level
        if elsewhere
        else how.level or (await views.serving(work, institution_id, work.today)).level
    )
    assert level is not None, "a hospital has a level, and the rule names that of a pharmacy"
    # The version was read before the lines: one that comes in between makes the quote unusable, never wrong.
    asked = {"person_id": person_id, "visit_id": visit_id, "batch": batch_of(visit, batch)}
    days = await work.rows(SQL["parts"], asked)
    if not days:
        raise NothingToSettle(batch)
    now = await insurance.lock_insured(work, programme, person_id, work.today)
    bills = await _reckon(work, programme, now, visit, days, how, level)
    quoted = Quoted(
        quote_id=work.ids.one(), person_id=person_id, visit_id=visit_id, batch=batch_of(visit, batch),
        expires_at=work.now + timedelta(minutes=how.quote_minutes), sums=_sums(bills),
        bills=tuple(Bill(first=one.first, last=one.case.on, year=one.insured.year.name,
                         quote=reckonings.told(one.case, one.found)) for one in bills),
    )  # fmt: skip
    province_id = None if elsewhere is None else elsewhere.province_id
    await store.add_quote(work, quoted, visit, _counts(bills, institution_id, elsewhere), province_id)
    work.record(person_id, "settlement.quoted", quoted.quote_id)
    return quoted


async def _reckon(
    work: Work, programme: Programme, now: Insured, visit: Visit, days: Sequence[Row], how: DecidesSettling,
    level: cases.Level,
) -> list[Reckoned]:  # fmt: skip
    """Reckon each bill with what the ones before it leave."""
    spans = [(work.today, work.today)]
    if visit.kind == "inpatient":
        spans = bills_of_stay(programme, now.scheme, visit.began_on, visit.ended_on or work.today)
    reckoned: list[Reckoned] = []
    for n, (first, last) in enumerate(spans):
        insured = now if last == now.on else await people.insured(work, programme, now.person_id, last)
        await insurance.begin_year(work, insured)
        # A line from outside the days of the stay counts in the bill that is nearest.
        of_bill = [
            row[1:] for row in days
            if (n == 0 or row[0] >= first) and (n == len(spans) - 1 or row[0] <= last)
        ]  # fmt: skip
        in_scope, own, prepay, over = (
            (sum(part) for part in zip(*of_bill, strict=True)) if of_bill else (0,) * 4
        )
        parts = Parts(in_scope_fen=in_scope, own_expense_fen=own, prepay_fen=prepay, over_limit_fen=over)
        standing = structs.replace(insured, state=_left(insured.state, reckoned))
        case = standing.case(how.care, level, parts)
        reckoned.append(Reckoned(standing, first, case, reckon(programme, case)))
    return reckoned


def _left(state: cases.InsuredState, before: Sequence[Reckoned]) -> cases.InsuredState:
    """Give where somebody stands after the earlier bills of the same stay; each counts in a year of its own."""
    found = [one.found for one in before]
    return structs.replace(
        state,
        current_account_fen=state.current_account_fen - sum(int(one.current_account) for one in found),
        historic_account_fen=state.historic_account_fen - sum(int(one.historic_account) for one in found),
        stay_deductible_used_fen=sum(int(one.deductible) for one in found if one.terms.per == "stay"),
    )


def _sums(bills: Sequence[Reckoned]) -> Sums:
    divided = {
        name: sum(getattr(one.case, name) for one in bills)
        for name in ("total_fen", "in_scope_fen", "own_expense_fen", "prepay_fen", "over_limit_fen")
    }
    paid = {f"{name}_fen": sum(int(getattr(one.found, name)) for one in bills) for name in PAID}
    return Sums(**divided, **paid)


def _counts(
    bills: Sequence[Reckoned], institution_id: int, elsewhere: Elsewhere | None
) -> dict[str, list[Any]]:
    """Give what a confirmation will book and count, as the columns of the quote."""
    owed = Account.INSTITUTION if elsewhere is None else Account.CROSS_PROVINCE
    booked: dict[str, int] = {}
    for one in bills:
        for line in booking.bill_lines(one.insured.scheme, one.found, institution_id, owed):
            booked[line.account.value] = booked.get(line.account.value, 0) + int(line.amount)
    return {
        "schemes": [one.insured.scheme for one in bills],
        "years": [one.insured.year.name for one in bills],
        "deductibles": [int(one.found.counted[0]) for one in bills],
        "counted": [int(one.found.counted[1]) for one in bills],
        "accounts": list(booked),
        "amounts": list(booked.values()),
    }

"""Contributions: employees pay by the month, residents by the calendar year; what is due the rules say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from shebaoka.benefits.insurance import views
from shebaoka.benefits.insurance.booking import fund
from shebaoka.benefits.insurance.commands.opening import open_account
from shebaoka.benefits.insurance.errors import ContributionNotDue, ContributionPaid, ContributionTakenBack
from shebaoka.benefits.insurance.insured import Contribution
from shebaoka.benefits.insurance.store import SQL
from shebaoka.kit.money import Fen
from shebaoka.kit.problems import NotFound
from shebaoka.kit.violations import VIOLATIONS, constraint
from shebaoka.kit.work import Work
from shebaoka.ledger import commands as ledger
from shebaoka.ledger.model import Account, Entry, Kind, moves
from shebaoka.registry.programme.asking import age_on
from shebaoka.registry.programme.benefit_sets import DecidesAccountCredit, DecidesContribution
from shebaoka.registry.programme.model import Scheme
from shebaoka.registry.programme.programme import Programme

WHOLE: Final = 100
JANUARY: Final = 1


@dataclass(frozen=True, slots=True)
class Owed:
    """What somebody's own part of a contribution is, and the rule that says so; `facts`: what the rule went by."""

    scheme: Scheme
    own_fen: int
    rule_id: str
    reason_zh: str
    reason_en: str
    facts: Mapping[str, Any]


async def owed_for(work: Work, programme: Programme, person_id: int, period: date, base_fen: int = 0) -> Owed:
    """Give what somebody owes for a month (employees, of a base) or a year (residents), paid or not.

    Raises NotFound, NotInsured, ContributionNotDue.
    """
    who = await views.who(work, person_id, period)
    facts = {
        "scheme": who.scheme, "status": who.spell.status, "age": age_on(who.birth_date, period), "pupil": who.pupil,
    }  # fmt: skip
    rule = programme.rule("contribution", facts, period)
    due = rule.decides
    assert isinstance(due, DecidesContribution)
    own = Fen(due.yearly_fen) + Fen(base_fen).share(Fraction(due.percent_of_base, WHOLE))
    if not own or (who.scheme == "resident" and period.month != JANUARY) or period.day != 1:
        raise ContributionNotDue(f"{who.scheme}, {period}")
    return Owed(who.scheme, int(own), rule.rule_id, rule.reason.reason_zh, rule.reason.reason_en, facts)


async def contribute(
    work: Work, programme: Programme, person_id: int, period: date, base_fen: int = 0, employer_fen: int = 0
) -> Contribution:
    """Take in what somebody pays for a month (employees, of a base) or a year (residents); `period` is its first day.

    What is one's own the rules say; it goes to the personal account where they say so, else to the scheme's fund, as the
    employer's part does. Raises NotFound, NotInsured, ContributionNotDue, ContributionPaid.
    """
    owed = await owed_for(work, programme, person_id, period, base_fen)
    scheme, facts, own = owed.scheme, owed.facts, Fen(owed.own_fen)
    credit = programme.rule("account_credit", facts, period).decides
    assert isinstance(credit, DecidesAccountCredit)
    if credit.own_contributions:  # Or it would be carried over as if it were last year's.
        await open_account(work, programme, person_id, work.present_day)
    pooled = fund(scheme, "pooled")
    to = Account.PERSONAL_CURRENT if credit.own_contributions else pooled
    number = work.ids.one()
    entry = Entry(
        person_id=person_id, kind=Kind.CONTRIBUTION, reference=number, booked_on=work.present_day,
        lines=moves((Account.BANK, to, int(own)), (Account.BANK, pooled, employer_fen)),
    )  # fmt: skip
    entry_id = await ledger.post(work, entry)
    paid = Contribution(
        number, scheme, period, base_fen, int(own), employer_fen, work.present_day, entry_id, None
    )
    await _add(work, person_id, paid)
    work.record(person_id, "insurance.contributed", number, scheme=scheme, period=period)
    return paid


async def take_back(work: Work, person_id: int, contribution_id: int) -> int:
    """Take a contribution back, once, and give the entry that did; its period may then be paid for anew.

    Raises NotFound, ContributionTakenBack, and BalanceTooSmall where the account has spent it.
    """
    asked = {"person_id": person_id, "contribution_id": contribution_id}
    paid = await work.row(SQL["contribution"], asked, Contribution)
    if paid is None:
        raise NotFound(f"缴费 contribution {contribution_id}")
    if paid.taken_back_by is not None:
        raise ContributionTakenBack(f"{contribution_id}")
    entry_id = await ledger.reverse(work, person_id, paid.entry_id, contribution_id, work.present_day)
    await work.run(SQL["take_back_contribution"], asked | {"entry_id": entry_id})
    work.record(person_id, "insurance.contribution_taken_back", contribution_id)
    return entry_id


async def _add(work: Work, person_id: int, paid: Contribution) -> None:
    try:
        await work.run(SQL["add_contribution"], {
            "person_id": person_id, "contribution_id": paid.contribution_id, "scheme": paid.scheme, "period": paid.period,
            "base_fen": paid.base_fen, "own_fen": paid.own_fen, "employer_fen": paid.employer_fen, "paid_on": paid.paid_on,
            "entry_id": paid.entry_id, "now": work.now,
        })  # fmt: skip
    except VIOLATIONS as error:
        if constraint(error) == "contribution_once":
            raise ContributionPaid(f"{paid.scheme}, {paid.period}") from error
        raise

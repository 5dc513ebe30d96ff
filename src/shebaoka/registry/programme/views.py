"""Everything that reads the programme: the rules, and the answer about one person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shebaoka.kit.work import Work
from shebaoka.records.id_number import birth_date
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.banks import Banks
from shebaoka.registry.institutions.model import CHOSEN_ELSEWHERE, Institution, PayrollBank
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme import store
from shebaoka.registry.programme.model import Bank, Explanation, Facts
from shebaoka.registry.programme.programme import Programme

NOBODY = 0
"""Stands in audit facts where the register knows no such person."""
_LAST: dict[bytes | None, Programme] = {}
"""The programme that was put together last, by what its rules come to: every step asks for it, and the rules hardly ever change."""


async def load(work: Work) -> Programme:
    """Give the programme as the table has it; keep it and hand it on, for it does not change until rules are loaded.

    This function will put a programme together only when the rules are others than those it saw last. Raises
    ProgrammeIncomplete when rule sets are missing.
    """
    digest = await store.digest(work)
    known = _LAST.get(digest)
    if known is None:
        known = Programme(await store.all_rules(work))
        # Rules loaded between the two readings would be remembered under the wrong name.
        if await store.digest(work) == digest:
            _LAST.clear()
            _LAST[digest] = known
    return known


async def explain(work: Work, programme: Programme, id_number: str, on: date) -> Explanation:
    """Answer for the holder of an ID number (18 characters), in the register or not.

    This function will record the look in the audit log. Raises NoRuleApplies for a day before the rules.
    """
    person = await people.find(work, id_number)
    facts = (
        Facts(registered=False, birth_date=birth_date(id_number))
        if person is None
        else (await facts_of(work, [person], on))[person.person_id]
    )
    explanation = programme.explain(facts, on)
    subject = NOBODY if person is None else person.person_id
    work.record(subject, "programme.explained", subject, on=on, eligibility=explanation.eligibility)
    return explanation


async def facts_of(work: Work, persons: Collection[Person], on: date) -> dict[int, Facts]:
    """Gather what the rules may ask about people of the register, by person_id.

    This function will look up all employers' payroll banks at once. A bank counts when it is a service bank.
    """
    employers = {person.employer_id for person in persons if person.employer_id is not None}
    banks = await Banks.load(work)
    by_id = {bank.institution_id: _bank(bank) for bank in banks.all}
    payroll = await institutions.payroll_banks(work, employers)
    paying = {employer: _paying(rows, by_id) for employer, rows in payroll.items()}
    return {person.person_id: _facts(person, banks, paying, on) for person in persons}


@dataclass(frozen=True, slots=True)
class _Paying:
    """The service banks that pay an employer's wages, and the one it chose."""

    banks: tuple[Bank, ...] = ()
    chosen: Bank | None = None


def _bank(institution: Institution) -> Bank:
    return Bank(institution.code, institution.name_zh, institution.name_en)


def _paying(rows: Sequence[PayrollBank], banks: Mapping[int, Bank]) -> _Paying:
    service = [(row, banks[row.bank_id]) for row in rows if row.bank_id and row.bank_id in banks]
    chosen = next((bank for row, bank in service if row.chosen), None)
    # Two branches of one bank are one bank to choose.
    paying = dict.fromkeys(bank for row, bank in service if row.rank != CHOSEN_ELSEWHERE)
    return _Paying(tuple(paying), chosen)


def _facts(person: Person, banks: Banks, paying: Mapping[int, _Paying], on: date) -> Facts:
    employer = paying.get(person.employer_id or 0, _Paying())
    pension_bank = banks.meant(person.pension_bank)
    return Facts(
        alive=person.died_on is None or person.died_on > on,
        birth_date=person.birth_date,
        hukou=person.hukou,
        insured=person.insured,
        insured_status=person.insured_status,
        employed=person.employer_id is not None,
        school_stage=person.school_stage or "none",
        district=person.district_code or "",
        pension_bank=_bank(pension_bank) if pension_bank else None,
        payroll_banks=employer.banks,
        chosen_bank=employer.chosen,
    )

"""The bank of the staff's cards: what the employer declares, what it chooses, and what a change leaves alone."""

from __future__ import annotations

from collections.abc import Sequence

from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.employers import views
from shebaoka.issuing.employers.errors import PayrollBanksTwice, PayrollChangeUnexplained
from shebaoka.issuing.employers.model import Settled
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import commands as institutions
from shebaoka.registry.institutions import views as institution_views
from shebaoka.registry.institutions.banks import Banks
from shebaoka.registry.institutions.model import Because, Declared
from shebaoka.registry.programme.programme import Programme


async def choose_bank(
    work: Work, programme: Programme, employer_id: int, bank_id: int, why: str = ""
) -> Settled:
    """Choose the bank of an employer's staff's cards, by the rule that leaves it to the employer.

    What is under way stays with its bank: once applications were made with the one chosen before, this function will ask
    for a reason (PayrollChangeUnexplained), and say how many stay. NotFound, BankNotSelectable.
    """
    rule = (await views.payroll(work, programme, employer_id)).rule
    former = await institutions.choose_payroll_bank(work, employer_id, bank_id, Because(rule.rule_id, why))
    kept = 0
    if former is not None and former != bank_id:
        kept = await applications.live_with_bank(work, employer_id, former)
        if kept and not why.strip():
            raise PayrollChangeUnexplained(kept)
    named = await institution_views.by_ids(work, {bank_id, former or bank_id})
    return Settled(named[bank_id], named.get(former) if former is not None else None, kept, rule)


async def declare_banks(work: Work, employer_id: int, names: Sequence[str]) -> None:
    """Take an employer's word for the banks that pay its wages, by code or name, the main one first.

    This function will take a bank that it does not know for one outside the service banks. NotFound, PayrollBanksTwice.
    """
    banks = await Banks.load(work)
    declared = []
    for name in names:
        bank = banks.meant(name.strip())
        declared.append(
            Declared(bank.institution_id if bank else None, bank.name_zh if bank else name.strip())
        )
    if len(set(declared)) < len(declared):
        raise PayrollBanksTwice
    if not all(one.bank_name for one in declared):
        raise NotFound("银行名称为空 · a bank without a name")
    await institutions.declare_payroll_banks(work, employer_id, declared)

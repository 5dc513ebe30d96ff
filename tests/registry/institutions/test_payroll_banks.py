"""An employer chooses the bank of its staff's cards, and an import does not forget it."""

from __future__ import annotations

import pytest
from institution_files import PAYROLL_BANKS, Write

from shebaoka.kit.actor import Actor
from shebaoka.kit.database import Database
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import commands, views
from shebaoka.registry.institutions.errors import BankNotSelectable


async def ids(work: Work) -> dict[str, int]:
    found = await views.by_codes(work, ["ICBC", "CCB", "FIRM", "SHOP"])
    return {code: row.institution_id for code, row in found.items()}


async def chosen(work: Work, employer_id: int) -> list[tuple[int, int | None]]:
    banks = (await views.payroll_banks(work, [employer_id]))[employer_id]
    return [(bank.rank, bank.bank_id) for bank in banks if bank.chosen]


async def test_the_choice_is_one_and_survives_an_import(
    database: Database, clerk: Actor, write: Write
) -> None:
    async with database.work(clerk) as work:
        await commands.import_institutions(work, write())
        known = await ids(work)
        await commands.choose_payroll_bank(work, known["FIRM"], known["ICBC"])
        await commands.choose_payroll_bank(work, known["FIRM"], known["CCB"])
        await commands.choose_payroll_bank(work, known["FIRM"], known["CCB"])
        assert not (await commands.import_institutions(work, write())).changed
        reordered = PAYROLL_BANKS.replace("FIRM,2", "FIRM,9").replace("FIRM,3", "FIRM,2")
        assert (
            await commands.import_institutions(work, write(payroll_banks=reordered))
        ).employers_changed == 1
        assert await chosen(work, known["FIRM"]) == [(2, known["CCB"])]
        who = await work.value("SELECT chosen_by FROM payroll_bank WHERE chosen")
    async with database.work(clerk) as work:
        facts = "SELECT count(*) FROM audit_fact WHERE action = 'employer.payroll_bank_chosen'"
        assert await work.value(facts) == 2
    assert who == clerk.name


async def test_a_chosen_bank_that_pays_no_more_stays_chosen(
    database: Database, clerk: Actor, write: Write
) -> None:
    async with database.work(clerk) as work:
        await commands.import_institutions(work, write())
        known = await ids(work)
        await commands.choose_payroll_bank(work, known["FIRM"], known["CCB"])
        without = PAYROLL_BANKS.replace("FIRM,3,CCB,建设银行\n", "")
        await commands.import_institutions(work, write(payroll_banks=without))
        assert await chosen(work, known["FIRM"]) == [(0, known["CCB"])]
        assert not (await commands.import_institutions(work, write(payroll_banks=without))).changed


async def test_an_employer_without_a_service_bank_chooses_any(
    database: Database, clerk: Actor, write: Write
) -> None:
    async with database.work(clerk) as work:
        await commands.import_institutions(work, write())
        known = await ids(work)
        for bank in ("ICBC", "CCB"):
            await commands.choose_payroll_bank(work, known["SHOP"], known[bank])
            assert await chosen(work, known["SHOP"]) == [(0, known[bank])]


async def test_other_choices_are_refused(database: Database, clerk: Actor, write: Write) -> None:
    only_icbc = PAYROLL_BANKS.replace("FIRM,3,CCB,建设银行\n", "")
    async with database.work(clerk) as work:
        await commands.import_institutions(work, write(payroll_banks=only_icbc))
        known = await ids(work)
        with pytest.raises(BankNotSelectable, match="CCB"):
            await commands.choose_payroll_bank(work, known["FIRM"], known["CCB"])
        with pytest.raises(BankNotSelectable, match="no service bank"):
            await commands.choose_payroll_bank(work, known["SHOP"], known["FIRM"])
        with pytest.raises(NotFound):
            await commands.choose_payroll_bank(work, known["ICBC"], known["ICBC"])

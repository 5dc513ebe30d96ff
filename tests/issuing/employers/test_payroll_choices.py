"""The bank of the staff's cards: one of several, one of the eleven where none pays; by whom, when, why; and what a change leaves alone."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from employing import roster
from town import Town, person, request

from shebaoka.issuing.applications.commands import apply
from shebaoka.issuing.employers import commands, errors, views
from shebaoka.issuing.employers.model import Settled
from shebaoka.issuing.lists.errors import PayrollBankNeeded
from shebaoka.registry.institutions.errors import BankNotSelectable
from shebaoka.registry.programme.views import load


async def choose(town: Town, employer: str, bank: str, why: str = "") -> Settled:
    async with town.database.work(town.actor(employer)) as work:
        number, bank_id = town.places[employer].institution_id, town.places[bank].institution_id
        return await commands.choose_bank(work, await load(work), number, bank_id, why)


@pytest.mark.parametrize(
    ("employer", "rule", "selectable"),
    [("FIRM", "payroll_bank", {"ICBC"}), ("SHOP", "several_payroll_banks", {"ICBC", "CCB"}),
     ("WORKS", "payroll_bank_outside", {"BOSC", "ICBC", "CCB", "LATE"})],
)  # fmt: skip
async def test_which_banks_and_by_which_rule(
    town: Town, employer: str, rule: str, selectable: set[str]
) -> None:
    async with town.database.work(town.actor(employer)) as work:
        found = await views.payroll(work, await load(work), town.places[employer].institution_id)
    assert (found.rule.rule_id, {bank.code for bank in found.selectable}) == (rule, selectable)
    assert found.choices == []


async def test_of_several_the_employer_picks_one_and_it_is_kept(town: Town) -> None:
    with pytest.raises(PayrollBankNeeded):
        await roster(town, "SHOP", 1, bank="")
    settled = await choose(town, "SHOP", "CCB")
    assert (settled.bank.code, settled.former, settled.kept, settled.rule.rule_id) == (
        "CCB", None, 0, "several_payroll_banks",
    )  # fmt: skip
    with pytest.raises(BankNotSelectable):
        await choose(town, "SHOP", "BOSC")
    await roster(town, "SHOP", 1, bank="")
    stored = await town.rows_of("SELECT bank_id, bank_reason, bank_rule FROM application")
    assert stored == [(town.places["CCB"].institution_id, "payroll_bank", "employer_chose")]


async def test_where_none_of_the_eleven_pays_one_is_chosen_and_said_so(town: Town) -> None:
    settled = await choose(town, "WORKS", "BOSC", "网点最近")
    assert settled.rule.rule_id == "payroll_bank_outside"
    await roster(town, "WORKS", 1, bank="")
    bosc = town.places["BOSC"].institution_id
    stored = await town.rows_of("SELECT bank_id, bank_reason, bank_rule FROM application")
    assert stored == [(bosc, "chosen", "employer_chose")], "it pays no wages, and nobody says that it does"
    async with town.database.work(town.actor("WORKS")) as work:
        (choice,) = (await views.payroll(work, await load(work), town.places["WORKS"].institution_id)).choices
    assert (choice.bank_id, choice.former_bank_id, choice.pays_wages, choice.rule_id, choice.why) == (
        bosc, None, False, "payroll_bank_outside", "网点最近",
    )  # fmt: skip
    assert (choice.chosen_by, choice.organisation_id, choice.chosen_at) == (
        "staff:9", town.places["WORKS"].institution_id, town.database.clock.now(),
    )  # fmt: skip
    # At a counter it is the same bank, for the same reason.
    await town.settle(person(2, employer_id=town.places["WORKS"].institution_id))
    async with town.database.work(town.clerk) as work:
        made = await apply(work, request(person(2), bank=None))
    assert (made.bank_id, made.bank_reason, made.bank_rule) == (bosc, "chosen", "employer_chose")


async def test_a_change_moves_nothing_that_is_under_way(town: Town) -> None:
    await choose(town, "SHOP", "ICBC")
    assert (await choose(town, "SHOP", "CCB")).kept == 0, "free as long as nothing was applied for"
    await roster(town, "SHOP", 1, 2, bank="")
    with pytest.raises(errors.PayrollChangeUnexplained) as refused:
        await choose(town, "SHOP", "ICBC")
    assert refused.value.members == {"live": 2}
    town.database.clock.at += timedelta(days=30)
    changed = await choose(town, "SHOP", "ICBC", "工资改由工行代发")
    assert (changed.former.code if changed.former else None, changed.kept) == ("CCB", 2)
    assert (await choose(town, "SHOP", "ICBC")).former == town.places["ICBC"], (
        "the same again changes nothing"
    )
    await roster(town, "SHOP", 3, bank="")
    banks = await town.rows_of("SELECT bank_id, count(*) FROM application GROUP BY 1 ORDER BY 2")
    assert banks == [(town.places["ICBC"].institution_id, 1), (town.places["CCB"].institution_id, 2)]
    async with town.database.work(town.actor("SHOP")) as work:
        found = await views.payroll(work, await load(work), town.places["SHOP"].institution_id)
    assert [(one.bank_id, one.former_bank_id, one.why) for one in found.choices] == [
        (town.places["ICBC"].institution_id, town.places["CCB"].institution_id, "工资改由工行代发"),
        (town.places["CCB"].institution_id, town.places["ICBC"].institution_id, ""),
        (town.places["ICBC"].institution_id, None, ""),
    ]  # fmt: skip


async def test_the_history_takes_no_change(town: Town) -> None:
    await choose(town, "SHOP", "ICBC")
    for statement in ("UPDATE payroll_choice SET chosen_by = 'staff:2'", "DELETE FROM payroll_choice"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with town.database.work(town.clerk) as work:
                await work.run(statement)


async def declare(town: Town, employer: str, *banks: str) -> list[tuple[int, int | None, str, bool]]:
    number = town.places[employer].institution_id
    async with town.database.work(town.actor(employer)) as work:
        await commands.declare_banks(work, number, banks)
        found = await views.payroll(work, await load(work), number)
    return [(one.rank, one.bank_id, one.bank_name, one.chosen) for one in found.banks]


async def test_an_employer_declares_its_banks(town: Town) -> None:
    ccb, icbc = (town.places[code].institution_id for code in ("CCB", "ICBC"))
    assert await declare(town, "WORKS", " 建设银行 ", "某外地银行") == [
        (1, ccb, "中国建设银行上海分行", False), (2, None, "某外地银行", False),
    ]  # fmt: skip
    with pytest.raises(BankNotSelectable):
        await choose(town, "WORKS", "ICBC")
    await choose(town, "WORKS", "CCB")
    # The choice stays, also where the bank pays no wages any more.
    assert await declare(town, "WORKS", "icbc") == [
        (0, ccb, "中国建设银行上海分行", True), (1, icbc, "中国工商银行上海分行", False),
    ]  # fmt: skip
    with pytest.raises(errors.PayrollBanksTwice):
        await declare(town, "WORKS", "ICBC", "工商银行")
    facts = await town.rows_of(
        "SELECT count(*) FROM audit_fact WHERE action = 'employer.payroll_banks_declared'"
    )
    assert facts == [(2,)]


RETIRED = {"insured_status": "retired", "employer_id": None}


@pytest.mark.parametrize(
    ("pension_bank", "asked", "outcome"),
    [
        ("中国工商银行上海分行", None, ("ICBC", "pension_bank", "pension_bank")),
        ("中国工商银行上海分行", "CCB", ("CCB", "chosen", "pension_bank")),
        ("某外地银行", "CCB", ("CCB", "chosen", "pension_bank_outside")),
        (None, "CCB", ("CCB", "chosen", "pension_bank_outside")),
    ],
)  # fmt: skip
async def test_why_a_retiree_s_bank_is_this_one_stays_with_the_application(
    town: Town, pension_bank: str | None, asked: str | None, outcome: tuple[str, str, str]
) -> None:
    await town.settle(person(1, pension_bank=pension_bank, **RETIRED))
    async with town.database.work(town.clerk) as work:
        await apply(work, request(person(1), channel="bank_outlet", bank=asked))
    bank, reason, rule = outcome
    stored = await town.rows_of("SELECT bank_id, bank_reason, bank_rule FROM application")
    assert stored == [(town.places[bank].institution_id, reason, rule)]

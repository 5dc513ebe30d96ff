"""Institutions come in from files, all or nothing, as often as one likes."""

from __future__ import annotations

from datetime import date

import pytest
from institution_files import DISTRICTS, FIRM, INSTITUTIONS, PAYROLL_BANKS, SHOP, Write

from shebaoka.kit.actor import Actor
from shebaoka.kit.database import Database
from shebaoka.registry.institutions import commands, views
from shebaoka.registry.institutions.errors import FAULTS_SHOWN_MAX, InstitutionsRefused
from shebaoka.registry.institutions.model import Institution


async def test_what_the_files_say_is_in_the_register(database: Database, clerk: Actor, write: Write) -> None:
    async with database.work(clerk) as work:
        result = await commands.import_institutions(work, write())
    async with database.work(clerk) as work:
        found = await views.by_codes(work, ["ICBC", "ICBC-1", "FIRM", "nobody"])
        outlet = found["ICBC-1"]
        assert outlet == Institution(
            outlet.institution_id, "ICBC-1", "bank_outlet", "工行一支行", "ICBC One", found["ICBC"].institution_id,
            "310101", None, elsewhere=False, live_from=date(2019, 1, 2),
        )  # fmt: skip
        assert [row.code for row in await views.of_kind(work, "bank", "bank_outlet")] == [
            "CCB",
            "ICBC",
            "ICBC-1",
        ]
        assert await views.by_id(work, outlet.institution_id) == outlet == await views.by_code(work, "ICBC-1")
        assert (await views.by_usccs(work, [FIRM]))[FIRM] == found["FIRM"]
        assert [row.name_zh for row in await views.districts(work)] == ["黄浦区", "静安区"]
        employer = found["FIRM"].institution_id
        banks = (await views.payroll_banks(work, [employer, 1]))[employer]
    assert [(bank.rank, bank.bank_id, bank.chosen) for bank in banks[:2]] == [
        (1, None, False),
        (2, found["ICBC"].institution_id, False),
    ]
    assert (result.institutions_new, result.districts_written, result.employers_changed) == (5, 2, 2)


async def test_the_same_files_again_change_nothing(database: Database, clerk: Actor, write: Write) -> None:
    async with database.work(clerk) as work:
        await commands.import_institutions(work, write())
        before = await work.rows("SELECT xmin, * FROM institution ORDER BY code")
    async with database.work(clerk) as work:
        result = await commands.import_institutions(work, write())
    async with database.work(clerk) as work:
        assert await work.rows("SELECT xmin, * FROM institution ORDER BY code") == before
        assert await work.value("SELECT count(*) FROM audit_fact WHERE action = 'institutions.imported'") == 1
    assert not result.changed


async def test_a_changed_institution_keeps_its_identifier(
    database: Database, clerk: Actor, write: Write
) -> None:
    async with database.work(clerk) as work:
        await commands.import_institutions(work, write())
        before = await views.by_code(work, "FIRM")
    # The two employers exchange their USCCs, which are unique, and one is renamed.
    swapped = (
        INSTITUTIONS.replace(FIRM, "x").replace(SHOP, FIRM).replace("x", SHOP).replace("甲公司", "甲集团")
    )
    by_code = PAYROLL_BANKS.replace(FIRM, "FIRM")
    async with database.work(clerk) as work:
        result = await commands.import_institutions(work, write(institutions=swapped, payroll_banks=by_code))
        after = await views.by_code(work, "FIRM")
    assert before
    assert after
    assert (after.institution_id, after.name_zh, after.uscc) == (before.institution_id, "甲集团", SHOP)
    assert (result.institutions_new, result.institutions_changed) == (0, 2)


async def test_institutions_that_a_file_leaves_out_stay(
    database: Database, clerk: Actor, write: Write
) -> None:
    async with database.work(clerk) as work:
        await commands.import_institutions(work, write())
        header = INSTITUTIONS.partition("\n")[0]
        folder = write(institutions=f"{header}\nICBC-2,bank_outlet,工行二支行,ICBC Two,ICBC,310101,,\n")
        assert (await commands.import_institutions(work, folder)).institutions_new == 1
        assert await views.by_code(work, "FIRM")


FAULTY = {
    "code": ("institutions", ",bank,甲,A,,,,"),
    "kind": ("institutions", "B1,bakery,甲,A,,,,"),
    "name_zh": ("institutions", "B1,bank,,A,,,,"),
    "parent": ("institutions", "B1,bank_outlet,甲,A,FIRM,,,"),
    "district": ("institutions", "B1,bank,甲,A,,999999,,"),
    "uscc": ("institutions", "B1,employer,甲,A,,,91109901999900000X,"),
    "live_from": ("institutions", "B1,bank,甲,A,,,,2019-02-30"),
    "": ("institutions", "B1,bank,甲,A,,,,,,"),
    "employer": ("payroll_banks", "NOBODY,1,,某银行"),
    "rank": ("payroll_banks", "FIRM,first,,某银行"),
    "bank_code": ("payroll_banks", "SHOP,2,FIRM,甲公司"),
    "bank_name": ("payroll_banks", "SHOP,2,,"),
}


@pytest.mark.parametrize("column", FAULTY)
async def test_a_faulty_cell_is_named_and_nothing_is_taken_in(
    database: Database, clerk: Actor, write: Write, column: str
) -> None:
    file, line = FAULTY[column]
    good = {"institutions": INSTITUTIONS, "payroll_banks": PAYROLL_BANKS}[file]
    async with database.work(clerk) as work:
        with pytest.raises(InstitutionsRefused) as refused:
            await commands.import_institutions(work, write(**{file: good + line + "\n"}))
        assert await views.of_kind(work, "bank") == []
    fault = refused.value.faults[0]
    assert (fault.file, fault.row, fault.column) == (f"{file}.csv", good.count("\n") + 1, column)
    assert fault.reason.remedy_zh in refused.value.detail


@pytest.mark.parametrize("parent", ["FIRM", ""])
async def test_a_bank_s_line_belongs_to_a_bank(
    database: Database, clerk: Actor, write: Write, parent: str
) -> None:
    line = f"L1,bank_hotline,甲银行热线,A Line,{parent},,,\n"
    async with database.work(clerk) as work:
        with pytest.raises(InstitutionsRefused) as refused:
            await commands.import_institutions(work, write(institutions=INSTITUTIONS + line))
    assert [fault.column for fault in refused.value.faults] == ["parent"]


@pytest.mark.parametrize(
    ("again", "column"), [("ICBC,bank,工商银行,ICBC,,,,", "code"), (f"F2,employer,丙,C,,,{FIRM},", "uscc")]
)
async def test_a_repeated_line_is_a_fault(
    database: Database, clerk: Actor, write: Write, again: str, column: str
) -> None:
    async with database.work(clerk) as work:
        with pytest.raises(InstitutionsRefused) as refused:
            await commands.import_institutions(work, write(institutions=INSTITUTIONS + again))
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [(7, column)]


async def test_the_uscc_of_a_stored_institution_is_held(
    database: Database, clerk: Actor, write: Write
) -> None:
    header = INSTITUTIONS.partition("\n")[0]
    async with database.work(clerk) as work:
        await commands.import_institutions(work, write())
        folder = write(institutions=f"{header}\nOTHER,employer,丙,C,,,{FIRM},\n")
        with pytest.raises(InstitutionsRefused) as refused:
            await commands.import_institutions(work, folder)
    assert [fault.column for fault in refused.value.faults] == ["uscc"]


async def test_the_same_rank_twice_is_a_fault_even_under_code_and_uscc(
    database: Database, clerk: Actor, write: Write
) -> None:
    async with database.work(clerk) as work:
        with pytest.raises(InstitutionsRefused) as refused:
            await commands.import_institutions(
                work, write(payroll_banks=PAYROLL_BANKS + "FIRM,1,,别的银行\n")
            )
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [(6, "rank")]


@pytest.mark.parametrize("content", [b"\xd6\xd0,\xce\xc4\n", b'code,name_zh,name_en\n"310101,x,y\n'])
async def test_a_file_that_cannot_be_read_is_named(
    database: Database, clerk: Actor, write: Write, content: bytes
) -> None:
    folder = write()
    (folder / "districts.csv").write_bytes(content)
    async with database.work(clerk) as work:
        with pytest.raises(InstitutionsRefused, match=r"districts\.csv"):
            await commands.import_institutions(work, folder)


async def test_a_missing_file_and_a_missing_column_are_named(
    database: Database, clerk: Actor, write: Write
) -> None:
    folder = write(districts="code,name_zh\n")
    (folder / "payroll_banks.csv").unlink()
    async with database.work(clerk) as work:
        with pytest.raises(InstitutionsRefused) as refused:
            await commands.import_institutions(work, folder)
    named = {(fault.file, fault.column) for fault in refused.value.faults}
    assert {("districts.csv", "name_en"), ("payroll_banks.csv", "")} <= named


async def test_a_thousand_faults_are_counted_and_a_hundred_shown(
    database: Database, clerk: Actor, write: Write
) -> None:
    lines = "".join(f"E{number},bakery,甲,A,,,,\n" for number in range(1_000))
    async with database.work(clerk) as work:
        with pytest.raises(InstitutionsRefused) as refused:
            await commands.import_institutions(work, write(institutions=INSTITUTIONS + lines))
    document = refused.value.document()
    assert (document["fault_count"], len(document["faults"])) == (1_000, FAULTS_SHOWN_MAX)


async def test_columns_may_come_in_any_order_with_a_byte_order_mark(
    database: Database, clerk: Actor, write: Write
) -> None:
    districts = "\ufeff" + "name_en,code,name_zh\nHuangpu,310101,黄浦区\nJing'an,310106,静安区\n"
    async with database.work(clerk) as work:
        await commands.import_institutions(work, write(districts=districts))
        known = await views.districts(work)
        await commands.import_institutions(work, write())
        assert await views.districts(work) == known
    assert DISTRICTS.count("\n") - 1 == len(known)


async def test_an_outlet_outside_the_city_is_marked(database: Database, clerk: Actor, write: Write) -> None:
    header, _, rest = INSTITUTIONS.partition("\n")
    lines = [header + ",elsewhere", *(line + "," for line in rest.splitlines())]
    lines += ["ICBC-SZ,bank_outlet,工行苏州支行,ICBC Suzhou,ICBC,,,,1"]
    async with database.work(clerk) as work:
        await commands.import_institutions(work, write(institutions="\n".join(lines)))
        far = {row.code for row in await views.of_kind(work, "bank_outlet") if row.elsewhere}
    assert far == {"ICBC-SZ"}


async def test_outlets_that_issue_on_the_spot_are_marked(
    database: Database, clerk: Actor, write: Write
) -> None:
    header, _, rest = INSTITUTIONS.partition("\n")
    flagged = [
        header + ",instant",
        *(line + ("1" if "bank_outlet" in line else "0") for line in _commas(rest)),
    ]
    async with database.work(clerk) as work:
        await commands.import_institutions(work, write(institutions="\n".join(flagged) + "\n"))
        spots = await views.page_of_kind(work, "bank_outlet", "", 10, instant=True)
        assert [row.code for row in spots] == ["ICBC-1"]
        assert not (
            await commands.import_institutions(work, write(institutions="\n".join(flagged) + "\n"))
        ).changed
        changed = await commands.import_institutions(work, write())
        assert changed.institutions_changed == 1
        assert await views.page_of_kind(work, "bank_outlet", "", 10, instant=True) == []


@pytest.mark.parametrize(
    ("kind", "flag", "zh"), [("bank", "1", "只有社区中心"), ("bank_outlet", "x", "应为0或1")]
)
async def test_only_counters_issue_on_the_spot(
    database: Database, clerk: Actor, write: Write, kind: str, flag: str, zh: str
) -> None:
    header, _, rest = INSTITUTIONS.partition("\n")
    flagged = [header + ",instant", *(line + (flag if f",{kind}," in line else "") for line in _commas(rest))]
    async with database.work(clerk) as work:
        with pytest.raises(InstitutionsRefused) as refused:
            await commands.import_institutions(work, write(institutions="\n".join(flagged) + "\n"))
    fault = refused.value.document()["faults"][0]
    assert (fault["column"], zh in fault["reason_zh"]) == ("instant", True)


def _commas(rest: str) -> list[str]:
    return [line + "," for line in rest.splitlines()]

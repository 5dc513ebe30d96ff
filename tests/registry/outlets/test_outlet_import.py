"""What outlets tell about themselves comes in with the institutions: all of it, or none with every fault named."""

from __future__ import annotations

from datetime import datetime

import pytest

from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import NotFound
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.commands import import_institutions
from shebaoka.registry.institutions.errors import InstitutionsRefused
from shebaoka.registry.outlets import commands, views
from shebaoka.registry.outlets.model import OutletsRead, Wanted
from shebaoka.registry.outlets.services import Service
from shebaoka.registry.programme.commands import load_rules
from shebaoka.registry.programme.views import load
from shebaoka.service.readiness.commands import take_over

DISTRICTS = "code,name_zh,name_en\n310101,黄浦区,Huangpu\n310106,静安区,Jing'an\n"
INSTITUTIONS = """code,kind,name_zh,name_en,parent,district,uscc,live_from,elsewhere,instant
ICBC,bank,工商银行,ICBC,,,,2018-01-01,0,0
ICBC-1,bank_outlet,工行一支行,ICBC One,ICBC,310101,,2018-01-01,0,1
ICBC-9,bank_outlet,工行外地支行,ICBC Elsewhere,ICBC,310101,,2018-01-01,1,0
LATE,bank,未上线银行,Late Bank,,,,2030-01-01,0,0
LATE-1,bank_outlet,未上线银行一支行,Late One,LATE,310101,,2018-01-01,0,0
C1,community_centre,甲社区中心,Centre A,,310101,,2018-01-01,0,0
C2,community_centre,乙社区中心,Centre B,,310106,,2018-01-01,0,1
FIRM,employer,甲公司,Firm,,310101,,,0,0
"""
HEAD = "outlet,address_zh,address_en,phone,mon,tue,wed,thu,fri,sat,sun\n"
HOURS = "09:00-11:30 13:30-16:30"
GOOD = (
    HEAD + f'C1,黄浦区虚构路1号,"1 Made-up Road, Huangpu",021-00000001,{",".join([HOURS] * 5)},09:00-11:30,\n'
)
DAYS = "outlet,day,hours,reason_zh,reason_en\n"


@pytest.fixture
async def folder(database, clerk, tmp_path):
    """Give a folder whose institutions have been taken in; tests add the outlets' files."""
    (tmp_path / "districts.csv").write_text(DISTRICTS, "utf-8")
    (tmp_path / "institutions.csv").write_text(INSTITUTIONS, "utf-8")
    (tmp_path / "payroll_banks.csv").write_text("employer,rank,bank_code,bank_name\n", "utf-8")
    async with database.work(clerk) as work:
        await import_institutions(work, tmp_path)
        await take_over(work)
        await load_rules(work)
    return tmp_path


async def _take_in(database, clerk, folder, outlets=None, days=None):
    for name, text in (("outlets.csv", outlets), ("outlet_days.csv", days)):
        (folder / name).unlink(missing_ok=True)
        if text is not None:
            (folder / name).write_text(text, "utf-8")
    async with database.work(clerk) as work:
        return await commands.import_outlets(work, folder)


async def _outlet(database, clerk, code):
    async with database.work(clerk) as work:
        return await views.outlet(work, await load(work), code)


async def test_what_outlets_tell_is_taken_in_once_and_stays_when_left_out(database, clerk, folder):
    assert await _take_in(database, clerk, folder) == OutletsRead()
    assert await _take_in(database, clerk, folder, GOOD) == OutletsRead(1, 1, 0, 0)
    assert await _take_in(database, clerk, folder, GOOD) == OutletsRead(1, 0, 0, 0)
    other = GOOD.replace("C1,", "C2,").replace("0001,", "0002,")
    assert await _take_in(database, clerk, folder, other) == OutletsRead(1, 1, 0, 0)
    told = (await _outlet(database, clerk, "C1")).profile
    assert (told.address_zh, told.address_en, told.phone) == (
        "黄浦区虚构路1号",
        "1 Made-up Road, Huangpu",
        "021-00000001",
    )
    assert [len(day) for day in told.week] == [2] * 5 + [1, 0]
    assert (await _outlet(database, clerk, "ICBC-1")).profile is None


async def test_other_days_are_those_of_the_newest_file_and_the_outlets_own_comes_first(
    database, clerk, folder
):
    database.clock.at = datetime(2019, 5, 1, 10, tzinfo=SHANGHAI)
    holiday = DAYS + f",2019-05-01,,劳动节休息,Labour Day\nC1,2019-05-01,{HOURS},照常,As usual\n"
    assert (await _take_in(database, clerk, folder, GOOD, holiday)).days_changed == 2
    found = await _outlet(database, clerk, "C1")
    assert [day.reason_en for day in found.other_days] == ["As usual"]
    assert found.standing.open
    assert (await _take_in(database, clerk, folder, GOOD, holiday)).days_changed == 0
    assert (await _take_in(database, clerk, folder, GOOD, holiday.rsplit("C1", 1)[0])).days_changed == 1
    found = await _outlet(database, clerk, "C1")
    assert [day.reason_en for day in found.other_days] == ["Labour Day"]
    assert found.standing.opens_at == datetime(2019, 5, 2, 9, tzinfo=SHANGHAI)
    assert (await _take_in(database, clerk, folder, None, None)).days_read == 0
    assert (await _outlet(database, clerk, "C1")).other_days, "without the file nothing changes"


LINE = GOOD.removeprefix(HEAD)
FAULTY = [
    ("outlets.csv", LINE.replace("C1", "NOBODY"), "outlet"), ("outlets.csv", LINE.replace("C1", "FIRM"), "outlet"),
    ("outlets.csv", LINE.replace("黄浦区虚构路1号", ""), "address_zh"), ("outlets.csv", LINE.replace("021-00000001", "打总机"), "phone"),
    ("outlets.csv", LINE.replace(HOURS, "9点到11点半", 1), "mon"), ("outlets.csv", LINE.replace(",09:00-11:30,", ",16:30-09:00,"), "sat"),
    ("outlets.csv", LINE.replace("黄浦区", "黄浦区" * 70), "address_zh"), ("outlets.csv", LINE + LINE, "outlet"),
    ("outlet_days.csv", ",5月1日,,劳动节,Labour Day\n", "day"), ("outlet_days.csv", "NOBODY,2019-05-01,,劳动节,Labour Day\n", "outlet"),
    ("outlet_days.csv", ",2019-05-01,上午,劳动节,Labour Day\n", "hours"), ("outlet_days.csv", ",2019-05-01,,,Labour Day\n", "reason_zh"),
    ("outlet_days.csv", ",2019-05-01,,劳动节,Labour Day\n" * 2, "day"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "lines", "column"), FAULTY)
async def test_a_faulty_cell_is_named_with_its_row_and_remedy(database, clerk, folder, file, lines, column):
    outlets = HEAD + lines if file == "outlets.csv" else GOOD
    with pytest.raises(InstitutionsRefused) as refused:
        await _take_in(database, clerk, folder, outlets, DAYS + lines if file == "outlet_days.csv" else None)
    fault = refused.value.faults[0]
    assert (fault.file, fault.row, fault.column) == (file, lines.count("\n") + 1, column)
    assert fault.reason.remedy_zh in refused.value.detail
    assert fault.reason.remedy_en in refused.value.detail
    assert (await _outlet(database, clerk, "C1")).profile is None, "nothing was taken in"


async def test_outlets_do_what_the_rules_say_and_those_not_live_do_nothing(database, clerk, folder):
    async with database.work(clerk) as work:
        programme = await load(work)
        there = await views.page(work, programme, "310101", Wanted(), "", 10)
        counts = {one.district_code: one for one in await views.by_district(work, programme, Wanted())}
        at_once = await views.page(work, programme, "310101", Wanted(Service.REPLACE), "", 10)
        collect = await views.page(work, programme, "310101", Wanted(Service.COLLECT), "", 10)
        of_bank = await views.page(work, programme, "310101", Wanted(bank="ICBC"), "", 10)
        second = await views.page(work, programme, "310101", Wanted(), "C1", 1)
    by_code = {one.institution.code: one for one in there}
    assert list(by_code) == ["C1", "ICBC-1", "LATE-1"], "an outlet elsewhere is no outlet of the city"
    assert set(by_code["C1"].services) >= {Service.APPLY, Service.COLLECT, Service.OPEN, Service.LOSS}
    assert Service.REPLACE not in by_code["C1"].services
    assert {Service.APPLY, Service.OPEN, Service.REPLACE} <= set(by_code["ICBC-1"].services)
    assert Service.COLLECT not in by_code["ICBC-1"].services
    assert not by_code["LATE-1"].serves, "its bank is not live"
    assert by_code["LATE-1"].services == ()
    assert (counts["310101"].outlets, counts["310101"].instant, counts["310106"].outlets) == (2, 1, 1)
    assert [one.institution.code for one in at_once] == ["ICBC-1"]
    assert [one.institution.code for one in collect] == ["C1"]
    assert [one.institution.code for one in of_bank] == ["ICBC-1"]
    assert [one.institution.code for one in second] == ["ICBC-1"]


async def test_who_waits_is_believed_for_half_an_hour_and_while_it_is_open(database, clerk, folder):
    await _take_in(database, clerk, folder, GOOD)
    seen = []
    for at, note in (
        ("10:00", 12),
        ("10:29", None),
        ("10:31", None),
        ("11:20", 3),
        ("11:31", None),
        ("13:30", None),
    ):
        database.clock.at = datetime.fromisoformat(f"2019-05-06T{at}:00+08:00")
        async with database.work(clerk) as work:
            one = await institutions.by_code(work, "C1")
            if note is not None:
                await commands.note_waiting(work, one.institution_id, note)
        found = await _outlet(database, clerk, "C1")
        seen.append(found.waiting.waiting if found.waiting else None)
    assert seen == [12, 12, None, 3, None, None]


async def test_only_outlets_have_people_waiting(database, clerk, folder):
    async with database.work(clerk) as work:
        for code in ("FIRM", "ICBC"):
            one = await institutions.by_code(work, code)
            with pytest.raises(NotFound):
                await commands.note_waiting(work, one.institution_id, 1)

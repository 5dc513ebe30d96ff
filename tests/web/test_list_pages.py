"""A list from the template to the last row that came back: on desktop and phone, with and without scripts."""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from datetime import date

import pytest
from python_calamine import CalamineWorkbook
from tests.faces.api_town import FIRM, SCHOOL, WORKS, id_number, person
from tests.web.browsing import DESKTOP, PHONE
from tests.web.lists_town import HEAD, a_list, roster, row

from shebaoka.faces.web.pages.lists import under_way
from shebaoka.issuing.lists.kinds.employer import Employer

SIZES = [(DESKTOP, True), (PHONE, True), (PHONE, False)]


async def send(page, content: bytes, name: str = "名册.csv") -> None:
    await page.set_input_files("#f-file", {"name": name, "mimeType": "text/csv", "buffer": content})
    await page.click("form.upload button")


async def download(page, click: str) -> bytes:
    async with page.expect_download() as waiting:
        await page.click(click)
    with open(await (await waiting.value).path(), "rb") as file:  # noqa: PTH123, ASYNC230 - small
        return file.read()


@pytest.mark.parametrize(("size", "script"), SIZES)
async def test_from_the_template_to_the_last_row_that_came_back(web, size, script):
    await web.town.people(*(person(n) for n in (1, 2, 3)), person(4, employer_id=WORKS))
    page = await web.visitor("employer_hr", FIRM, size=size, script=script)
    await page.goto("/staff/lists")
    template = await download(page, "text=下载单位名册模板")
    assert (
        "证件号码"
        in CalamineWorkbook.from_filelike(io.BytesIO(template)).get_sheet_by_index(0).to_python()[0]
    )
    await send(page, roster(row(1), row(2, mobile="1"), row(3, outlet="NOWHERE"), row(4)))
    await page.wait_for_url("**/staff/lists/*")
    first = page.url
    told = await page.inner_text("main")
    assert "部分受理：1 行已受理，3 行待改正" in told
    faults = [await one.inner_text() for one in await page.locator("table.faults tbody tr").all()]
    assert [
        ("第 3 行" in faults[0], "手机号码" in faults[0]),
        ("第 4 行" in faults[1], "备用网点代码" in faults[1]),
    ] == [(True, True)] * 2
    assert "新入职人员" in faults[2], "the remedy is said"
    checks = [await one.inner_text() for one in await page.locator("table.checks tbody td.number").all()]
    assert [text.split("：")[-1] for text in checks] == ["4", "3", "1", "0", "3", "1", "2", "0"]
    rejects = await download(page, "a:has-text('下载退回文件')")
    head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(rejects)).get_sheet_by_index(0).to_python()
    assert [cells[head.index("原行号")] for cells in rows] == ["3", "4", "5"]
    rows[0][head.index("手机号码")] = "15400000002"
    rows[1][head.index("备用网点代码")] = "C310101002"
    target = io.StringIO()
    csv.writer(target).writerows([head, *rows])
    await send(page, target.getvalue().encode(), "改好的.csv")
    await page.wait_for_url(lambda url: url != first)
    told = await page.inner_text("main")
    assert "这是退回行的重报：2 行这次已受理，每人只计一次" in told
    await page.click("text=看原来的名单")
    await page.wait_for_url(first)
    told = await page.inner_text("main")
    assert "1 行待改正" in told
    assert "退回的 3 行中，2 行已改正重报并通过" in told
    await page.click("text=逐人查看状态")
    assert await page.locator("tbody tr").count() == 4
    await page.select_option("#f-status", "to_mend")
    await page.click("form.filter button")
    assert await page.locator("tbody tr").count() == 1
    assert "第 5 行" in await page.inner_text("tbody")
    table = (await download(page, "text=下载 CSV")).decode("utf-8-sig")
    assert [line.split(",")[0] for line in table.splitlines()[1:]] == ["5"]
    await page.goto("/staff/lists")
    assert await page.locator("tbody tr").count() == 2


async def test_a_school_lists_its_pupils_and_learns_whose_guardian_it_named_wrongly(web):
    born = date(2012, 3, 4)
    at_school = {"school_stage": "primary", "school_id": SCHOOL, "employer_id": None}
    await web.town.people(person(1), person(2))
    for n in (11, 12):
        tie = {"guardian_id_number": id_number(1), "guardian_kind": "母亲"}
        await web.town.people(person(n, born, **at_school, **tie))
    head = "姓名,证件号码,学段,监护人姓名,监护人证件号码,监护人手机号码"
    lines = [
        f"{person(n).name},{id_number(n, born)},小学,{person(g).name},{id_number(g)},15400000000"
        for n, g in ((11, 1), (12, 2))
    ]
    page = await web.visitor("school_office", size=PHONE, script=False)
    await page.goto("/staff/lists")
    await send(page, "\r\n".join([head, *lines]).encode(), "学生名单.csv")
    await page.wait_for_url("**/staff/lists/*")
    told = await page.inner_text("main")
    assert "部分受理：1 行已受理，1 行待改正" in told
    (fault,) = [await one.inner_text() for one in await page.locator("table.faults tbody tr").all()]
    assert "第 3 行" in fault
    assert "监护人证件号码" in fault


@pytest.mark.parametrize(
    ("name", "content", "what", "how"),
    [
        ("a.xlsx", b"PK\x03\x04 not really", "文件无法读取", "另存为.xlsx"),
        ("a.csv", "姓名,手机号码\r\n虚一,1".encode(), "表头缺少必需的列", "下载模板"),
        ("a.csv", HEAD.encode(), "文件中没有数据", "名单在表头之下"),
    ],
    ids=["damaged", "no-header", "empty"],
)
@pytest.mark.parametrize(("size", "script"), SIZES[1:])
async def test_a_bad_file_keeps_the_page_and_says_how_to_mend_it(web, size, script, name, content, what, how):
    page = await web.visitor("employer_hr", FIRM, size=size, script=script)
    await page.goto("/staff/lists")
    await send(page, content, name)
    refusal = await page.inner_text("#refusal")
    assert what in refusal
    assert how in refusal
    assert await page.locator("#f-file").count() == 1, "the form is still there"
    await page.goto("/staff/lists")
    assert "未受理" in await page.inner_text("tbody")
    await page.click("tbody a")
    assert how in await page.inner_text("main")


async def test_the_same_file_again_says_so(web):
    address = await a_list(web)
    page = await web.visitor("employer_hr", FIRM)
    await page.goto("/staff/lists")
    await send(page, roster(row(1), row(2, mobile="1")))
    await page.wait_for_url(f"**{address}?again=1")
    assert "没有重复办理任何人" in await page.inner_text("main")


@pytest.fixture
def slow(monkeypatch):
    """Let an intake stop before its people, until it is told to go on."""
    go_on, take = asyncio.Event(), Employer.take

    async def waiting(self, work, rows):
        await go_on.wait()
        return await take(self, work, rows)

    monkeypatch.setattr(Employer, "take", waiting)
    monkeypatch.setattr(under_way, "PATIENCE_SECONDS", 0.0)
    return go_on


async def test_progress_moves_by_itself(web, slow):
    await web.town.people(person(1))
    page = await web.visitor("employer_hr", FIRM)
    await page.goto("/staff/lists")
    await send(page, roster(row(1)))
    await page.wait_for_selector("progress[max]")
    assert "已核对 0 / 1 人" in await page.inner_text("main")
    slow.set()
    await page.wait_for_selector("text=全部受理，没有要改的行")


async def test_progress_without_scripts_reloads(web, slow):
    await web.town.people(person(1))
    page = await web.visitor("employer_hr", FIRM, size=PHONE, script=False)
    await page.goto("/staff/lists")
    await send(page, roster(row(1)))
    await page.wait_for_url("**/staff/lists/*")
    assert 'http-equiv="refresh"' in await page.content()
    await page.wait_for_selector("text=已核对 0 / 1 人")
    slow.set()
    while "已核对" in await page.inner_text("main"):
        await page.click("text=刷新看进度")
    assert "全部受理" in await page.inner_text("main")


async def test_a_file_is_dropped_onto_its_field(web):
    await web.town.people(person(1))
    page = await web.visitor("employer_hr", FIRM)
    await page.goto("/staff/lists")
    dropped = await page.evaluate_handle(
        "text => { const held = new DataTransfer(); held.items.add(new File([text], '拖来的.csv')); return held; }",
        roster(row(1)).decode(),
    )
    await page.dispatch_event("[data-drop]", "drop", {"dataTransfer": dropped})
    assert "拖来的.csv" in await page.inner_text("[data-chosen]")
    await page.click("form.upload button")
    await page.wait_for_selector("text=全部受理，没有要改的行")


async def test_nothing_runs_in_what_is_handed_back(web):
    """A cell that a spreadsheet would carry out comes back as text."""
    page = await web.visitor("employer_hr", FIRM)
    await page.goto("/staff/lists")
    evil = "=HYPERLINK(1)"
    await send(page, roster(row(1, name=evil, address="@SUM(1+1)*cmd|' /C calc'!A0")))
    await page.wait_for_url("**/staff/lists/*")
    assert evil not in (await page.inner_text("main")).split("\n"), "no cell is shown"
    sent = await download(page, "a:has-text('下载退回文件')")
    sheets = zipfile.ZipFile(io.BytesIO(sent))
    assert all(b"<f>" not in sheets.read(name) for name in sheets.namelist() if name.endswith(".xml"))


async def test_a_bomb_is_refused_on_the_page(web):
    """A workbook that unpacks to far more than it is."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(300):
                sheet.write(b"0" * 2**20)
    page = await web.visitor("employer_hr", FIRM)
    await page.goto("/staff/lists")
    await send(page, bomb.getvalue(), "bomb.xlsx")
    assert "文件过大" in await page.inner_text("#refusal")
    assert "分成几个文件" in await page.inner_text("#refusal")


async def test_no_employer_sees_another_s(web):
    address = await a_list(web)
    page = await web.visitor("employer_hr", WORKS)
    for rest in ("", "/rows"):
        assert (await page.goto(address + rest)).status == 404
    await page.goto("/staff/lists")
    assert "还没有报送过名单" in await page.inner_text("main")
    assert id_number(1) not in await page.content()

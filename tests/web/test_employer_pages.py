"""The payroll bank, collections and unopened cards: what an employer and its bank see and do on their pages."""

from __future__ import annotations

import csv
import io

import pytest
from tests.faces.api_town import FIRM, OUTLET_A, OUTLET_B, WORKS, id_number, person
from tests.web.browsing import DESKTOP, PHONE
from tests.web.lists_town import a_collection, roster, row

from shebaoka.cards.commands import note_received
from shebaoka.kit.actor import SYSTEM

SIZES = [(DESKTOP, True), (PHONE, False)]


@pytest.mark.parametrize(("size", "script"), SIZES)
async def test_a_bank_is_declared_chosen_and_changed_with_a_reason(web, size, script):
    page = await web.visitor("employer_hr", FIRM, size=size, script=script)
    await page.goto("/staff/payroll-bank")
    await page.click("summary")
    await page.fill("#f-banks", "某外地银行")
    await page.click("form[action$=declaration] button")
    await page.wait_for_url("**done=declared")
    assert "某外地银行" in await page.inner_text("main")
    await page.check("input[name=bank][value=BOSC]")
    await page.fill("#f-why", "离单位最近")
    await page.click("form[action$=choice] button")
    await page.wait_for_url("**done=chosen")
    assert "离单位最近" in await page.inner_text(".timeline")
    await web.town.people(person(1))
    files = {"file": ("a.csv", roster(row(1, bank="")))}
    await web.town.post("/api/lists", "employer_hr", FIRM, files=files, data={"kind": "employer"})
    await page.check("input[name=bank][value=ICBC]")
    await page.click("form[action$=choice] button")
    assert "a change needs a reason" in await page.inner_text("#refusal")
    assert await page.is_checked("input[name=bank][value=ICBC]"), "what was chosen is kept"
    await page.fill("#f-why", "员工要求更换")
    await page.click("form[action$=choice] button")
    await page.wait_for_url("**done=chosen")
    newest = await page.locator(".timeline li").first.inner_text()
    assert all(said in newest for said in ("ICBC", "BOSC", "员工要求更换", "staff:"))


@pytest.mark.parametrize(("size", "script"), SIZES)
async def test_a_bank_plans_notes_and_closes_and_the_employer_reads(web, size, script):
    address = await a_collection(web)
    page = await web.visitor("bank_clerk", OUTLET_A, size=size, script=script)
    await page.goto(address)
    async with page.expect_download() as waiting:
        await page.click("a:has-text('下载名单')")
    with open(await (await waiting.value).path(), "rb") as file:  # noqa: PTH123, ASYNC230 - small
        lines = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))
    assert id_number(1) not in str(lines)
    lines[1][4:] = ["已采集", "身份、同意、签名", ""]
    lines[2][4:] = ["已采集", "身份", ""]
    filled = "\r\n".join(",".join(line) for line in lines).encode("gb18030")

    async def send(content: bytes) -> None:
        await page.set_input_files("#f-file", {"name": "a.csv", "mimeType": "text/csv", "buffer": content})
        await page.click("form.upload button")

    await send("编号,什么".encode())
    assert "无法读取" in await page.inner_text("#refusal")
    await send(filled)
    await page.wait_for_selector("text=未能登记 1 人")
    assert "2 号" in await page.inner_text(".care")
    await page.click("button:has-text('结束本场')")
    await page.wait_for_url("**done=closing")
    reader = await web.visitor("employer_hr", FIRM, size=size, script=script)
    await reader.goto(address)
    told = await reader.inner_text("main tbody")
    assert "身份、同意、签名" in told
    assert "未到场" in told
    assert await reader.locator("main form").count() == 0, "an employer reads"
    for role, at in (("employer_hr", WORKS), ("bank_clerk", OUTLET_B)):
        other = await web.visitor(role, at)
        assert (await other.goto(address)).status == 404


async def test_a_bank_sets_a_collection_and_calls(web):
    await web.town.people(person(1))
    files = {"file": ("a.csv", roster(row(1)))}
    await web.town.post("/api/lists", "employer_hr", FIRM, files=files, data={"kind": "employer"})
    page = await web.visitor("bank_clerk", OUTLET_A)
    await page.goto("/staff/collections")
    typed = {"employer": "FIRM", "day": "2019-01-01", "from": "09:00", "to": "11:00", "place": "食堂", "staff": "2",
             "capacity": "20"}  # fmt: skip
    for name, value in typed.items():
        await page.fill(f"#f-{name}", value)
    await page.click("main form button")
    assert "时间不合适" in await page.inner_text("#refusal")
    assert await page.input_value("#f-place") == "食堂", "what was typed is kept"
    await page.fill("#f-day", "2019-01-08")
    await page.click("main form button")
    await page.wait_for_url("**/staff/collections/*")
    await page.click("form[action$=calls] button")
    await page.wait_for_url("**done=calls")
    assert await page.locator("tbody tr").count() == 1


@pytest.mark.parametrize(("size", "script"), SIZES)
async def test_who_has_not_opened_a_card(web, size, script):
    for n, more in ((1, {}), (2, {"employer_id": WORKS})):
        await web.town.cards(n, **more)
    async with web.town.database.work(SYSTEM) as work:
        cards = await work.rows(
            "SELECT person_id, card_id, DATE '2019-01-01' FROM card WHERE generation = 'new'"
        )
        await note_received(work, cards)
    page = await web.visitor("employer_hr", FIRM, size=size, script=script)
    await page.goto("/staff/unopened")
    assert await page.locator("tbody tr").count() == 1
    assert id_number(1) not in await page.content()
    async with page.expect_download() as waiting:
        await page.click("a:has-text('下载 CSV')")
    assert (await waiting.value).suggested_filename == "unopened.csv"

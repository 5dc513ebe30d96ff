"""Going to people, on the staff's pages: planned, looked up, told of, and what devices brought in doubt decided."""

from __future__ import annotations

import pytest
from tests.faces.api_town import id_number, person
from tests.faces.outreach_town import CLERK, OLD, equip, held, visit_asked
from tests.web.browsing import DESKTOP, PHONE
from tests.web.visits_town import BANK, clashing

WHEN = "2019-01-03 morning"


async def press(page, what):
    async with page.expect_navigation():
        await page.click(what)
    return await page.inner_text("main")


@pytest.mark.parametrize(("size", "script"), [(PHONE, False), (DESKTOP, True)])
async def test_a_visit_from_the_request_to_its_outcome(web, size, script):
    await equip(web.town)
    visit = await visit_asked(web.town, 1)
    secrets = (person(1, OLD).name, id_number(1, OLD), person(1, OLD).mobile, person(1, OLD).address)
    page = await web.visitor(BANK, size=size, script=script)
    await page.goto("/staff/visits")
    assert "待安排" in await page.inner_text("main")
    await press(page, f"a[href='/staff/visits/{visit}']")
    assert not [one for one in secrets if one in await page.content()]
    await page.fill("#f-reason", "电话约定时间")
    shown = await press(page, "button:has-text('显示')")
    assert person(1, OLD).mobile in shown
    assert len(await web.town.facts("visit.revealed")) == 1
    await page.select_option("#f-when", WHEN)
    refused = await press(page, "form[action$=planning] button")
    assert await page.input_value("#f-when") == WHEN, "nothing that was chosen is lost"
    assert await page.locator("#refusal").count() == 1, refused
    await page.check(f"input[name=staff][value='{CLERK}']")
    assert "已通知本人" in await press(page, "form[action$=planning] button")
    await page.goto("/staff/visits?on=2019-01-03")
    assert not [one for one in secrets if one in await page.content()]
    assert person(1, OLD).address in await press(page, "button:has-text('显示路线')")
    await page.goto(f"/staff/visits/{visit}")
    await page.check("input[name=outcome][value=not_met]")
    await page.fill("#f-why", "家中无人")
    shown = await press(page, "form[action$=outcome] button")
    assert "未遇" in shown
    assert await page.locator("form[action$=outcome]").count() == 0
    assert visit not in "".join(secrets)


async def test_both_sides_of_a_conflict_and_a_person_decides(web):
    device = await equip(web.town)
    conflict, waiting = await clashing(web, device), await held(web.town, device, 8)
    page = await web.visitor(BANK, script=False)
    await page.goto("/staff/visits/conflicts")
    shown = await page.inner_text("main")
    assert "已有的申请" in shown
    assert person(8, OLD).name not in shown
    assert "虚构路8号" in await press(page, f"form[action$='{waiting}/content'] button")
    await press(page, f"form[action$='{conflict}/acceptance'] button")
    assert await page.locator("#refusal").count() == 1, "a counter's rules still count"
    assert "已采纳" in await press(page, f"form[action$='{waiting}/acceptance'] button")
    await page.fill(f"#aside-{conflict}", "已在别处申请")
    shown = await press(page, f"form[action$='{conflict}/discarding'] button")
    assert "没有待处理的记录" in shown
    assert [fact[3] for fact in await web.town.facts("capture.revealed")] == [waiting]


async def test_places_a_stall_and_a_lost_device(web):
    await equip(web.town)
    page = await web.visitor(BANK)
    await page.goto("/staff/visits/places")
    await page.fill("#f-first", "2019-01-07")
    await page.fill("#f-last", "2019-01-11")
    await page.check("input[name=slot][value=afternoon]")
    await page.fill("#f-capacity", "4")
    shown = await press(page, "main form button")
    assert "下午" in shown
    await page.goto("/staff/visits/sites")
    await page.check("input[name=kind][value=stall]")
    for name, said in (("name_zh", "小区摊点"), ("name_en", "Stall"), ("place", "虚构路1号"), ("capacity", "40"),
                       ("from_day", "2019-01-02")):  # fmt: skip
        await page.fill(f"#f-{name}", said)
    await page.select_option("#f-district", "310101")
    await page.check(f"input[name=staff][value='{CLERK}']")
    await press(page, "form[action='/staff/visits/sites'] button")
    assert await page.input_value("#f-name_zh") == "小区摊点", (
        "a stall has a last day: refused, and nothing is lost"
    )
    await page.fill("#f-to_day", "2019-01-04")
    assert "小区摊点" in await press(page, "form[action='/staff/visits/sites'] button")
    await page.goto("/staff/visits/devices")
    await page.click("summary:has-text('停用')")
    assert "已停用" in await press(page, "form[action$=blocking] button")


@pytest.mark.parametrize("script", [True, False])
async def test_somebody_very_old_asks_for_a_visit_and_calls_it_off(web, script):
    await equip(web.town)
    await web.town.people(person(1, OLD))
    own = await web.town.person_id(1, OLD)
    page = await web.visitor("resident", own, size=PHONE, script=script, elder=True)
    await page.goto("/mine")
    await press(page, "a[href^='/mine/visit']")
    await page.check("input[name=wanted][value=apply]")
    shown = await press(page, "form[action='/mine/visit'] button")
    assert "会有人上门" in shown
    assert "80" in shown, "and the rule that says so"
    assert "待安排" in shown
    assert person(1, OLD).name not in await page.content()
    clerk = await web.visitor(BANK, size=PHONE)
    await clerk.goto("/staff/visits")
    assert "已取消" in await press(page, "form[action$=cancellation] button")
    assert await page.locator("input[name=wanted]").count() == 3


async def test_somebody_else_is_told_why_there_is_no_visit(web):
    page = await web.visitor("resident", size=PHONE)
    await page.goto("/mine/visit")
    await page.check("input[name=wanted][value=open]")
    assert "不能安排上门" in await press(page, "form[action='/mine/visit'] button")


async def test_the_hotline_asks_for_a_visit_and_reads_out_why(web):
    await web.town.people(person(1, OLD), person(2))
    page = await web.visitor("hotline_agent", script=False)
    await page.goto("/staff/visits/request")
    for who, said in (((1, OLD), "将安排上门"), ((2,), "不能安排上门")):
        await page.fill("#f-id_number", id_number(*who))
        await page.fill("#f-name", "错名")
        await page.check("input[name=wanted][value=apply]")
        await press(page, "main form button")
        assert await page.input_value("#f-id_number") == id_number(*who), "refused, and nothing is lost"
        await page.fill("#f-name", person(*who).name)
        assert said in await press(page, "main form button")
        await press(page, "a[href='/staff/visits/request']")

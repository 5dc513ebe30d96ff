"""Registration for care in another province: the holder on a telephone, and a centre's clerk by keyboard."""

from __future__ import annotations

from axe_playwright_python.async_playwright import Axe
from tests.faces.api_town import id_number, person
from tests.web.away_town import pensioner
from tests.web.browsing import NARROW


async def test_a_holder_registers_and_withdraws(web):
    at = await pensioner(web, 1)
    page = await web.visitor("resident", at, size=NARROW, elder=True, script=False)
    await page.goto("/mine/medical")
    await page.click("a[href^='/mine/away']")
    assert "没有备案" in await page.inner_text("main")
    assert "转诊备案由定点医院" in await page.inner_text("main")
    await page.select_option("select[name=place]", "330000")
    await page.check("input[name=pledge]")
    await page.click("main form[action='/mine/away'] button")
    told = await page.inner_text("main")
    assert "已备案" in told
    assert "浙江" in told
    await page.click("main form[action='/mine/away/ending'] button")
    assert "已撤销备案" in await page.inner_text("main")


async def test_a_clerk_registers_what_was_seen(web):
    await pensioner(web, 2)
    page = await web.visitor("community_clerk")
    await page.goto("/staff/away")
    await page.fill("input[name=id_number]", id_number(2))
    await page.fill("input[name=name]", person(2).name)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("select[name=place]")
    assert (await Axe().run(page)).response["violations"] == []
    await page.check("input[name=kind][value=referral]")
    await page.select_option("select[name=place]", "110000")
    await page.check("input[name=seen]")
    await page.fill("input[name=from_on]", "2031-01-01")
    await page.click("form[action='/staff/away/registration'] button")
    assert "起始日离今天超过一年" in await page.inner_text("main"), "and what was typed is still there"
    await page.fill("input[name=from_on]", "")
    await page.check("input[name=seen]")
    await page.click("form[action='/staff/away/registration'] button")
    await page.wait_for_selector(".done")
    assert "转诊证明" in await page.inner_text("main")
    await page.fill("input[name=reason]", "医院撤回转诊")
    await page.click("form[action='/staff/away/ending'] button")
    await page.wait_for_selector(".done")
    assert "医院撤回转诊" in await page.inner_text("main")

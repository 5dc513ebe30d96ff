"""One screen settles, by the keyboard alone, and takes back in two keys; differences are found, looked at and closed."""

from __future__ import annotations

from tests.faces.api_town import id_number
from tests.faces.settling_town import ROLE, designated, insured
from tests.web.ways_to_settling import differences

from shebaoka.kit.actor import SYSTEM


async def typed(page, *keys):
    """Press keys where the focus is: words are typed, names of keys pressed; a page that follows is waited for."""
    for key in keys:
        if key in ("Enter", "F2", "F4", "F8", "F9"):
            await page.keyboard.press(key)
        else:
            await page.keyboard.type(key)


async def test_a_cashier_settles_prints_and_takes_back_with_the_keyboard_alone(web):
    await designated(web.town)
    card = await insured(web.town, 1)
    page = await web.visitor(ROLE)
    await page.goto("/staff/settling")
    await page.wait_for_selector("#f-card:focus")
    await typed(page, "NOTACARD1", "Enter", "Enter")
    await page.wait_for_selector("#refusal:has-text('社保卡号有误')")
    await page.fill("#f-card", card)
    await page.focus("#f-card")
    await typed(page, "Enter", "Enter")
    await page.wait_for_selector("#who")
    for item, amount in (("诊查费", "2000.01"), ("外带敷料", "30")):
        await typed(page, item, "Enter", amount, "Enter", "Enter")
        await page.wait_for_selector(f"main td:has-text('{item}')")
    await page.select_option("#f-class", "own")
    await typed(page, "误加", "Enter", "5", "Enter", "Enter")
    await page.wait_for_selector("main td:has-text('误加')")
    await typed(page, "F8", "Enter")
    await page.wait_for_selector("main td:has-text('误加')", state="detached")
    await typed(page, "Enter")  # on an empty item
    await page.wait_for_selector("[data-confirm]:focus")
    assert "2,030.01" in await page.inner_text(".receipt .money")
    assert "自负段" in await page.inner_text(".why")
    await typed(page, "Enter")
    await page.wait_for_selector(".receipt .done:has-text('已结算')")
    assert await page.evaluate("document.activeElement.hasAttribute('data-print')")
    paper = await page.evaluate(
        """() => { window.print = () => { window.printed = true }; document.activeElement.click(); return window.printed }"""
    )
    assert paper
    await page.emulate_media(media="print")
    assert not await page.is_visible(".today")
    assert await page.is_visible(".why")
    await page.emulate_media(media="screen")
    assert id_number(1) not in await page.content()
    async with web.town.database.work(SYSTEM) as work:
        assert await work.value("SELECT count(*) FROM settlement WHERE reversed_at IS NULL") == 1
    await typed(page, "F8", "Enter")
    await page.wait_for_selector(".receipt .done", state="detached")
    async with web.town.database.work(SYSTEM) as work:
        assert await work.value("SELECT count(*) FROM settlement WHERE reversed_at IS NULL") == 0
    assert "已冲正" in await page.inner_text(".today")
    await typed(page, "F9")
    await page.wait_for_selector("#f-card:focus")


async def test_the_benefits_office_works_differences_off(web):
    page = await web.visitor("benefits_clerk")
    await page.goto(await differences(web))
    await page.fill("#f-institution", "HOSPITAL")
    await page.select_option("#f-status", "open")
    await page.click("main form button")
    await page.click("main td a:has-text('H1')")
    await page.wait_for_selector("h1:has-text('我方没有')")
    assert "没有结算" in await page.inner_text("main")
    await page.fill("#f-reason", "是")
    await page.click("main form.narrow button")
    await page.wait_for_selector("#refusal")
    await page.fill("#f-reason", "对方测试报文，已通知撤销")
    await page.click("main form.narrow button")
    await page.wait_for_selector("main .done")
    assert "H1" not in await page.inner_text("main table")
    await page.goto("/staff/settling/differences?status=closed")
    assert "H1" in await page.inner_text("main table")
    assert (
        await (await web.visitor(ROLE)).goto("/staff/settling/differences?institution=PHARMACY")
    ).status == 404

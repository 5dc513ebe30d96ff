"""Where to go: from the district to the outlet's hours and telephone, by list or map, without JavaScript; and who waits there."""

from __future__ import annotations

from datetime import datetime

from tests.web.browsing import DESKTOP, PHONE
from tests.web.ways_to_outlets import CROWD, furnished

from shebaoka.kit.actor import SYSTEM


async def test_somebody_finds_an_outlet_and_knows_when_to_go(web):
    await furnished(web)
    await web.town.post("/api/outlets/waiting", "community_clerk", json={"waiting": 12})
    for size, elder in ((PHONE, False), (PHONE, True), (DESKTOP, False)):
        await _finds(await web.visitor(size=size, script=False, elder=elder), elder)


async def _finds(page, elder):
    await page.goto("/")
    await page.click("a:has-text('去哪里办')")
    assert await page.locator(".outlets-districts a").count() == 16
    assert await page.locator(".districts svg a").count() == (0 if elder else 16)
    await page.select_option("#f-service", "collect")
    await page.click("button:has-text('查找')")
    assert await page.input_value("#f-service") == "collect"
    await page.click(".outlets-districts a:has-text('黄浦区')")
    assert await page.input_value("#f-service") == "collect"
    listed = await page.inner_text(".outlets")
    assert "BOSC0001" not in listed, "cards wait at community centres only"
    assert "正在开放，到11:30" in listed
    assert "约12人在等候" in listed
    assert "10:00" in listed
    await page.click(".outlets a[href='/outlets/310101/C310101002']")
    told = await page.inner_text("main")
    assert "黄浦区虚构路1号" in told
    assert "09:00–11:30，13:30–16:30" in told
    assert await page.get_attribute("dd a[href^=tel]", "href") == "tel:021-00000001"
    assert "周一至周五" in told
    assert "周六至周日" in told
    assert "领取寄存的卡" in told


async def test_the_map_leads_where_the_list_leads_and_takes_no_turn_with_the_keyboard(web):
    await furnished(web)
    page = await web.visitor(size=DESKTOP)
    await page.goto("/outlets?service=replace")
    for where in (".downtown a[href^='/outlets/310101']", ".city a[href^='/outlets/310115']"):
        link = page.locator(where)
        assert await link.get_attribute("tabindex") == "-1"
        assert "service=replace" in await link.get_attribute("href")
    await page.locator(".downtown a[href^='/outlets/310101'] path").click()
    await page.wait_for_url("**/outlets/310101?service=replace")
    assert await page.locator(".outlets > li").count() == 1


async def test_the_day_and_the_hour_decide_what_is_said(web):
    await furnished(web)
    page = await web.visitor(script=False)
    said = []
    for at in ("2019-05-06T12:00", "2019-05-06T17:00", "2019-05-10T17:00", "2019-10-01T10:00"):
        web.town.database.clock.at = datetime.fromisoformat(f"{at}:00+08:00")
        await page.goto("/outlets/310101/C310101002")
        said.append(await page.inner_text(".badge"))
    assert [
        "今天 13:30" in said[0],
        "明天 09:00" in said[1],
        "5月13日周一" in said[2],
        "明天 09:00" in said[3],
    ] == [True] * 4
    async with web.town.database.work(SYSTEM) as work:
        await work.run("UPDATE institution SET readiness = 'suspended' WHERE code = 'C310101002'")
    await page.goto("/outlets/310101/C310101002")
    assert "暂停办理" in await page.inner_text(".badge")
    assert await page.locator(".outlet-does").count() == 0


async def test_a_district_of_three_hundred_outlets_comes_page_by_page(web):
    await furnished(web, CROWD)
    page = await web.visitor(script=False)
    seen, pages = set(), 0
    await page.goto("/outlets/310101?service=collect")
    while True:
        pages += 1
        seen |= set(await page.locator(".outlets h2 a").evaluate_all("all => all.map(one => one.href)"))
        if not await page.locator("a:has-text('继续看')").count():
            break
        await page.click("a:has-text('继续看')")
    assert (len(seen), pages) == (CROWD + 2, 16)


async def test_a_clerk_notes_who_waits_by_one_key_and_everybody_sees_it(web):
    await furnished(web)
    clerk, anybody = await web.visitor("community_clerk"), await web.visitor(size=PHONE, script=False)
    await clerk.goto("/staff/counter/queue")
    await clerk.focus("button[name=about][value='10']")
    await clerk.keyboard.press("Enter")
    await clerk.wait_for_url("**done=waiting")
    assert "约 10 人" in await clerk.inner_text("main")
    await anybody.goto("/outlets/at/C310101002")
    assert anybody.url.endswith("/outlets/310101/C310101002")
    assert "约10人在等候" in await anybody.inner_text("main")
    await clerk.fill("#f-waiting", "0")
    await clerk.keyboard.press("Enter")
    await clerk.wait_for_selector("main:has-text('约 0 人')")
    await anybody.reload()
    assert "没有人等候" in await anybody.inner_text("main")
    web.town.database.clock.at = datetime.fromisoformat("2019-05-06T10:31:00+08:00")
    await anybody.reload()
    assert "等候" not in await anybody.inner_text("main")


async def test_what_is_not_there_is_not_found(web):
    await furnished(web)
    page = await web.visitor(script=False)
    for path in ("310199", "310106/C310101002", "310101/FIRM", "at/NOBODY"):
        answer = await page.goto(f"/outlets/{path}")
        assert answer.status == 404, path
        assert "没有这个页面" in await page.inner_text("main")
    assert (await page.goto("/outlets/x")).status == 400


async def test_whose_card_waits_is_led_to_the_outlet(web):
    await furnished(web)
    await web.town.parcel_waiting(98)
    holder = await web.visitor("resident", size=PHONE, script=False)
    await holder.goto("/mine")
    await holder.click("main a:has-text('开放时间')")
    assert holder.url.endswith("/outlets/310101/C310101002")

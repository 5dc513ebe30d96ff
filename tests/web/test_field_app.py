"""The field app on a device of its own: without a network, locked, cut off while it synchronises, in two windows at once."""

from __future__ import annotations

from datetime import date, timedelta

from tests.faces.api_town import OUTLET_B, id_number, person
from tests.faces.outreach_town import OLD
from tests.web.field_town import (
    ALL_KEPT,
    BANK,
    PIN,
    count,
    device,
    filled_in,
    is_right,
    log_in_again,
    on_the_day,
    says,
    sign,
    taken_in,
    unlock,
)

from shebaoka.faces.web.pages.field import shell
from shebaoka.kit.actor import SYSTEM

SOME_DAY = date(1980, 1, 1)


async def test_an_offline_visit_is_synchronised_once(web):
    page = await device(web)
    await page.context.set_offline(True)
    await page.reload()
    await is_right(page)
    await unlock(page)
    await is_right(page)
    await page.click("button:has-text('开始')")
    await is_right(page)
    assert person(1, OLD).address in await page.inner_text("main")
    await page.click("button[data-do=apply]")
    await page.fill("#f-id_number", id_number(1, OLD)[:-1] + ("1" if id_number(1, OLD)[-1] != "1" else "2"))
    await is_right(page)
    await page.click("[data-start]")
    await page.wait_for_selector("[data-hint]:not(:empty)")
    await page.click("[data-take]")
    assert await page.locator(".shot canvas").is_visible()
    await filled_in(page, 1, photo=True)
    await page.wait_for_selector("[data-hint]:has-text('可以用')")
    await page.check("input[name=finished]")
    await page.click("form[data-do=keep-application] > .row button >> nth=0")
    await says(page, "已加密保存")
    assert "待同步 2 条" in await page.inner_text("header")
    await page.reload()
    assert "待同步 2 条" in await page.inner_text("header"), "also while it is locked"
    kept, cached = await page.evaluate(ALL_KEPT)
    for secret in (
        person(1, OLD).name,
        id_number(1, OLD),
        "15400000000",
        person(1, OLD).mobile,
        "虚构路1号",
        "271828",
    ):
        assert kept
        assert not [one for one in [*kept, *cached] if secret in one], secret
    await unlock(page)

    async def answer_is_lost(route):
        await route.fetch()
        await route.abort()

    await page.context.route("**/field/sync", answer_is_lost)
    await page.context.set_offline(False)
    await says(page, "现在没有网络")
    assert await count(web, "application") == 1, "the server has it, the device does not know"
    assert "待同步 2 条" in await page.inner_text("header")
    await page.context.unroute("**/field/sync")
    await page.click("button[data-do=sync]")
    await says(page, "已全部同步")
    assert await count(web, "application") == 1
    assert await count(web, "capture") == 2
    assert await count(web, "photo") == 1
    assert "待同步" not in await page.inner_text("header")
    assert (await page.inner_text("[data-list=items]")).count("已办理") == 2
    assert len(await web.town.facts("application.signed")) == 1
    await page.click("button:has-text('回执')")
    assert await page.locator("img[alt*=签名]").evaluate("image => image.naturalWidth") == 480
    await is_right(page)


async def test_two_windows_bring_everything_once(web):
    first = await device(web)
    await web.town.people(*(person(n, OLD) for n in (2, 3)))
    second = await first.context.new_page()
    await second.goto("/field")
    await unlock(second)
    await first.context.set_offline(True)
    await taken_in(first, 2)
    await second.wait_for_selector("[data-list=items] li")
    await taken_in(second, 3)
    sent = []
    first.context.on("request", lambda request: request.url.endswith("/field/sync") and sent.append(request))
    await first.context.set_offline(False)
    for page in (first, second):
        await page.wait_for_selector("[data-says]:has-text('已全部同步')")
        assert "待同步" not in await page.inner_text("header")
    assert len(sent) == 1, "of two windows one brings, the other finds nothing left"
    assert (await count(web, "application"), await count(web, "capture")) == (2, 2)


async def test_a_conflict_and_a_session_that_has_ended_lose_nothing(web):
    page = await device(web)
    await web.town.applied(7, at=OUTLET_B, bank="ICBC")
    async with web.town.database.work(SYSTEM) as work:
        await work.run("DELETE FROM staff_session")
    web.town.app.state.service.gatekeeper._known.clear()
    await taken_in(page, 7, SOME_DAY)
    await says(page, "登录已过期")
    assert "待同步 1 条" in await page.inner_text("header")
    assert await count(web, "capture") == 0
    await log_in_again(web, page)
    await page.click("button[data-do=sync]")
    await page.wait_for_selector("[data-list=items]:has-text('有冲突')")
    assert "此人已在别处申请" in await page.inner_text("[data-list=items]")
    assert "待同步" not in await page.inner_text("header")
    await page.goto("/staff/visits/conflicts")
    assert "此人已在别处申请" in await page.inner_text("main")
    assert await count(web, "application") == 1


async def test_a_lost_tablet_gives_nothing_and_a_forgotten_pin_costs_no_record(web):
    page = await device(web)
    await web.town.people(person(2, OLD))
    await page.context.set_offline(True)
    await taken_in(page, 2)
    await page.click("[data-lock]")
    moment = web.town.database.clock.now()
    for n in range(1, 11):
        await page.fill("#f-pin", "314159")
        await page.click("form[data-do=unlock] button")
        await says(page, f"还可试 {10 - n} 次" if n < 5 else f"请等 {2 ** (n - 5)} 分钟")
        moment += timedelta(hours=2)
        await page.context.clock.set_fixed_time(moment)
    kept, _ = await page.evaluate(ALL_KEPT)
    assert len(kept) == 4, (
        "what unlocks it, the device's number, the counter, and the item: neither route nor secret"
    )
    await on_the_day(web, page)
    await page.fill("#f-pin", PIN)
    await page.click("form[data-do=unlock] button")
    # The last wrong number's words still stand there: that this try is over, the button says.
    await page.wait_for_selector("form[data-do=unlock] button:enabled")
    await says(page, "再试")
    await page.context.clock.set_fixed_time(moment)
    await unlock(page)
    assert await page.locator("[data-list=items] li").count() == 1
    await page.context.set_offline(False)
    await page.click("button[data-do=renew]")
    await says(page, "路线已下载")
    await page.click("button[data-do=sync]")
    await says(page, "已全部同步")
    assert await count(web, "application") == 1


async def test_a_card_is_opened_at_home_and_what_was_begun_survives_a_lock(web):
    page = await device(web)
    _, new = await web.town.cards(2)
    await page.context.set_offline(True)
    await page.click("button:has-text('开始')")
    await page.check("input[name=outcome][value=not_met]")
    await page.click("form[data-do=outcome] button")
    assert await page.locator("#f-reason").evaluate("field => field.validationMessage"), (
        "why nobody was met is said"
    )
    await page.fill("#f-reason", "家中无人")
    await page.click("form[data-do=outcome] button")
    await says(page, "已加密保存")
    await page.click("button[data-do=open]")
    await page.fill("#f-card_number", new)
    await page.fill("#f-id_number", id_number(2))
    await page.click("[data-lock]")
    await unlock(page)
    await page.click("button[data-do=resume]")
    assert await page.input_value("#f-card_number") == new
    await page.check("input[name=seen]")
    await page.click("form[data-do=keep-opening] > .row button >> nth=0")
    await says(page, "签名")
    await sign(page)
    await page.click("form[data-do=keep-opening] > .row button >> nth=0")
    await says(page, "已加密保存")
    await page.context.set_offline(False)
    await says(page, "已全部同步")
    standing = await web.town.post(
        "/api/cards/standing", "hospital_system", key=None, json={"card_number": new}
    )
    assert standing.json()["good"] is True
    (visit,) = (await web.town.call("GET", "/api/outreach/visits", BANK)).json()["items"]
    assert (visit["status"], visit["reason"]) == ("not_met", "家中无人")


async def test_a_new_version_takes_over_as_a_whole_and_when_asked(web, monkeypatch):
    page = await web.visitor()
    await page.goto("/field")
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    old = await page.locator("html").get_attribute("data-version")
    monkeypatch.setattr(shell, "version", lambda: "another")
    await page.reload()
    assert await page.locator("html").get_attribute("data-version") == old, (
        "nothing changes under one's hands"
    )
    await page.click("[data-take-over]")
    await page.wait_for_selector("html[data-version=another]")
    kept = await page.evaluate("caches.keys()")
    assert kept == ["field-another"]
    await page.context.set_offline(True)
    await page.reload()
    assert "登记这台设备" in await page.inner_text("main")

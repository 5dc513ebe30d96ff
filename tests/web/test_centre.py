"""The card centre's journeys: a card ordered again or given up, a parcel sent again, what runs out, and rules by date."""

from __future__ import annotations

from tests.faces.api_town import COMMUNITY_A
from tests.web import centre_town

from shebaoka.faces.web.pages.centre.rule_sets import RULE_SETS
from shebaoka.kit.actor import SYSTEM
from shebaoka.registry.programme.sets import SETS

OPERATOR, HEAD = "card_centre_operator", "programme_head"


async def go_to(page, path):
    await page.goto(path)
    return await page.inner_text("main")


async def click(page, what):
    async with page.expect_navigation():
        await page.click(what)
    return await page.inner_text("main")


async def test_a_failed_card_is_ordered_again(web):
    await web.town.failed_for_good(1)
    page = await web.visitor(OPERATOR, script=False)
    assert "账户状态异常" in await go_to(page, "/staff/centre")
    shown = await click(page, "button:has-text('重新制卡')")
    assert "已重新下单" in shown
    assert "账户状态异常" not in shown


async def test_a_failed_card_is_given_up_once(web):
    await web.town.failed_for_good(1)
    first, second = await web.visitor(OPERATOR), await web.visitor(OPERATOR)
    for page in (first, second):
        await page.goto("/staff/centre")
        await page.click("summary:has-text('放弃')")
    assert "已放弃制卡" in await click(first, "button:has-text('放弃制卡')")
    await click(second, "button:has-text('放弃制卡')")
    assert await second.locator("#refusal").count() == 1, "somebody was faster: it says so"


async def test_a_stopped_batch_is_looked_at_and_goes_on_or_is_called_off(web):
    going_on, called_off = [await web.town.held_batch(n) for n in (1, 2)]
    page = await web.visitor(OPERATOR, script=False)
    shown = await go_to(page, "/staff/centre")
    assert "停办的批次" in shown
    shown = await click(page, f"a:has-text('P{going_on}')")
    assert "张数 0 ≠ 1" in shown
    assert "未报销毁" in shown
    assert "预览" in shown
    await page.fill("#f-reason", "x")
    await click(page, "button:has-text('放行')")
    assert await page.locator("#refusal").count() == 1, "a reason is asked for"
    await page.fill("#f-reason", "已与制卡中心重新点数")
    shown = await click(page, "button:has-text('放行')")
    assert "批次已放行" in shown
    assert "已与制卡中心重新点数" in shown
    await page.goto(f"/staff/centre/batches/{called_off}")
    await page.fill("#f-reason", "点数仍不符，已请其销毁")
    shown = await click(page, "button:has-text('撤回批次')")
    assert "批次已撤回" in shown
    assert "收集中" in await go_to(page, "/staff/centre"), "its card is ordered again"


async def test_the_face_of_a_card_is_masked_and_shown_in_full_with_a_reason(web):
    order = await web.town.failed_for_good(1)
    page = await web.visitor(OPERATOR, script=False)
    await page.goto("/staff/centre")
    assert "已遮蔽" in await click(page, "a:has-text('卡面')")
    assert await page.locator("figure.face img").count() == 2
    await page.fill("#f-reason", "x")
    await click(page, "main form button")
    assert await page.locator("#refusal").count() == 1, "a reason is asked for"
    assert not await web.town.facts("card.face_seen")
    await page.fill("#f-reason", "核对返工卡面")
    async with page.expect_response("**/face") as answer:
        await page.click("main form button")
    assert (await (await answer.value).body()).startswith(b"\x89PNG")
    assert [fact[3] for fact in await web.town.facts("card.face_seen")] == [order]


async def test_a_parcel_that_nobody_hears_of_is_lost_and_its_card_made_again(web):
    waybill = await web.town.parcel_waiting(1, status="in_transit")
    async with web.town.database.work(SYSTEM) as work:
        await work.run("UPDATE parcel SET updated_at = updated_at - interval '40 days'")
    page = await web.visitor(OPERATOR)
    shown = await go_to(page, "/staff/centre/parcels")
    assert waybill in shown
    assert "久无消息" in shown
    await page.click("summary:has-text('遗失')")
    shown = await click(page, "button:has-text('按遗失重制')")
    assert "重新制卡" in shown
    assert "久无消息" not in shown
    assert waybill not in page.url


async def test_a_parcel_that_came_back_is_sent_again(web):
    waybill = await web.town.parcel_waiting(1, status="returned")
    page = await web.visitor(OPERATOR, script=False)
    assert waybill in await go_to(page, "/staff/centre/parcels")
    shown = await click(page, "button:has-text('重新寄送')")
    assert "已重新交寄" in shown
    assert waybill not in shown


async def test_blanks_of_all_outlets(web):
    await web.town.counter(COMMUNITY_A, blanks=7)
    page = await web.visitor(HEAD)
    shown = await go_to(page, "/staff/blanks")
    assert "C310101002" in shown
    assert "7" in shown
    shown = await click(page, "text=只看要补的")
    assert "C310101002" in shown, "seven are low"
    assert "全部网点" in shown


async def test_deliveries_of_blanks_and_where_a_chip_went(web):
    await web.town.with_card_keys()
    page = await web.visitor(OPERATOR)
    shown = await go_to(page, "/staff/blanks/deliveries")
    assert "还没有登记" in shown
    for name, text in {
        "shipment": "M1",
        "first_serial": "0000A000",
        "last_serial": "0000A0FF",
        "keys_version": "9",
    }.items():
        await page.fill(f"[name={name}]", text)
    assert "没有这一版本的卡片密钥" in await click(page, "button:has-text('登记到货')")
    assert await page.input_value("[name=shipment]") == "M1", "what was typed stays"
    await page.fill("[name=keys_version]", "2")
    assert "已登记到货" in await click(page, "button:has-text('登记到货')")
    await web.town.counter(numbers=("0000A000", "0000A009"))
    shown = await go_to(page, "/staff/blanks/deliveries?chip=0000a003")
    assert "领入" in shown
    assert "246" in shown
    shown = await go_to(page, "/staff/blanks/deliveries?chip=FFFFFFFF")
    assert "FFFFFFFF" in shown


async def test_rules_of_a_day_and_what_changes(web):
    page = await web.visitor(HEAD)
    shown = await go_to(page, "/staff/rules?on=2019-05-06")
    assert "2019年5月6日的规则" in shown
    later = (await web.town.call("GET", "/api/programme/changes?on=2019-05-06", HEAD)).json()["items"]
    assert later
    assert [one["day"] for one in later] == sorted(one["day"] for one in later)
    assert all(one["day"] >= "2019-05-06" for one in later)
    in_force = (await web.town.call("GET", "/api/programme/rules?on=2019-05-06", HEAD)).json()["items"]
    ending = [one["rule_id"] for one in in_force if one["valid_to"]]
    assert sorted(ending) == sorted(
        one["rule"]["rule_id"]
        for one in later
        if not one["begins"] and one["rule"]["valid_from"] <= "2019-05-06"
    )
    assert later[0]["rule"]["reason_zh"] in shown
    shown = await go_to(page, "/staff/rules?on=nonsense")
    assert await page.locator("#refusal").count() == 1
    assert "的规则" in shown


def test_every_set_of_rules_has_words():
    assert set(RULE_SETS) == set(SETS)


async def test_districts_and_rules_are_named(web):
    async with web.town.database.work(SYSTEM) as work:
        await work.run(
            "INSERT INTO district VALUES ('310101', '某区', 'Some district') ON CONFLICT DO NOTHING"
        )
        await work.run("UPDATE institution SET district_code = '310101'")
    page = await web.visitor(HEAD)
    shown = await go_to(page, "/staff/readiness")
    assert "黄浦区" in shown
    assert "310101" not in await page.inner_text("main table:last-of-type")
    assert "谁可以代办" in await go_to(page, "/staff/rules")


async def test_who_does_not_see_the_card_centre_s_pages(web):
    page = await web.visitor("hotline_agent")
    for path in (
        "/staff/centre",
        "/staff/centre/parcels",
        "/staff/centre/batches/1",
        "/staff/blanks",
        "/staff/readiness",
    ):
        answer = await page.goto(path)
        assert answer.status == 403, path


async def test_whoever_looks_after_the_status_list_sees_that_it_is_overdue(web):
    page = await web.visitor(OPERATOR, script=False)
    assert "尚未发布" in await go_to(page, "/staff/status-list")
    await centre_town.status_list(web)
    shown = await go_to(page, "/staff/status-list")
    assert "1.0" in shown
    assert "已超过应发布的时间" in shown
    await centre_town.publish(web)
    shown = await go_to(page, "/staff/status-list")
    assert "1.1" in shown
    assert "已超过应发布的时间" not in shown

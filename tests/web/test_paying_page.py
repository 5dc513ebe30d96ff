"""Contributions paid from the card, on a phone of an elder holder without scripts."""

from __future__ import annotations

from datetime import date

from tests.web.browsing import NARROW
from tests.web.paying_town import pays_for_oneself

from shebaoka.banking.model import DebitAnswer
from shebaoka.benefits.contributions import commands, views
from shebaoka.kit.actor import SYSTEM
from shebaoka.registry.programme.views import load


async def test_a_holder_pays_a_year_from_the_card(web):
    own = await pays_for_oneself(web.town, 1)
    page = await web.visitor("resident", own, size=NARROW, elder=True, script=False)

    async def said() -> str:
        return await page.inner_text("main")

    await page.goto("/mine/medical")
    await page.click("a[href^='/mine/medical/paying']")
    assert "尾号 0007 的账户扣款：已激活" in await said()
    assert "还没有从卡上缴过费" in await said()
    await page.select_option("select[name=period]", "2018-01-01")
    await page.click("main form button")
    assert "应缴 720.00 元" in await said()
    assert "19至59周岁居民" in await said(), "and why"
    await page.click("main form button")
    assert "已受理" in await said()
    assert "等银行扣款" in await said()
    # Asked for again before the bank has answered: refused, in words.
    await page.goto("/mine/medical/paying?period=2018-01-01")
    await page.click("main form button")
    assert "这一期已从卡上扣款或正在扣款" in await said()
    async with web.town.database.work(SYSTEM) as work:
        (debit,) = await views.of_person(work, own)
        await commands.refuse(work, debit, DebitAnswer(debit.debit_id, "AM04 余额不足"))
    await page.goto("/mine/medical/paying?period=2018-01-01")
    assert "AM04 余额不足" in await said()
    await page.click("main form button")
    async with web.town.database.work(SYSTEM) as work:
        await commands.count(work, await load(work), (await views.of_person(work, own))[0])
    await page.goto("/mine/medical/paying")
    assert "已缴" in await said()
    await page.goto("/mine/medical/paying?period=2018-01-01")
    await page.click("main form button")
    assert (await page.locator("#refusal").count(), "已缴" in await said()) == (1, True), "paid is paid"
    assert (await page.goto("/mine/medical/paying?period=2018-02-01")).status == 422
    assert "居民按自然年度缴费" in await said()
    assert (await page.goto("/mine/medical/paying?person=1")).status == 404


async def test_who_cannot_pay_is_told_why(web):
    frozen = await pays_for_oneself(web.town, 2, life="frozen", born=date(1950, 1, 1))
    page = await web.visitor("resident", frozen, size=NARROW, script=False)
    await page.goto("/mine/medical/paying")
    assert "卡上账户现在不能扣款（已冻结，请联系银行）" in await page.inner_text("main")
    assert await page.locator("main form").count() == 0

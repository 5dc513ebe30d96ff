"""Payouts on the pages, without script: a list in, one officer draws up, another approves, what came back is worked off."""

from __future__ import annotations

from tests.web.payouts_town import OFFICER, SECOND, account, differing, rejected, rows
from tests.web.test_centre import click, go_to


async def test_two_officers_pay_and_work_off_what_came_back(web):
    await account(web.town, 1)
    await account(web.town, 2, life="opened")
    one = await web.visitor(OFFICER, script=False)
    two = await web.visitor(OFFICER, SECOND, script=False)
    await go_to(one, "/staff/payouts")
    content = rows(1, 2).replace("3000.00", "12.345", 1)
    await one.set_input_files(
        "#f-file", {"name": "a.json", "mimeType": "application/json", "buffer": content.encode()}
    )
    shown = await click(one, "button:has-text('收下')")
    assert "共 2 行：收下 1，已有 0，有误 1" in shown
    assert "第 1 行 amount" in shown
    await one.set_input_files(
        "#f-file", {"name": "a.json", "mimeType": "application/json", "buffer": rows(1).encode()}
    )
    await click(one, "button:has-text('收下')")
    await one.set_input_files("#f-file", {"name": "a.png", "mimeType": "image/png", "buffer": b"\xff\xd8"})
    await click(one, "button:has-text('收下')")
    assert await one.locator("#refusal").count() == 1
    await one.fill("#f-pay_on", "2019-01-15")
    shown = await click(one, "button:has-text('编制')")
    assert "待批准" in shown
    assert "3000.00" in shown
    assert await one.locator("button:has-text('批准发放')").count() == 0, "nobody approves their own"
    assert "尚未激活" in await go_to(two, "/staff/payouts/due?benefit=pension")
    await go_to(two, "/staff/payouts")
    await click(two, "td a:has-text('养老金')")
    shown = await click(two, "button:has-text('批准发放')")
    assert "已批准" in shown
    assert await two.locator("button:has-text('取消')").count() == 0

    (number, other) = await rejected(web.town, 3, 4)
    shown = await go_to(one, "/staff/payouts/returned")
    assert "账户已销户" in shown
    assert number in shown
    for which, what, said in ((number, "再次发放", "已恢复为待发放"), (other, "停发", "已停发")):
        form = one.locator(f"section:has(small:has-text('{which}'))")
        await form.locator("summary").click()
        await form.locator("input[name=reason]").fill("持卡人已说明")
        async with one.expect_navigation():
            await form.locator(f"button:has-text('{what}')").click()
        assert said in await one.inner_text("main")
    assert "没有需要处理的" in await go_to(one, "/staff/payouts/returned")
    await differing(web.town, "7")
    await go_to(one, "/staff/payouts/differences")
    await one.locator("summary").first.click()
    await one.fill("input[name=reason]", "银行误发")
    assert "没有差异" in await click(one, "button:has-text('写明原因并关闭')")
    auditor = await web.visitor("auditor")
    for path in ("/staff/payouts", "/staff/payouts/returned", "/staff/payouts/differences"):
        await auditor.goto(path)
        assert await auditor.locator("main form").count() == 0

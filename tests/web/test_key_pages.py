"""Key ceremonies on the pages, without script: one officer opens, another approves, the record is printed."""

from __future__ import annotations

from tests.web.keys_town import CHECKS, OFFICER, PARTS, SECOND, in_force, store
from tests.web.test_centre import click, go_to


async def test_two_officers_take_a_key_in_and_put_it_in_force(web):
    store(web.town)
    one = await web.visitor(OFFICER, script=False)
    two = await web.visitor(OFFICER, SECOND, script=False)
    await go_to(one, "/staff/keys")
    assert "两位管理员各持一个信封" in await click(one, "a:has-text('SM4 导入密钥')")
    await one.fill("#f-reason", "上级下发")
    await one.check("input[value=city]")
    await one.fill("#f-expected", CHECKS[2])
    await one.fill("#f-part", PARTS[0].hex(" ", 2))
    await one.fill("#f-check", "000000")
    await click(one, "main form button")
    assert "校验值不符" in await one.inner_text("#refusal")
    assert await one.input_value("#f-reason") == "上级下发", "only what is secret is entered once more"
    assert await one.input_value("#f-part") == ""
    await one.fill("#f-part", PARTS[0].hex(" ", 2))
    await one.fill("#f-check", CHECKS[0])
    waits = await click(one, "main form button")
    assert "请另一位密钥管理员" in waits
    assert await one.locator("button:has-text('批准')").count() == 0, "nobody approves their own"

    await go_to(two, "/staff/keys")
    await click(two, "a:has-text('第 1 版')")
    await two.fill("#f-part", PARTS[1].hex())
    await two.fill("#f-check", CHECKS[1])
    done = await click(two, "button:has-text('批准并执行')")
    assert "已完成" in done
    assert CHECKS[2] in done
    assert not any(part.hex() in done.lower().replace(" ", "") for part in PARTS)

    for what in ("派生", "启用"):
        await go_to(one, "/staff/keys")
        await click(one, f"main a.button:has-text('{what}')")
        await one.fill("#f-reason", "首次")
        address = one.url
        await click(one, "main form button")
        assert one.url != address
        await two.goto(one.url)
        await click(two, "button:has-text('批准并执行')")
    shown = await go_to(two, "/staff/keys")
    assert "现用" in shown
    assert "密钥库没有打开" not in shown


async def test_a_ceremony_is_withdrawn_and_whoever_audits_sees_all_and_does_nothing(web):
    ceremony_id = await in_force(web.town)
    officer = await web.visitor(OFFICER, script=False)
    await go_to(officer, "/staff/keys")
    await click(officer, "main a:has-text('SM4 生成根密钥')")
    await officer.fill("#f-reason", "轮换")
    await click(officer, "main form button")
    assert "已撤回" in await click(officer, "button:has-text('撤回')")
    auditor = await web.visitor("auditor")
    await auditor.goto(f"/staff/keys/ceremonies/{ceremony_id}")
    assert await auditor.locator("[data-print]").is_visible()
    assert await auditor.locator("main form").count() == 0
    await auditor.goto("/staff/keys")
    assert await auditor.locator("main a.button, main form").count() == 0
    assert (await auditor.goto("/staff/keys/new")).status == 403


async def test_a_closed_store_says_so_at_the_head_of_the_page(web):
    page = await web.visitor(OFFICER, script=False)
    assert "密钥库没有打开" in await go_to(page, "/staff/keys")
    await go_to(page, "/staff/keys/new?kind=generate&algorithm=3DES")
    await page.fill("#f-reason", "旧卡")
    await click(page, "main form button")
    assert "卡片密钥库未打开" in await page.inner_text("#refusal")

"""Accounts and log-ins on the pages: two steps, temporary passwords, one's own account, others' accounts; by keyboard."""

from __future__ import annotations

import re

from tests.faces.api_town import id_number, person
from tests.web.admin_town import PASSWORD, code, enrolled, member
from tests.web.browsing import PHONE


async def log_in(page, login, password=PASSWORD):
    await page.goto("/staff/login?next=%2Fstaff%2Fme")
    await page.wait_for_function("document.activeElement.id === 'f-login'")
    await page.keyboard.type(login)
    await page.keyboard.press("Tab")
    await page.keyboard.type(password)
    await page.keyboard.press("Enter")


async def type_and_enter(page, text):
    """Type where the page has put the focus, once it has."""
    await page.wait_for_function("document.activeElement.tagName === 'INPUT'")
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")


async def test_who_must_sets_a_second_factor_up_and_logs_in_with_it(web, clock):
    """By keyboard alone: the field that is to be filled in has the focus."""
    await member(web, "auditor.one", "auditor")
    page = await web.visitor(size=PHONE)
    await log_in(page, "auditor.one")
    await page.wait_for_url("**/staff/login/enrolment**")
    assert await page.locator("main svg").count() == 1
    # Nothing else is open meanwhile.
    other = await page.context.new_page()
    await other.goto("/staff/me")
    assert "/staff/login?" in other.url
    secret = await page.inner_text("main .answers dd")
    await type_and_enter(page, "000000")
    assert "验证码不正确" in await page.inner_text("#refusal")
    assert await page.inner_text("main .answers dd") == secret
    await page.focus("#f-code")
    await type_and_enter(page, code(web, secret))
    await page.wait_for_selector("h1:has-text('恢复码')")
    codes = await page.locator("main ol code").all_inner_texts()
    assert len(set(codes)) == 10
    await page.click("main a.button")
    await page.wait_for_url("**/staff/me")
    assert "剩余恢复码 10 个" in await page.inner_text("main")
    await page.click("header button:has-text('退出')")
    await page.wait_for_url("**/staff/login")
    # Again: a code that was used is refused, the next one and a recovery code are taken.
    await log_in(page, "auditor.one")
    await page.wait_for_url("**/staff/login/code**")
    await type_and_enter(page, code(web, secret))
    assert "已用过" in await page.inner_text("#refusal")
    await page.focus("#f-code")
    await type_and_enter(page, code(web, secret, 1))
    await page.wait_for_url("**/staff/me")
    await page.click("header button:has-text('退出')")
    await page.wait_for_url("**/staff/login")
    await log_in(page, "auditor.one")
    await page.wait_for_url("**/staff/login/code**")
    await type_and_enter(page, codes[0])
    await page.wait_for_url("**/staff/me")
    assert "剩余恢复码 9 个" in await page.inner_text("main")


async def test_a_log_in_that_took_too_long_begins_again(web, clock):
    secret = await enrolled(web)
    page = await web.visitor(script=False)
    await log_in(page, "auditor.one")
    await page.wait_for_url("**/staff/login/code**")
    held = clock.at
    clock.at = held.replace(hour=held.hour + 1)
    await page.fill("#f-code", code(web, secret))
    await page.click("main button")
    assert "已过期" in await page.inner_text("#refusal")
    assert await page.locator("#f-password").count() == 1


async def test_an_administrator_makes_an_account_and_its_owner_takes_it_over(web):
    admin = await web.visitor("administrator")
    await admin.goto("/staff/accounts/new")
    await admin.wait_for_function("document.activeElement.id === 'f-login'")
    await admin.keyboard.type("clerk.new")
    for text in ("虚二", "NOWHERE"):
        await admin.keyboard.press("Tab")
        await admin.keyboard.type(text)
    await admin.select_option("#f-role", "community_clerk")
    await admin.keyboard.press("Enter")
    await admin.click("main button:has-text('建立')")
    assert await admin.locator("#refusal").count() == 1
    assert await admin.input_value("#f-login") == "clerk.new"
    await admin.fill("#f-institution", "C310101002")
    await admin.click("main button:has-text('建立')")
    temporary = await admin.inner_text(".care code")
    clerk = await web.visitor(size=PHONE)
    await log_in(clerk, "clerk.new", temporary)
    await clerk.wait_for_url("**/staff/login/password**")
    await type_and_enter(clerk, "password123456")
    assert "密码不符合要求" in await clerk.inner_text("#refusal")
    await clerk.focus("#f-password")
    await type_and_enter(clerk, PASSWORD)
    await clerk.wait_for_url("**/staff/me")
    await admin.goto("/staff/sessions")
    assert "clerk.new" in await admin.inner_text("main table")
    await admin.click("tr:has-text('clerk.new') button")
    await admin.wait_for_url("**/staff/sessions")
    assert "clerk.new" not in await admin.inner_text("main table")
    await admin.goto("/staff/accounts?login=clerk.new")
    await admin.click("main table a")
    await admin.click("button:has-text('停用账号')")
    assert "已停用" in await admin.inner_text("main .answers")
    await admin.click("button:has-text('重新启用')")
    assert await admin.inner_text(".care code") != temporary


async def test_an_administrator_does_not_change_himself(web):
    admin = await web.visitor("administrator")
    await admin.goto("/staff/accounts?role=administrator")
    await admin.click("main table a")
    for name in ("停用账号", "重置密码", "重置两步验证"):
        await admin.click(f"button:has-text('{name}')")
        assert "自己的账号" in await admin.inner_text("#refusal")


async def test_everybody_keeps_his_own_account(web):
    await member(web)
    first, second = await web.visitor(), await web.visitor(size=PHONE, script=False)
    for page in (first, second):
        await log_in(page, "clerk.one")
        await page.wait_for_url("**/staff/me")
    await first.reload()
    assert "Chrome · Linux" in await first.inner_text(".timeline")
    await first.click("button:has-text('结束其他全部登录')")
    await first.wait_for_url("**/staff/me?done=ended")
    web.town.app.state.service.gatekeeper._known.clear()
    await second.goto("/staff/me")
    assert "/staff/login" in second.url
    await first.fill("#f-current", PASSWORD)
    await first.fill("#f-new", "七个 unlike words 123")
    await first.click("button:has-text('更换密码')")
    await first.wait_for_url("**/staff/me?done=password")
    await first.fill("#f-password", "七个 unlike words 123")
    await first.click("button:has-text('启用')")
    secret = await first.inner_text("main .answers dd")
    await type_and_enter(first, "1")
    assert "验证码不正确" in await first.inner_text("#refusal")
    assert await first.inner_text("main .answers dd") == secret
    await first.fill("#f-code", code(web, secret))
    await first.keyboard.press("Enter")
    await first.wait_for_selector("h1:has-text('恢复码')")
    await first.click("main a.button")
    await first.fill("#f-code", code(web, secret, 1))
    await first.click("button:has-text('关闭两步验证')")
    assert re.search("未启用", await first.inner_text("main .answers"))


async def test_clients_are_made_with_a_secret_shown_once(web):
    page = await web.visitor("administrator", script=False)
    await page.goto("/staff/clients")
    await page.fill("#f-client_id", "bosc-core")
    await page.fill("#f-institution", "BOSC")
    await page.select_option("#f-role", "bank_system")
    await page.click("button:has-text('建立')")
    secret = await page.inner_text(".care code")
    await page.click("button:has-text('更换密钥')")
    assert await page.inner_text(".care code") != secret
    await page.click("tr:has-text('bosc-core') button:has-text('停用')")
    assert await page.locator(".care code").count() == 0
    assert "已停用" in await page.inner_text("main table")


async def test_an_auditor_searches_the_log(web):
    await web.town.people(person(1))
    for n in range(3):
        asked = {"id_number": id_number(1), "reason": f"=本人来访 {n}"}
        await web.town.post("/api/people/search", "community_clerk", key=None, json=asked)
    page = await web.visitor("auditor")
    await page.goto("/staff/audit")
    await page.click("button:has-text('检索')")
    assert "检索范围过大" in await page.inner_text("#refusal")
    await page.fill("#f-id_number", id_number(1))
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#found")
    assert id_number(1) not in page.url
    rows = await page.inner_text("main table")
    assert "按证件号码查找" in rows
    assert "=本人来访 2" in rows
    assert "待封存" in rows
    async with page.expect_download() as coming:
        await page.click("button:has-text('导出表格')")
    saved = await coming.value
    assert saved.suggested_filename == "audit.csv"
    assert "'=本人来访 2" in (await saved.path()).read_text("utf-8-sig")
    assert len(await web.town.facts("audit.facts_seen")) == 2
    page = await web.visitor("administrator")
    assert (await page.goto("/staff/audit")).status == 403

"""The hotlines' journeys: a whole call by keyboard, a caller who tells the story once, and what a bank's line does not see."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from tests.faces.api_town import BANK_B, HOTLINE, LINE_A, SOCIAL_LINE, id_number, person
from tests.faces.medical_town import at_the_doctors
from tests.web.browsing import PHONE
from tests.web.hotline_town import days_later

from shebaoka.cards.commands import allocate_numbers, take_made_cards
from shebaoka.cards.model import MadeCard
from shebaoka.faces.web.pages.hotline.words import HISTORY, QUESTIONS, WAITING_FOR
from shebaoka.kit.actor import SYSTEM
from shebaoka.registry.programme.model import HelpTopic
from shebaoka.service.helpdesk import commands
from shebaoka.service.helpdesk.commands.moving import SAID
from shebaoka.service.helpdesk.model import Question, WaitingFor

AGENT, BANK_AGENT, OPERATOR = "hotline_agent", "bank_line_agent", "card_centre_operator"
STORY = "养老金认证时读不出卡，已换过读卡机"


async def press(page, *keys):
    await page.wait_for_selector(":focus")  # A key that comes before the page has its focus is nobody's.
    for key in keys:
        await page.keyboard.press(key)


async def tab_to(page, wanted, at_most=60):
    """Go on with the tabulator to what is to be pressed or filled in; give how many steps it took."""
    for step in range(1, at_most):
        await page.keyboard.press("Tab")
        here = await page.evaluate("document.activeElement.name + '=' + document.activeElement.value")
        if here.startswith(wanted) or wanted in await page.evaluate("document.activeElement.textContent"):
            return step
    raise AssertionError(f"{wanted} is not reached by the keyboard")


async def enter(page):
    await page.wait_for_selector(":focus")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def click(page, what):
    """Press a button of a form, and wait for the page that comes."""
    async with page.expect_navigation():
        await page.click(what)


async def go_to(page, path):
    await page.goto(path)
    return await page.inner_text("main")


async def identified(page, n, tail):
    """Say who calls, by the keyboard: the first field has the focus."""
    await page.wait_for_selector(":focus")
    await page.keyboard.type(id_number(n))
    await press(page, "Tab")
    await page.keyboard.type(person(n).name)
    await press(page, "Tab")
    await page.keyboard.type(tail)
    await enter(page)


def test_all_that_stands_in_a_history_has_its_words():
    noted = {
        kind
        for file in Path(commands.__path__[0]).glob("*.py")
        for kind in re.findall(r'note\(\s*work,\s*[^"]*?"(\w+)"', file.read_text("utf-8"))
    }
    assert {"answered", "call_ended"} <= noted <= set(HISTORY)
    assert set(SAID.values()) | {"declined", "recalled", "lapsed", "accepted"} <= set(HISTORY)
    assert {code for code, _, _ in WAITING_FOR} == set(get_args(WaitingFor))
    assert set(QUESTIONS) == set(get_args(HelpTopic))
    assert {one for some in QUESTIONS.values() for one in some} <= set(get_args(Question))


async def test_a_whole_call_by_keyboard_only(web):
    _, new = await web.town.cards(1)
    page = await web.visitor(AGENT)
    await page.goto("/staff/hotline")
    await press(page, "5")
    await enter(page)
    assert "/staff/hotline/calls/" in page.url
    number = await page.inner_text(".case-number")
    await identified(page, 1, new[-4:])
    assert "已核对本人" in await page.inner_text("main")
    await enter(page)
    shown = await page.inner_text("main")
    assert f"新版社保卡（尾号{new[-4:]}）尚未开通" in shown
    assert person(1).name not in shown
    assert id_number(1) not in shown
    assert id_number(1) not in page.url
    await page.keyboard.type("丢")
    assert await page.locator(".questions li:visible").count() < 15
    assert await tab_to(page, "question=lost", 3) == 1, "the first that a caller about a loss asks"
    await enter(page)
    assert "到期自动解挂" in await page.inner_text(".note")
    assert await page.locator(".stands").count() == 1, "the timeline stays open beside the answer"
    await tab_to(page, "generation=")
    await tab_to(page, "挂失")
    await enter(page)
    assert "已口头挂失" in await page.inner_text(".done")
    await tab_to(page, "note=")
    await page.keyboard.type("已告知五天后自动解挂")
    await tab_to(page, "move=note", 2)
    await enter(page)
    assert "已告知五天后自动解挂" in await page.inner_text(".history")
    await tab_to(page, "ending=resolved")
    await press(page, "Space")
    await tab_to(page, "结束通话")
    await enter(page)
    assert "通话已结束" in await page.inner_text("main")
    await tab_to(page, "number=")
    await page.keyboard.type(number)
    await enter(page)
    shown = await page.inner_text("main")
    assert "已办结" in shown
    kinds = [
        line for line in ("来电，立工单", "来电人已核对", "已解答", "已口头挂失", "通话结束") if line in shown
    ]
    assert len(kinds) == 5
    looks = await web.town.facts("help.timeline_seen")
    assert {(fact[2], fact[4]["reason"]) for fact in looks} == {(HOTLINE, "来电咨询：挂失与解挂")}
    assert len(looks) == 2, "once opened, once beside the answer: each look is one"


async def test_a_caller_s_bills_are_read_to_them(web):
    call = await web.town.called(1)
    await at_the_doctors(web.town, 1)
    page = await web.visitor(AGENT, script=False)
    await page.goto(f"/staff/hotline/calls/{call['call_id']}")
    await page.click("button:has-text('查看账户和账单')")
    shown = await page.inner_text("main")
    for said in ("自负段1,500.00元已经满了", "合计 2,050.00 元", "已退回"):
        assert said in shown, said
    await page.click("summary:has-text('合计 2,050.00 元')")
    assert "其余500.00元由基金和您分担" in await page.inner_text("main")
    await page.reload()
    assert "查看了医保账户和账单" in await page.inner_text("main")


async def test_a_caller_who_says_something_wrong_is_asked_again(web):
    await web.town.cards(1)
    page = await web.visitor(AGENT, size=PHONE, script=False)
    await page.goto("/staff/hotline")
    await click(page, "button:has-text('接听')")
    await page.fill("#f-id_number", id_number(1))
    await page.fill("#f-name", "错名")
    await click(page, "button:has-text('核对')")
    assert "有一项不符" in await page.inner_text("main")
    assert await page.input_value("#f-id_number") == id_number(1), "what was typed stays"
    assert await page.locator("button:has-text('查看办理进度')").count() == 0
    await page.fill("#f-name", person(1).name)
    await click(page, "button:has-text('核对')")
    assert "再答对一项" in await page.inner_text("main")
    await page.fill("#f-mobile_tail", "0001")
    await click(page, "button:has-text('核对')")
    await click(page, "button:has-text('查看办理进度')")
    assert "尚未开通" in await page.inner_text("main")
    await click(page, "button:has-text('新卡有效多久')")
    assert "您本人" in await page.inner_text(".note")
    assert len(await web.town.facts("help.identification_failed")) == 1


async def test_a_caller_tells_the_story_once(web):
    _, new = await web.town.cards(1)
    first, second = await web.visitor(AGENT), await web.visitor(AGENT, SOCIAL_LINE)
    assert "没有等待接手的转接" in await go_to(second, "/staff/hotline")
    await first.goto("/staff/hotline")
    await first.check("[name=topic][value=social_use]")
    await click(first, "button:has-text('接听')")
    await identified(first, 1, new[-4:])
    assert "12333" in await first.inner_text(".care")
    await first.fill("#f-story", STORY)
    await click(first, "button:has-text('带工单转接')")
    assert "正在等" in await first.inner_text("main")

    await second.wait_for_selector("button:has-text('接手')", timeout=15_000)
    assert "来电人在线等待" in await second.inner_text("article"), "it shows itself at the other line"
    await click(second, "button:has-text('接手')")
    await second.wait_for_url("**/staff/hotline/calls/*")
    shown = await second.inner_text("main")
    assert STORY in shown
    assert "已核对本人" in shown, "nobody is identified anew"
    assert "H12333" in await second.inner_text(".case-head")
    await click(second, "button:has-text('查看办理进度')")
    assert "尚未开通" in await second.inner_text("main")
    await first.wait_for_selector("text=您可以挂机", timeout=15_000)
    await second.check("[name=ending][value=open]")
    await click(second, "button:has-text('结束通话')")
    assert "本线工单" in await second.inner_text("main")


async def test_a_hand_over_is_declined_with_its_reason_or_recalled(web):
    call = await web.town.called(1)
    case_id = call["case"]["case_id"]
    await web.town.handed_over(case_id)
    other = await web.visitor(AGENT, SOCIAL_LINE)
    await other.goto("/staff/hotline")
    await other.click("summary:has-text('谢绝')")
    await other.fill("[name=why]", "不属于社保用卡")
    await click(other, "button:has-text('谢绝')")
    assert "已谢绝" in await other.inner_text("main")
    page = await web.visitor(AGENT)
    shown = await go_to(page, f"/staff/hotline/cases/{case_id}")
    assert "不属于社保用卡" in shown
    assert "提请处理" in shown
    await web.town.handed_over(case_id)
    await page.reload()
    await click(page, "button:has-text('撤回转接')")
    assert "撤回转接" in await page.inner_text(".history")


async def test_a_case_is_taken_waits_and_is_resolved(web):
    call = await web.town.called(1)
    await web.town.post(f"/api/helpdesk/calls/{call['call_id']}/ending", AGENT, json={"resolved": False})
    page = await web.visitor(AGENT)
    path = f"/staff/hotline/cases/{call['case']['case_id']}"
    await page.goto(path)
    await page.fill("#f-note", "已问邮政")
    await page.select_option("#f-waiting_for", "courier")
    await click(page, "button:has-text('等待')")
    assert "等待：邮政" in await page.inner_text(".history")
    await days_later(web.town, 9)
    assert "已超期" in await go_to(page, "/staff/hotline/overdue")
    await page.goto(path)
    await click(page, "button:has-text('办结')")
    assert "已办结" in await page.inner_text(".case-head")
    await click(page, "button:has-text('来电人再次来电')")
    await page.wait_for_url("**/calls/*")
    assert "再次来电" in await page.inner_text(".history")


async def test_what_is_refused_leaves_what_was_typed(web):
    call = await web.town.called(1)
    page = await web.visitor(AGENT)
    await page.goto(f"/staff/hotline/calls/{call['call_id']}")
    await page.select_option("#f-to_topic", "apply")
    await page.fill("#f-story", STORY)
    await click(page, "button:has-text('带工单转接')")
    assert await page.locator("#refusal").count() == 1, "it is this line's own"
    assert await page.input_value("#f-story") == STORY


async def test_what_a_bank_s_line_does_not_see(web):
    other = await web.town.called(2)
    await web.town.applied(1, bank="BOSC")
    async with web.town.database.work(SYSTEM) as work:
        (number,) = await allocate_numbers(work, 1)
        at = MadeCard(
            await web.town.person_id(1), work.ids.one(), number, BANK_B, work.today, None, "AB", "CD"
        )
        await take_made_cards(work, [at])
    page = await web.visitor(BANK_AGENT, LINE_A)
    await page.goto("/staff/hotline")
    assert await page.locator("nav.menu a").all_inner_texts() == [
        "热线\nHotline",
        "规则\nRules",
    ]
    await page.fill("#f-number", other["case"]["number"])
    await click(page, "button:has-text('查找')")
    assert await page.locator("#refusal").count() == 1, "another line's case is not found"
    for path in (f"calls/{other['call_id']}", f"cases/{other['case']['case_id']}"):
        answer = await page.goto(f"/staff/hotline/{path}")
        assert answer.status == 404, path
    await page.goto("/staff/hotline")
    await page.check("[name=topic][value=financial]")
    await click(page, "button:has-text('接听')")
    assert await page.locator("button:has-text('挂失')").count() == 0, (
        "the social-security function is not a bank's"
    )
    await page.fill("#f-id_number", id_number(1))
    await page.fill("#f-name", person(1).name)
    await page.fill("#f-mobile_tail", "0000")
    await click(page, "button:has-text('核对')")
    await click(page, "button:has-text('查看办理进度')")
    shown = await page.inner_text("main")
    assert "申请已提交" in shown, "its own bank's application"
    assert number[-4:] not in shown, "another bank's card"


async def test_the_card_centre_decides_whose_a_case_is(web):
    call = await web.town.called(1)
    page = await web.visitor(OPERATOR)
    shown = await go_to(page, "/staff/hotline")
    assert "接听来电" not in shown, "the card centre answers no calls"
    await click(page, "table a")
    await page.select_option("#f-line", "H12333")
    await page.fill("#f-decision_text", "读卡属于社保用卡")
    await click(page, "button:has-text('裁定')")
    shown = await page.inner_text("main")
    assert "卡中心已裁定" in shown
    assert "H12333" in await page.inner_text(".case-head")
    agent = await web.visitor(AGENT)
    shown = await go_to(agent, f"/staff/hotline/cases/{call['case']['case_id']}")
    assert "读卡属于社保用卡" in shown
    assert await agent.locator("#f-line").count() == 0

"""One's own card on a phone: how it stands, opening, losing and finding it, who looked, messages, and the elder version."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.faces.api_town import id_number, person
from tests.web.browsing import DESKTOP, PHONE

BORN = date(2012, 1, 1)
SCRIPTS = [pytest.param(True, id="script"), pytest.param(False, id="no script")]


@pytest.fixture
async def mother(web):
    """Somebody with an old card that is good and a new one that is not open, and a child with both."""
    await web.town.cards(1)
    await web.town.cards(3, BORN, guardian_id_number=id_number(1), guardian_kind="母亲", employer_id=None)
    return await web.town.person_id(1)


class Taps:
    """Counts what a finger does."""

    def __init__(self, page):
        self.page, self.count = page, 0

    async def tap(self, selector):
        self.count += 1
        await self.page.click(selector)
        await self.page.wait_for_load_state()


async def text(page):
    return await page.inner_text("main")


async def alive(web, number):
    answer = await web.town.post(
        "/api/cards/standing", "hospital_system", json={"card_number": number}, key=None
    )
    return answer.json()["good"]


@pytest.mark.parametrize("script", SCRIPTS)
async def test_how_it_stands_on_one_page(web, script):
    waybill = await web.town.parcel_waiting(1)
    own = await web.town.person_id(1)
    page = await web.visitor("resident", own, size=PHONE, script=script)
    await page.goto("/mine")
    shown = await text(page)
    for said in ("卡片在备用网点，请携带证件领取", "C310101002", waybill, "保管到", "申请已提交", "备用网点"):
        assert said in shown, said
    assert person(1).name not in shown
    assert id_number(1) not in await page.content()


@pytest.mark.parametrize("script", SCRIPTS)
async def test_a_card_is_opened_and_the_old_one_is_void(web, mother, script):
    page = await web.visitor("resident", mother, size=PHONE, script=script)
    await page.goto("/mine")
    await page.click("main a.button:has-text('开通新卡')")
    await page.wait_for_url("**/mine/open?card=*")
    assert "一开通，老卡立即作废" in await text(page)
    await page.click("button:has-text('现在开通')")
    await page.wait_for_url("**/mine/opened?card=*")
    shown = await text(page)
    assert "新卡已开通，可以使用" in shown
    assert "老卡（尾号" in shown
    assert "已作废" in shown
    await page.goto("/mine/open")
    assert "虚" in await text(page), "the child's is the next to be opened"


async def test_a_card_of_somebody_else_is_not_found(web, mother):
    await web.town.cards(7)
    other = await web.town.person_id(7)
    held = (await web.town.call("GET", "/api/family/cards", "resident", other)).json()["items"]
    card = held[0]["card"]["card_id"]
    application = await web.town.applied(8)
    page = await web.visitor("resident", mother)
    for path in (
        f"/mine/open?card={card}", f"/mine/opened?card={card}", f"/mine?person={other}", f"/mine/looks?person={other}",
        f"/mine/sending?application={application}",
    ):  # fmt: skip
        answer = await page.goto(path)
        assert answer.status == 404, path


@pytest.mark.parametrize("script", SCRIPTS)
async def test_a_loss_is_reported_in_two_taps_and_taken_back(web, script):
    number = await web.town.opened(1)
    own = await web.town.person_id(1)
    page = await web.visitor("resident", own, size=PHONE, script=script)
    await page.goto("/mine")
    finger = Taps(page)
    await finger.tap("nav >> text=挂失")
    await finger.tap("button:has-text('挂失这张卡')")
    assert finger.count <= 2
    assert "已挂失。" in await text(page)
    assert "自动解除" in await text(page)
    assert not await alive(web, number)
    await finger.tap("button:has-text('撤销挂失')")
    assert "已撤销，这张卡恢复原状" in await text(page)
    assert await alive(web, number)


async def test_a_lost_card_leads_to_a_replacement(web):
    await web.town.opened(5)
    page = await web.visitor("resident", await web.town.person_id(5), size=PHONE, script=False)
    await page.goto("/mine/loss")
    await page.click("button:has-text('挂失这张卡')")
    await page.click("a:has-text('申请补卡')")
    await page.check("[name=replacement][value=lost]")
    await page.select_option("#f-fallback_outlet", "C310101003")
    assert await page.input_value("#f-bank") == "BOSC"
    await page.click("main form button")
    await page.wait_for_url("**/mine?person=*&done=replaced")
    shown = await text(page)
    assert "补换卡申请已提交" in shown
    assert "申请正在办理，请等候" in shown
    assert "已挂失" in shown


async def test_after_ten_minutes_a_report_is_taken_back_no_more(web):
    await web.town.opened(1)
    page = await web.visitor("resident", await web.town.person_id(1), size=PHONE)
    await page.goto("/mine/loss")
    await page.click("button:has-text('挂失这张卡')")
    await page.wait_for_url("**/mine/loss?lost=*")
    web.town.city.clock.at += timedelta(minutes=10)
    await page.click("button:has-text('撤销挂失')")
    await page.wait_for_load_state()
    assert "不能自行撤销" in await page.inner_text("#refusal")
    assert "挂失到" in await text(page)
    assert await page.locator("text=撤销挂失").count() == 0


async def test_who_looked_is_shown_without_a_clerk(web, mother):
    asked = {"id_number": id_number(1), "reason": "本人来访查询"}
    await web.town.post("/api/people/search", "community_clerk", key=None, json=asked)
    page = await web.visitor("resident", mother, size=PHONE)
    await page.goto("/mine/looks")
    shown = await text(page)
    for said in ("C310101002", "按证件号码查找", "本人来访查询"):
        assert said in shown, said
    assert "community_clerk" not in shown
    await page.click(f"nav[aria-label='家人 Family'] >> text={person(3).name[:1]}* >> nth=1")
    await page.wait_for_url("**/mine/looks?person=*")
    assert "还没有人查过" in await text(page)


async def test_messages_are_read_and_lead_to_opening(web):
    await web.town.message_given_up(1)
    page = await web.visitor("resident", await web.town.person_id(1), size=PHONE, script=False)
    await page.goto("/mine/messages")
    assert "未读" in await text(page)
    assert await page.locator("text=去开通").count() == 1
    await page.click("button:has-text('全部标为已读')")
    await page.wait_for_url("**done=read")
    assert "未读" not in await text(page)


async def test_the_card_goes_elsewhere_and_is_sent_again(web):
    number = await web.town.application_at_centre(5)
    page = await web.visitor("resident", await web.town.person_id(5), size=DESKTOP)
    await page.goto("/mine")
    await page.click("text=更改地址或网点")
    await page.fill("#f-address", "黄浦区虚构路99号")
    await page.click("main form button")
    await page.wait_for_url("**/mine?person=*&done=next_sending")
    assert "用于下一次寄送" in await text(page)
    await page.click("button:has-text('申请重新寄送')")
    await page.wait_for_url("**done=again")
    told = (await web.town.call("GET", f"/api/applications/{number}/journey", "card_centre_operator")).json()
    assert told["parcel"]["status"] != "at_centre"


async def elder_of(page):
    await page.goto("/mine")
    return "elder" in (await page.get_attribute("html", "class") or "")


async def test_the_elder_version_goes_with_the_person_to_another_device(web, mother):
    phone = await web.visitor("resident", mother, size=PHONE, script=False)
    tablet = await web.visitor("resident", mother)
    assert not await elder_of(tablet)
    await phone.goto("/mine?person=" + str(mother))
    await phone.click("button:has-text('长辈版')")
    await phone.wait_for_load_state()
    assert phone.url.endswith(f"person={mother}"), "the same page"
    assert await elder_of(tablet), "who is logged in is known, on whatever device"
    await tablet.goto("/mine/preferences")
    await tablet.uncheck("[name=elder]")
    await tablet.click("main form button")
    await tablet.wait_for_load_state()
    assert not await elder_of(phone), "the last word counts, whatever this device's cookie says"


async def test_before_log_in_the_cookie_counts(web, mother):
    nobody = await web.visitor(elder=True)
    await nobody.goto("/")
    assert await nobody.get_attribute("html", "class") == "elder"
    somebody = await web.visitor("resident", mother, elder=True)
    assert await elder_of(somebody), "who has not said goes by the device"

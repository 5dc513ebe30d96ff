"""The counter: found, taken in, handed over with the keyboard alone; what a bank's clerk sees; photos, losses, stock."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from tests.faces.api_town import COMMUNITY_A, id_number, person
from tests.issuing.photos.pictures import jpeg
from tests.web.browsing import DESKTOP, PHONE

COUNTER = "/staff/counter"


@dataclass
class Hands:
    """A clerk's hands on the keyboard: every key counts, and so does every page. There is no mouse."""

    page: object
    keys: int = 0
    pages: list[str] = field(default_factory=list)

    async def write(self, text: str) -> None:
        """Type what is not on the screen yet, key by key."""
        await self.page.wait_for_selector(
            ":focus"
        )  # A key that comes before the page has its focus is nobody's.
        await self.page.keyboard.type(text)
        self.keys += len(text)

    async def press(self, *keys: str) -> None:
        await self.page.wait_for_selector(":focus")
        for key in keys:
            await self.page.keyboard.press(key)
            self.keys += 1

    async def enter(self, until: str) -> None:
        """Press Enter, and wait for the page it leads to."""
        await self.press("Enter")
        await self.page.wait_for_url(until)
        self.pages.append(until)

    async def at(self) -> str:
        """Give the name, else the text, of what has the focus."""
        await self.page.wait_for_selector(":focus")
        return await self.page.evaluate("document.activeElement.name || document.activeElement.innerText")


async def find(web, role, n, **more):
    page = await web.visitor(role, **more)
    await page.goto(COUNTER)
    await page.fill("[name=number]", id_number(n))
    await page.press("[name=number]", "Enter")
    return page


async def test_an_application_is_taken_in_with_the_keyboard_alone(web):
    await web.town.people(person(1))
    page = await web.visitor("community_clerk")
    await page.goto(COUNTER)
    hands = Hands(page)
    assert await hands.at() == "number"
    await hands.write(id_number(1))
    await hands.enter("**/people/*")
    text = await page.inner_text("main")
    assert person(1).name not in text
    assert id_number(1) not in text
    assert "受理换卡申请" in await hands.at()
    await hands.enter("**/apply")
    assert await page.input_value("[name=name]") == person(1).name
    assert await hands.at() == "mobile"
    assert await page.input_value("[name=mobile]") == person(1).mobile
    for name in ("address", "bank", "fallback_outlet", "id_checked"):
        await hands.press("Enter")
        assert await hands.at() == name
        if name == "bank" and not await page.input_value("[name=bank]"):
            await hands.press("ArrowDown")
    await hands.press("Space")
    await hands.enter("**/receipt?new=1")
    assert "已受理" in await page.inner_text("main")
    assert "打印" in await hands.at()
    assert hands.keys - len(id_number(1)) <= 9
    assert len(hands.pages) == 3
    reasons = [fact[4]["reason"] for fact in await web.town.facts("identity.revealed")]
    assert reasons == ["窗口受理申请，预填登记信息"]
    again = await find(web, "community_clerk", 1)
    assert "请勿重复受理" in await again.inner_text("main")
    assert "受理换卡申请" not in await again.inner_text("main")


async def test_a_card_is_handed_over_with_the_keyboard_alone(web):
    waybill = await web.town.parcel_waiting(1)
    page = await web.visitor("community_clerk")
    await page.goto(COUNTER)
    hands = Hands(page)
    await hands.write(waybill)  # a scanner's work
    await hands.enter("**/people/*")
    assert "交付卡片" in await hands.at()
    await hands.enter("**/hand-over")
    assert await hands.at() == "id_number"
    await hands.write(id_number(1))
    await hands.press("Enter")
    assert await hands.at() == "signed"
    await hands.press("Space", "Enter")
    assert await hands.at() == "reference"
    await hands.enter("**/hand-over/receipt")
    text = await page.inner_text("main")
    assert waybill in text
    assert "本人" in text
    assert hands.keys - len(waybill) - len(id_number(1)) <= 6
    assert len(hands.pages) == 3


async def test_a_hand_over_to_somebody_else_is_refused_and_nothing_typed_is_lost(web):
    waybill = await web.town.parcel_waiting(1)
    await web.town.people(person(2))
    page = await web.visitor("community_clerk", script=False)
    await page.goto(COUNTER)
    await page.fill("[name=number]", waybill)
    await page.press("[name=number]", "Enter")
    await page.click("text=交付卡片")
    send = "main form button:not([type=button])"
    await page.fill("[name=id_number]", id_number(2))
    await page.check("[name=signed]")
    await page.click(send)
    assert "不能交付" in await page.inner_text("#refusal")
    assert await page.input_value("[name=id_number]") == id_number(2)
    assert await page.is_checked("[name=signed]")
    await page.fill("[name=id_number]", id_number(1))
    await page.uncheck("[name=signed]")
    await page.click(send)
    await page.wait_for_selector("#refusal:has-text('签收')")
    await page.check("[name=signed]")
    await page.click(send)
    await page.wait_for_url("**/hand-over/receipt")


async def test_a_signature_on_the_pad_is_printed_and_named(web):
    await web.town.parcel_waiting(1)
    page = await find(web, "community_clerk", 1)
    await page.click("text=交付卡片")
    await page.fill("[name=id_number]", id_number(1))
    box = await page.locator("[data-pad] canvas").bounding_box()
    await page.mouse.move(box["x"] + 20, box["y"] + 20)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 120, box["y"] + 60)
    await page.mouse.up()
    await page.wait_for_selector("[name=pad]:not([value=''])", state="attached")
    await page.click("main form button:not([type=button])")
    await page.wait_for_url("**/hand-over/receipt")
    assert "SHA256-" in await page.inner_text("main")
    assert await page.locator("[data-drawn] img").count() == 1


async def test_a_banks_clerk_looks_nobody_up_and_takes_an_application_in(web):
    await web.town.people(person(1))
    page = await find(web, "bank_clerk", 1)
    assert await page.input_value("[name=id_number]") == id_number(1)
    assert await page.input_value("[name=name]") == ""
    assert id_number(1) not in page.url
    await page.fill("[name=name]", person(2).name)
    await page.fill("[name=mobile]", "15400000001")
    await page.fill("[name=address]", "黄浦区虚构路1号")
    await page.select_option("[name=bank]", "BOSC")
    await page.select_option("[name=fallback_outlet]", "C310101002")
    await page.check("[name=id_checked]")
    await page.click("main form button")
    assert "姓名" in await page.inner_text("#refusal")
    assert await page.input_value("[name=address]") == "黄浦区虚构路1号"
    await page.fill("[name=name]", person(1).name)
    await page.click("main form button")
    await page.wait_for_url("**/receipt?new=1")
    found = await find(web, "bank_clerk", 1)
    assert "/applications/" in found.url
    other = await web.visitor("bank_clerk")
    assert (await other.goto(f"{COUNTER}/people/1")).status == 403
    assert (await other.goto(f"{COUNTER}/applications/1/hand-over")).status == 403


async def test_a_reveal_has_a_reason_and_is_recorded(web):
    await web.town.people(person(1))
    page = await find(web, "community_clerk", 1)
    await page.fill("[name=reason]", "核对登记地址")
    await page.press("[name=reason]", "Enter")
    await page.wait_for_url("**/identity")
    assert person(1).address in await page.inner_text("main")
    (fact,) = await web.town.facts("identity.revealed")
    assert fact[4] == {"reason": "核对登记地址"}


async def test_lost_found_and_opened(web):
    _, new = await web.town.cards(1)
    page = await find(web, "community_clerk", 1)
    await page.click(f"text=挂失（新卡 {new}）")
    await page.check("[name=id_checked]")
    await page.click("main form button")
    await page.wait_for_url("**/receipt?done=loss")
    assert "已挂失" in await page.inner_text("main")
    await page.click("text=返回此人")
    await page.click(f"text=解除挂失（新卡 {new}）")
    await page.check("[name=id_checked]")
    await page.click("main form button")
    await page.wait_for_url("**/receipt?done=lift")
    await page.click("text=返回此人")
    await page.click(f"text=开通（新卡 {new}）")
    await page.check("[name=id_checked]")
    await page.click("main form button")
    await page.wait_for_url("**/receipt?done=opening")
    await page.click("text=返回此人")
    assert "已失效" in await page.inner_text("main")


async def test_a_photo_from_a_file_or_the_camera(web):
    number = await web.town.applied(1, status="needs_photo")
    page = await web.visitor("bank_clerk", size=PHONE, script=False)
    await page.goto(f"{COUNTER}/applications/{number}/photo")
    small = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    await page.set_input_files("[name=photo]", small)
    await page.click("main form button:not([type=button])")
    await page.wait_for_selector(".findings :text('须改正')")
    await page.set_input_files("[name=photo]", small | {"buffer": jpeg(1)})
    await page.click("main form button:not([type=button])")
    await page.wait_for_url("**?done=photo")
    other = await web.town.applied(2, status="needs_photo")
    page = await web.visitor("bank_clerk")
    await page.goto(f"{COUNTER}/applications/{other}/photo")
    await page.click("[data-start]")
    await page.click("[data-shoot]")
    await page.wait_for_selector("[data-findings] li")  # the drawn picture of a false camera is no portrait
    assert await page.evaluate("document.querySelector('[name=photo]').files[0].size") <= 40_000


async def test_another_bank_another_address_and_withdrawn(web):
    number = await web.town.applied(1, status="bank_refused")
    page = await web.visitor("bank_clerk", size=DESKTOP)
    await page.goto(f"{COUNTER}/applications/{number}")
    await page.click("text=另选银行")
    await page.select_option("[name=bank]", "BOSC")
    await page.click("main form button")
    await page.wait_for_selector("#refusal")
    await page.select_option("[name=bank]", "ICBC")
    await page.click("main form button")
    await page.wait_for_url("**?done=bank")
    await page.click("text=更正手机、地址或备用网点")
    await page.fill("[name=address]", "黄浦区虚构路99号")
    await page.click("main form button")
    await page.wait_for_url("**?done=destination")
    await page.click("text=撤回申请")
    await page.click("main form button")
    await page.wait_for_url("**?done=withdrawal")
    assert "已撤回" in await page.inner_text("main")


async def test_the_queue_sends_back_and_notes_arrivals(web):
    waybill = await web.town.parcel_waiting(1, status="recalled")
    await web.town.applied(2, status="needs_photo")
    page = await web.visitor("community_clerk")
    await page.goto(f"{COUNTER}/queue")
    assert waybill in await page.inner_text("main")
    assert await page.locator("a[href$='/photo']").count() == 1
    await page.click("text=已退回")
    await page.wait_for_url("**?done=sending-back")
    assert waybill not in await page.inner_text("main")
    await page.fill("[name=waybill]", "EM1")
    await page.press("[name=waybill]", "Enter")
    await page.wait_for_selector("#refusal")
    assert await page.input_value("[name=waybill]") == "EM1"


@pytest.mark.parametrize("script", [True, False])
async def test_blank_cards_come_are_spoiled_and_counted(web, script):
    await web.town.counter(COMMUNITY_A, blanks=10)
    page = await web.visitor("community_clerk", script=script)
    await page.goto(f"{COUNTER}/stock")
    await page.click("summary:has-text('作废')")
    await page.fill("details[open] [name=quantity]", "99")
    await page.click("details[open] button")
    await page.wait_for_selector("#refusal")
    assert await page.input_value("details[open] [name=quantity]") == "99"
    await page.fill("details[open] [name=quantity]", "3")
    await page.click("details[open] button")
    await page.wait_for_url("**?done=spoilages")
    assert await page.inner_text(".figures dd >> nth=0") == "7"
    await page.click("summary:has-text('盘点')")
    await page.fill("details[open] [name=counted]", "6")
    await page.click("details[open] button")
    await page.wait_for_url("**?done=counts")
    await page.fill("[name=reason]", "盘亏")
    await page.click(".care button")
    await page.wait_for_selector("#refusal")  # whoever counted does not book


async def test_the_cards_of_whoever_left_are_cancelled(web):
    await web.town.cards(1)
    page = await find(web, "community_clerk", 1)
    await page.click("main a[href$='/cancellation']")
    await page.check("[name=why][value=settled_abroad]")
    await page.check("[name=id_checked]")
    await page.click("main form button")
    text = await page.inner_text("main")
    assert "已注销" in text
    assert "账户" in text, "what becomes of the account is said"
    await page.click("text=继续")
    await page.wait_for_url("**/people/*")
    assert (await page.inner_text("main")).count("已失效") == len(("old", "new"))


async def test_a_visit_at_home_is_asked_for_and_says_why_there_is_none(web):
    await web.town.people(person(1))
    page = await find(web, "community_clerk", 1, script=False)
    await page.click("main a[href$='/visit']")
    await page.check("[name=apply]")
    await page.click("main form button")
    text = await page.inner_text("main")
    assert "不能安排上门" in text
    assert "80周岁" in text
    assert "便民服务点" in text, "where else to go is said"


async def test_a_card_at_the_card_centre_is_sent_again(web):
    number = await web.town.application_at_centre(1)
    page = await web.visitor("community_clerk")
    await page.goto(f"{COUNTER}/applications/{number}")
    await page.click("main a[href$='/sending-again']")
    await page.click("main form button")
    await page.wait_for_url("**?done=sending-again")

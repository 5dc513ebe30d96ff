"""A card made at the counter's pages: the keyboard alone, this machine's reader, and what happens when it is torn."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec
import pytest
from tests.faces.api_town import BANK_B, id_number, person, replacing
from tests.faces.test_instant_api import Banks
from tests.issuing.instant.blanks import Torn, blank, proof_of, writes
from tests.web.browsing import DESKTOP

from shebaoka.chip.ordering import OrderText
from shebaoka.kit.city import Partners
from shebaoka_sandbox.card.state import Life

READER = "http://127.0.0.1:8600"
LIST = "/staff/counter/instant"


class Machine:
    """The reader service of the counter's machine, as its README has it, with a card in software; the card may be torn."""

    def __init__(self, card=None):
        self.card, self.torn_at, self.heard, self.asked, self.sessions = card, 0, False, [], 0

    async def answer(self, route):
        request = route.request
        self.asked.append((request.method, request.url.removeprefix(READER)))
        status, told = self._done(request)
        headers = {"access-control-allow-origin": "*", "content-type": "application/json"}
        await route.fulfill(status=status, headers=headers, body=json.dumps(told) if told else "")

    def _done(self, request):
        if request.method == "DELETE":
            self.sessions -= 1
            return 204, None
        if request.url.endswith("/session"):
            if self.card is None:
                return 409, {"type": "/problems/card-missing", "title_zh": "读卡器中没有卡", "title": "No card",
                             "remedy_zh": "请放卡后再试", "remedy_en": "Put a card in"}  # fmt: skip
            self.sessions += 1
            historical = self.card.reset.historical.hex().upper()
            return 201, {"session": "s", "reader": "r", "ends_in_seconds": 60,
                         "card": {"historical": historical, "factor": "", "city": "3100"}}  # fmt: skip
        given = json.loads(request.post_data)
        if request.url.endswith("/session/proof"):
            return 200, {"proof": proof_of(self.card, bytes.fromhex(given["challenge"])).hex()}
        assert given["ticket"].startswith("sbt_")
        order = msgspec.convert(given["order"], OrderText)
        torn_at, self.torn_at = self.torn_at, 0
        try:
            read, _ = writes(self.card, order, torn_at=torn_at, heard=self.heard)
        except Torn:
            return 409, {"type": "/problems/card-torn", "title_zh": "操作过程中卡片被抽走", "title": "The card was pulled out",
                         "remedy_zh": "请放回", "remedy_en": "Put it back", "written": "unknown" if self.heard else "blank"}  # fmt: skip
        return 200, {"already": False, "identification_code": read.identification_code, "card_number": order.card_number,
                     "historical": read.reset_code, "digest": read.digest.hex().upper(), "files": []}  # fmt: skip


@pytest.fixture
async def counter(web):
    """A counter with blanks, banks that answer, and somebody whose card is to be replaced."""
    await web.town.opened(1, BANK_B)
    await web.town.counter()
    service = web.town.app.state.service
    service.city = replace(
        service.city,
        partners=Partners(register=None, photos=None, banks=Banks(), courier=None, sms=None, hub=None),
    )
    return web


async def sits_down(web, machine, **more):
    page = await web.visitor("community_clerk", size=DESKTOP, **more)
    await page.route(f"{READER}/**", machine.answer)
    page.said = []
    page.on("console", lambda one: page.said.append(one.text))
    return page


async def at_the_blank(web, n=33):
    """Give the number of a session whose blank waits."""
    return await web.town.at_the_counter(n, "blank_taken", "account_opened")


async def test_from_the_first_question_to_the_open_card_with_the_keyboard_alone(counter):
    machine = Machine(blank(7))
    page = await sits_down(counter, machine)
    await page.goto(LIST)
    await page.wait_for_selector("main :focus")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/instant/new")
    await page.wait_for_selector("main :focus")
    for text in (id_number(1), person(1).name):
        await page.keyboard.type(text)
        await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.keyboard.type("15400000000")
    await page.keyboard.press("Enter")
    await page.keyboard.type("虚构路1号")
    for key in ("Tab", "Tab", "Space", "Enter"):
        await page.keyboard.press(key)
    await page.wait_for_selector("h1:has-text('开户')")
    for heading in ("取空白卡", "写卡", "打印并交付"):
        await page.wait_for_selector(
            "main :focus"
        )  # A key that comes before the page has its focus is nobody's.
        await page.keyboard.press("Enter")
        await page.wait_for_selector(f"h1:has-text('{heading}')")
        if heading == "写卡":
            await page.wait_for_selector("[data-write]:focus")
    assert (machine.card.life, machine.sessions) == (Life.PERSONALISED, 0)
    await page.wait_for_selector("main :focus")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/hand-over")
    for key in ("Space", "Tab", "Space", "Enter"):
        await page.keyboard.press(key)
    await page.wait_for_selector("h1:has-text('开通')")
    await page.wait_for_selector("main :focus")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/opening")
    await page.wait_for_selector("main :focus")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=新卡已开通")
    assert not [one for one in page.said if "Content Security Policy" in one], page.said
    assert "未完成" in await (await page.goto(LIST)).text()
    assert await page.locator(".doors a").count() == 0


@pytest.mark.parametrize(("torn_at", "heard", "says"), [(20, False, "可以重写"), (50, True, "可能已经写成")])
async def test_a_torn_card_is_put_back_and_goes_on(counter, torn_at, heard, says):
    machine = Machine(blank(8))
    machine.torn_at, machine.heard = torn_at, heard
    page = await sits_down(counter, machine)
    number = await at_the_blank(counter)
    await page.goto(f"{LIST}/{number}")
    await page.wait_for_selector("main :focus")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-trouble]:not([hidden])")
    text = await page.inner_text("[data-trouble]")
    assert "卡片被抽走" in text
    assert says in text
    await page.reload()
    assert "00000008" in await page.inner_text("main"), "which card to put back"
    assert "放回抽屉" not in await page.inner_text("main"), "it is no blank any more"
    machine.card, own = blank(9), machine.card
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-trouble]:has-text('不是本次已开始写的那张卡')")
    machine.card = own
    await page.click("[data-write]")
    await page.wait_for_selector("h1:has-text('打印并交付')")
    assert machine.card.life is Life.PERSONALISED


async def test_without_a_reader_or_a_script_the_page_says_how_to_go_on(counter):
    number = await at_the_blank(counter)
    page = await sits_down(counter, Machine())
    await page.unroute(f"{READER}/**")
    await page.route(f"{READER}/**", lambda route: route.abort())
    await page.goto(f"{LIST}/{number}")
    await page.wait_for_selector("main :focus")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-trouble]:has-text('没有连接到本机的读卡器服务')")
    assert "邮寄" in await page.inner_text("[data-trouble]")
    plain = await sits_down(counter, Machine(), script=False)
    await plain.goto(f"{LIST}/{number}")
    assert "JavaScript" in await plain.inner_text("[data-without]")
    assert not await plain.is_visible("[data-write]")
    await plain.click("text=放回抽屉")
    await plain.wait_for_selector("h1:has-text('取空白卡')")
    await plain.click("text=转为制卡邮寄")
    await plain.wait_for_selector("text=已转为制卡邮寄")


async def test_a_missing_card_and_a_lost_network_say_what_to_do(counter):
    number = await at_the_blank(counter)
    machine = Machine()
    page = await sits_down(counter, machine)
    await page.goto(f"{LIST}/{number}")
    await page.wait_for_selector("main :focus")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-trouble]:has-text('没有卡')")
    machine.card = blank(10)
    await page.route("**/chip", lambda route: route.abort())
    await page.click("[data-write]")
    await page.wait_for_selector("[data-trouble]:has-text('没有丢失')")
    await page.unroute("**/chip")
    await page.click("[data-write]")
    await page.wait_for_selector("h1:has-text('打印并交付')")
    assert machine.sessions == 0


async def test_the_face_is_shown_masked_and_printed_whole(counter):
    number = await at_the_blank(counter)
    page = await sits_down(counter, Machine(blank(11)))
    await page.goto(f"{LIST}/{number}")
    assert await page.evaluate("document.querySelector('.face img').naturalWidth") == 1011
    await page.keyboard.press("Enter")
    await page.wait_for_selector("h1:has-text('打印并交付')")
    await page.click("text=打印卡面")
    await page.wait_for_selector("h1:has-text('打印卡面')")
    assert await page.locator(".face.whole img").count() == 2
    whole = [fact[4]["whole"] for fact in await counter.town.facts("card.face_seen")]
    assert whole.count(True) == 2
    assert False in whole


async def test_sessions_that_lie_are_found_and_gone_on_with_or_given_up(counter):
    number = await at_the_blank(counter)
    page = await sits_down(counter, Machine(), script=False)
    await page.goto(LIST)
    await page.click(".doors a")
    await page.wait_for_url(f"**/{number}")
    await page.click("text=作废这张")
    await page.select_option("[name=reason]", "chip_dead")
    await page.click("main form button")
    await page.wait_for_selector("h1:has-text('取空白卡')")
    await page.click("text=放弃本次办理")
    await page.select_option("[name=reason]", "machine_broken")
    await page.click("main form button")
    await page.wait_for_selector("text=已放弃")
    begun = await counter.town.post("/api/instant-issues", "community_clerk", json=replacing(1))
    assert begun.status_code == 201

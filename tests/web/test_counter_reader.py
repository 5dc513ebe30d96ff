"""The counter reads a card: the reader of the clerk's own machine fills the person in, by keyboard; what is wrong is said.

Over a real PC/SC service with virtual cards, through the reader service as it runs on a clerk's machine.
"""

from __future__ import annotations

import asyncio

import pytest
from axe_playwright_python.async_playwright import Axe
from tests.faces.api_town import id_number, person
from tests.service.credential.in_use import ELSEWHERE, issued, keys_of, know_keys, made_chip
from tests.terminal.people import Counted
from tests.web.identity_town import registered
from tests.web.reader_desk import desk_for

from shebaoka.cards.commands import report_loss
from shebaoka.cards.model import LossReport, Outlet
from shebaoka.kit.actor import SYSTEM
from shebaoka.registry.programme.views import load

COUNTER = "/staff/counter"
TOLD = "[data-reader] [role=status]"
BUTTON = "[data-reader] button"


@pytest.fixture
async def desk(web):
    """The address of the reader service at the clerk's machine; the city has its card keys."""
    web.town.app.state.service.keys = keys_of()
    async with web.town.database.work(SYSTEM) as work:
        await know_keys(work)
    async with desk_for(web.address) as address:
        web.site.state.reader = address
        yield address


async def card_of(web, n, generation=3):
    async with web.town.database.work(SYSTEM) as work:
        return await issued(work, n, generation)


async def at(web, role="community_clerk", path=COUNTER, **more):
    page = await web.visitor(role, **more)
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    await page.goto(path)
    return page


async def says(page, text):
    await page.wait_for_selector(f"{TOLD}:has-text('{text}')")


async def lays(readers, card):
    await asyncio.to_thread(readers.lay, card)


async def test_a_card_put_into_the_reader_opens_its_holders_page_by_keyboard(web, readers, desk):
    page = await at(web)
    assert desk in (await page.goto(COUNTER)).headers["content-security-policy"]
    for n, generation in ((1, 3), (2, 2)):
        card = await card_of(web, n, generation)
        await page.goto(COUNTER)
        # A key that comes before the page has its focus, or before its script has shown the button, is nobody's.
        await page.wait_for_selector(":focus")
        await page.wait_for_selector(BUTTON)
        await page.keyboard.press("Shift+Tab")
        assert "读卡" in await page.evaluate("document.activeElement.innerText")
        await page.keyboard.press("Enter")
        if n == 1:
            await says(page, "请将社保卡放入读卡器")
            assert (await Axe().run(page)).response["violations"] == []
        await lays(readers, card.chip)
        await page.wait_for_url(f"**/people/{card.person_id}")
        seen = [
            fact[4]["verdict"] for fact in await web.town.facts("card.chip_seen") if fact[0] == card.person_id
        ]
        assert seen == ["genuine" if generation == 3 else "unbound"]
        await asyncio.to_thread(readers.pull)
    assert page.complaints == []


async def test_what_is_wrong_with_a_card_is_said_and_the_clerk_goes_on(web, readers, desk):
    card = await card_of(web, 1)
    page = await at(web)
    await lays(readers, Counted(card.chip, 9, readers.pulled))
    await page.click(BUTTON)
    await says(page, "操作过程中卡片被抽走")
    await asyncio.to_thread(readers.gone)
    # The number of somebody's card on another chip of ours is a copy, of which nothing is filled in.
    for chip, said in (
        (made_chip(9, "A00000017", city=ELSEWHERE)[0], "不是本市的卡片"),
        (made_chip(8, card.card_number)[0], "不是登记为此卡号的那张"),
    ):
        await lays(readers, chip)
        await page.click(BUTTON)
        await says(page, said)
        assert await page.input_value("[name=number]") == ""
    async with web.town.database.work(SYSTEM) as work:
        report = LossReport(card.person_id, card.card_id, "formal", Outlet("community_centre"))
        await report_loss(work, await load(work), report)
    await lays(readers, card.chip)
    await page.click(BUTTON)
    await says(page, "此卡已挂失")
    assert (await Axe().run(page)).response["violations"] == []
    assert await page.input_value("[name=number]") == id_number(1), "the clerk decides what follows"
    assert "查找" in await page.evaluate("document.activeElement.innerText")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/people/*")
    assert page.complaints == []


async def test_forms_are_filled_in_where_people_stand_and_without_a_reader_the_clerk_types(
    web, readers, desk
):
    await web.town.parcel_waiting(1)
    card = await card_of(web, 1, 2)
    await lays(readers, card.chip)
    counter = await at(web)
    await counter.click(BUTTON)
    await counter.wait_for_url("**/people/*")
    await counter.click("text=交付卡片")
    await counter.wait_for_url("**/hand-over")
    await counter.click(BUTTON)
    await counter.wait_for_selector(f"{TOLD}.done")
    assert await counter.input_value("[name=id_number]") == id_number(1)
    bank = await at(web, "bank_clerk", f"{COUNTER}/apply")
    await bank.click(BUTTON)
    await bank.wait_for_selector(f"{TOLD}.done")
    assert await bank.input_value("[name=id_number]") == id_number(1)
    assert await bank.input_value("[name=name]") == person(1).name
    opening = await at(web, "bank_clerk", f"{COUNTER}/opening")
    await opening.click(BUTTON)
    await opening.wait_for_selector(f"{TOLD}.done")
    assert await opening.input_value("[name=card_number]") == card.card_number
    web.site.state.reader = "http://127.0.0.1:9"
    nobody = await at(web)
    await nobody.click(BUTTON)
    await says(nobody, "没有连上本机的读卡器服务")
    await nobody.fill("[name=number]", id_number(1))
    await nobody.press("[name=number]", "Enter")
    await nobody.wait_for_url("**/people/*")
    plain = await at(web, script=False)
    assert not await plain.is_visible("[data-reader]")
    assert await plain.is_visible("[name=number]")


async def test_a_relying_partys_desk_checks_the_card_and_is_told_yes_with_its_holders_word(
    web, readers, desk
):
    await registered(web)
    card = await card_of(web, 1)
    await lays(readers, card.chip)
    page = await at(web, "relying_clerk", "/staff/identity")
    await page.click(BUTTON)
    await page.wait_for_selector(f"{TOLD}.done")
    assert "芯片已证明" in await page.inner_text(TOLD)
    assert id_number(1) not in await page.content(), "its holder is not read"
    await page.fill("[name=id_number]", id_number(1))
    await page.check("[name=in_person]")
    await page.click("main form:has([name=code]) button:not([type=button])")
    await page.wait_for_selector("main .done #told")
    answer = await page.inner_text("main .done:has(#told)")
    assert answer.count("是 yes") == 2
    (fact,) = await web.town.facts("identity.asked_about")
    assert (fact[0], fact[4]["refused"]) == (card.person_id, None)
    assert page.complaints == []


async def test_a_holder_consents_by_pin_which_goes_to_the_card_and_nowhere_else(web, readers, desk):
    """By keyboard: a PIN that is none costs no try, a wrong one costs one and says how many are left, the right one consents."""
    await registered(web)
    card = await card_of(web, 1)
    await lays(readers, card.chip)
    page = await at(web, "relying_clerk", "/staff/identity")
    sent, said = [], []
    page.on("request", lambda one: sent.append((one.method, one.url, one.post_data or "")))
    page.on("console", lambda one: said.append(one.text))
    for pin, words in (
        ("12", "4 至 12 位数字"),
        ("654321", "密码不正确，还可再试 2 次"),
        ("123456", "持卡人密码已核验"),
    ):
        await page.focus("[data-reader] [name=pin]")
        await page.keyboard.type(pin)
        await page.keyboard.press("Enter")
        await says(page, words)
        if pin != "123456":
            assert await page.evaluate("document.activeElement.name") == "pin"
        assert await page.input_value("[data-reader] [name=pin]") == "", "it stays nowhere on the page"
        assert (await Axe().run(page)).response["violations"] == []
    assert "tries" not in await page.inner_text(TOLD)
    await page.fill("[name=id_number]", id_number(1))
    await page.press("[name=id_number]", "Enter")
    await page.click("main form:has([name=code]) button:not([type=button])")
    await page.wait_for_selector("main .done #told")
    assert (await page.inner_text("main .done:has(#told)")).count("是 yes") == 2
    (fact,) = await web.town.facts("identity.asked_about")
    assert (fact[0], fact[4]["refused"]) == (card.person_id, None)
    assert await asked_by(web) == ["card_pin"]
    told = [one[4]["pin_told"] for one in await web.town.facts("card.chip_seen")]
    assert told == ["wrong", "verified"]
    for pin in ("654321", "123456"):
        seen = [(url, body) for _, url, body in sent if pin in url + body]
        assert [url for url, _ in seen] == [f"{desk}/session/pin"], "this machine's reader alone has it"
        assert pin not in "".join(said)
    assert page.complaints == []


async def asked_by(web):
    async with web.town.database.work(SYSTEM) as work:
        return [one for (one,) in await work.rows("SELECT consent FROM identity_request ORDER BY request_id")]

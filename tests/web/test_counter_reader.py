"""The counter reads a card: the reader of the clerk's own machine fills the person in, by keyboard; what is wrong is said."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from tests.faces.api_town import id_number, person
from tests.service.credential.in_use import ELSEWHERE, issued, keys_of, know_keys, made_chip
from tests.web.reader_desk import desk_for

from shebaoka.cards.commands import report_loss
from shebaoka.cards.model import LossReport, Outlet
from shebaoka.kit.actor import SYSTEM
from shebaoka.registry.programme.views import load

COUNTER = "/staff/counter"
TOLD = "[data-reader] [role=status]"


@pytest.fixture
async def desk(web):
    """A reader at the clerk's machine; the city has its card keys."""
    web.town.app.state.service.keys = keys_of()
    async with web.town.database.work(SYSTEM) as work:
        await know_keys(work)
    async with desk_for(web.address, web.address) as desk:
        web.site.state.reader = desk.address
        yield desk


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


async def test_a_card_in_the_reader_opens_its_holders_page_by_keyboard(web, desk):
    for n, generation in ((1, 3), (2, 2)):
        desk.chip = (await card_of(web, n, generation)).chip
        page = await at(web)
        assert desk.address in (await page.goto(COUNTER)).headers["content-security-policy"]
        assert (await Axe().run(page)).response["violations"] == []
        await page.keyboard.press("Shift+Tab")
        assert "读卡" in await page.evaluate("document.activeElement.innerText")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/people/*")
        number = await web.town.person_id(n)
        assert page.url.endswith(str(number))
        assert desk.sessions == [], "the card was let go"
        assert page.complaints == []
        verdicts = [
            fact[4]["verdict"] for fact in await web.town.facts("card.chip_seen") if fact[0] == number
        ]
        assert verdicts == ["genuine" if generation == 3 else "unbound"]


async def test_what_is_wrong_with_a_card_is_said_and_the_clerk_goes_on(web, desk):
    card = await card_of(web, 1)
    page = await at(web)
    desk.chip = None
    await page.click("[data-reader] button")
    await says(page, "读卡器中没有卡")
    desk.chip, desk.pulled_after = card.chip, 6
    await page.click("[data-reader] button")
    await says(page, "操作过程中卡片被抽走")
    assert await page.input_value("[name=number]") == ""
    desk.pulled_after = None
    desk.chip = made_chip(9, "A00000017", city=ELSEWHERE)[0]
    await page.click("[data-reader] button")
    await says(page, "不是本市的卡片")
    # The number of somebody's card on another chip of ours: a copy, of which nothing is filled in.
    desk.chip = made_chip(8, card.card_number)[0]
    await page.click("[data-reader] button")
    await says(page, "不是登记为此卡号的那张")
    assert await page.input_value("[name=number]") == ""
    assert desk.sessions == []
    async with web.town.database.work(SYSTEM) as work:
        report = LossReport(card.person_id, card.card_id, "formal", Outlet("community_centre"))
        await report_loss(work, await load(work), report)
    desk.chip = card.chip
    await page.click("[data-reader] button")
    await says(page, "此卡已挂失")
    assert (await Axe().run(page)).response["violations"] == []
    assert await page.input_value("[name=number]") == id_number(1), "the clerk decides what follows"
    assert "查找" in await page.evaluate("document.activeElement.innerText")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/people/*")
    assert page.complaints == []


async def test_forms_are_filled_in_where_people_stand_and_without_a_reader_the_clerk_types(web, desk):
    await web.town.parcel_waiting(1)
    card = await card_of(web, 1, 2)
    desk.chip = card.chip
    counter = await at(web)
    await counter.click("[data-reader] button")
    await counter.wait_for_url("**/people/*")
    await counter.click("text=交付卡片")
    await counter.wait_for_url("**/hand-over")
    await counter.click("[data-reader] button")
    await counter.wait_for_selector(f"{TOLD}.done")
    assert await counter.input_value("[name=id_number]") == id_number(1)
    bank = await at(web, "bank_clerk", f"{COUNTER}/apply")
    await bank.click("[data-reader] button")
    await bank.wait_for_selector(f"{TOLD}.done")
    assert await bank.input_value("[name=id_number]") == id_number(1)
    assert await bank.input_value("[name=name]") == person(1).name
    opening = await at(web, "bank_clerk", f"{COUNTER}/opening")
    await opening.click("[data-reader] button")
    await opening.wait_for_selector(f"{TOLD}.done")
    assert await opening.input_value("[name=card_number]") == card.card_number
    web.site.state.reader = "http://127.0.0.1:9"
    nobody = await at(web)
    await nobody.click("[data-reader] button")
    await says(nobody, "没有连上本机的读卡器服务")
    await nobody.fill("[name=number]", id_number(1))
    await nobody.press("[name=number]", "Enter")
    await nobody.wait_for_url("**/people/*")
    plain = await at(web, script=False)
    assert not await plain.is_visible("[data-reader]")
    assert await plain.is_visible("[name=number]")

"""The electronic card on a telephone."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from tests.faces.test_credential_api import card_of
from tests.web.browsing import NARROW


@pytest.mark.parametrize("script", [True, False])
async def test_it_is_shown_large_for_a_minute_and_scanned(web, script):
    card = await card_of(web.town, 1)
    page = await web.visitor("resident", card.person_id, size=NARROW, elder=True, script=script)
    if script:
        await page.clock.install()
    await page.goto("/mine/ecard")
    await page.click("main form button")
    square = page.locator("[data-code] svg")
    box = await square.bounding_box()
    assert min(box["width"], box["height"]) >= 240
    assert box["x"] + box["width"] <= NARROW[0]
    if not script:
        return
    assert (await Axe().run(page)).response["violations"] == []
    await page.clock.fast_forward(61_000)
    await page.wait_for_selector("[data-over]:not([hidden])")
    assert not await square.is_visible(), "nobody holds a dead one before a scanner"
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-code] svg")


async def test_without_an_open_card_it_says_what_to_do(web):
    card = await card_of(web.town, 1, open_it=False)
    page = await web.visitor("resident", card.person_id)
    await page.goto("/mine/ecard")
    await page.click("main form button")
    assert "未开通的，请先开通" in await page.inner_text("main")

"""What holds for every page: no barrier that axe finds, nothing wider than a narrow phone, large targets, few bytes."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from tests.faces.api_town import id_number, person
from tests.web.applying import draft
from tests.web.browsing import DESKTOP, NARROW
from tests.web.walk import WALK

from shebaoka.faces.web.site import create_site

BYTES_MAX = 50_000
TARGET_PX, ELDER_TARGET_PX = 44, 60
TARGETS = """(least) => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .map(element => element.closest('label') ?? element)
  .map(element => [element.outerHTML.slice(0, 120), element.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && box.height > 1 && box.right > 0 && (box.width < least - .5 || box.height < least - .5))
  .map(([html, box]) => `${Math.round(box.width)}×${Math.round(box.height)} ${html}`)"""
SMALL = """(least) => [...document.querySelectorAll('main, main *')]
  .filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
  .filter(element => element.getClientRects().length && !element.closest('svg, .hidden'))
  .filter(element => parseFloat(getComputedStyle(element).fontSize) < least)
  .map(element => element.outerHTML.slice(0, 120))"""
TIGHT = """() => [...document.querySelectorAll('main p, main li, main dd, main td, main label')]
  .filter(element => parseFloat(getComputedStyle(element).lineHeight) < 1.3 * parseFloat(getComputedStyle(element).fontSize))
  .map(element => element.outerHTML.slice(0, 120))"""

REVEALED = {"/staff/counter/people/{person_id}/apply"}
"""Pages that are a reveal themselves, which the interface has recorded: an intake filled in from the register."""
KEPT = {"/field"}
"""Pages that a browser keeps as it first saw them."""
TOWN = range(1, 120)


def pages() -> list[str]:
    """Give the path of every page that is looked at (what a form posts to shows one of them, or leads to one)."""
    site = create_site(None, "secret")
    return sorted({
        route.path_format for route in site.routes for handler in route.route_handlers
        if "GET" in getattr(handler, "http_methods", ()) and handler.opt.get("who") and not handler.opt.get("no_page")
    } - {"/static/{file_path}"})  # fmt: skip


def test_every_page_is_walked():
    assert set(pages()) == set(WALK)


def test_every_route_says_for_whom_it_is():
    routes = [
        handler for route in create_site(None, "secret").routes for handler in route.route_handlers
        if handler.http_methods != {"OPTIONS"}
    ]  # fmt: skip
    assert routes
    assert [
        handler for handler in routes if handler.opt.get("who") not in ("everybody", "resident", "staff")
    ] == []


@pytest.mark.parametrize("path", sorted(WALK))
async def test_a_page(web, path):
    look = WALK[path]
    address = look.address if isinstance(look.address, str) else await look.address(web)
    page = await web.visitor(look.role, look.at, size=DESKTOP)
    await _is_right(page, address, TARGET_PX)
    if look.role and path not in REVEALED:
        assert personal(await page.content()) == []
    # The same browser, made smaller and older: a new one takes longer than all that is looked at.
    await page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    await _fits(page, address, TARGET_PX, 16)
    if not path.startswith("/staff"):
        if path in KEPT:
            page = await web.visitor(look.role, look.at, size=NARROW, elder=True)
        else:
            await web.grow_old(page)
        await _fits(page, address, ELDER_TARGET_PX, 18)
        assert (
            await page.evaluate("parseFloat(getComputedStyle(document.querySelector('main')).fontSize)") >= 30
        )
        assert await page.evaluate(TIGHT) == []
        assert await _barriers(page) == []


def personal(text: str) -> list[str]:
    """Give what stands in a page of anybody in the town that must be asked for: ID numbers, names, telephones, addresses."""
    people = [person(n) for n in TOWN]
    known = {said for one in people for said in (one.name, one.mobile, one.address) if said}
    return sorted(one for one in known | {id_number(n) for n in TOWN} if one in text)


async def test_a_refusal_a_page_that_is_none_and_one_for_others_are_as_good_as_any(web):
    """What people see when something went wrong: in the elder version on a narrow phone, and at a desk."""
    for size, elder in ((NARROW, True), (DESKTOP, False)):
        least = ELDER_TARGET_PX if elder else TARGET_PX
        page = await web.visitor("resident", size=size, elder=elder)
        assert (await page.goto("/nowhere")).status == 404
        await _is_good(page, size, least)
        assert (await page.goto("/mine?person=1")).status == 404
        await _is_good(page, size, least)
        own = await draft(web, bank="BOSC", shared_photo=True)
        await page.goto(f"{own}/contact")
        await page.fill("#f-mobile", "12345")
        await page.evaluate("document.querySelector('main form').noValidate = true")
        await page.click("main form button")
        await page.wait_for_selector("#refusal")
        assert await page.evaluate("document.activeElement.id") == "refusal", "the eye is led to it"
        await _is_good(page, size, least)
    clerk = await web.visitor("community_clerk")
    assert (await clerk.goto("/staff/dashboard")).status == 403
    await _is_good(clerk, DESKTOP, TARGET_PX)


async def _is_good(page, size, least):
    assert await page.evaluate("document.documentElement.scrollWidth") <= size[0], await page.evaluate(WIDEST)
    assert await page.evaluate(TARGETS, least) == []
    assert await _barriers(page) == []


async def _is_right(page, address, target):
    complaints, wire = [], []
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfinished", lambda request: wire.append(request))  # noqa: PLW0108 - a built-in takes no mark of the driver
    answer = await page.goto(address, wait_until="networkidle")
    assert answer.status == 200, await page.inner_text("main")
    assert complaints == []
    sizes = [await request.sizes() for request in wire]
    assert sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes) <= BYTES_MAX
    assert await page.title()
    assert await page.locator("h1").count() == 1
    assert await page.locator("html").get_attribute("lang") == "zh-Hans"
    assert await _barriers(page) == []
    assert await page.evaluate(TARGETS, target) == []


async def _fits(page, address, target, text):
    await page.goto(address)
    assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW[0], await page.evaluate(
        WIDEST
    )
    assert await page.evaluate(TARGETS, target) == []
    assert await page.evaluate(SMALL, text) == []


WIDEST = """() => [...document.querySelectorAll('body *')].filter(element => element.getBoundingClientRect().right > 321)
  .slice(0, 5).map(element => element.outerHTML.slice(0, 160))"""


async def _barriers(page):
    found = await Axe().run(page)
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]]

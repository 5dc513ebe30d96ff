"""What holds for every page: no barrier that axe finds, nothing wider than a narrow phone, large targets, few bytes."""

from __future__ import annotations

from functools import partial

import pytest
from axe_playwright_python.async_playwright import Axe
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
    seen = partial(web.visitor, look.role, look.at)
    await _is_right(await seen(size=DESKTOP), address, TARGET_PX)
    await _fits(await seen(size=NARROW), address, TARGET_PX, 16)
    if not path.startswith("/staff"):
        elder = await seen(size=NARROW, elder=True)
        await _fits(elder, address, ELDER_TARGET_PX, 18)
        assert (
            await elder.evaluate("parseFloat(getComputedStyle(document.querySelector('main')).fontSize)")
            >= 30
        )
        assert await elder.evaluate(TIGHT) == []
        assert await _barriers(elder) == []


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

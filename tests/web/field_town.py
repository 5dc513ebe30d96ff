"""A device of the field app in a browser: registered, unlocked, filled in, looked into."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page
from tests.faces.api_town import id_number, person
from tests.faces.outreach_town import OLD, equip, visit_asked
from tests.issuing.photos.pictures import jpeg
from tests.web.browsing import NARROW, Web
from tests.web.test_every_page import TARGET_PX, TARGETS

from shebaoka.faces.web.visiting import COOKIES
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.sm import sm3

BANK, PIN = "bank_clerk", "271828"
ALL_KEPT = """async () => {
  const open = indexedDB.open("field");
  const base = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const plain = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
    ? new TextDecoder().decode(value)
    : value instanceof CryptoKey ? `key ${value.extractable}`
    : value && typeof value === "object" ? Object.entries(value).map(([name, one]) => `${name}=${plain(one)}`).join(" ") : String(value);
  const found = [];
  for (const name of base.objectStoreNames) {
    const asked = base.transaction(name).objectStore(name).getAll();
    found.push(...(await new Promise((done) => (asked.onsuccess = () => done(asked.result)))).map(plain));
  }
  base.close();
  const cached = [];
  for (const name of await caches.keys())
    for (const one of await (await caches.open(name)).keys()) cached.push(await (await caches.match(one)).text());
  return [found, cached];
}"""


async def planned_today(web: Web, n: int = 1) -> str:
    """Let the clerk who takes the device along visit somebody this morning; give the visit's number."""
    town = web.town
    me = (await town.call("GET", "/api/me", BANK)).json()["actor"].partition(":")[2]
    visit = await visit_asked(town, n)
    plan = {"outlet": "BOSC0001", "day": "2019-01-02", "slot": "morning", "staff": [me]}
    planned = await town.post(f"/api/outreach/visits/{visit}/planning", BANK, json=plan)
    assert planned.status_code == 200, planned.text
    return visit


async def device(web: Web) -> Page:
    """Give the app on a device that was registered while there was a network, with the day's route."""
    await equip(web.town)
    await planned_today(web)
    page = await web.visitor(BANK, size=NARROW)
    await page.context.grant_permissions(["camera"])
    await on_the_day(web, page)
    await page.goto("/field")
    await page.fill("#f-name", "平板二号")
    await page.fill("#f-pin", PIN)
    await page.fill("#f-again", PIN)
    await page.click("text=登记 >> nth=-1")
    await says(page, "路线已下载")
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


async def on_the_day(web: Web, page: Page) -> None:
    """Let the device's clock tell the town's time; its timers run on."""
    await page.context.clock.set_fixed_time(web.town.database.clock.now())


async def log_in_again(web: Web, page: Page) -> None:
    """Give the browser a new session of the same clerk, as the log-in page does."""
    async with web.town.database.work(SYSTEM) as work:
        await work.run(
            "INSERT INTO staff_session (token_digest, staff_id, started_at, seen_at)"
            " SELECT %(digest)s, staff_id, %(now)s, %(now)s FROM staff WHERE role = 'bank_clerk' AND login LIKE 'bank_clerk-%%'",
            {"digest": sm3(b"sbs_again"), "now": work.now},
        )
    safe = web.address.replace("http:", "https:")
    cookie = {"name": COOKIES["staff"], "value": "sbs_again", "url": safe, "secure": True, "httpOnly": True}
    await page.context.add_cookies([cookie])


async def says(page: Page, what: str) -> None:
    await page.wait_for_selector(f"[data-says]:has-text('{what}')")


async def unlock(page: Page) -> None:
    await page.fill("#f-pin", PIN)
    await page.click("form[data-do=unlock] button")
    await page.wait_for_selector("[data-list=items]", state="attached")


async def filled_in(page: Page, n: int, born: Any = OLD, *, photo: bool = False) -> None:
    """Fill in an application, with a signature on the glass."""
    await page.fill("#f-id_number", id_number(n, born))
    await page.fill("#f-name", person(n, born).name)
    await page.fill("#f-mobile", "15400000000")
    await page.fill("#f-address", f"虚构路{n}号")
    await page.select_option("#f-fallback_outlet", "C310101002")
    await page.check("input[name=seen]")
    await page.check("input[name=consent]")
    if photo:
        await page.set_input_files(
            "#f-file", files={"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
        )
    await sign(page)


async def sign(page: Page) -> None:
    await page.locator("[data-pad] canvas").scroll_into_view_if_needed()
    box = await page.locator("[data-pad] canvas").bounding_box()
    await page.mouse.move(box["x"] + 20, box["y"] + 20)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 120, box["y"] + 60, steps=4)
    await page.mouse.up()


async def taken_in(page: Page, n: int, born: Any = OLD) -> None:
    """Take in somebody's application who comes to a stall."""
    await page.click("button[data-do=apply]")
    await filled_in(page, n, born)
    await page.click("form[data-do=keep-application] > .row button >> nth=0")
    await page.wait_for_selector("[data-list=items] li")


async def is_right(page: Page) -> None:
    """See to it that a screen of the app is as every page is: no barriers, nothing wider than a narrow phone, large targets."""
    found = await Axe().run(page)
    assert [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]] == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    assert await page.evaluate(TARGETS, TARGET_PX) == []


async def count(web: Web, table: str) -> int:
    async with web.town.database.work(SYSTEM) as work:
        return await work.value(f"SELECT count(*) FROM {table}")

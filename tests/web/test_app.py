"""The citizens' pages as an app: what a browser needs to install them, and what it shows without a network."""

from __future__ import annotations

import io

import httpx
import pytest
from PIL import Image
from playwright.async_api import Error
from tests.web.browsing import PHONE
from tests.web.walk import RESIDENT

from shebaoka.faces.api.watching import Watch
from shebaoka.faces.whole import create_whole

KEPT = """async () => (await Promise.all((await caches.keys()).map(async (name) =>
  (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)))).flat()"""
WORKING = "async () => { await navigator.serviceWorker.ready; return (await caches.keys()).length; }"


async def test_a_browser_would_install_it(web):
    page = await web.visitor(size=PHONE)
    await page.goto("/")
    asked = await page.context.new_cdp_session(page)
    assert (await asked.send("Page.getAppManifest"))["errors"] == []
    wrong = (await asked.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    assert {one["errorId"] for one in wrong} <= {"in-incognito"}, "a test's browser always is"
    async with httpx.AsyncClient(base_url=web.address) as http:
        answer = await http.get("/app.webmanifest")
        assert answer.headers["content-type"] == "application/manifest+json"
        said = answer.json()
        assert (said["name"], said["lang"], said["scope"], said["display"]) == (
            "社保卡",
            "zh-Hans",
            "/",
            "standalone",
        )
        assert {one["purpose"] for one in said["icons"]} == {"any", "maskable"}
        for icon in said["icons"]:
            picture = (await http.get(icon["src"])).content
            with Image.open(io.BytesIO(picture)) as image:
                assert (f"{image.width}x{image.height}", image.format) == (icon["sizes"], "PNG")
            assert len(picture) < 5_000
        staff = (await http.get("/staff/login")).text
        assert "webmanifest" not in staff
        assert "app.mjs" not in staff


async def test_without_a_network_it_says_what_one_can_do(web):
    page = await web.visitor("resident", size=PHONE, elder=True)
    await page.goto("/mine/preferences")
    assert await page.evaluate(WORKING) == 1
    await page.goto("/mine/preferences")
    await page.goto("/when")
    await page.context.set_offline(True)
    await page.goto("/mine")
    assert "现在没有网络" in await page.inner_text("h1")
    assert {"tel:962222", "tel:12333"} <= {
        await one.get_attribute("href") for one in await page.query_selector_all("main a")
    }
    assert "elder" in await page.get_attribute("html", "class")
    assert await page.locator("form").count() == 0, "nothing is offered that cannot work"
    await page.click("main a[href='/when']")
    assert "上次保存" in await page.inner_text("main")
    assert "退出" not in await page.inner_text("header"), "kept as nobody sees it"
    await page.goto("/mine/messages")
    await page.context.set_offline(False)
    await page.wait_for_selector("nav.menu")
    assert "消息" in await page.inner_text("h1"), "it goes on by itself when the network is back"
    await page.context.set_offline(True)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        await page.goto("/staff")


async def test_no_page_of_a_person_is_ever_kept(web):
    page = await web.visitor("resident", size=PHONE)
    for path in ("/", "/mine/preferences", "/when", "/when", "/family"):
        answer = await page.goto(path)
        assert answer.headers["cache-control"] == "no-store", path
        await page.evaluate(WORKING)
    kept = await page.evaluate(KEPT)
    assert {one for one in kept if not one.startswith("/static/")} == {"/when", "/offline"}
    async with httpx.AsyncClient(base_url=web.address) as http:
        assert (await http.get("/when")).headers["cache-control"] == "private, no-cache"
        said = (await http.get("/app-worker.js")).text
    for path in ("/staff", "/field", "/api", "/wechat"):
        assert f'"{path}"' in said


async def test_the_icon_bears_the_number_of_unread_messages(web):
    page = await web.visitor("resident", size=PHONE)
    await page.add_init_script(
        "window.badge = []; navigator.setAppBadge = (n) => window.badge.push(n); navigator.clearAppBadge = () => window.badge.push('none');"
    )
    await web.town.message_given_up(RESIDENT)
    await page.goto("/mine")
    assert await page.evaluate("badge") == [1]
    await page.click("main a:has-text('1 条未读消息')")
    await page.click("main button:has-text('全部标为已读')")
    await page.wait_for_url("**done=read")
    await page.goto("/mine")
    assert await page.evaluate("badge") == [0]
    await page.click("header button:has-text('退出')")
    await page.wait_for_selector("header a:has-text('登录')")
    assert await page.evaluate("badge") == ["none"]


async def test_the_service_itself_says_so_too(web):
    """Whatever watches the pages as they are served: what may be kept may be kept there as well."""
    whole = create_whole(web.town.city, Watch())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(whole), base_url="http://here") as http:
        told = {path: (await http.get(path)).headers.get_list("cache-control") for path in ("/when", "/", "/mine", "/wechat", "/app-worker.js")}  # fmt: skip
    assert told == {
        "/when": ["private, no-cache"], "/": ["no-store"], "/mine": ["no-store"], "/wechat": ["no-store"],
        "/app-worker.js": ["no-cache"],
    }  # fmt: skip

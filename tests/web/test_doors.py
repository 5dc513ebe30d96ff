"""Who gets in: log-ins, forms from elsewhere, roles, and ways to other sites."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest
from tests.faces.api_town import COMMUNITY_A

from shebaoka.faces.web.site import create_site
from shebaoka.faces.web.visiting import local
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.registry.staff.commands import create_staff

PASSWORD = "虚构的密码 of nobody"


@pytest.fixture
async def clerk_account(web):
    async with web.town.database.work(Actor("staff:0", 1, "administrator")) as work:
        await create_staff(
            work,
            login="clerk.one",
            name="虚一",
            role="community_clerk",
            institution_id=COMMUNITY_A,
            password=PASSWORD,
        )
    return "clerk.one"


async def test_a_clerk_logs_in_and_out(web, clerk_account):
    page = await web.visitor()
    await page.goto("/staff")
    assert "/staff/login?next=%2Fstaff" in page.url
    await page.fill("#f-login", clerk_account)
    await page.fill("#f-password", "wrong")
    await page.click("main button")
    assert "账号" in await page.inner_text("#refusal")
    assert await page.input_value("#f-login") == clerk_account
    await page.fill("#f-password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/staff")
    assert "窗口" in await page.inner_text("header")
    await page.click("header button:has-text('退出')")
    await page.wait_for_url("**/staff/login")
    await page.goto("/staff")
    assert "/staff/login" in page.url


async def test_whoever_has_been_logged_out_goes_on_where_the_form_stood(web, clerk_account):
    page = await web.visitor("community_clerk")
    await page.goto("/staff/counter")
    where = page.url.removeprefix(web.address)
    async with web.town.database.work(SYSTEM) as work:
        await work.run("DELETE FROM staff_session")
    web.town.app.state.service.gatekeeper._known.clear()
    # The field that a clerk types in has the focus.
    await page.keyboard.type("00000001Y")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/staff/login**")
    assert f"next={quote(where, safe='')}" in page.url
    await page.fill("#f-login", clerk_account)
    await page.fill("#f-password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{where}")


async def test_no_form_is_taken_without_its_token(web):
    """All forms: what another site makes a browser send is refused before anything is done."""
    token = await web.town.token("community_clerk")
    posts = {
        route.path_format for route in create_site(None, "secret").routes for handler in route.route_handlers
        if "POST" in getattr(handler, "http_methods", ())
    }  # fmt: skip
    assert posts
    async with httpx.AsyncClient(
        base_url=web.address, cookies={"__Host-staff": token, "__Host-resident": token}
    ) as client:
        for path in sorted(posts):
            sent = await client.post(
                path.replace("{", "").replace("}", "").replace(":int", ""),
                data={"key": "key-of-another-site"},
            )
            assert sent.status_code in (403, 404), path
            assert "没有提交" in sent.text or sent.status_code == 404, path


async def test_headers_that_keep_strangers_out(web):
    async with httpx.AsyncClient(base_url=web.address) as client:
        answer = await client.get("/")
        for path in ("/staff", "/nowhere"):
            assert "default-src 'none'" in (await client.get(path)).headers["content-security-policy"]
    rules = answer.headers["content-security-policy"]
    assert "default-src 'none'" in rules
    assert "unsafe" not in rules
    assert answer.headers["x-content-type-options"] == "nosniff"
    cookies = answer.headers.get_list("set-cookie")
    assert cookies
    assert all("Secure" in one and "HttpOnly" in one and "SameSite" in one for one in cookies)


@pytest.mark.parametrize(
    "path",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\/evil", "/a\r\nb", "javascript:x", ""],
)
def test_nobody_is_led_to_another_site(path):
    assert local(path, "/here") == "/here"
    assert local("/apply?step=2", "/here") == "/apply?step=2"

"""Residents log in with the identity provider: where they land, and everything that lets nobody in."""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from structlog.testing import capture_logs
from tests.faces.api_town import id_number, person
from tests.web.browsing import NOBODY, PHONE, RENAMED, SIGNING

from shebaoka.faces.web.letting_in import letting_in
from shebaoka.faces.web.login_words import FAILURES, SAME
from shebaoka.faces.web.pages.resident_login import SIGNED, _key
from shebaoka.faces.web.site import create_site
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.settings import Settings, SettingsRefused
from shebaoka.registry.staff.commands import rotate_secret

SOMEBODY, DEAD, STRANGER = 11, 12, 13
FLAWS = ("nonce", "audience", "issuer", "expired", "unsigned", "forged", "symmetric")


@pytest.fixture
async def web(web_let_in):
    """A town where one is known, one has died, and one has another name than the provider says."""
    await web_let_in.town.people(*(person(n) for n in (SOMEBODY, DEAD, RENAMED)))
    async with web_let_in.town.database.work(SYSTEM) as work:
        await work.run("UPDATE person SET died_on = '2019-01-01' WHERE person_id = %(p)s",
                       {"p": await web_let_in.town.person_id(DEAD)})  # fmt: skip
    return web_let_in


async def at_the_provider(page, back="/"):
    """Go to the log-in from a page, and on to the provider."""
    await page.goto(f"/login?next={back}")
    await page.click("main a.button")
    await page.wait_for_selector("#number")
    return page


async def gone_on(page, n, name=None):
    await page.fill("#number", id_number(n))
    await page.fill("#name", name or person(n).name)
    await page.click("button:has-text('认证并返回')")
    await page.wait_for_selector("header.top")
    return page


async def cookies(page):
    return {one["name"]: one for one in await page.context.cookies()}


@pytest.mark.parametrize("script", [True, False], ids=["scripts", "no scripts"])
async def test_a_resident_logs_in_and_out(web, script):
    page = await web.visitor(size=PHONE, script=script)
    await page.goto("/mine/messages")
    assert urlsplit(page.url).path == "/login"
    await page.click("main a.button")
    await page.wait_for_selector("#number")
    kept = (await cookies(page))["__Host-login"]
    assert (kept["httpOnly"], kept["secure"], kept["sameSite"]) == (True, True, "Lax")
    assert 540 < kept["expires"] - time.time() <= 600
    await gone_on(page, SOMEBODY)
    assert page.url == f"{web.address}/mine/messages"
    held = await cookies(page)
    assert "__Host-login" not in held
    token = held["__Host-resident"]["value"]
    headers = {"Authorization": f"Bearer {token}"}
    assert (await web.town.http.get("/api/me", headers=headers)).json()["role"] == "resident"
    assert [fact[1] for fact in await web.town.facts("resident.logged_in")] == ["client:site"]
    await page.click("header button:has-text('退出')")
    await page.wait_for_selector("header a:has-text('登录')")
    assert "__Host-resident" not in await cookies(page)
    assert (await web.town.http.get("/api/me", headers=headers)).status_code == 401


async def test_the_elder_version_of_a_device_is_kept_for_whoever_logs_in_with_it(web):
    phone = await web.visitor(size=PHONE, elder=True)
    await gone_on(await at_the_provider(phone, "/mine"), SOMEBODY)
    tablet = await web.visitor("resident", await web.town.person_id(SOMEBODY))
    await tablet.goto("/mine")
    assert await tablet.get_attribute("html", "class") == "elder"
    await tablet.click("button:has-text('标准版')")
    await tablet.wait_for_selector("html:not(.elder)")
    again = await web.visitor(size=PHONE, elder=True)
    await gone_on(await at_the_provider(again, "/mine"), SOMEBODY)
    assert await again.get_attribute("html", "class") == "", (
        "what the person said last counts more than a device"
    )


async def test_somebody_is_chosen_from_the_provider_s_list_and_lands_at_home(web):
    page = await web.visitor()
    await page.goto("/")
    await page.click("header a:has-text('登录')")
    await page.click("main a.button")
    await page.wait_for_selector("#q")
    await page.fill("#q", person(SOMEBODY).name)
    await page.click("button:has-text('查找')")
    await page.click(f"button:has-text('{id_number(SOMEBODY)}')")
    await page.wait_for_selector("header button:has-text('退出')")
    assert page.url == f"{web.address}/mine"


async def test_whose_session_has_ended_is_told_and_goes_on_where_they_were(web):
    page = await gone_on(await at_the_provider(await web.visitor()), SOMEBODY)
    web.town.database.clock.at += timedelta(minutes=16)
    await page.goto("/mine/messages")
    assert "已退出登录" in await page.inner_text("#refusal")
    assert "next=/mine/messages" in await page.get_attribute("main a.button", "href")
    assert "__Host-resident" not in await cookies(page)


async def test_a_way_to_another_site_is_none(web, outside):
    async with client_of(web) as http:
        asked = await start(http, "https://evil.example")
        query = {"state": asked["state"], "code": await code_of(asked, outside.url)}
        answer = await http.get("/login/callback", params=query)
        assert answer.headers["location"] == "/mine"


async def test_who_cancels_is_told_and_may_begin_again(web):
    page = await at_the_provider(await web.visitor(), "%2Fcards")
    await page.click("button:has-text('取消')")
    await page.wait_for_selector("#refusal")
    assert "已取消" in await page.inner_text("#refusal")
    assert "next=/cards" in await page.get_attribute("main a.button", "href")
    assert "code=" not in page.url
    assert "state=" not in page.url
    assert "__Host-resident" not in await cookies(page)


@pytest.mark.parametrize("flaw", FLAWS)
async def test_a_word_that_the_provider_did_not_give_to_us_lets_nobody_in(web, outside, flaw):
    outside.faults("identity", flaw=flaw)
    async with client_of(web) as http:
        with capture_logs() as logs:
            assert await tried(http, outside) == "untrusted"
    assert await web.town.facts("resident.logged_in") == []
    (line,) = [one for one in logs if one["event"] == "resident_login.failed"]
    assert line["said"], "the log says what was wrong"


async def test_the_provider_s_key_may_change_while_we_run(web, outside):
    async with client_of(web) as http:
        assert await tried(http, outside) == ""
        outside.faults("identity", flaw="new_key")
        assert await tried(http, outside) == "", "signed ES256 with a key that was not there before"


@pytest.mark.parametrize(
    ("n", "why", "said"),
    [(STRANGER, "person-unknown", "没有您"), (RENAMED, "name-differs", "不一致"), (DEAD, "person-deceased", "已去世")],
    ids=["unknown", "another name", "dead"],
)  # fmt: skip
async def test_whom_the_register_does_not_know_so_is_told_why(web, outside, n, why, said):
    async with client_of(web) as http:
        with capture_logs() as logs:
            assert await tried(http, outside, n) == why
        page = (await http.get("/login", params={"why": why})).text
    assert said in page
    assert "怎么办" in page
    assert id_number(n) not in str(logs)
    assert person(n).name not in str(logs)
    assert "别名" not in str(logs)


async def test_an_account_that_is_not_tied_to_a_person(web, outside):
    outside.faults("identity", flaw="unverified")
    async with client_of(web) as http:
        assert await tried(http, outside) == "unverified"


async def test_a_provider_that_does_not_answer_is_told(web, outside):
    outside.faults("identity", down=True)
    page = await web.visitor(size=PHONE)
    await page.goto("/login")
    await page.click("main a.button")
    await page.wait_for_selector("#refusal")
    assert "没有应答" in await page.inner_text("#refusal")


async def test_a_provider_that_goes_down_meanwhile_is_told(web, outside):
    async with client_of(web) as http:
        there = await start(http)
        outside.faults("identity", down=True)
        assert await told(http, state=there["state"], code="any") == "down"


def client_of(web):
    return httpx.AsyncClient(base_url=web.address, follow_redirects=False)


async def start(http, back="/"):
    """Begin a log-in, as a browser does, and give what the provider is asked."""
    answer = await http.get("/login/start", params={"next": back})
    keep(http, answer)
    return {key: value[0] for key, value in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def keep(http, answer):
    """Keep a cookie as browsers do on this machine, where plain HTTP is as safe as TLS."""
    for line in answer.headers.get_list("set-cookie"):
        name, _, value = line.partition(";")[0].partition("=")
        if name == "__Host-login":
            http.headers["cookie"] = f"{name}={value}"


async def told(http, **query):
    """Come back from the provider; give why nobody was let in, or an empty text."""
    answer = await http.get("/login/callback", params=query)
    assert "max-age=0" in answer.headers["set-cookie"].lower(), "what was kept is used up"
    let_in = any("__Host-resident" in line for line in answer.headers.get_list("set-cookie"))
    why = parse_qs(urlsplit(answer.headers["location"]).query).get("why", [""])[0]
    assert bool(why) != let_in
    return why


async def code_of(asked, url, n=SOMEBODY):
    """Let the provider recognise somebody, and give the code that it sends back."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.post(f"{url}/identity/authorize", data=asked | {"id_number": id_number(n)})
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


async def tried(http, outside, n=SOMEBODY):
    """Log in as somebody; give why nobody was let in, or an empty text."""
    asked = await start(http)
    return await told(http, state=asked["state"], code=await code_of(asked, outside.url, n))


async def test_only_the_browser_that_began_comes_back(web, outside):
    async with client_of(web) as http, client_of(web) as another:
        asked = await start(http)
        code = await code_of(asked, outside.url)
        assert asked["code_challenge_method"] == "S256"
        assert await told(another, state=asked["state"], code=code) == "expired", "nothing is under way there"
        await start(another)
        assert await told(another, state=asked["state"], code=code) == "expired", "its state is another"
        assert await told(http, state=asked["state"] + "x", code=code) == "expired"
        assert await told(http, code=code) == "expired"
        assert await told(http, state=asked["state"], code=code) == ""
        assert await told(http, state=asked["state"], code=code) == "expired", "a code is good once"


async def test_another_s_code_is_bound_to_another_s_verifier(web, outside):
    async with client_of(web) as http, client_of(web) as another:
        theirs, mine = await start(another), await start(http)
        code = await code_of(theirs, outside.url)
        assert await told(http, state=mine["state"], code=code) == "expired"


@pytest.mark.parametrize("spoil", ["old", "unsigned", "by another key", "cut"])
async def test_what_the_browser_kept_must_be_ours_and_young(web, outside, spoil):
    async with client_of(web) as http:
        asked = await start(http)
        value = http.headers["cookie"].partition("=")[2]
        claims = jwt.decode(value, _key(SIGNING), algorithms=SIGNED).claims
        http.headers["cookie"] = f"__Host-login={spoilt(spoil, claims, value)}"
        assert await told(http, state=asked["state"], code=await code_of(asked, outside.url)) == "expired"


def spoilt(how, claims, value):
    match how:
        case "old":
            return jwt.encode(
                {"alg": "HS256"}, claims | {"exp": int(time.time()) - 1}, _key(SIGNING), algorithms=SIGNED
            )
        case "unsigned":
            nothing = urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
            return f"{nothing}.{value.split('.')[1]}."
        case "by another key":
            return jwt.encode({"alg": "HS256"}, claims, _key("another"), algorithms=SIGNED)
        case _:
            return value[:-4]


async def test_the_platform_s_token_is_kept_until_it_ends(web, outside):
    async with client_of(web) as http:
        assert [await tried(http, outside), await tried(http, outside)] == ["", ""]
        assert len(await web.town.facts("client.token_issued")) == 1
        web.town.database.clock.at += timedelta(hours=2)
        assert await tried(http, outside) == ""
    assert len(await web.town.facts("client.token_issued")) == 2


async def test_a_secret_of_ours_that_is_wrong_is_our_own_fault(web, outside):
    async with web.town.database.work(SYSTEM) as work:
        await rotate_secret(work, "site")
    async with client_of(web) as http:
        assert await tried(http, outside) == "system"


async def test_without_a_provider_people_are_told_where_else_to_go():
    site = create_site(None, "secret")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://here") as http:
        page = await http.get("/login")
        assert page.status_code == 200
        assert "尚未开通" in page.text
        assert "/login/start" not in page.text
        sent = await http.get("/login/start")
        assert sent.headers["location"] == "/login?why=not-open&next=%2Fmine"


def test_what_is_told_is_plain_and_whole():
    assert set(SAME.values()) <= set(FAILURES)
    for failure in FAILURES.values():
        assert all(failure.problem().values())


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "secret").write_text("x\n")
    (tmp_path / "empty").write_text("\n")
    return {
        "oidc_issuer": f"{NOBODY}/identity", "oidc_client_id": "site", "oidc_client_secret_file": str(tmp_path / "secret"),
        "platform_client_id": "site", "platform_client_secret_file": str(tmp_path / "secret"),
    }  # fmt: skip


def test_the_settings_say_whether_residents_are_let_in(settings):
    assert letting_in(Settings(), "secret") is None
    means = letting_in(Settings(**settings), "secret")
    assert means.provider.registration.client_secret == "x"
    assert "client_secret" not in repr(means.provider.registration)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"oidc_issuer": "http://provider.example"}, "OIDC_ISSUER"),
        ({"oidc_client_id": ""}, "OIDC_CLIENT_ID"),
        ({"platform_client_secret_file": ""}, "PLATFORM_CLIENT_SECRET_FILE"),
        ({"oidc_client_secret_file": "/nowhere"}, "OIDC_CLIENT_SECRET_FILE"),
    ],
)
def test_settings_that_let_nobody_in_are_named(settings, change, named):
    with pytest.raises(SettingsRefused, match=named):
        letting_in(Settings(**settings | change), "secret")


def test_an_empty_secret_is_none(settings, tmp_path):
    with pytest.raises(SettingsRefused, match="empty"):
        letting_in(Settings(**settings | {"platform_client_secret_file": str(tmp_path / "empty")}), "secret")

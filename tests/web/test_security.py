"""The security of all pages: every answer's headers, every form's token, ways out of the site, and when sessions and guesses end."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from tests.faces.api_town import CALLERS
from tests.web.admin_town import PASSWORD, enrolled, log_in_at, member

from shebaoka.faces.web.site import READER, create_site
from shebaoka.faces.web.visiting import COOKIES, TICKET_COOKIE
from shebaoka.registry.staff.model import IDLE, LONGEST
from shebaoka.registry.staff.roles import ROLES, Holder

EVIL = "https://evil.example/x"
WAYS_OUT = (EVIL, "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\tb")
NAMES = ("next", "back", "then", "to", "return", "url", "redirect")
SECOND = timedelta(seconds=1)


def routes(method):
    """Give path and declaration of all routes of a method, with samples in place of numbers."""
    found = {}
    for route in create_site(None, "secret").routes:
        for handler in route.route_handlers:
            if method in getattr(handler, "http_methods", ()):
                found[re.sub(r"{[^}]+}", "1", route.path_format)] = handler.opt
    return found


def staff_role(permission):
    return next(
        name for name in CALLERS
        if ROLES[name].holder is Holder.STAFF and (not permission or permission in ROLES[name].may)
    )  # fmt: skip


def is_safe(answer, path, *, reader=False):
    """`reader`: whether the page's scripts may reach the reader of the clerk's own machine, there and nowhere else."""
    rules = answer.headers["content-security-policy"].split("; ")
    if reader:
        assert f"connect-src 'self' {READER}" in rules, path
        rules.remove(f"connect-src 'self' {READER}")
    assert "default-src 'none'" in rules, path
    assert "frame-ancestors 'none'" in rules, path
    assert "base-uri 'none'" in rules, path
    assert "form-action 'self'" in rules, path
    assert not re.search(r"unsafe|\*|https?:", " ".join(rules)), path
    assert answer.headers["x-content-type-options"] == "nosniff", path
    assert answer.headers["referrer-policy"] in ("same-origin", "no-referrer"), path
    for cookie in answer.headers.get_list("set-cookie"):
        said = {one.strip().partition("=")[0].lower() for one in cookie.split(";")}
        assert {"secure", "httponly", "samesite", "path"} <= said or cookie.startswith("elder="), (
            path,
            cookie,
        )
    if "text/html" in answer.headers.get("content-type", ""):
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=\"|javascript:", answer.text), (
            path
        )


async def test_every_answer_keeps_strangers_out(web):
    """All routes, as nobody and as somebody of a role that may; of forms, without their token."""
    clerks = {role: await web.town.token(role) for role in CALLERS if ROLES[role].holder is Holder.STAFF}
    resident = await web.town.token("resident")
    seen = kept_out = 0
    async with httpx.AsyncClient(base_url=web.address, timeout=60) as client:
        for method in ("GET", "POST"):
            for path, opt in routes(method).items():
                stranger = await client.request(method, path)
                is_safe(stranger, path)
                if opt["who"] == "everybody":
                    continue
                assert stranger.status_code in (303, 403), path
                kept_out += 1
                token = resident if opt["who"] == "resident" else clerks[staff_role(opt["permission"])]
                cookie = {"cookie": f"{COOKIES[opt['who']]}={token}"}
                answer = await client.request(method, path, headers=cookie)
                is_safe(answer, path, reader=method == "GET" and opt.get("reader"))
                assert answer.status_code < 500, (path, answer.text)
                # A form without its token is refused before anybody is asked who comes: nothing personal is in that.
                if method == "GET":
                    assert answer.headers["cache-control"] == "no-store", path
                    seen += 1
    assert min(seen, kept_out) > 40


async def form(client, path, cookies=""):
    """Give a form's token and the cookies to send it with, and the page."""
    page = await client.get(path, headers={"cookie": cookies} if cookies else {})
    (set_cookie,) = [one for one in page.headers.get_list("set-cookie") if one.startswith("__Host-form")]
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)[1]
    return token, f"{cookies}; {set_cookie.partition(';')[0]}".lstrip("; "), page


async def test_a_wrong_token_is_as_good_as_none(web):
    token = await web.town.token("community_clerk")
    async with httpx.AsyncClient(base_url=web.address, timeout=60) as client:
        good, cookies, _ = await form(client, "/staff/login")
        cookies += f"; {COOKIES['staff']}={token}; {COOKIES['resident']}={token}"
        wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
        for path in routes("POST"):
            sent = await client.post(path, data={"_csrf_token": wrong}, headers={"cookie": cookies})
            assert sent.status_code == 403, path
        # The token of one browser is none in another.
        other = await client.post(
            "/staff/login",
            data={"_csrf_token": good, "login": "x", "password": "x"},
            headers={"cookie": "__Host-form=" + good[::-1]},
        )
        assert other.status_code == 403


async def test_no_way_leads_to_another_site(web):
    await member(web)
    async with httpx.AsyncClient(base_url=web.address, timeout=60) as client:
        for path in routes("GET"):
            for out in WAYS_OUT[:2]:
                answer = await client.get(path, params=dict.fromkeys(NAMES, out))
                stays_here(answer, path)
        for out in WAYS_OUT:
            token, cookies, page = await form(client, f"/staff/login?next={quote(out)}")
            assert "evil.example" not in re.search(r'name="next" value="([^"]*)"', page.text)[1]
            sent = {"_csrf_token": token, "login": "clerk.one", "password": PASSWORD, "next": out}
            answer = await client.post("/staff/login", data=sent, headers={"cookie": cookies})
            assert answer.status_code == 303
            stays_here(answer, "/staff/login")
            token, cookies, _ = await form(client, "/")
            answer = await client.post(
                "/elder", data={"_csrf_token": token, "back": out, "on": "1"}, headers={"cookie": cookies}
            )
            stays_here(answer, "/elder")


def stays_here(answer, path):
    there = answer.headers.get("location", "/")
    assert there.startswith("/"), (path, there)
    assert not there.startswith(("//", "/\\")), (path, there)
    # Where one goes on after logging in stands in the address once more.
    for values in parse_qs(urlsplit(there).query).values():
        assert all(
            value.startswith("/") and not value.startswith("//") for value in values if "evil" in value
        ), (path, there)


@pytest.mark.parametrize(("first", "then"), [(IDLE, None), (LONGEST, IDLE - SECOND)])
async def test_sessions_end_on_the_pages(web, clock, first, then):
    """Idle for fifteen minutes, or however busy for twelve hours."""
    await member(web)
    async with httpx.AsyncClient(base_url=web.address, timeout=60) as client:
        token, cookies, _ = await form(client, "/staff/login")
        sent = {"_csrf_token": token, "login": "clerk.one", "password": PASSWORD}
        came = await client.post("/staff/login", data=sent, headers={"cookie": cookies})
        (mine,) = [
            one for one in came.headers.get_list("set-cookie") if one.startswith(COOKIES["staff"] + "=")
        ]
        # The browser forgets it, too: it is a cookie of the session.
        assert "max-age" not in mine.lower()
        assert "expires" not in mine.lower()
        cookie = {"cookie": mine.partition(";")[0]}
        end = clock.at + first
        while then and clock.at + then < end:
            clock.at += then
            web.town.app.state.service.gatekeeper._known.clear()
            assert (await client.get("/staff/me", headers=cookie)).status_code == 200
        clock.at = end - (timedelta(0) if not then else SECOND)
        if then:
            assert (await client.get("/staff/me", headers=cookie)).status_code == 200
            clock.at = end
        over = await client.get("/staff/me", headers=cookie)
        assert (over.status_code, over.headers["location"]) == (
            303,
            "/staff/login?next=%2Fstaff%2Fme&why=ended",
        )
        assert any(
            f"{COOKIES['staff']}=" in one and "max-age=0" in one.lower()
            for one in over.headers.get_list("set-cookie")
        )


async def test_log_in_pages_slow_guessing_down(web):
    """Per account whatever the source is tested in the room; here a page's source is the browser's, and a code counts, too."""
    await enrolled(web)
    begun = (
        await web.town.http.post("/api/sessions", json={"login": "auditor.one", "password": PASSWORD})
    ).json()
    async with httpx.AsyncClient(base_url=web.address, timeout=60) as client:
        token, cookies, page = await form(client, "/staff/login/code", f"{TICKET_COOKIE}={begun['ticket']}")
        assert page.headers["cache-control"] == "no-store"
        codes = [
            (
                await client.post(
                    "/staff/login/code",
                    data={"_csrf_token": token, "code": "000000"},
                    headers={"cookie": cookies},
                )
            ).status_code
            for _ in range(11)
        ]
        assert codes == [422] * 10 + [429]
        # The source has failed too often, whatever account it tries next.
        await member(web)
        sent = {"_csrf_token": token, "login": "clerk.one", "password": PASSWORD}
        late = await client.post("/staff/login", data=sent, headers={"cookie": cookies})
        assert late.status_code == 429
        assert "失败次数过多" in late.text


async def test_a_secret_is_kept_by_no_browser(web):
    """What is set up and the recovery codes stand on pages that nobody has logged in to yet."""
    await log_in_at(web, "enrolment")
    ticket = web.cookies[TICKET_COOKIE]
    async with httpx.AsyncClient(base_url=web.address, timeout=60) as client:
        _, _, page = await form(client, "/staff/login/enrolment", f"{TICKET_COOKIE}={ticket}")
        assert page.headers["cache-control"] == "no-store"
        assert "otpauth" not in page.text
        # A ticket opens no page.
        for name in COOKIES.values():
            answer = await client.get("/staff/me", headers={"cookie": f"{name}={ticket}"})
            assert answer.status_code == 303

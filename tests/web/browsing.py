"""A town with its pages, and browsers that look at them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from playwright.async_api import Browser, BrowserContext, Page
from tests.faces.api_town import ONLINE, Town, listening
from tests.sandbox.sandbox_driver import TOKEN, Sandbox

from shebaoka.faces.web.identity import IdentityProvider, Registration
from shebaoka.faces.web.letting_in import LettingIn
from shebaoka.faces.web.site import create_site
from shebaoka.faces.web.visiting import COOKIES
from shebaoka.faces.web.vouching import Platform
from shebaoka.faces.wechat.account import Account
from shebaoka.faces.wechat.endpoint import create_wechat
from shebaoka.faces.wechat.seal import Seal, read_key
from shebaoka.faces.whole import Whole
from shebaoka.kit.actor import SYSTEM
from shebaoka.registry.staff.commands import create_client

CHROMIUM = "/usr/bin/chromium"
UNUSED = (
    # What the driver leaves out by itself, for the last list of such names counts alone.
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
    # The address bar's own pages: two more processes for every window, half of what a window costs.
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
)  # fmt: skip
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    f"--disable-features={','.join(UNUSED)}",
)  # fmt: skip
NOBODY = "http://127.0.0.1:9"
"""Where no identity provider answers."""
SIGNING = "secret of the tests"
RENAMED = 39
"""Whose name is another at the identity provider than in the register."""
PHONE, DESKTOP, NARROW = (390, 844), (1280, 900), (320, 640)


@dataclass
class Web:
    """A town's pages at an address, and visitors who look at them."""

    town: Town
    address: str
    browser: Browser
    open: list[BrowserContext] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)
    """What every visitor's browser brings along, too."""
    site: Any = None

    def _elder(self) -> Any:
        return {"name": "elder", "value": "1", "url": self.address}

    async def grow_old(self, page: Page) -> None:
        """Let the browser of a page show the elder version from now on."""
        await page.context.add_cookies([self._elder()])

    async def visitor(
        self, role: str = "", at: int | None = None, *, size=DESKTOP, script: bool = True, elder: bool = False
    ) -> Page:
        """Give a page of a browser of its own, logged in as somebody of this role; without a role as nobody yet."""
        context = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, java_script_enabled=script, locale="zh-CN",
            base_url=self.address, service_workers="allow", permissions=["camera"],
        )  # fmt: skip
        self.open.append(context)
        # Chromium takes such cookies over http from this machine's own pages, but not from a test that names http.
        safe = self.address.replace("http:", "https:")
        cookies = [self._elder()] if elder else []
        cookies += [
            {"name": name, "value": value, "url": safe, "secure": True, "httpOnly": True}
            for name, value in self.cookies.items()
        ]
        if role:
            who = "resident" if role == "resident" else "staff"
            token = await self.town.token(role, at)
            cookies.append(
                {"name": COOKIES[who], "value": token, "url": safe, "secure": True, "httpOnly": True}
            )
        await context.add_cookies(cookies)
        return await context.new_page()

    async def end(self) -> None:
        for context in self.open:
            await context.close()


@asynccontextmanager
async def web_of(town: Town, browser: Browser, outside: Sandbox | None = None):
    """Serve a town's pages, with its interface, on a port of this machine. `outside`: whose provider lets residents in."""
    listener = listening()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    wechat = create_wechat(town.app, account_of(outside, address)) if outside else None
    site = create_site(town.app, SIGNING, await _letting_in(town, outside))
    # Institutions' systems have tests of their own: here nobody posts to them.
    whole = Whole(town.app, site, institutions=town.app, wechat=wechat)
    server = uvicorn.Server(uvicorn.Config(whole, log_level="warning", lifespan="off", ws="none"))
    serving = asyncio.create_task(server._serve([listener]))
    web = Web(town, address, browser, site=site)
    try:
        yield web
    finally:
        await web.end()
        server.should_exit = True
        await serving


def account_of(outside: Sandbox, site_url: str, *, plain_allowed: bool = False) -> Account:
    """Give the sandbox's WeChat account, as its owner enters it here."""
    shown = outside.http.get("/_wechat/account").json()
    return Account(Seal(shown["app_id"], shown["token"], read_key(shown["aes_key"])), site_url, plain_allowed)


async def _letting_in(town: Town, outside: Sandbox | None) -> LettingIn:
    site = Registration(f"{outside.url if outside else NOBODY}/identity", "citizen-site", TOKEN)
    secret = ""
    if outside:
        async with town.database.work(SYSTEM) as work:
            secret = await create_client(
                work, client_id="site", institution_id=ONLINE, role="online_platform_system"
            )
    return LettingIn(IdentityProvider(site), Platform("site", secret), SIGNING)

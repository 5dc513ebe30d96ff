"""The JSON interface, the pages, the interfaces of institutions' systems and the WeChat account behind one address."""

from __future__ import annotations

from typing import Final

from litestar import Litestar
from litestar.datastructures import State
from litestar.types import ASGIApp, Receive, Scope, Send

from shebaoka.faces.api.app import create_app
from shebaoka.faces.api.watching import Watch, Watching
from shebaoka.faces.terminals import app as terminals
from shebaoka.faces.terminals.interfaces import create_terminals
from shebaoka.faces.web.letting_in import letting_in
from shebaoka.faces.web.site import create_site
from shebaoka.faces.wechat.account import account
from shebaoka.faces.wechat.endpoint import create_wechat
from shebaoka.kit.city import City

MACHINES: Final = frozenset({"api", "oauth", "schema", "healthz", "readyz", "metrics"})
"""First parts of the addresses that programs ask for; all others are pages."""


WECHAT: Final = "wechat"


class Whole:
    """ASGI application: passes each request on to the interface, the pages, institutions' interfaces, or the WeChat account where there is one."""

    def __init__(
        self, api: Litestar, site: Litestar, institutions: ASGIApp, wechat: Litestar | None = None
    ) -> None:
        self.api = api
        self.site = site
        self._doors: dict[str, ASGIApp] = dict.fromkeys(MACHINES, api) | {terminals.FIRST: institutions}
        if wechat is not None:
            self._doors[WECHAT] = wechat

    @property
    def state(self) -> State:
        """What the interface's handlers share."""
        return self.api.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        first = scope["path"].split("/", 2)[1] if scope["path"].startswith("/") else ""
        await self._doors.get(first, self.site)(scope, receive, send)


def create_whole(city: City, watch: Watch) -> Whole:
    """Give the application that serves one city to programs and to people."""
    api = create_app(city, watch)
    secret = city.database.vault.digest("secret", "forms of the pages").hex()
    under_way = city.database.vault.digest("secret", "log-ins of residents").hex()
    site = create_site(api, secret, letting_in(city.settings, under_way), city.settings.reader_origin)
    site.asgi_handler = Watching(site.asgi_handler, watch)
    institutions = Watching(create_terminals(city, api.state.service.keeper), watch)
    found = account(city.settings)
    if found is None:
        return Whole(api, site, institutions)
    wechat = create_wechat(api, found)
    wechat.asgi_handler = Watching(wechat.asgi_handler, watch)
    return Whole(api, site, institutions, wechat)

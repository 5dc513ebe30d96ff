"""The JSON interface and the pages behind one address."""

from __future__ import annotations

from typing import Final

from litestar import Litestar
from litestar.datastructures import State
from litestar.types import Receive, Scope, Send

from shebaoka.faces.api.app import create_app
from shebaoka.faces.api.watching import Watch, Watching
from shebaoka.faces.web.letting_in import letting_in
from shebaoka.faces.web.site import create_site
from shebaoka.kit.city import City

MACHINES: Final = frozenset({"api", "oauth", "schema", "healthz", "readyz", "metrics"})
"""First parts of the addresses that programs ask for; all others are pages."""


class Whole:
    """ASGI application: passes each request on to the interface or to the pages."""

    def __init__(self, api: Litestar, site: Litestar) -> None:
        self.api = api
        self.site = site

    @property
    def state(self) -> State:
        """What the interface's handlers share."""
        return self.api.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        first = scope["path"].split("/", 2)[1] if scope["path"].startswith("/") else ""
        await (self.api if first in MACHINES else self.site)(scope, receive, send)


def create_whole(city: City, watch: Watch) -> Whole:
    """Give the application that serves one city to programs and to people."""
    api = create_app(city, watch)
    secret = city.database.vault.digest("secret", "forms of the pages").hex()
    under_way = city.database.vault.digest("secret", "log-ins of residents").hex()
    site = create_site(api, secret, letting_in(city.settings, under_way))
    site.asgi_handler = Watching(site.asgi_handler, watch)
    return Whole(api, site)

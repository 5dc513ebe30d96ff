"""Who may ask: this machine by its own name, and pages of the sites that were named. Before anything else is looked at.

The browser tells us whose page asks (`Origin`, and `Sec-Fetch-Site` where there is none); a program of this machine sends
neither, and could use the reader without us. Sources: Fetch standard, Local Network Access, OWASP on DNS rebinding.
"""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from shebaoka.faces.api.rendering import PROBLEM_JSON
from shebaoka.faces.reader.errors import HostRefused, OriginRefused, OriginUnusable, ReaderNotLoopback
from shebaoka.kit.problems import Problem

REQUEST_KEY_HEADER: Final = "Idempotency-Key"
SESSION_HEADER: Final = "Reader-Session"
METHODS: Final = "GET, POST, DELETE"
ASKED_WITH: Final = f"Content-Type, {REQUEST_KEY_HEADER}, {SESSION_HEADER}"
TOLD_WITH: Final = "Idempotent-Replayed"
PREFLIGHT_SECONDS: Final = 600
NO_CONTENT: Final = 204
PREFLIGHT: Final = (
    (b"access-control-allow-methods", METHODS.encode()), (b"access-control-allow-headers", ASKED_WITH.encode()),
    (b"access-control-max-age", str(PREFLIGHT_SECONDS).encode()),
)  # fmt: skip
OWN: Final = frozenset({"same-origin", "none"})
"""Of `Sec-Fetch-Site`: our own page, or an address that somebody typed. There is nothing there to see."""
ALWAYS: Final = (
    (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"), (b"vary", b"Origin"),
    (b"cross-origin-resource-policy", b"same-origin"), (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)  # fmt: skip


def loopback(host: str) -> str:
    """Give the address to listen on; ReaderNotLoopback for any that others reach."""
    try:
        found = ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise ReaderNotLoopback(host) from None
    if not found.is_loopback:
        raise ReaderNotLoopback(host)
    return str(found)


def origin(text: str) -> str:
    """Give a site's origin as browsers write it; OriginUnusable."""
    parts = urlsplit(text.strip().rstrip("/").lower())
    try:
        port = parts.port
    except ValueError:
        raise OriginUnusable(text) from None
    plain = f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port else "")
    here = parts.hostname in ("localhost", "127.0.0.1")
    named = (
        parts.hostname
        and "*" not in parts.hostname
        and parts.scheme in ("https", *(("http",) if here else ()))
    )
    if (
        not named
        or parts.path
        or parts.query
        or parts.fragment
        or parts.username
        or parts.netloc.endswith(":")
    ):
        raise OriginUnusable(text)
    return plain


class Guard:
    """ASGI: lets in, answers preflights, and puts on every answer what a browser must know."""

    def __init__(self, app: ASGIApp, port: int, origins: Collection[str]) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        asking = headers.get("origin")
        refused = self._refusal(headers, asking)
        told = [*ALWAYS] if refused else [*ALWAYS, *self._for(asking)]

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *told]
            await send(message)

        if refused:
            await _send(answer, refused.status, msgspec.json.encode(refused.document()))
        elif scope["type"] == ScopeType.HTTP and scope["method"] == "OPTIONS":
            told += PREFLIGHT
            await _send(answer, NO_CONTENT)
        else:
            await self._app(scope, receive, answer)

    def _refusal(self, headers: dict[str, str], asking: str | None) -> Problem | None:
        if headers.get("host", "").lower() not in self._hosts:
            return HostRefused()
        if asking is None:
            return None if headers.get("sec-fetch-site", "none") in OWN else OriginRefused()
        return None if asking in self._origins else OriginRefused()

    def _for(self, asking: str | None) -> list[tuple[bytes, bytes]]:
        if asking not in self._origins:
            return []
        return [
            (b"access-control-allow-origin", asking.encode()),
            (b"access-control-expose-headers", TOLD_WITH.encode()),
        ]


async def _send(send: Send, status: int, body: bytes = b"") -> None:
    headers = [(b"content-length", str(len(body)).encode())]
    headers += [(b"content-type", PROBLEM_JSON.encode())] if body else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})

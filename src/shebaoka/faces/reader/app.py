"""The reader service as one application, and its process: begin, serve, give the card back."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

import structlog
import uvicorn
from litestar import Litestar
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from shebaoka.faces.api.rendering import HANDLERS as REFUSALS
from shebaoka.faces.api.rendering import Asked
from shebaoka.faces.heads import BoundedHeads
from shebaoka.faces.reader.guarding import Guard
from shebaoka.faces.reader.routes import HANDLERS, Service

BODY_BYTES_MAX: Final = 32 * 1024
END_SECONDS: Final = 5
SITE_CHARACTERS_MAX: Final = 100
log = structlog.get_logger()


def create_reader(service: Service, port: int, origins: Sequence[str]) -> ASGIApp:
    """Give the application for whoever may ask on this port: this machine, and pages of these origins."""
    app = Litestar(
        route_handlers=HANDLERS, exception_handlers=REFUSALS, request_class=Asked, state=State({"service": service}),
        request_max_body_size=BODY_BYTES_MAX, logging_config=None,
        openapi_config=OpenAPIConfig(
            title="社保卡读卡器服务 · reader service of shebaoka", version=version("shebaoka"), path="/schema",
            render_plugins=[JsonRenderPlugin()], use_handler_docstrings=True,
        ),
    )  # fmt: skip
    return Logged(Guard(app, port, origins))


class Logged:
    """ASGI: one line a request, of what was asked and how it ended; nothing of a card, a holder or a session."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and tell of it."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._app(scope, receive, answer)
        # The route, not the path: whatever somebody puts into an address stays out of the log.
        log.info(
            "reader.request", method=scope["method"], route=scope.get("path_template", ""), status=status,
            site=dict(scope["headers"]).get(b"origin", b"").decode("latin-1")[:SITE_CHARACTERS_MAX],
            ms=round((time.monotonic() - began) * 1000),
        )  # fmt: skip


async def serve(listener: socket.socket, service: Service, origins: Sequence[str]) -> None:
    """Serve until SIGTERM or SIGINT; what is under way with the card is finished, then the card loses its power."""
    port: int = listener.getsockname()[1]
    app: Any = create_reader(service, port, origins)
    server = uvicorn.Server(uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, lifespan="off", http=BoundedHeads, loop="none",
        ws="none", timeout_graceful_shutdown=END_SECONDS, proxy_headers=False,
    ))  # fmt: skip
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    service.desk.start()
    serving = asyncio.create_task(server._serve([listener]))  # noqa: SLF001 - serve() would take the signals
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    # First the card: whoever waits for a reader is let go, and the server need not wait for them.
    await service.desk.end()
    server.should_exit = True
    await serving

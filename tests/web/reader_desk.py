"""The reader service of a clerk's machine, as `shebaoka reader` runs it, for the pages of a town; its readers are the virtual ones."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import httpx
import uvicorn
from tests.faces.api_town import listening

from shebaoka.faces.reader.app import create_reader
from shebaoka.faces.reader.desk import Desk, Times
from shebaoka.faces.reader.routes import Service


@asynccontextmanager
async def desk_for(city: str):
    """Serve this machine's readers to a town's pages on a free port, and give the address. `city`: where tickets are good, too."""
    desk, listener = Desk(Times()), listening()
    port = listener.getsockname()[1]
    with httpx.Client() as client:
        app = create_reader(Service(desk, lambda _city: [], city, client), port, [city])
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", ws="none"))
        desk.start()
        serving = asyncio.create_task(server._serve([listener]))
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            await desk.end()
            server.should_exit = True
            await serving

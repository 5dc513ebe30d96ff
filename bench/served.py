"""A server of a town in a process of its own: `python -m MODULE --serve`, told where by its environment, tells its address."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.town import Town
from shebaoka.faces import listening, serving
from shebaoka.faces.whole import create_whole
from shebaoka.kit import logs
from shebaoka.kit.clock import Clock
from shebaoka.kit.settings import read_settings
from shebaoka.wiring import city

END_SECONDS = 30


def serve(clock: Clock | None = None, make_app: Callable[..., Any] = create_whole) -> None:
    """Serve until told to end (in the process that `served` starts)."""
    settings = read_settings()
    logs.configure(settings.log_level, settings.log_format)

    async def act() -> None:
        listener = listening.listen(settings.host, 0)
        async with city(settings, settings.database_url, clock) as here:
            print(json.dumps({"url": listening.address(listener)}), flush=True)
            await serving.serve(here, listener, make_app=make_app)

    serving.run(act())


@contextmanager
def served(place: Town, module: str) -> Iterator[tuple[str, int]]:
    """Start the server of a measurement for a town, and end it with the block; give its address and process."""
    settings = place.settings
    told = {
        "SHEBAOKA_DATABASE_URL": settings.database_url, "SHEBAOKA_DATA_DIR": settings.data_dir,
        "SHEBAOKA_MASTER_KEY_FILE": settings.master_key_file,
    }  # fmt: skip
    command = [sys.executable, "-m", module, "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | told) as process:
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())["url"], process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(END_SECONDS)

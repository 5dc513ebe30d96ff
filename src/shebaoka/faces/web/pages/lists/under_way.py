"""A list while it is taken in: its sender is shown how far it is and need not wait with an open connection.

The intake goes on in this process after the page has been answered. If the process ends before it, the list stays where it is,
and the same file sent again goes on from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import structlog
from litestar.datastructures import UploadFile

from shebaoka.faces.web.backend import Backend, Refused
from shebaoka.kit.sm import sm3

PATIENCE_SECONDS: Final = 2.0
"""Most lists are answered by then, and so is nearly every file that cannot be read: no page in between."""
LOOK_SECONDS: Final = 0.5
UNDER_WAY: Final = ("structure", "business")
log = structlog.get_logger()
_under_way: set[asyncio.Task[Any]] = set()
"""Kept, because the event loop itself forgets tasks that nobody holds."""


async def hand_in(
    backend: Backend, file: UploadFile, about: Mapping[str, str], key: str
) -> Mapping[str, Any]:
    """Hand a list in; this function will give its answer, or what is known of it while it is taken in. Refused."""
    digest = sm3(await file.read()).hex()
    await file.seek(0)
    task = asyncio.create_task(_send(backend, file, about, key))
    _under_way.add(task)
    task.add_done_callback(_over)
    await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
    while not task.done():
        if found := await _found(backend, digest):
            return found
        await asyncio.wait({task}, timeout=LOOK_SECONDS)
    return task.result()


async def _send(backend: Backend, file: UploadFile, about: Mapping[str, str], key: str) -> Mapping[str, Any]:
    # The file itself, not its content: a large one is on the disk here, and in memory only when its turn has come.
    sent = {"file": (file.filename, file.file)}
    answer: Mapping[str, Any] = await backend.send("/api/lists", sent, data=about, key=key)
    return answer


async def _found(backend: Backend, digest: str) -> Mapping[str, Any] | None:
    """Give the list with this content; what was refused or answered before is not yet read again."""
    for one in (await backend.get("/api/lists", digest=digest))["items"]:
        if one["stage"] in UNDER_WAY:
            known: Mapping[str, Any] = one
            return known
    return None


def _over(task: asyncio.Task[Any]) -> None:
    _under_way.discard(task)
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, Refused):
        log.error("list.broke_off", error=repr(error))

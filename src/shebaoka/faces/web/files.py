"""Files that the interface gives, handed on to whoever asked a page for them."""

from __future__ import annotations

from typing import Final

import httpx
from litestar import Response

KEPT: Final = ("content-disposition", "x-next-cursor")
"""What is said of a file beside its kind: its name, and where the next file of a longer table begins."""


def handed_on(answer: httpx.Response) -> Response[bytes]:
    """Give a file as the interface gave it; no browser and nobody in between keeps it."""
    headers = {name: answer.headers[name] for name in KEPT if name in answer.headers}
    return Response(
        answer.content,
        media_type=answer.headers["content-type"],
        headers=headers | {"cache-control": "no-store"},
    )

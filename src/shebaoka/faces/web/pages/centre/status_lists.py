"""The status list for terminals that lose the network: what they can have now, and whether the next file is overdue."""

from __future__ import annotations

from typing import Any, Final

from litestar import get
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend, page

FILES: Final = 25
NONE: Final = "no-status-list"


@get("/staff/status-list", **page("staff", "status_list.read"))
async def status_list(request: Ask) -> Template:
    """Show the newest version, how old it is, and the files that terminals load, newest first."""
    index: dict[str, Any] | None = None
    try:
        index = await backend(request).get("/api/status-list")
    except Refused as refused:
        if refused.slug != NONE:
            raise
    files = index["files"] if index else []
    return show(
        request, "centre/status_list.html", index=index, files=files[: -FILES - 1 : -1],
        size=sum(file["size_bytes"] for file in files), base=files[0] if files else None,
    )  # fmt: skip


HANDLERS: Final = (status_list,)

"""Applying online: one decision a page, kept on the server at each, handed in once."""

from __future__ import annotations

from typing import Any

from litestar import Router

from shebaoka.faces.web.pages.apply import another_bank, bank, contact, finishing, photo, receipt, whom
from shebaoka.faces.web.pages.apply.draft import Onward
from shebaoka.faces.web.showing import go

HANDLERS: tuple[Any, ...] = (
    Router(
        "/apply",
        route_handlers=[
            handler
            for area in (whom, bank, photo, contact, finishing, receipt, another_bank)
            for handler in area.HANDLERS
        ],
        exception_handlers={Onward: lambda _request, onward: go(onward.path)},
    ),
)

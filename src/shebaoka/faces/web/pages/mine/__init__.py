"""What is mine: how far my card is, opening it, losing it, who looked at my data, what I was told."""

from __future__ import annotations

from typing import Any

from shebaoka.faces.web.pages.mine import (
    away,
    carding,
    ecard,
    identity,
    looks,
    medical,
    paying,
    replacing,
    sending,
    standing,
    telling,
    visit,
)

HANDLERS: tuple[Any, ...] = tuple(
    handler
    for area in (
        standing,
        carding,
        replacing,
        sending,
        looks,
        medical,
        paying,
        identity,
        ecard,
        away,
        telling,
        visit,
    )
    for handler in area.HANDLERS
)

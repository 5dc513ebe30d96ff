"""What is kept no longer goes: requests after the days of the rule, tickets, challenges and codes once nobody can use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.registry.programme.views import load
from shebaoka.service.credential.model import Forgotten
from shebaoka.service.credential.store import SQL

AT_ONCE: Final = 5_000
USELESS_AFTER: Final = timedelta(days=1)
"""Longer than any of them can be used or asked about."""


async def forget_due(database: Database, progress: Callable[[int], None] = lambda _: None) -> Forgotten:
    """Remove what is kept no longer, some at a time; killed and run again it goes on."""
    async with database.work(SYSTEM) as work:
        days = (await load(work)).identity_kept_days(work.today)
        for name in ("forget_tickets", "forget_challenges", "forget_codes", "forget_ecards"):
            await work.run(SQL[name], {"horizon": work.now - USELESS_AFTER})
    requests = 0
    while True:
        async with database.work(SYSTEM) as work:
            asked = {"horizon": work.now - timedelta(days=days), "requests_max": AT_ONCE}
            old = await work.rows(SQL["requests_old"], asked)
            if old:
                people, numbers = zip(*old, strict=True)
                await work.run(SQL["forget_requests"], {"people": list(people), "requests": list(numbers)})
                work.record(0, "identity.requests_forgotten", len(old), kept_days=days)
        if not old:
            return Forgotten(requests)
        requests += len(old)
        progress(len(old))

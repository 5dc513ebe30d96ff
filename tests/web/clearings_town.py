"""Clearings that stand between a town's province and others."""

from __future__ import annotations

from tests.faces.api_town import Town

from shebaoka.kit.actor import SYSTEM

DRAWN = """
INSERT INTO cross_province_clearing (province_id, month, clearing_id, owed_to_us_fen, owed_to_us, owed_by_us_fen, owed_by_us, drawn_at, drawn_by)
VALUES (320000, '2018-11-01', 71, 500000, 3, 120000, 1, %(now)s, 'staff:1'), (330000, '2018-11-01', 72, 0, 0, 90000, 2, %(now)s, 'staff:1')
"""
CLERK = "benefits_clerk"


async def drawn(town: Town) -> None:
    """A month with two provinces: one owes us, the other we owe."""
    async with town.database.work(SYSTEM) as work:
        await work.run(DRAWN, {"now": work.now})


async def overview(web) -> str:
    await drawn(web.town)
    return "/staff/clearings"


LOOKS = {"/staff/clearings": (CLERK, overview)}

"""Ways to the hotlines' pages, with something to see on each."""

from __future__ import annotations

from datetime import timedelta

from tests.faces.api_town import Town
from tests.web.browsing import Web

from shebaoka.kit.actor import SYSTEM


async def call(web: Web) -> str:
    """A caller who is identified."""
    found = await web.town.called(1, topic="social_use")
    return f"/staff/hotline/calls/{found['call_id']}"


async def case(web: Web) -> str:
    """A case of this line, with a caller who is known."""
    found = await web.town.called(1)
    return f"/staff/hotline/cases/{found['case']['case_id']}"


async def arriving(web: Web) -> str:
    """The desk of the line to which a caller is on the way."""
    found = await web.town.called(1)
    await web.town.handed_over(found["case"]["case_id"])
    return "/staff/hotline"


async def overdue(web: Web) -> str:
    """A case that should have been resolved."""
    await web.town.called(1)
    await days_later(web.town, 9)
    return "/staff/hotline/overdue"


async def days_later(town: Town, days: int) -> None:
    """Let days pass; whoever works here has logged in again meanwhile."""
    town.city.clock.at += timedelta(days=days)
    async with town.database.work(SYSTEM) as work:
        await work.run("UPDATE staff_session SET started_at = %(now)s, seen_at = %(now)s", {"now": work.now})

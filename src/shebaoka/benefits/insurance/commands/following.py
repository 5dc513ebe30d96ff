"""Insurance follows the register: who is insured in what, since when, and who has retired."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from shebaoka.benefits.insurance.insured import Followed
from shebaoka.benefits.insurance.store import SQL
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.database import Database
from shebaoka.kit.work import Row, Work

FOLLOW: Final = "follow"
PEOPLE_AT_ONCE: Final = 5_000
OVERLAP: Final = timedelta(days=1)
"""A change of the register bears the time at which its transaction began, and shows when it ended."""
EVER: Final = datetime(1900, 1, 1, tzinfo=UTC)


async def follow_due(database: Database, progress: Callable[[int], None] = lambda _: None) -> Followed:
    """Follow the register once a day; this function will do nothing where it was done today."""
    async with database.work(SYSTEM) as work:
        done: datetime | None = await work.value(SQL["step_done"], {"step": FOLLOW})
        if done is not None and done.astimezone(SHANGHAI).date() >= work.present_day:
            return Followed(0, 0)
    return await follow_register(database, progress)


async def follow_register(database: Database, progress: Callable[[int], None] = lambda _: None) -> Followed:
    """Begin a spell for everybody about whom the register says since the last look what their last spell does not.

    A first spell begins on the day that the register names, a later one today or on the later day that it names; whoever
    was active and is retired now has retired today, unless a day was stated. Killed and run again it goes on.
    """
    async with database.work(SYSTEM) as work:
        began = work.now
        done: datetime | None = await work.value(SQL["step_done"], {"step": FOLLOW})
    since = EVER if done is None else done - OVERLAP
    spells = retired = after = 0
    while True:
        async with database.work(SYSTEM) as work:
            await work.run(SQL["step_turn"])
            moved = await work.rows(
                SQL["moved"], {"after": after, "since": since, "people_max": PEOPLE_AT_ONCE}
            )
            if not moved:
                await work.run(SQL["note_step"], {"step": FOLLOW, "now": began})
                return Followed(spells, retired)
            retired += await _begin(work, moved)
        spells, after = spells + len(moved), moved[-1][0]
        progress(len(moved))


async def _begin(work: Work, moved: Sequence[Row]) -> int:
    people, begins_ons, schemes, statuses = [], [], [], []
    retirements: list[int] = []
    for person_id, scheme, status, since, was_scheme, was_status, was_since in moved:
        people.append(person_id)
        begins_ons.append(_begins_on(work.present_day, since, was_since))
        schemes.append(scheme)
        statuses.append(("active" if status == "none" else status) if scheme == "employee" else "none")
        if (was_scheme, was_status, scheme, status) == ("employee", "active", "employee", "retired"):
            retirements.append(person_id)
    await work.run(SQL["put_spells"], {
        "people": people, "begins_ons": begins_ons, "schemes": schemes, "statuses": statuses, "now": work.now,
    })  # fmt: skip
    if retirements:
        days = [work.present_day] * len(retirements)
        await work.run(SQL["note_retired"], {"people": retirements, "retired_ons": days, "now": work.now})
    work.record_many("insurance.followed", ((person, person) for person in people))
    return len(retirements)


def _begins_on(today: date, since: date | None, was_since: date | None) -> date:
    """Give the day on which a spell begins; no spell is put before one that is there."""
    if was_since is None:
        return today if since is None else min(since, today)
    return since if since is not None and was_since < since <= today else today

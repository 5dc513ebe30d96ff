"""What is true of a city as a whole, kept in its own database."""

from __future__ import annotations

from pathlib import Path

from shebaoka.kit import queries
from shebaoka.kit.work import Work

SQL = queries.load(str(Path(__file__).with_name("store.py")))
INVENTED_PEOPLE = "invented_people"


async def has_invented_people(work: Work) -> bool:
    """Tell whether this is a demo city, whose people are invented; only there do their ID numbers pass."""
    return bool(await work.value(SQL["fact"], {"name": INVENTED_PEOPLE}))

"""Who looked at a person: what the facts about one person tell of others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from shebaoka.kit import queries
from shebaoka.kit.work import Work

SQL: Final = queries.load(str(Path(__file__).with_name("store.py")))
NEWEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Look:
    """A fact about a person, without whose it is."""

    fact_id: int
    at: datetime
    actor: str
    organisation_id: int
    action: str
    detail: Mapping[str, Any]


async def looks(
    work: Work, person_id: int, actions: Collection[str], before: int | None = None, limit: int = 50
) -> list[Look]:
    """Give what others than the present actor did about a person, newest first, before a fact, of some actions only."""
    asked = {"person_id": person_id, "actions": list(actions), "own": work.actor.name}
    return await work.rows(SQL["looks"], {**asked, "before": before or NEWEST, "facts_max": limit}, Look)

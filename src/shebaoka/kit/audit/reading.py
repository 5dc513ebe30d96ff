"""Reading the log: who looked at a person, and searching it along its indexes."""

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
STAFF: Final = "staff:"
HOT: Final = "card.looked_at"
"""By far the most facts; no index but the person's and the staff's leads to them."""


@dataclass(frozen=True, slots=True)
class Look:
    """A fact about a person, without whose it is."""

    fact_id: int
    at: datetime
    actor: str
    organisation_id: int
    action: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FoundFact:
    """A fact as it stands in the log. `batch_no`: its place in the chain, None while it waits to be sealed."""

    person_id: int
    fact_id: int
    at: datetime
    actor: str
    organisation_id: int
    action: str
    subject: str
    detail: Mapping[str, Any]
    batch_no: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for; all that is given must hold. `first`: the least number of a fact, `before`: what none reaches."""

    person_id: int | None = None
    actor: str | None = None
    organisation_id: int | None = None
    action: str | None = None
    reason: str | None = None
    first: int = 0
    before: int = NEWEST

    @property
    def along(self) -> str | None:
        """The query whose index leads to the facts, or None when only reading everything would."""
        if self.person_id is not None:
            return "facts_about"
        if self.actor and self.actor.startswith(STAFF):
            return "facts_by_staff"
        if self.action == HOT:
            return None
        if self.organisation_id:
            return "facts_of_organisation"
        return "facts_of_kind" if self.action else None


async def search(work: Work, wanted: Wanted, limit: int) -> list[FoundFact]:
    """Give facts, newest first. `wanted.along` must not be None."""
    assert wanted.along
    asked = {
        "person_id": wanted.person_id, "actor": wanted.actor, "organisation_id": wanted.organisation_id,
        "action": wanted.action, "reason": wanted.reason, "first": wanted.first, "before": wanted.before, "facts_max": limit,
    }  # fmt: skip
    return await work.rows(SQL[wanted.along], asked, FoundFact)


async def looks(
    work: Work, person_id: int, actions: Collection[str], before: int | None = None, limit: int = 50
) -> list[Look]:
    """Give what others than the present actor did about a person, newest first, before a fact, of some actions only."""
    asked = {"person_id": person_id, "actions": list(actions), "own": work.actor.name}
    return await work.rows(SQL["looks"], {**asked, "before": before or NEWEST, "facts_max": limit}, Look)

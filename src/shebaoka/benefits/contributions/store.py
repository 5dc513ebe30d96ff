"""The room's only door to its tables."""

from __future__ import annotations

from typing import Final

from shebaoka.benefits.contributions import states
from shebaoka.benefits.contributions.model import CardDebit
from shebaoka.benefits.contributions.states import Action
from shebaoka.kit import queries
from shebaoka.kit.work import Work

SQL: Final = queries.load(__file__)


async def move(
    work: Work,
    debit: CardDebit,
    action: Action,
    reason: str | None = None,
    contribution_id: int | None = None,
) -> None:
    """Do one thing to a debit that is locked; this function will raise TransitionRefused."""
    await work.run(SQL["move"], {
        "person_id": debit.person_id, "debit_id": debit.debit_id, "status": states.after(debit.status, action),
        "reason": reason, "contribution_id": contribution_id, "now": work.now,
    })  # fmt: skip

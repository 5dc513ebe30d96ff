"""The custody of a batch: who had how many cards, in which file, at each hand-over. Entries are added and never changed."""

from __future__ import annotations

from datetime import datetime

from shebaoka.issuing.production.model import Step
from shebaoka.issuing.production.store import SQL
from shebaoka.kit.work import Work

BUREAU = "bureau"
"""The actor of what the bureau says; all else is done by whoever acts."""


async def note(
    work: Work,
    batch_id: int,
    step: Step,
    *,
    file_name: str = "",
    cards: int = 0,
    digest: bytes = b"",
    said_at: datetime | None = None,
    note: str = "",
) -> None:
    """Add an entry. `cards`: how many were counted then; `digest`: SM3 of the file as it lay there; `note` names nobody."""
    by_bureau = step in (Step.TAKEN, Step.RETURNED)
    await work.run(SQL["add_custody"], {
        "batch_id": batch_id, "entry_id": work.ids.one(), "step": step, "now": work.now, "said_at": said_at,
        "actor": BUREAU if by_bureau else work.actor.name, "file_name": file_name, "cards": cards, "digest": digest,
        "note": note,
    })  # fmt: skip
    work.record(0, f"production_batch.{step}", batch_id, cards=cards, sm3=digest.hex())

"""What terminals can have now."""

from __future__ import annotations

from datetime import timedelta

from shebaoka.cards.status_list import store
from shebaoka.cards.status_list.model import State
from shebaoka.kit.work import Work
from shebaoka.registry.programme.programme import Programme


async def state(work: Work, programme: Programme) -> State:
    """Give the newest base and its deltas, and whether the next file should have been there."""
    files = await store.files(work)
    late_after = timedelta(minutes=programme.status_list(work.present_day).overdue_minutes)
    return State(tuple(files), not files or work.now > files[-1].made_at + late_after)


async def content(work: Work, epoch: int, sequence: int) -> bytes | None:
    """Give a file as it was published; None where there is none, or it is kept no more."""
    return await store.content(work, epoch, sequence)

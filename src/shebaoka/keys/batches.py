"""What the card bureau was given for batches, for whoever looks at those."""

from __future__ import annotations

from collections.abc import Collection

from shebaoka.keys.model import HandedOut
from shebaoka.keys.store import SQL
from shebaoka.kit.work import Work


async def of_batches(work: Work, batches: Collection[int]) -> dict[int, HandedOut]:
    """Give what was handed out for these batches, by batch; those that were given nothing are left out."""
    found = await work.rows(SQL["hand_outs_of"], {"batches": list(batches)}, HandedOut)
    return {one.batch_id: one for one in found}

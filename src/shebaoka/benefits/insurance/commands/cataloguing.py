"""The catalogue as the agency gives it out: which items are paid from when, of which class, up to which price."""

from __future__ import annotations

from collections.abc import Sequence

from shebaoka.benefits.insurance.catalogue import Listed
from shebaoka.benefits.insurance.store import SQL
from shebaoka.kit.work import Work


async def note_items(work: Work, items: Sequence[Listed]) -> int:
    """Note what the catalogue says of items, each from its day on, and give how many; the same day again replaces."""
    if items:
        await work.run(SQL["note_items"], {
            "codes": [one.code for one in items], "days": [one.since for one in items], "names": [one.name for one in items],
            "classes": [one.catalogue_class for one in items], "types": [one.charge_type for one in items],
            "limits": [one.price_limit for one in items], "percents": [one.prepay_percent for one in items],
            "now": work.now,
        })  # fmt: skip
        work.record(0, "insurance.catalogue_noted", "medical_item", items=len(items))
    return len(items)

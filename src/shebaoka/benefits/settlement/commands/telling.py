"""What a visit is for: told by the institution, kept sealed, asked for by whoever settles by the type of care."""

from __future__ import annotations

import msgspec

from shebaoka.benefits.settlement import states, store
from shebaoka.benefits.settlement.commands.visiting import locked
from shebaoka.benefits.settlement.model import CareTold
from shebaoka.benefits.settlement.store import SQL
from shebaoka.kit.work import Work


async def note_care(work: Work, institution_id: int, person_id: int, visit_id: int, told: CareTold) -> None:
    """Note what a visit is for; told again it is replaced. Raises NotFound, TransitionRefused for a visit that was cancelled."""
    visit = await locked(work, institution_id, person_id, visit_id)
    if visit.status == "cancelled":
        states.after(visit.status, "serve")
    sealed = work.vault.seal(msgspec.json.encode(told.diagnoses), store.care_place(person_id, visit_id))
    await work.run(SQL["note_care"], {
        "person_id": person_id, "visit_id": visit_id, "care_type": told.care_type, "sealed": sealed, "now": work.now,
    })  # fmt: skip
    work.record(person_id, "settlement.care_noted", visit_id)

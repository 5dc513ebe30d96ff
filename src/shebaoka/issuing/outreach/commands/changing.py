"""How a command changes one visit: locked, changed by the states, and written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import msgspec

from shebaoka.issuing.outreach import views
from shebaoka.issuing.outreach.model import Slot, Visit
from shebaoka.issuing.outreach.store import SQL
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work

Place = tuple[int, date, Slot]
"""Half a day of an outlet."""


async def locked(work: Work, visit_id: int) -> Visit:
    """Lock a visit that the caller may see; NotFound."""
    seen = await views.visit(work, visit_id)
    key = {"person_id": seen.person_id, "visit_id": visit_id}
    found = await work.row(SQL["lock_visit"], key, Visit)
    if found is None:
        raise NotFound(f"上门 visit {visit_id}")
    return found


async def saved(work: Work, visit: Visit, fact: str, **detail: object) -> Visit:
    """Write a visit, note what happened to it, and give it as it now is."""
    outcome = None if visit.outcome is None else msgspec.json.encode(visit.outcome).decode()
    written = await work.run(SQL["save_visit"], {
        "person_id": visit.person_id, "visit_id": visit.visit_id, "version": visit.version, "status": str(visit.status),
        "outlet_id": visit.outlet_id, "bank_id": visit.bank_id, "day": visit.day, "slot": visit.slot,
        "staff": list(visit.staff), "attempt": visit.attempt, "reason": visit.reason, "outcome": outcome, "now": work.now,
    })  # fmt: skip
    assert written == 1, "the visit is locked"
    work.record(visit.person_id, fact, visit.visit_id, **detail)
    return replace(visit, version=visit.version + 1, updated_at=work.now)


def place_of(visit: Visit) -> Place | None:
    """Give the half day that a visit is planned for."""
    if visit.outlet_id is None or visit.day is None or visit.slot is None:
        return None
    return visit.outlet_id, visit.day, visit.slot


async def leave(work: Work, places: Sequence[Place]) -> None:
    """Give half days back that are needed no more, in the order in which everybody holds them."""
    for place, visits in sorted(Counter(places).items()):
        await work.run(SQL["leave_slot"], {**_key(place), "visits": visits})


async def hold(work: Work, *places: Place) -> None:
    """Hold half days in that order, before one is taken and another left."""
    for place in sorted(places):
        await work.rows(SQL["lock_slot"], _key(place))


def _key(place: Place) -> dict[str, object]:
    outlet_id, day, slot = place
    return {"outlet_id": outlet_id, "day": day, "slot": slot}

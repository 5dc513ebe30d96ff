"""Where a parcel lies, and that whoever acts stands there."""

from __future__ import annotations

from shebaoka.issuing.delivery.errors import ParcelElsewhere
from shebaoka.issuing.delivery.model import Parcel
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions


async def check_here(work: Work, parcel: Parcel) -> None:
    """Refuse with ParcelElsewhere, naming the right counter, unless the actor's is the one where the parcel lies."""
    if parcel.counter_id != work.actor.organisation_id:
        raise await elsewhere(work, parcel)


async def elsewhere(work: Work, parcel: Parcel) -> ParcelElsewhere:
    """Give the refusal that names the counter where a parcel lies."""
    place = await institutions.by_id(work, parcel.counter_id)
    assert place, "a parcel's counter is an institution"
    return ParcelElsewhere(f"{place.name_zh} · {place.name_en}", outlet=place.code)

"""Which institutions settle, from when to when."""

from __future__ import annotations

from shebaoka.benefits.settlement.errors import NotDesignated
from shebaoka.benefits.settlement.model import Designation
from shebaoka.benefits.settlement.store import SQL
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions


async def designate(work: Work, one: Designation) -> None:
    """Note that a hospital (with its level) or a pharmacy settles; what was noted from the same day on is replaced.

    Raises NotDesignated for an institution of another kind, a hospital without a level, a pharmacy with one.
    """
    found = await institutions.by_id(work, one.institution_id)
    kind = None if found is None else found.kind
    if (kind, one.level is None) not in (("hospital", False), ("pharmacy", True)):
        raise NotDesignated("医院须写明级别，药店没有级别 · a hospital has a level, a pharmacy none")
    if one.until is not None and one.until < one.since:
        raise NotDesignated(f"{one.until} < {one.since}")
    await work.run(SQL["designate"], {
        "institution_id": one.institution_id, "since": one.since, "until": one.until, "level": one.level, "now": work.now,
    })  # fmt: skip
    work.record(0, "settlement.designated", one.institution_id, since=one.since, until=one.until, level=one.level)  # fmt: skip

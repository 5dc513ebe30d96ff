"""Everything that writes about outlets."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path

from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.errors import InstitutionsRefused
from shebaoka.registry.institutions.model import COUNTERS
from shebaoka.registry.outlets import store
from shebaoka.registry.outlets.model import WAITING_MAX, OtherDay, OutletsRead, Profile
from shebaoka.registry.outlets.reading import read


async def import_outlets(work: Work, folder: Path) -> OutletsRead:
    """Take in outlets.csv and outlet_days.csv of a folder (columns: README), each if it is there; after the institutions.

    This function will write what is new or changed and nothing else. It raises InstitutionsRefused with every fault by
    file, row and column, and then nothing was taken in.
    """
    known = {one.code: one for one in await institutions.of_kind(work, *COUNTERS)}
    files = await asyncio.to_thread(read, folder, known)
    if files.faults:
        raise InstitutionsRefused(sorted(files.faults, key=lambda fault: (fault.file, fault.row)))
    profiles, days = files.profiles or [], files.other_days or []
    result = OutletsRead(
        len(profiles), await _write_profiles(work, profiles),
        len(days), 0 if files.other_days is None else await _write_days(work, days),
    )  # fmt: skip
    if result.outlets_changed or result.days_changed:
        work.record(0, "outlets.imported", "outlets", **asdict(result))
    return result


async def note_waiting(work: Work, institution_id: int, waiting: int) -> None:
    """Note how many people wait at an outlet now (0 to 999); NotFound for whatever is no outlet."""
    assert 0 <= waiting <= WAITING_MAX
    outlet = await institutions.by_id(work, institution_id)
    if outlet is None or outlet.kind not in COUNTERS:
        raise NotFound(f"outlet {institution_id}")
    await store.note_waiting(work, institution_id, waiting)
    work.record(0, "outlet.waiting_noted", institution_id, waiting=waiting)


async def _write_profiles(work: Work, wanted: list[Profile]) -> int:
    present = await store.profiles(work, [one.institution_id for one in wanted])
    changed = [one for one in wanted if present.get(one.institution_id) != one]
    if changed:
        await store.put_profiles(work, changed)
    return len(changed)


async def _write_days(work: Work, wanted: list[OtherDay]) -> int:
    differing = await store.other_days(work) ^ set(wanted)
    if differing:
        await store.rewrite_other_days(work, wanted)
    return len({(one.institution_id, one.on_day) for one in differing})

"""Everything that reads what is known of card keys: never a key, except to hold it against its check value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shebaoka.keys import recording
from shebaoka.keys.hierarchy import check_value
from shebaoka.keys.model import (
    STEP,
    CeremonyRow,
    HandedOut,
    Kind,
    Made,
    Record,
    Used,
    Version,
    component_name,
    key_name,
)
from shebaoka.keys.states import VERSION_NEXT
from shebaoka.keys.store import SQL
from shebaoka.keys.using import Keys
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work

ROWS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Overview:
    """All versions with their keys' check values and uses, what the bureau has, and ceremonies, newest first."""

    versions: Sequence[Version]
    keys: Sequence[Made]
    uses: Sequence[Used]
    hand_outs: Sequence[HandedOut]
    ceremonies: Sequence[CeremonyRow]


async def overview(work: Work, rows_max: int = ROWS_MAX) -> Overview:
    """Give what there is; of hand-outs and ceremonies at most so many."""
    bound = {"rows_max": min(rows_max, ROWS_MAX)}
    return Overview(
        await work.rows(SQL["versions"], {}, Version),
        await work.rows(SQL["keys"], {}, Made),
        await work.rows(SQL["uses"], {"day": work.present_day}, Used),
        await work.rows(SQL["hand_outs"], bound, HandedOut),
        await work.rows(SQL["ceremonies"], bound, CeremonyRow),
    )


async def known(work: Work, algorithm: int, version: int) -> bool:
    """Tell whether the city has, or had, keys of a version."""
    return await work.row(SQL["version"], {"algorithm": algorithm, "version": version}, Version) is not None


def possible(version: Version) -> list[Kind]:
    """Give the ceremonies that a version may go through now."""
    return [kind for kind, step in STEP.items() if (version.status, step) in VERSION_NEXT]


async def ceremony(work: Work, ceremony_id: int) -> tuple[CeremonyRow, Sequence[Record]]:
    """Give a ceremony with its records. NotFound."""
    asked = {"ceremony_id": ceremony_id}
    found = await work.row(SQL["ceremony"], asked, CeremonyRow)
    if found is None:
        raise NotFound(f"{ceremony_id}")
    return found, await work.rows(SQL["records_of"], asked, Record)


async def findings(work: Work, keys: Keys) -> list[str]:
    """Hold store, tables and records against each other; give what is wrong, a sentence each. CardKeysClosed."""
    made = await work.rows(SQL["keys"], {}, Made)
    opened = await work.rows(SQL["open_ceremonies"])
    named = {key_name(one.algorithm, one.version, one.level, one.number): one for one in made}
    known = {*named, *(component_name(row[0]) for row in opened)}
    names = await keys.store.names()
    held = await keys.store.read(names)
    wrong = [
        f"缺少密钥 · a key is missing: {name}"
        if name not in held
        else f"密钥校验值不符 · a key has another check value: {name}"
        for name, one in named.items()
        if name not in held or check_value(one.algorithm, held[name]) != one.check_value
    ]
    # What a crash left behind counts as nothing, and the ceremony that made it replaces it.
    wrong += [
        f"密钥库中有未登记的内容 · the store holds what nobody knows of: {name}"
        for name in names
        if name not in known
    ]
    broken = recording.broken(await work.rows(SQL["records"], {}, Record))
    if broken:
        wrong.append(f"密钥记录的链断在 · the chain of records is broken at {broken.record_id}")
    return wrong

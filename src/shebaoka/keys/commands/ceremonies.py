"""Ceremonies: one key officer opens, another approves, and only then does anything happen to a key."""

from __future__ import annotations

from datetime import timedelta

from shebaoka.keys import recording
from shebaoka.keys.commands.making import carry_out, checked
from shebaoka.keys.errors import (
    CardKeysClosed,
    CeremonyUnderWay,
    ComponentNeeded,
    NoCardKeys,
    SecondOfficerNeeded,
)
from shebaoka.keys.model import (
    COMPONENT,
    STEP,
    Asked,
    CeremonyRow,
    Component,
    Kind,
    Level,
    Version,
    component_name,
)
from shebaoka.keys.states import CEREMONY_NEXT, VERSION_NEXT, Act, Ceremony, KeySet, after
from shebaoka.keys.store import SQL
from shebaoka.keys.using import Keys
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.ids import first_of
from shebaoka.kit.problems import NotFound
from shebaoka.kit.violations import VIOLATIONS, constraint
from shebaoka.kit.work import Work
from shebaoka.registry.programme.views import load

MAKES = {Kind.GENERATE, Kind.IMPORT}
TOPS = {Level.ROOT, Level.CITY}


async def begin(work: Work, keys: Keys, asked: Asked) -> CeremonyRow:
    """Open a ceremony; of an import the opener's component goes into the store at once, sealed.

    Raises CeremonyUnderWay, TransitionRefused where the version is not that far, NoCardKeys for a version that is not,
    ComponentNeeded and CheckValueDiffers of an import, and CardKeysClosed.
    """
    versions = await work.rows(SQL["hold_versions"], {"algorithm": asked.algorithm}, Version)
    version = _version_of(asked, versions)
    top = _top(asked)
    custody = (await load(work)).card_key_custody(work.present_day)
    ceremony_id = work.ids.one()
    try:
        await work.run(SQL["open_ceremony"], {
            "ceremony_id": ceremony_id, "kind": asked.kind, "algorithm": asked.algorithm, "version": version, "top": top,
            "expected": asked.expected or None, "reason": asked.reason, "opened_by": work.actor.name, "now": work.now,
            "lapses_at": work.now + timedelta(hours=custody.approve_hours),
        })  # fmt: skip
    except VIOLATIONS as error:
        if constraint(error) == "card_key_ceremony_one_open":
            raise CeremonyUnderWay(f"{asked.algorithm:02X}") from error
        raise
    if asked.component:
        part = checked(asked.algorithm, asked.component)
        await keys.store.put({component_name(ceremony_id): part})
    elif closed := await keys.store.closed_because():
        raise CardKeysClosed(closed)
    await recording.add(work, "ceremony_opened", {
        "kind": asked.kind, "algorithm": asked.algorithm, "version": version, "top": top, "reason": asked.reason,
        "expected": asked.expected.hex().upper() or None,
        "component": asked.component.check.hex().upper() if asked.component else None,
    }, ceremony_id)  # fmt: skip
    return await _held(work, ceremony_id)


async def approve(
    work: Work, keys: Keys, ceremony_id: int, component: Component | None = None
) -> CeremonyRow:
    """Approve another officer's ceremony, and carry it out; of an import with the approver's own component.

    Raises SecondOfficerNeeded, TransitionRefused (also when its time is over), ComponentNeeded, CheckValueDiffers, CardKeysClosed,
    NotFound.
    """
    ceremony = await _held(work, ceremony_id)
    lapsed = ceremony.status == Ceremony.OPENED and ceremony.lapses_at <= work.now
    closed = after(CEREMONY_NEXT, Ceremony.LAPSED if lapsed else ceremony.status, Act.APPROVE)
    if ceremony.opened_by == work.actor.name:
        raise SecondOfficerNeeded
    if (component is not None) != (ceremony.kind == Kind.IMPORT):
        raise ComponentNeeded
    checks = await carry_out(work, keys, ceremony, component)
    await _close(work, ceremony, closed)
    await recording.add(work, "ceremony_approved", {
        "kind": ceremony.kind, "algorithm": ceremony.algorithm, "version": ceremony.version, "checks": checks,
        "opened_by": ceremony.opened_by, "component": component.check.hex().upper() if component else None,
    }, ceremony_id)  # fmt: skip
    return await _held(work, ceremony_id)


async def withdraw(work: Work, keys: Keys, ceremony_id: int) -> CeremonyRow:
    """Take a ceremony back: its opener's right, and any other officer's who does not approve. TransitionRefused, NotFound."""
    return await _give_up(work, keys, await _held(work, ceremony_id), Act.WITHDRAW)


async def lapse_due(database: Database, keys: Keys) -> int:
    """Let ceremonies lapse that nobody approved in time, and forget components that a crash left behind."""
    async with database.work(SYSTEM) as work:
        due = [row[0] for row in await work.rows(SQL["lapsed"], {"now": work.now})]
    for ceremony_id in due:
        async with database.work(SYSTEM) as work:
            ceremony = await _held(work, ceremony_id)
            if ceremony.status == Ceremony.OPENED:
                await _give_up(work, keys, ceremony, Act.LAPSE)
    if not await keys.store.closed_because():
        async with database.work(SYSTEM) as work:
            await _forget_stray(work, keys)
    return len(due)


async def _forget_stray(work: Work, keys: Keys) -> None:
    """Forget components of ceremonies that are not open. One that is only just being opened is younger than the hour."""
    opened = {component_name(row[0]) for row in await work.rows(SQL["open_ceremonies"])}
    youngest = first_of(work.now - timedelta(hours=1))
    stray = [
        name
        for name in await keys.store.names()
        if name.startswith(COMPONENT) and name not in opened and int(name.removeprefix(COMPONENT)) < youngest
    ]
    if stray:
        await keys.store.forget(stray)


async def _give_up(work: Work, keys: Keys, ceremony: CeremonyRow, act: Act) -> CeremonyRow:
    closed = after(CEREMONY_NEXT, ceremony.status, act)
    await _close(work, ceremony, closed)
    if ceremony.kind == Kind.IMPORT:
        await keys.store.forget([component_name(ceremony.ceremony_id)])
    await recording.add(work, f"ceremony_{closed}", {"kind": ceremony.kind}, ceremony.ceremony_id)
    return await _held(work, ceremony.ceremony_id)


async def _close(work: Work, ceremony: CeremonyRow, closed: Ceremony) -> None:
    await work.run(SQL["close_ceremony"], {
        "ceremony_id": ceremony.ceremony_id, "status": closed, "closed_by": work.actor.name, "now": work.now,
    })  # fmt: skip


async def _held(work: Work, ceremony_id: int) -> CeremonyRow:
    found = await work.row(SQL["hold_ceremony"], {"ceremony_id": ceremony_id}, CeremonyRow)
    if found is None:
        raise NotFound(f"{ceremony_id}")
    return found


def _version_of(asked: Asked, versions: list[Version]) -> int:
    if asked.kind in MAKES:
        return max((one.version for one in versions), default=0) + 1
    found = next((one for one in versions if one.version == asked.version), None)
    if found is None:
        raise NoCardKeys(f"{asked.algorithm:02X}/{asked.version}")
    after(VERSION_NEXT, KeySet(found.status), STEP[asked.kind])
    return found.version


def _top(asked: Asked) -> Level | None:
    """Give which key a ceremony makes; ComponentNeeded where an import lacks what it needs, or another has it."""
    if (asked.kind == Kind.IMPORT) != bool(asked.component and asked.expected and asked.top in TOPS):
        raise ComponentNeeded
    return {Kind.GENERATE: Level.ROOT, Kind.IMPORT: asked.top}.get(asked.kind)

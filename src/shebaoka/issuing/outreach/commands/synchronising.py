"""What devices captured without a network comes in: each item once, in its own transaction, and nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import structlog

from shebaoka.issuing.outreach import states, views
from shebaoka.issuing.outreach.clashing import clash, misplaced, not_now, to_be_held
from shebaoka.issuing.outreach.errors import CaptureFailed, DeviceRefused
from shebaoka.issuing.outreach.finding import holder_of, meanwhile
from shebaoka.issuing.outreach.model import Captured, CarryOut, Device, Item, Result, place_of_capture
from shebaoka.issuing.outreach.staffing import employers_of
from shebaoka.issuing.outreach.states import CAPTURE, Capture, CaptureAction, after
from shebaoka.issuing.outreach.store import SQL
from shebaoka.kit.actor import Actor
from shebaoka.kit.database import Database
from shebaoka.kit.problems import Problem
from shebaoka.kit.requests import RequestKeyReused
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.staff import passwords
from shebaoka.registry.staff import views as staff

LOCK_WAIT_MS: Final = 4_000
"""An item that waits longer for somebody else is left on its device, and brought again."""
log = structlog.get_logger()


class _Held(Exception):  # noqa: N818 - no error: somebody is to look at the item first
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Batch:
    """What all items of a call share."""

    database: Database
    actor: Actor
    programme: Programme
    device: Device
    outlet: Institution
    carry_out: CarryOut


async def synchronise(
    database: Database,
    actor: Actor,
    programme: Programme,
    device_id: int,
    secret: str,
    items: Sequence[Item],
    carry_out: CarryOut,
) -> list[Result]:
    """Take in what a device of the actor's outlet has captured, in the order in which it was captured.

    This function will give a result for every item in its place, and keep each that is not applied, for a person to work
    off. Killed at any moment and called again it comes to the same. Raises DeviceRefused, and then nothing is taken in.
    """
    batch = await _admitted(database, actor, programme, device_id, secret, carry_out)
    results: dict[int, Result] = {}
    for place in sorted(range(len(items)), key=lambda place: items[place].sequence):
        results[place] = await _take(batch, items[place])
    return [results[place] for place in range(len(items))]


async def _admitted(
    database: Database, actor: Actor, programme: Programme, device_id: int, secret: str, carry_out: CarryOut
) -> _Batch:
    async with database.work(actor) as work:
        device = await views.device(work, device_id)
        outlet = await institutions.by_id(work, device.outlet_id) if device else None
        own = outlet in await views.outlets_of(work)
        secret_hash = await work.value(SQL["secret_of"], {"device_id": device_id}) if own else None
    # Outside the transaction: it takes long on purpose.
    if not await passwords.matches(secret_hash, secret) or device is None or outlet is None:
        async with database.work(actor) as work:
            work.record(0, "device.refused", device_id)
        raise DeviceRefused
    return _Batch(database, actor, programme, device, outlet, carry_out)


async def _take(batch: _Batch, item: Item) -> Result:
    try:
        return await _applied_or_kept(batch, item)
    except RequestKeyReused as problem:
        return Result(item.request_key, Capture.REFUSED, reason=problem.slug, problem=problem.document())
    except Problem as problem:
        return Result(item.request_key, None, problem=problem.document())
    except Exception:  # one item's bug must not keep the others on the device
        log.exception("capture.failed", device=batch.device.device_id, kind=item.kind)
        return Result(item.request_key, None, problem=CaptureFailed().document())


async def _applied_or_kept(batch: _Batch, item: Item) -> Result:
    kept: tuple[CaptureAction, str, Problem | None]
    try:
        return await _apply(batch, item)
    except _Held as held:
        kept = CaptureAction.HOLD, held.reason, None
    except Problem as problem:
        if not_now(problem) or isinstance(problem, RequestKeyReused):
            raise
        reason = clash(problem, item.kind)
        kept = CaptureAction.CLASH if reason else CaptureAction.REFUSE, reason or problem.slug, problem
    return await _keep(batch, item, *kept)


async def _apply(batch: _Batch, item: Item) -> Result:
    """Claim the key, do what the item says, and note what came of it: all of it, or nothing."""
    async with batch.database.work(batch.actor, lock_wait_ms=LOCK_WAIT_MS) as work:
        capture_id = work.ids.one()
        holder_id = await holder_of(work, item)
        row = _row(work, batch, item, capture_id, holder_id)
        status = after(CAPTURE, Capture.CAPTURED, CaptureAction.APPLY)
        if not await work.run(SQL["claim"], {**row, "status": str(status)}):
            return await _known(work, batch, item, row["digest"])
        await _check(work, batch, item, holder_id)
        work.judge_by(min(item.day, work.present_day))
        answer = await batch.carry_out(work, item, batch.outlet, batch.device.device_id)
        key = {"device_id": batch.device.device_id, "request_key": item.request_key}
        await work.run(SQL["answered"], {**key, "answer": msgspec.json.encode(answer).decode()})
        _note(work, batch, item, capture_id, holder_id, status, None)
        return Result(item.request_key, status, capture_id=capture_id, answer=answer)


async def _check(work: Work, batch: _Batch, item: Item, holder_id: int | None) -> None:
    device = states.Device(
        await work.value(SQL["device_status"], {"device_id": batch.device.device_id})
    )  # held until the end: once somebody was told that it is blocked, nothing of it is applied
    member = await staff.staff_member(work, item.staff_id)
    terms = batch.programme.capture_terms(work.today)
    outlets = employers_of(batch.outlet)
    reason = to_be_held(item, device, terms, work.now, member, outlets)
    if reason is None:
        site = await views.site(work, item.site_id) if item.site_id is not None else None
        visit = await views.find_visit(work, item.visit_id) if item.visit_id is not None else None
        reason = misplaced(item, site, visit, holder_id, batch.outlet.institution_id)
    if reason is not None:
        raise _Held(reason)


async def _keep(
    batch: _Batch, item: Item, action: CaptureAction, reason: str, problem: Problem | None
) -> Result:  # fmt: skip
    """Keep an item that was not applied, sealed, with what had happened meanwhile, for a person to work off."""
    async with batch.database.work(batch.actor, lock_wait_ms=LOCK_WAIT_MS) as work:
        capture_id = work.ids.one()
        holder_id = await holder_of(work, item)
        status = after(CAPTURE, Capture.CAPTURED, action)
        theirs = await meanwhile(work, item, holder_id) if action is CaptureAction.CLASH else {}
        document = problem.document() if problem else {}
        row = _row(work, batch, item, capture_id, holder_id) | {
            "status": str(status), "reason": reason, "answer": msgspec.json.encode(document).decode(),
            "theirs": msgspec.json.encode(theirs).decode(),
            "sealed": work.vault.seal(msgspec.json.encode(item.content), place_of_capture(capture_id)),
        }  # fmt: skip
        if not await work.run(SQL["claim"], row):
            return await _known(work, batch, item, row["digest"])
        _note(work, batch, item, capture_id, holder_id, status, reason)
    return Result(
        item.request_key, status, capture_id=capture_id, reason=reason, theirs=theirs, problem=document or None
    )  # fmt: skip


async def _known(work: Work, batch: _Batch, item: Item, digest: bytes) -> Result:
    """Give what came of an item that was brought before; RequestKeyReused where the device now says something else."""
    key = {"device_id": batch.device.device_id, "request_key": item.request_key}
    if bytes(await work.value(SQL["known_digest"], key)) != digest:
        raise RequestKeyReused
    found = await work.row(SQL["known"], key, Captured)
    assert found, "a claimed key has a row"
    return result_of(found, again=True)


def result_of(found: Captured, *, again: bool = False) -> Result:
    """Give what came of an item, from what was kept of it."""
    applied = found.status == Capture.APPLIED
    return Result(
        found.request_key, Capture(found.status), again, found.capture_id, found.reason,
        answer=found.answer if applied else None, theirs=found.theirs or None,
        problem=None if applied else found.answer or None,
    )  # fmt: skip


def _row(work: Work, batch: _Batch, item: Item, capture_id: int, holder_id: int | None) -> dict[str, Any]:
    said: Mapping[str, Any] = msgspec.to_builtins(item)
    return {
        "device_id": batch.device.device_id, "request_key": item.request_key, "capture_id": capture_id,
        "sequence": item.sequence, "kind": item.kind, "outlet_id": batch.outlet.institution_id, "staff_id": item.staff_id,
        "site_id": item.site_id, "visit_id": item.visit_id, "holder_id": holder_id, "captured_at": item.noted_at,
        "now": work.now, "digest": work.vault.digest("capture", msgspec.json.encode(said, order="sorted").decode()),
        "reason": None, "answer": "{}", "theirs": "{}", "sealed": None,
    }  # fmt: skip


def _note(
    work: Work, batch: _Batch, item: Item, capture_id: int, holder_id: int | None, status: Capture, reason: str | None
) -> None:  # fmt: skip
    work.record(
        holder_id or 0, f"capture.{status}", capture_id, kind=item.kind, reason=reason, captured_at=item.noted_at,
        captured_by=item.staff_id, device_id=batch.device.device_id, site_id=item.site_id, visit_id=item.visit_id,
    )  # fmt: skip

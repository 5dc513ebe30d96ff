"""A person works off what could not be applied: does it after all, or lays it aside and says why."""

from __future__ import annotations

from typing import Any

import msgspec

from shebaoka.issuing.outreach import views
from shebaoka.issuing.outreach.model import Captured, CarryOut, Item
from shebaoka.issuing.outreach.states import CAPTURE, Capture, CaptureAction, after
from shebaoka.issuing.outreach.store import SQL
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions


async def accept(work: Work, capture_id: int, carry_out: CarryOut) -> Captured:
    """Do what an item says, by the rules of the day on which it was captured and as things stand now.

    This function will raise what a counter would: while something stands against it, the item stays as it is. NotFound,
    TransitionRefused.
    """
    one = await _locked(work, capture_id)
    status = after(CAPTURE, Capture(one.status), CaptureAction.APPLY)
    item = Item(
        one.request_key, one.sequence, one.kind, one.captured_at, one.staff_id, await views.content(work, one), one.site_id,
        one.visit_id,
    )  # fmt: skip
    outlet = await institutions.by_id(work, one.outlet_id)
    assert outlet, "a device's outlet is an institution"
    work.judge_by(min(item.day, work.present_day))
    answer = await carry_out(work, item, outlet, one.device_id)
    return await _settled(work, one, status, answer, None)


async def discard(work: Work, capture_id: int, why: str) -> Captured:
    """Lay an item aside for good, with the reason; what was captured is gone then. NotFound, TransitionRefused."""
    one = await _locked(work, capture_id)
    status = after(CAPTURE, Capture(one.status), CaptureAction.DISCARD)
    return await _settled(work, one, status, one.answer, why)


async def _locked(work: Work, capture_id: int) -> Captured:
    seen = await views.captured(work, capture_id)
    key = {"device_id": seen.device_id, "request_key": seen.request_key}
    found = await work.row(SQL["lock_capture"], key, Captured)
    if found is None:
        raise NotFound(f"离线记录 captured item {capture_id}")
    return found


async def _settled(work: Work, one: Captured, status: Capture, answer: Any, why: str | None) -> Captured:
    written = await work.run(SQL["settle"], {
        "device_id": one.device_id, "request_key": one.request_key, "version": one.version, "status": str(status),
        "answer": msgspec.json.encode(answer).decode(), "now": work.now, "settled_by": work.actor.name,
        "settled_why": why,
    })  # fmt: skip
    assert written == 1, "the item is locked"
    work.record(
        one.holder_id or 0, f"capture.{status}", one.capture_id, kind=one.kind, was=one.status, why=why,
        captured_by=one.staff_id, device_id=one.device_id,
    )  # fmt: skip
    return await views.captured(work, one.capture_id)

"""How a visit went: told online by the outlet, or captured on a device and brought later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from shebaoka.issuing.outreach import states
from shebaoka.issuing.outreach.commands.changing import leave, locked, place_of, saved
from shebaoka.issuing.outreach.errors import VisitPlannedAnew
from shebaoka.issuing.outreach.model import Told, Visit
from shebaoka.issuing.outreach.states import VISIT, VisitAction, after, before
from shebaoka.kit.work import Work
from shebaoka.registry.programme.programme import Programme


async def settle(
    work: Work, programme: Programme, visit_id: int, told: Told, *, correcting: bool = False
) -> Visit:  # fmt: skip
    """Note that a visit was made, or that nobody was met; after as many tries as the rules allow it is given up.

    `correcting`: a person has found out that it was done, whatever was noted before. This function will tell the person of
    a visit at which nobody was met. Raises NotFound, VisitPlannedAnew, TransitionRefused.
    """
    visit = await locked(work, visit_id)
    action = _action(
        visit, told, programme.visit_terms(work.today, represented=visit.represented).tries, correcting
    )
    status = after(VISIT, states.Visit(visit.status), action)
    settled = replace(
        visit, status=status, outcome=_outcome(told), reason=None if told.outcome == "done" else told.reason
    )
    place = place_of(visit)
    if visit.status == states.Visit.PLANNED and place and place[1] > work.present_day:
        # Made before its day, or found to be done after it was planned anew: nobody goes there then.
        await leave(work, [place])
    if action in (VisitAction.MISS, VisitAction.GIVE_UP):
        assert visit.day, "a planned visit has its day"
        work.tell(visit.person_id, "visit.not_met", visit_id=visit_id, day=visit.day)
    return await saved(
        work, settled, f"visit.{status}", attempt=told.attempt, device_id=told.device_id, noted_at=told.at
    )  # fmt: skip


def _action(visit: Visit, told: Told, tries: int, correcting: bool) -> VisitAction:
    done = told.outcome == "done"
    if correcting and done:
        correctable = states.Visit(visit.status) in before(VISIT, VisitAction.CORRECT)
        return VisitAction.CORRECT if correctable else VisitAction.FINISH
    if visit.status == states.Visit.PLANNED and told.attempt != visit.attempt:
        raise VisitPlannedAnew(attempt=visit.attempt)
    if done:
        return VisitAction.FINISH
    return VisitAction.GIVE_UP if visit.attempt >= tries else VisitAction.MISS


def _outcome(told: Told) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins({
        "outcome": told.outcome, "at": told.at, "staff_id": told.staff_id, "device_id": told.device_id,
        "request_key": told.request_key,
    })  # fmt: skip
    return found

"""Calls: opened with a reason, put on a topic, ended. Every call belongs to a case, or makes one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from shebaoka.kit.work import Work
from shebaoka.registry.programme.model import HelpTopic
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.helpdesk import states, views
from shebaoka.service.helpdesk.commands.keeping import (
    call_and_case,
    check_agent,
    check_owner,
    locked_case,
    note,
    save_call,
    save_case,
)
from shebaoka.service.helpdesk.model import Call, Case, case_number
from shebaoka.service.helpdesk.states import CaseAction
from shebaoka.service.helpdesk.store import SQL

TRIES_MAX: Final = 20
"""So often a case's number is drawn: that as many are another one's would take a city full of cases."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A call comes in. `reason`: what it is about, for the audit log, without anything personal.

    `case_number`: of the case that the caller speaks of. `caller_number`: the caller's own; only a digest is kept of it.
    """

    reason: str
    topic: HelpTopic = "other"
    case_number: str | None = None
    caller_number: str | None = None


async def open_call(work: Work, programme: Programme, opening: Opening) -> tuple[Call, Case]:
    """Open a call at the actor's line; this function will make a case, or go on with the one whose number is said.

    A case that was resolved is opened again. NotFound for a number that is no case's, or not within a bank's reach.
    """
    if opening.case_number is None:
        case = await _new_case(work, programme, opening)
        await note(work, case, "opened", topic=case.topic)
    else:
        known = await views.by_number(work, opening.case_number)
        case = await locked_case(work, known.case_id, any_line=True)
        case = await _called_again(work, programme, case)
    call_id = work.ids.one()
    digest = work.vault.digest("caller", opening.caller_number) if opening.caller_number else None
    await add_call(work, Call(
        call_id, case.case_id, work.actor.organisation_id, work.actor.name, states.Call.OPEN, case.topic, "anonymous",
        None, None, digest, None, opening.reason, work.now, None, 1,
    ))  # fmt: skip
    return await views.call_by_id(work, call_id), case


async def add_call(work: Work, call: Call) -> None:
    """Write a new call."""
    await work.run(SQL["add_call"], {
        "call_id": call.call_id, "case_id": call.case_id, "line_id": call.line_id, "agent": call.agent,
        "status": call.status, "topic": call.topic, "level": call.level, "holder_id": call.holder_id,
        "caller_id": call.caller_id, "number_digest": call.number_digest, "came_from": call.came_from,
        "reason": call.reason, "now": work.now,
    })  # fmt: skip


async def set_topic(work: Work, programme: Programme, call_id: int, topic: HelpTopic) -> Case:
    """Put a call, and its case where the line has it, on a topic; the day it is due follows the topic's rule."""
    call, case = await call_and_case(work, call_id)
    states.after_call(call.status, states.CallAction.END)  # Only while the caller is there.
    check_owner(work, case)
    await save_call(work, replace(call, topic=topic))
    due_on = due(programme, topic, case.opened_at.astimezone(work.now.tzinfo).date())
    case = await save_case(work, replace(case, topic=topic, due_on=max(due_on, work.today)))
    await note(work, case, "topic_set", topic=topic)
    return case


async def end_call(work: Work, call_id: int, *, resolved: bool, text: str | None = None) -> tuple[Call, Case]:
    """End a call; `resolved`: what the caller wanted is done, by the line that has the case.

    Raises NotFound, TransitionRefused, CaseOfAnotherLine, CaseTaken.
    """
    call, case = await call_and_case(work, call_id)
    ended = replace(call, status=states.after_call(call.status, states.CallAction.END), ended_at=work.now)
    await save_call(work, ended)
    await note(work, case, "call_ended", text, resolved=resolved)
    if resolved:
        check_agent(work, case)
        case = await resolve(work, case)
    return ended, case


async def resolve(work: Work, case: Case, text: str | None = None) -> Case:
    """Resolve a case that is held."""
    status = states.after_case(case.status, CaseAction.RESOLVE)
    case = await save_case(
        work, replace(case, status=status, waiting_for=None, resolved_at=work.now, escalated_at=None)
    )
    await note(work, case, "resolved", text)
    return case


def due(programme: Programme, topic: HelpTopic, since: date) -> date:
    """Give the day by which a case of a topic is to be resolved."""
    return since + timedelta(days=programme.help_due_days(topic, since))


async def _new_case(work: Work, programme: Programme, opening: Opening) -> Case:
    due_on = due(programme, opening.topic, work.today)
    for _ in range(TRIES_MAX):
        case_id = work.ids.one()
        added = await work.run(SQL["add_case"], {
            "case_id": case_id, "number": case_number(case_id), "topic": opening.topic, "reason": opening.reason,
            "line_id": work.actor.organisation_id, "agent": work.actor.name, "due_on": due_on, "now": work.now,
        })  # fmt: skip
        if added:
            return await locked_case(work, case_id)
    raise AssertionError("a case's number was another one's twenty times")


async def _called_again(work: Work, programme: Programme, case: Case) -> Case:
    line = work.actor.organisation_id
    reach = case.reach if line in case.reach else [*case.reach, line]
    case = replace(case, calls=case.calls + 1, reach=reach)
    again = case.status not in states.LIVE
    if again:
        case = reopened(programme, case, work)
    case = await save_case(work, case)
    await note(work, case, "called_again", reopened=again)
    return case


def reopened(programme: Programme, case: Case, work: Work) -> Case:
    """Give a case that is open again: it is due anew from today."""
    status = states.after_case(case.status, CaseAction.REOPEN)
    return replace(case, status=status, resolved_at=None, due_on=due(programme, case.topic, work.today))

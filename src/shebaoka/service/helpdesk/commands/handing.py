"""Warm hand-overs: the case goes to the line that owns its topic, with its story and the caller; and never in circles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Literal

from shebaoka.cards import views as cards
from shebaoka.issuing.applications import views as applications
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import BANK, BANK_HOTLINE, HOTLINE, Institution
from shebaoka.registry.programme.model import HelpTopic
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load
from shebaoka.service.helpdesk import states, views
from shebaoka.service.helpdesk.commands.calling import add_call, due
from shebaoka.service.helpdesk.commands.keeping import (
    check_agent,
    locked_call,
    locked_case,
    note,
    save_call,
    save_case,
)
from shebaoka.service.helpdesk.errors import (
    CaseOfAnotherLine,
    HandoverInCircles,
    HandoverLapsed,
    HandoverNotNeeded,
    LineNotHere,
)
from shebaoka.service.helpdesk.lines import line_of, owner
from shebaoka.service.helpdesk.model import Call, Case, Handover, Lapsed
from shebaoka.service.helpdesk.states import CaseAction, HandoverAction
from shebaoka.service.helpdesk.store import SQL

CASES_AT_ONCE: Final = 500
Circle = Literal["had_it", "often_enough", "decided"]
Settling = Literal["decline", "recall"]
CIRCLES: Final = {
    "had_it": ("该热线已经办理过", "the line has had the case already"),
    "often_enough": ("转接次数已到上限", "the case was handed over often enough"),
    "decided": ("卡中心已裁定归属", "the card centre has decided whose it is"),
}


@dataclass(frozen=True, slots=True)
class Leaving:
    """A case is to go to the line that owns a topic. `story`: what the caller told, so that nobody must tell it again.

    `bank`: the code of the bank, for the financial function of somebody whose card is not known.
    """

    case_id: int
    topic: HelpTopic
    story: str
    bank: str | None = None


async def hand_over(work: Work, programme: Programme, leaving: Leaving) -> Handover:
    """Hand a case over, with the caller when the caller is on the line; the other line accepts it, or it comes back.

    Raises HandoverNotNeeded, HandoverInCircles, LineNotHere, CaseOfAnotherLine, CaseTaken, NotFound, TransitionRefused.
    """
    case = await locked_case(work, leaving.case_id)
    check_agent(work, case)
    status = states.after_case(case.status, CaseAction.HAND_OVER)
    if await work.row(SQL["pending_of_case"], {"case_id": case.case_id}, Handover):
        raise TransitionRefused("pending → hand_over", was="pending", action="hand_over")
    line = await _receiving(work, programme, case, leaving)
    _check_circle(programme, case, line, work)
    call = await work.row(SQL["live_call"], {"case_id": case.case_id, "line_id": case.line_id}, Call)
    if call is not None:
        await _leave(work, call)
    desk = programme.help_desk(work.today)
    handover_id = work.ids.one()
    await work.run(SQL["add_handover"], {
        "handover_id": handover_id, "case_id": case.case_id, "call_id": call.call_id if call else None,
        "from_line": case.line_id, "to_line": line.institution_id, "topic": leaving.topic, "now": work.now,
        "accept_by": work.now + timedelta(minutes=desk.accept_minutes),
    })  # fmt: skip
    reach = case.reach if line.institution_id in case.reach else [*case.reach, line.institution_id]
    case = await save_case(
        work, replace(case, status=status, waiting_for=None, topic=leaving.topic, reach=reach)
    )
    await note(
        work, case, "handed_over", leaving.story, to=line.code, topic=leaving.topic, caller=call is not None
    )
    return await views.handover_by_id(work, handover_id)


async def accept(work: Work, programme: Programme, handover_id: int) -> tuple[Case, Call | None]:
    """Accept a hand-over: the case is the actor's, and so is the call, with what the caller was known by.

    Raises HandoverLapsed, NotFound, TransitionRefused, CaseOfAnotherLine.
    """
    handover, case = await _settled(work, handover_id, HandoverAction.ACCEPT)
    if handover.to_line != work.actor.organisation_id:
        raise CaseOfAnotherLine(owner=str(handover.to_line))
    if work.now > handover.accept_by:
        raise HandoverLapsed
    case = await save_case(work, replace(
        case, line_id=handover.to_line, agent=work.actor.name, handovers=case.handovers + 1, escalated_at=None,
        owners=[*case.owners, handover.to_line], due_on=min(case.due_on, due(programme, case.topic, work.today)),
    ))  # fmt: skip
    await note(work, case, "accepted", came_from=handover.from_line)
    return case, await _goes_on(work, handover)


async def settle(work: Work, handover_id: int, how: Settling, text: str | None = None) -> Case:
    """Decline a hand-over (the receiving line) or take it back (the line before); the case is where it was.

    Raises NotFound, TransitionRefused, CaseOfAnotherLine.
    """
    handover, case = await _settled(work, handover_id, HandoverAction(how))
    whose = handover.to_line if how == "decline" else handover.from_line
    if whose != work.actor.organisation_id:
        raise CaseOfAnotherLine(owner=str(whose))
    escalated = work.now if how == "decline" else case.escalated_at
    return await _came_back(
        work,
        handover,
        replace(case, escalated_at=escalated),
        "declined" if how == "decline" else "recalled",
        text,
    )


async def decide(work: Work, case_id: int, line_code: str, text: str) -> Case:
    """Say whose a case is, for good (the card centre); whatever hand-over it is in is taken back.

    Raises NotFound (no such line, or none that is a hotline), TransitionRefused.
    """
    line = await institutions.by_code(work, line_code)
    if line is None or line.kind not in {HOTLINE, BANK_HOTLINE}:
        raise NotFound(f"热线 line {line_code}")
    case = await locked_case(work, case_id)
    status = states.after_case(case.status, CaseAction.DECIDE)
    pending = await work.row(SQL["pending_of_case"], {"case_id": case_id}, Handover)
    if pending:
        await _settle(work, pending, HandoverAction.RECALL)
        await _call_back(work, pending)
    number = line.institution_id
    case = await save_case(work, replace(
        case, status=status, waiting_for=None, line_id=number, agent=case.agent if case.line_id == number else None,
        owners=case.owners if number in case.owners else [*case.owners, number],
        reach=case.reach if number in case.reach else [*case.reach, number], decided_at=work.now, escalated_at=None,
    ))  # fmt: skip
    await note(work, case, "decided", text, line=line.code)
    return case


async def note_circle(work: Work, case_id: int, why: Circle) -> None:
    """Note that a hand-over was refused because it would have gone round, and ask the card centre to look."""
    case = await locked_case(work, case_id)
    if case.status not in states.LIVE:
        return
    case = await save_case(work, replace(case, escalated_at=case.escalated_at or work.now))
    await note(work, case, "loop_refused", why=why)


async def lapse_due(database: Database, progress: Callable[[int], None] = lambda _: None) -> Lapsed:
    """Bring back hand-overs that nobody accepted in time, and close what was resolved long ago; safe to kill and to repeat."""
    done = Lapsed()
    while True:
        async with database.work(SYSTEM) as work:
            due_now = await work.rows(
                SQL["handovers_due"], {"now": work.now, "cases_max": CASES_AT_ONCE}, Handover
            )
            lapsed = [await _lapse(work, handover) for handover in due_now]
        done = replace(done, handovers_lapsed=done.handovers_lapsed + sum(lapsed))
        progress(sum(lapsed))
        if len(due_now) < CASES_AT_ONCE:
            break
    while closed := await _close_some(database):
        done = replace(done, cases_closed=done.cases_closed + closed)
        progress(closed)
    return done


async def _close_some(database: Database) -> int:
    async with database.work(SYSTEM) as work:
        before = work.now - timedelta(days=(await load(work)).help_desk(work.today).close_after_days)
        closed = await work.rows(
            SQL["close_resolved"], {"now": work.now, "before": before, "cases_max": CASES_AT_ONCE}
        )
        for case_id, _, _ in closed:
            await note(work, await locked_case(work, case_id), "closed")
        return len(closed)


async def _lapse(work: Work, found: Handover) -> bool:
    """Bring one back; this function will tell whether it was still pending once its case was held."""
    case = await locked_case(work, found.case_id)
    handover = await views.handover_by_id(work, found.handover_id)
    if handover.status != states.Handover.PENDING:
        return False
    await _settle(work, handover, HandoverAction.LAPSE)
    await _came_back(work, handover, replace(case, escalated_at=work.now), "lapsed")
    return True


async def _receiving(work: Work, programme: Programme, case: Case, leaving: Leaving) -> Institution:
    found = owner(programme, leaving.topic, work.today)
    bank_id = await _bank(work, case, leaving.bank) if found.own_bank else None
    line = await line_of(work, found, bank_id)
    if line is None:
        raise LineNotHere(found.number, number=found.number, topic=leaving.topic)
    if line.institution_id == case.line_id:
        raise HandoverNotNeeded(line.code)
    return line


async def _bank(work: Work, case: Case, code: str | None) -> int | None:
    """Give whose account it is: the bank that is named, else that of the holder's card, else of the application."""
    if code is not None:
        bank = await institutions.by_code(work, code)
        return bank.institution_id if bank and bank.kind == BANK else None
    if case.holder_id is None:
        return None
    held = (await cards.of_people(work, [case.holder_id])).get(case.holder_id, [])
    card = cards.meant(held, "new")
    if card is not None and card.bank_id is not None:
        return card.bank_id
    asked_for = await applications.of_person(work, case.holder_id)
    return asked_for[0].bank_id if asked_for else None


def _check_circle(programme: Programme, case: Case, line: Institution, work: Work) -> None:
    why: Circle | None = None
    if case.decided_at is not None:
        why = "decided"
    elif line.institution_id in case.owners:
        why = "had_it"
    elif case.handovers >= programme.help_desk(work.today).handovers_max:
        why = "often_enough"
    if why is not None:
        zh, en = CIRCLES[why]
        raise HandoverInCircles(f"{zh} · {en}", why=why)


async def _settled(work: Work, handover_id: int, action: HandoverAction) -> tuple[Handover, Case]:
    """Hold the case, then note what became of its hand-over: of two who answer at once one is refused."""
    found = await views.handover_by_id(work, handover_id)
    case = await locked_case(work, found.case_id)
    handover = await views.handover_by_id(work, handover_id)
    await _settle(work, handover, action)
    return handover, case


async def _settle(work: Work, handover: Handover, action: HandoverAction) -> None:
    status = states.after_handover(handover.status, action)
    named = {"handover_id": handover.handover_id, "status": status, "now": work.now}
    settled = await work.run(SQL["settle_handover"], named)
    assert settled == 1, "the case is locked"


async def _came_back(work: Work, handover: Handover, case: Case, kind: str, text: str | None = None) -> Case:
    await _call_back(work, handover)
    case = await save_case(work, case)
    await note(work, case, kind, text, to=handover.to_line)
    return case


async def _call_back(work: Work, handover: Handover) -> None:
    """Put the caller back to whoever had the call; the first agent stays on the line until somebody accepts."""
    if handover.call_id is None:
        return
    call = await work.row(
        SQL["lock_call"], {"call_id": handover.call_id, "everything": True, "line_id": 0}, Call
    )
    assert call, "a call stays"
    known = call.holder_id is not None
    action = states.CallAction.COME_BACK_KNOWN if known else states.CallAction.COME_BACK
    await save_call(work, replace(call, status=states.after_call(call.status, action), ended_at=None))


async def _leave(work: Work, call: Call) -> None:
    held = await locked_call(work, call.call_id)
    status = states.after_call(held.status, states.CallAction.HAND_OVER)
    await save_call(work, replace(held, status=status, ended_at=work.now))


async def _goes_on(work: Work, handover: Handover) -> Call | None:
    """Give the accepting line the call, as the line before had it: the caller need not be identified again."""
    if handover.call_id is None:
        return None
    before = await work.row(
        SQL["call_by_id"], {"call_id": handover.call_id, "everything": True, "line_id": 0}, Call
    )
    assert before, "a call stays"
    call_id = work.ids.one()
    status = states.Call.OPEN if before.holder_id is None else states.Call.IDENTIFIED
    await add_call(work, replace(
        before, call_id=call_id, line_id=work.actor.organisation_id, agent=work.actor.name, status=status,
        topic=handover.topic, came_from=before.call_id,
    ))  # fmt: skip
    return await views.call_by_id(work, call_id)

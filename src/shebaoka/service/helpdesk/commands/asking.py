"""Callers ask: answers from the rules of the day, and a person's timeline. Looks, each with its reason."""

from __future__ import annotations

from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.model import HelpLevel
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import facts_of
from shebaoka.service.helpdesk import states, timeline
from shebaoka.service.helpdesk.answers import Asker, answer
from shebaoka.service.helpdesk.commands.keeping import call_and_case, locked_case, note
from shebaoka.service.helpdesk.commands.losing import check_known
from shebaoka.service.helpdesk.errors import CallerNotKnownEnough
from shebaoka.service.helpdesk.model import Answer, Call, Case, Question, Timeline, enough
from shebaoka.service.helpdesk.store import SQL


async def answer_caller(
    work: Work, programme: Programme, call_id: int, question: Question, *, personal: bool
) -> Answer:
    """Answer a question for a caller: for anybody, or (`personal`) for the holder who is known well enough.

    This function will note in the case that it was answered, so that the next line need not do it again. Raises
    CallerNotKnownEnough, NotFound, TransitionRefused.
    """
    call, case = await call_and_case(work, call_id)
    if not personal:
        states.after_call(call.status, states.CallAction.END)  # Only while the caller is there.
        told = answer(programme, question, work.today)
    else:
        holder_id = check_known(work, programme, call, "own_answers")
        told = answer(programme, question, work.today, await _asker(work, programme, holder_id))
    await note(work, case, "answered", reason=call.reason, question=question, personal=personal)
    return told


async def see_timeline(work: Work, programme: Programme, case_id: int, reason: str) -> Timeline:
    """Give the timeline of the holder whom a case is about: to an agent with the caller on the line, else to the case's own.

    This function will record the look with its reason. Raises CallerNotKnownEnough, NotFound.
    """
    case = await locked_case(work, case_id)
    call = await work.row(SQL["live_call"], {"case_id": case_id, "line_id": work.actor.organisation_id}, Call)
    if call is not None:
        holder_id = check_known(work, programme, call, "timeline")
    else:
        holder_id = _known_before(work, programme, case)
    found = await timeline.of_person(work, programme, holder_id)
    await note(work, case, "timeline_seen", reason=reason, call=call is not None)
    return found


async def see_medical(work: Work, programme: Programme, call_id: int, reason: str) -> int:
    """Let an agent look at the medical accounts and bills of the holder who is on the line; gives whose they are.

    This function will record the look with its reason. Raises CallerNotKnownEnough, NotFound, TransitionRefused.
    """
    call, case = await call_and_case(work, call_id)
    holder_id = check_known(work, programme, call, "medical")
    await note(work, case, "medical_seen", reason=reason)
    return holder_id


def _known_before(work: Work, programme: Programme, case: Case) -> int:
    """Give the holder to the agent who works on the case, where its caller was known well enough when calling."""
    needed: HelpLevel = programme.help_need("timeline", work.today)
    if case.holder_id is None or case.agent != work.actor.name or not enough(case.level, needed):
        why = programme.rule("help_need", {"need": "timeline"}, work.today).reason
        raise CallerNotKnownEnough(
            f"{why.reason_zh} · {why.reason_en}", level=case.level, needed=needed, rule=why.rule_id
        )
    return case.holder_id


async def _asker(work: Work, programme: Programme, holder_id: int) -> Asker:
    person = (await people.by_ids(work, [holder_id]))[holder_id]
    facts = (await facts_of(work, [person], work.today))[holder_id]
    held = await timeline.cards_seen(work, holder_id)
    standing = await timeline.standing(work, programme, holder_id)
    return Asker(facts, tuple(held), tuple(standing))

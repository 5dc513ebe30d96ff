"""What agents do to a case: take it, note, wait, resolve, close, open it again. And what a death does to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final, Literal

from shebaoka.kit.outbox import Event
from shebaoka.kit.work import Work
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.staff.roles import Scope, allowed
from shebaoka.service.helpdesk import states
from shebaoka.service.helpdesk.commands.calling import reopened, resolve
from shebaoka.service.helpdesk.commands.keeping import check_agent, locked_case, note, save_case
from shebaoka.service.helpdesk.model import Case, WaitingFor
from shebaoka.service.helpdesk.states import CaseAction
from shebaoka.service.helpdesk.store import SQL

Verb = Literal["take", "release", "note", "wait", "resume", "resolve", "close", "reopen"]


@dataclass(frozen=True, slots=True)
class Move:
    """What is to be done to a case. `waiting_for`: with `wait`; `text`: what there is to say, sealed."""

    verb: Verb
    text: str | None = None
    waiting_for: WaitingFor | None = None


async def move(work: Work, programme: Programme, case_id: int, asked: Move) -> Case:
    """Do it; this function will give the case as it now is.

    Whoever sees a case may note something; all else is for the line that has it, and its agent. The card centre may do all
    but take a case. Raises NotFound, TransitionRefused, CaseOfAnotherLine, CaseTaken.
    """
    case = await locked_case(work, case_id)
    states.after_case(case.status, CaseAction(asked.verb))
    if asked.verb == "take" or (asked.verb != "note" and allowed(work.actor, "help.case") is not Scope.ALL):
        check_agent(work, case)
    if asked.verb == "resolve":
        return await resolve(work, case, asked.text)
    if asked.verb == "reopen":
        case = await save_case(work, reopened(programme, case, work))
    else:
        case = await save_case(work, MOVES[asked.verb](work, case, asked))
    codes: dict[str, Any] = {"waiting_for": case.waiting_for} if asked.verb == "wait" else {}
    await note(work, case, SAID[asked.verb], asked.text, **codes)
    return case


async def note_deaths(work: Work, events: Sequence[Event]) -> None:
    """Note the death of people whom cases are about (subscriber of `person.died`).

    This function will leave the cases open: somebody asked, and heirs ask on. Whatever they waited for, an owner must look.
    """
    people = sorted({event.person_id for event in events})
    for case in await work.rows(SQL["live_of_holders"], {"people": people}, Case):
        if case.holder_died:
            continue
        live = case.status in states.LIVE
        saved = await save_case(work, replace(
            case, holder_died=True, waiting_for=None if live else case.waiting_for,
            status=states.after_case(case.status, CaseAction.HOLDER_DIES) if live else case.status,
            escalated_at=work.now if live else case.escalated_at,
        ))  # fmt: skip
        await note(work, saved, "holder_died")


def _take(work: Work, case: Case, _asked: Move) -> Case:
    return replace(case, agent=work.actor.name)


def _release(_work: Work, case: Case, _asked: Move) -> Case:
    return replace(case, agent=None)


def _note(_work: Work, case: Case, _asked: Move) -> Case:
    return case


def _wait(_work: Work, case: Case, asked: Move) -> Case:
    status = states.after_case(case.status, CaseAction.WAIT)
    return replace(case, status=status, waiting_for=asked.waiting_for or "caller", escalated_at=None)


def _resume(_work: Work, case: Case, _asked: Move) -> Case:
    return replace(case, status=states.after_case(case.status, CaseAction.RESUME), waiting_for=None)


def _close(_work: Work, case: Case, _asked: Move) -> Case:
    return replace(case, status=states.after_case(case.status, CaseAction.CLOSE))


MOVES: Final[Mapping[Verb, Callable[[Work, Case, Move], Case]]] = MappingProxyType(
    {"take": _take, "release": _release, "note": _note, "wait": _wait, "resume": _resume, "close": _close}
)
SAID: Final[Mapping[Verb, str]] = MappingProxyType(
    {
        "take": "taken", "release": "released", "note": "noted", "wait": "waits", "resume": "resumed", "close": "closed",
        "reopen": "reopened",
    }
)  # fmt: skip
"""What stands in the history."""

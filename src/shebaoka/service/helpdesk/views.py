"""Everything that reads cases and calls. A line sees what is within its reach; the card centre sees all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar

from shebaoka.kit.ids import first_of
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import HOTLINE
from shebaoka.registry.staff.roles import ROLES, Scope
from shebaoka.service.helpdesk.model import (
    Call,
    CallCount,
    Case,
    Entry,
    Figures,
    Handover,
    HandoverCount,
    OverdueCount,
    entry_place,
    read_case_number,
)
from shebaoka.service.helpdesk.store import SQL

T = TypeVar("T")
CASES_MAX: Final = 500
CALLS_MAX: Final = 20
LONGEST_CALL: Final = timedelta(hours=12)
"""No agent's day is longer: an older call that nobody ended is on no line."""


def scope(work: Work) -> dict[str, Any]:
    """Give what the actor may see, as query parameters: everything where its role says so, else its own line's."""
    role = ROLES.get(work.actor.role)
    everything = role is not None and role.may.get("help.case") is Scope.ALL
    return {"everything": everything, "line_id": work.actor.organisation_id}


async def by_id(work: Work, case_id: int) -> Case:
    """Give one case; NotFound also when it is not within the caller's reach."""
    return _there(await work.row(SQL["case_by_id"], {"case_id": case_id, **scope(work)}, Case), case_id)


async def by_number(work: Work, text: str) -> Case:
    """Give the case whose number a caller says. NotFound, also for a number whose check digit does not fit.

    A public hotline finds every case, for people call whichever number they remember; a bank's line finds its own.
    """
    number = read_case_number(text)
    if number is None:
        raise NotFound("工单号 case number")
    asked = scope(work)
    here = await institutions.by_id(work, work.actor.organisation_id)
    asked["everything"] = asked["everything"] or (here is not None and here.kind == HOTLINE)
    return _there(
        await work.row(SQL["case_by_number"], {"number": number, **asked}, Case), "工单号 case number"
    )


async def call_by_id(work: Work, call_id: int) -> Call:
    """Give one call; NotFound also when another line has it."""
    return _there(await work.row(SQL["call_by_id"], {"call_id": call_id, **scope(work)}, Call), call_id)


async def calls_of_agent(work: Work) -> list[Call]:
    """Give the calls that the actor has on the line at this moment, newest first."""
    asked = {
        "since": first_of(work.now - LONGEST_CALL), "line_id": work.actor.organisation_id, "agent": work.actor.name,
        "calls_max": CALLS_MAX,
    }  # fmt: skip
    return await work.rows(SQL["calls_of_agent"], asked, Call)


async def handover_by_id(work: Work, handover_id: int) -> Handover:
    """Give one hand-over; NotFound also when it is between other lines."""
    asked = {"handover_id": handover_id, **scope(work)}
    return _there(await work.row(SQL["handover_by_id"], asked, Handover), handover_id)


async def pending_of(work: Work, cases: Sequence[Case]) -> dict[int, Handover]:
    """Give the hand-overs that cases are in, by case."""
    rows = await work.rows(SQL["pending_of"], {"cases": [one.case_id for one in cases]}, Handover)
    return {one.case_id: one for one in rows}


async def history(work: Work, case: Case) -> list[Entry]:
    """Give what was said and done in a case, oldest first; texts are opened, and the look is recorded with the case's reason."""
    work.record(case.holder_id or 0, "help.case_seen", case.number, reason=case.reason)
    rows = await work.rows(SQL["history"], {"case_id": case.case_id})
    return [
        Entry(entry_id, at, actor, line_id, kind, detail, _text(work, entry_id, sealed))
        for entry_id, at, actor, line_id, kind, detail, sealed in rows
    ]


async def queue(
    work: Work, line_id: int | None = None, cases_max: int = CASES_MAX
) -> tuple[list[tuple[Handover, Case]], list[Case]]:
    """Give what is handed over to a line, and what it has to work on: first what came back, then by the day it is due.

    `line_id`: one line, for who sees all of them.
    """
    asked = {"code": line_id, "cases_max": cases_max, **scope(work)}
    arriving = await work.rows(SQL["arriving"], asked, Handover)
    numbers = [one.case_id for one in arriving]
    known = {one.case_id: one for one in await work.rows(SQL["cases_by_ids"], {"cases": numbers}, Case)}
    return [(one, known[one.case_id]) for one in arriving], await work.rows(SQL["queue"], asked, Case)


async def overdue(work: Work, on: date, cases_max: int = CASES_MAX) -> list[Case]:
    """Give what should have been resolved before a day, longest overdue first."""
    return await work.rows(SQL["overdue"], {"on": on, "cases_max": cases_max, **scope(work)}, Case)


async def of_holder(work: Work, person_id: int) -> list[Case]:
    """Give the cases about a person, newest first, as far as the caller may see them; the caller records why."""
    return await work.rows(SQL["cases_of_holder"], {"holder_id": person_id, **scope(work)}, Case)


async def figures(work: Work, since: datetime) -> Figures:
    """Count calls, hand-overs and cases since a moment, and what is overdue now; no people in it."""
    asked = {"since": first_of(since), "on": work.today}
    counted = await work.row(SQL["count_cases"], asked)
    assert counted
    opened, resolved, at_first_call = counted
    return Figures(
        since=since,
        calls=await work.rows(SQL["count_calls"], asked, CallCount),
        handovers=await work.rows(SQL["count_handovers"], asked, HandoverCount),
        loops_refused=await work.value(SQL["count_loops"], asked),
        cases=opened,
        resolved=resolved,
        resolved_at_first_call=at_first_call,
        overdue=await work.rows(SQL["count_overdue"], asked, OverdueCount),
    )


def _text(work: Work, entry_id: int, sealed: bytes | None) -> str | None:
    return work.vault.open(sealed, entry_place(entry_id)).decode() if sealed else None


def _there(found: T | None, what: object) -> T:
    if found is None:
        raise NotFound(str(what))
    return found

"""How cases and calls are loaded to be changed, saved, and what is noted in a case's history. For this room's commands only."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import msgspec

from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.service.helpdesk.errors import CaseOfAnotherLine, CaseTaken
from shebaoka.service.helpdesk.model import Call, Case, entry_place
from shebaoka.service.helpdesk.store import ENTRY, SQL
from shebaoka.service.helpdesk.views import call_by_id, scope


async def locked_case(work: Work, case_id: int, *, any_line: bool = False) -> Case:
    """Hold a case until the transaction ends; NotFound also when it is not within reach.

    `any_line`: who asks has been let in by other means, as by the number that the caller says.
    """
    asked = scope(work)
    asked["everything"] = asked["everything"] or any_line
    found = await work.row(SQL["lock_case"], {"case_id": case_id, **asked}, Case)
    if found is None:
        raise NotFound(str(case_id))
    return found


async def locked_call(work: Work, call_id: int) -> Call:
    """Hold a call until the transaction ends; NotFound also when another line has it."""
    found = await work.row(SQL["lock_call"], {"call_id": call_id, **scope(work)}, Call)
    if found is None:
        raise NotFound(str(call_id))
    return found


async def save_case(work: Work, case: Case) -> Case:
    """Save a case that is locked, and give it as it now is."""
    columns = asdict(case) | {"owners": list(case.owners), "reach": list(case.reach), "now": work.now}
    saved = await work.run(SQL["save_case"], columns)
    assert saved == 1, "the case is locked"
    return replace(case, version=case.version + 1, updated_at=work.now)


async def save_call(work: Work, call: Call) -> None:
    """Save a call that is locked."""
    saved = await work.run(SQL["save_call"], asdict(call))
    assert saved == 1, "the call is locked"


async def note(
    work: Work,
    case: Case,
    kind: str,
    text: str | None = None,
    *,
    person_id: int | None = None,
    reason: str | None = None,
    **detail: Any,
) -> None:
    """Note what was said or done in a case's history and in the audit log; the text is sealed, `detail` holds codes.

    `reason`: why, where it is another one than the case's own, as of a second call. `person_id`: whom, where not its holder.
    """
    entry_id = work.ids.one()
    sealed = work.vault.seal(text.encode(), entry_place(entry_id)) if text else None
    encoded = msgspec.json.encode(detail).decode()
    await work.copy("help_entry", ENTRY, [
        (case.case_id, entry_id, work.now, work.actor.name, work.actor.organisation_id, kind, encoded, sealed)
    ])  # fmt: skip
    about = person_id if person_id is not None else case.holder_id or 0
    work.record(about, f"help.{kind}", case.number, reason=reason or case.reason, **detail)


def check_owner(work: Work, case: Case) -> None:
    """Refuse a line that may see a case and does not have it."""
    if case.line_id != work.actor.organisation_id:
        raise CaseOfAnotherLine(owner=str(case.line_id))


def check_agent(work: Work, case: Case) -> None:
    """Refuse an agent when another one of the line has the case."""
    check_owner(work, case)
    if case.agent is not None and case.agent != work.actor.name:
        raise CaseTaken


async def call_and_case(work: Work, call_id: int) -> tuple[Call, Case]:
    """Hold a call and its case, the case first as everybody does; NotFound when another line has the call."""
    found = await call_by_id(work, call_id)
    case = await locked_case(work, found.case_id)
    return await locked_call(work, call_id), case

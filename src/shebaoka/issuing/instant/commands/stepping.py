"""How a step is taken: the session is locked, its state asked, and what it comes to is written and recorded."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from shebaoka.issuing.applications import states as application_states
from shebaoka.issuing.applications.commands import Also, move_many
from shebaoka.issuing.applications.commands.moving import NOTHING
from shebaoka.issuing.applications.errors import PersonDeceased
from shebaoka.issuing.instant import views
from shebaoka.issuing.instant.errors import BlankBegun, InstantNotHere, InstantOtherBank
from shebaoka.issuing.instant.model import Issue, Session
from shebaoka.issuing.instant.states import Action, Status, after
from shebaoka.issuing.instant.store import SQL
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.liveness import live
from shebaoka.registry.institutions.model import BANK_OUTLET, Institution
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme.programme import Programme

NO_CHIP: Final[dict[str, None]] = {
    "chip_reset": None,
    "chip_code": None,
    "chip_digest": None,
    "chip_keys": None,
}


async def step(work: Work, application_id: int, action: Action) -> Session:
    """Give a session of the actor's own outlet, locked, if its status allows the action.

    Raises NotFound, TransitionRefused.
    """
    found = await locked(work, (await views.session(work, application_id)).key)
    after(Status(found.issue.status), action)
    return found


async def locked(work: Work, key: tuple[int, int]) -> Session:
    """Lock a session and give it as it then stands."""
    issue = await work.row(SQL["lock"], {"person_id": key[0], "application_id": key[1]}, Issue)
    assert issue, "a session stays"
    return await views.with_application(work, issue)


async def saved(work: Work, session: Session, action: Action, **changes: Any) -> Session:
    """Write what an action makes of a session, and record it as `instant.<status>`."""
    status = after(Status(session.issue.status), action)
    row = asdict(session.issue) | changes | {"status": status, "now": work.now}
    await work.run(SQL["save"], row)
    work.record(
        session.issue.person_id,
        f"instant.{status}",
        session.issue.application_id,
        outlet_id=str(session.issue.outlet_id),
        attempt=row["attempt"],
        reason=row["reason"],
    )
    return await locked(work, session.key)


async def moved(
    work: Work, session: Session, action: application_states.Action, also: Also = NOTHING
) -> None:
    """Move the application along; TransitionRefused when it stands elsewhere by now."""
    was = application_states.Status(session.application.status)
    application_states.after(was, action)
    if not await move_many(work, [session.key], action, also):
        raise TransitionRefused(f"{was} → {action}", was=was, action=action)


async def living(work: Work, session: Session) -> Person:
    """Give the holder; PersonDeceased where the register says that he or she has died."""
    holder = (await people.by_ids(work, [session.issue.person_id]))[session.issue.person_id]
    if holder.died_on is not None:
        raise PersonDeceased
    return holder


async def counter(work: Work, programme: Programme, reason: str) -> Institution:
    """Give the actor's own institution if it replaces cards on the spot for this reason. InstantNotHere."""
    outlet = await institutions.by_id(work, work.actor.organisation_id)
    if outlet is None:
        raise NotFound("本机构 · your own institution")
    takes_part = outlet.instant and live(outlet, work.today)
    if not takes_part or reason not in programme.instant(outlet.kind, work.today).reasons:
        raise InstantNotHere(f"{outlet.code}: {reason}")
    return outlet


def check_untouched(session: Session) -> None:
    """Refuse with BlankBegun a blank whose chip was given the order."""
    if session.issue.chip_reset is not None:
        raise BlankBegun(f"序列号 serial {session.issue.chip_serial}")


def number_of(issue: Issue) -> int | None:
    """Give the serial number of the chip that was given an order."""
    return int.from_bytes(issue.chip.serial, "big") if issue.chip else None


def check_bank(outlet: Institution, bank_id: int) -> None:
    """Refuse with InstantOtherBank where a bank outlet would issue another bank's card."""
    if outlet.kind == BANK_OUTLET and outlet.parent_id != bank_id:
        raise InstantOtherBank(outlet.code)

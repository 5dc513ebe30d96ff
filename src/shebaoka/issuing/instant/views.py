"""Everything that reads sessions. An outlet sees its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from shebaoka.cards import views as cards
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.instant.contents import wanted
from shebaoka.issuing.instant.model import Issue, Listed, Reconciled, Session
from shebaoka.issuing.instant.states import LIVE, Status
from shebaoka.issuing.instant.store import SQL
from shebaoka.issuing.production.contents import masked
from shebaoka.issuing.stock import views as stock
from shebaoka.issuing.stock.model import Ledger
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.printing.face import Face
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.programme.programme import Programme

WITH_FACE: Final = frozenset({Status.BLANK_TAKEN, Status.MADE})
ROWS_MAX: Final = 200
TO_OPEN_DAYS: Final = 30
"""So long a card that was handed over and not opened stands on the outlet's list; then the reminders look after it."""


async def session(work: Work, application_id: int) -> Session:
    """Give one session of the actor's own outlet; NotFound for any other."""
    asked = {"application_id": application_id, "outlet_id": work.actor.organisation_id}
    issue = await work.row(SQL["of_outlet"], asked, Issue)
    if issue is None:
        raise NotFound(f"{application_id}")
    return await with_application(work, issue)


async def face(work: Work, programme: Programme, division: str, application_id: int, *, whole: bool) -> Face:
    """Give what stands on the face of the card that is being made, whole or masked. The look is recorded.

    Raises NotFound, and TransitionRefused where no card is being made.
    """
    found = await session(work, application_id)
    if found.issue.status not in WITH_FACE:
        raise TransitionRefused(f"{found.issue.status} → print", was=found.issue.status, action="print")
    shows = (await wanted(work, programme, division, found)).face
    work.record(found.issue.person_id, "card.face_seen", application_id, whole=whole)
    return shows if whole else masked(shows)


async def with_application(work: Work, issue: Issue) -> Session:
    """Give an issue with its application."""
    found = await applications.by_keys(work, [(issue.person_id, issue.application_id)])
    return Session(issue, found[issue.application_id])


async def listed(work: Work, programme: Programme, limit: int = ROWS_MAX) -> list[Listed]:
    """Give what the actor's own outlet has still to do with, longest untouched first.

    This function will leave out cards that were opened, wherever that was.
    """
    outlet = await institutions.by_id(work, work.actor.organisation_id)
    if outlet is None:
        return []
    rule = programme.instant(outlet.kind, work.today)
    asked = {
        "outlet_id": work.actor.organisation_id,
        "since": work.now - timedelta(days=TO_OPEN_DAYS),
        "rows_max": min(limit, ROWS_MAX),
    }
    issues = await work.rows(SQL["listed"], asked, Issue)
    found = await applications.by_keys(work, [(one.person_id, one.application_id) for one in issues])
    handed = [one.person_id for one in issues if one.status == Status.HANDED_OVER]
    held = await cards.of_people(work, handed)
    unopened = {
        card.card_id
        for some in held.values()
        for card in some
        if card.social in ("unopened", "lost_unopened")
    }
    before = work.now - timedelta(minutes=rule.abandoned_minutes)
    return [
        Listed(
            Session(one, found[one.application_id]),
            abandoned=one.status in LIVE and one.updated_at < before,
            to_open=one.status == Status.HANDED_OVER,
        )
        for one in issues
        if one.status != Status.HANDED_OVER or one.card_id in unopened
    ]


async def reconcile(work: Work) -> list[Reconciled]:
    """Hold every outlet's blanks against the cards made there; the caller sees to it that all is read of one moment."""
    cards_of = {outlet_id: rest for outlet_id, *rest in await work.rows(SQL["at_outlets"])}
    found = {one.outlet_id: one for one in await stock.ledgers(work)}
    # Cards of an outlet that never kept blanks came from nowhere.
    nothing = {outlet_id: Ledger(outlet_id, *(0,) * 9) for outlet_id in cards_of if any(cards_of[outlet_id])}
    ledgers = nothing | found
    return [Reconciled(ledgers[one], *cards_of.get(one, (0, 0))) for one in sorted(ledgers)]

"""Applications as they go over the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from shebaoka.faces.api.wire import Holder, InstitutionRef, references
from shebaoka.issuing.applications.model import Application, BankReason, Channel, Kind, ReplacementReason
from shebaoka.issuing.applications.states import NEXT, Action, Status
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people

BY_PEOPLE: Final = (Action.WITHDRAW, Action.CHOOSE_BANK, Action.BRING_PHOTO, Action.COLLECT, Action.OPEN)
"""What a person may do to an application at a counter; the other actions come about by themselves."""


class ApplicationView(msgspec.Struct, frozen=True):
    """An application, without what is sealed. `next`: what a person may do to it now; `reason`: why it stands where it does.

    `bank_reason`: why the card is of this bank, and `bank_rule` the rule of set `bank` that decided (`GET /api/programme/rules`).
    """

    application_id: str
    kind: Kind
    channel: Channel
    group: str
    status: Status
    organisation: InstitutionRef | None
    bank: InstitutionRef | None
    bank_reason: BankReason
    bank_rule: str | None
    fallback_outlet: InstitutionRef | None
    by_guardian_or_agent: bool
    applied_at: datetime
    verified_at: datetime | None
    due_on: date | None
    reason: str | None
    replacement_reason: ReplacementReason | None
    next: list[Action]
    list_id: str | None
    row_no: int | None
    version: int
    holder: Holder | None = None


async def shown(work: Work, applications: Sequence[Application]) -> list[ApplicationView]:
    """Give applications with the institutions they name, but not whose they are: so they may be stored as answers."""
    named = await references(
        work,
        (
            one
            for each in applications
            for one in (each.organisation_id, each.bank_id, each.fallback_outlet_id)
        ),
    )
    return [_view(one, named) for one in applications]


async def shown_with_holders(work: Work, applications: Sequence[Application]) -> list[ApplicationView]:
    """Give applications and, masked, whose they are. Every look is recorded."""
    views = await shown(work, applications)
    identities = await people.identities(work, {one.person_id for one in applications})
    work.record_many("applicant.seen", [(one.person_id, one.application_id) for one in applications])
    return [
        msgspec.structs.replace(view, holder=Holder.of(identities[one.person_id]))
        for view, one in zip(views, applications, strict=True)
    ]


def next_actions(status: Status) -> list[Action]:
    """Give what a person may do to an application in a status."""
    return [action for action in BY_PEOPLE if (Status(status), action) in NEXT]


def _view(one: Application, named: dict[int, InstitutionRef]) -> ApplicationView:
    return ApplicationView(
        application_id=str(one.application_id),
        kind=Kind(one.kind),
        channel=Channel(one.channel),
        group=one.group_code,
        status=Status(one.status),
        organisation=named.get(one.organisation_id),
        bank=named.get(one.bank_id),
        bank_reason=BankReason(one.bank_reason),
        bank_rule=one.bank_rule,
        fallback_outlet=named.get(one.fallback_outlet_id),
        by_guardian_or_agent=one.guardian_id is not None,
        applied_at=one.applied_at,
        verified_at=one.verified_at,
        due_on=one.due_on,
        reason=one.reason,
        replacement_reason=one.replacement_reason and ReplacementReason(one.replacement_reason),
        next=next_actions(one.status),
        list_id=None if one.list_id is None else str(one.list_id),
        row_no=one.row_no,
        version=one.version,
    )

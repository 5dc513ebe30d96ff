"""Everything that reads here."""

from __future__ import annotations

from typing import Final

import msgspec

from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.service.credential.errors import CardTicketRefused
from shebaoka.service.credential.model import Registered, Request, Ticket, Told, request_place, ticket_digest
from shebaoka.service.credential.store import SQL

NEWEST: Final = 2**63 - 1


async def ticket(work: Work, text: str) -> Ticket:
    """Give the ticket that somebody holds; CardTicketRefused when it is unknown or has expired."""
    found = await work.row(SQL["ticket"], {"digest": ticket_digest(text)}, Ticket)
    if found is None or found.expires_at <= work.now:
        raise CardTicketRefused
    return found


async def registered(work: Work, institution_id: int | None = None) -> list[Registered]:
    """Give for which purposes institutions may ask: all, or one."""
    return await work.rows(SQL["registered"], {"institution_id": institution_id}, Registered)


async def request(work: Work, request_id: int) -> tuple[Request, Told]:
    """Give a request of the actor's own organisation, with what it was told; NotFound for any other."""
    asked = {"request_id": request_id, "organisation_id": work.actor.organisation_id}
    found = await work.row(SQL["request"], asked, Request)
    if found is None:
        raise NotFound(str(request_id))
    return found, _opened(work, found)


async def about(
    work: Work, person_id: int, before: int | None = None, limit: int = 50
) -> list[tuple[Request, Told]]:
    """Give who asked who somebody is, newest first, before a request, with what was answered; the caller records why."""
    asked = {"person_id": person_id, "before": before or NEWEST, "requests_max": limit}
    return [(one, _opened(work, one)) for one in await work.rows(SQL["requests_about"], asked, Request)]


def _opened(work: Work, one: Request) -> Told:
    return msgspec.json.decode(work.vault.open(one.sealed, request_place(one.request_id)), type=Told)

"""A terminal proves itself to a card: with a ticket that somebody has taken, for one card, by the keys of its purpose."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from shebaoka.cards import views as cards
from shebaoka.cards.model import Card, LookUp
from shebaoka.chip import numbers
from shebaoka.chip.proofs import READ_KEY, TRANSPORT_KEY, UNBLOCK_KEY
from shebaoka.issuing.instant import views as instant
from shebaoka.issuing.instant.errors import ChipNotOrdered
from shebaoka.issuing.instant.states import Status
from shebaoka.keys.model import Purpose
from shebaoka.keys.using import Keys
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.programme.model import TicketPurpose
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.staff import views as staff
from shebaoka.service.credential.errors import (
    BlankNotWaiting,
    CardProofRefused,
    CardTicketRefused,
    PinNotReset,
)
from shebaoka.service.credential.model import NewTicket, Proof, ProofWanted, Ticket, ticket_digest
from shebaoka.service.credential.store import SQL

TICKET: Final = "sbt_"
TICKET_BYTES: Final = 32
KEYS: Final[dict[TicketPurpose, frozenset[int]]] = {
    "read": frozenset({READ_KEY}),
    "personalise": frozenset({TRANSPORT_KEY, READ_KEY}),
    "unblock": frozenset({READ_KEY, UNBLOCK_KEY}),
}
"""By which keys a terminal proves itself. Never by a key of the card's own: with that it could pass for the card."""


async def issue(
    work: Work,
    programme: Programme,
    session: bytes,
    purpose: TicketPurpose,
    application_id: int | None = None,
    card_number: str | None = None,
) -> NewTicket:
    """Give a ticket for one card: to read it, to write the chip that was given its order at the actor's own counter, to reset its PIN.

    `session`: digest of the token that the actor comes with; the ticket is good no longer than that. `card_number`: of the card whose
    PIN is reset. Raises NotFound, BlankNotWaiting, ChipNotOrdered and PinNotReset.
    """
    assert (purpose == "personalise") == (application_id is not None)
    assert (purpose == "unblock") == (card_number is not None)
    if application_id is not None:
        found = (await instant.session(work, application_id)).issue
        if found.status != Status.BLANK_TAKEN:
            raise BlankNotWaiting(found.status)
        if found.chip is None:
            raise ChipNotOrdered
    card = None if card_number is None else await _good(work, programme, card_number)
    text = TICKET + secrets.token_urlsafe(TICKET_BYTES)
    ticket_id, expires_at = (
        work.ids.one(),
        work.now + timedelta(seconds=programme.card_ticket(purpose, work.today).seconds),
    )
    await work.run(SQL["add_ticket"], {
        "digest": ticket_digest(text), "ticket_id": ticket_id, "purpose": purpose, "application_id": application_id,
        "actor": work.actor.name, "organisation_id": work.actor.organisation_id, "role": work.actor.role,
        "session": session, "expires_at": expires_at, "factor": _chip(card) if card else None,
    })  # fmt: skip
    whose = card.person_id if card else 0
    work.record(whose, "card.ticket_given", ticket_id, purpose=purpose, application=application_id)
    return NewTicket(text, expires_at)


async def _good(work: Work, programme: Programme, card_number: str) -> Card:
    """Give the card of a number, if it is good now: whoever found a lost one wants nothing more than a new PIN."""
    card = await cards.find(work, card_number)
    if card is None:
        raise NotFound(card_number)
    (standing,) = await cards.standing_many(work, programme, [LookUp(work.actor, card_number)])
    if not standing.good:
        raise PinNotReset(f"{standing.zh} · {standing.en}")
    return card


def _chip(card: Card) -> bytes | None:
    """Give the factor of the card's chip; of old cards it was not noted which it is."""
    if card.reset_code is None:
        return None
    return numbers.reset_of(numbers.ATR_HEAD + bytes.fromhex(card.reset_code)).factor


async def prove(work: Work, programme: Programme, keys: Keys, ticket: Ticket, wanted: ProofWanted) -> Proof:
    """Give the proof that the ticket's card asks for. `work`: of whoever asked for the ticket.

    This function will bind the ticket to the card of its first proof. Raises CardProofRefused, CardTicketRefused,
    CardOfAnotherCity, NoCardKeys, CardKeyLimit and CardKeysClosed; the ticket is then as it was.
    """
    if not await staff.goes_on(work, ticket.session):
        raise CardTicketRefused
    if wanted.key not in KEYS[ticket.purpose]:
        raise CardProofRefused("not_this_key")
    if ticket.application_id is not None and wanted.factor != await _ordered(work, ticket.application_id):
        raise CardProofRefused("another_card")
    proofs_max = programme.card_ticket(ticket.purpose, work.today).proofs
    proofs = await work.value(SQL["use_ticket"], {
        "ticket_id": ticket.ticket_id, "factor": wanted.factor, "now": work.now, "proofs_max": proofs_max,
    })  # fmt: skip
    if proofs is None:
        raise await _why(work, ticket, wanted)
    # Proof after proof is asked for by one card, and counted as one; one that is made was counted when it was ordered.
    ring = await keys.using(
        work,
        Purpose(ticket.purpose),
        cards=int(proofs == 1 and ticket.purpose != "personalise"),
        algorithm=wanted.algorithm,
        version=wanted.version,
    )
    proof = ring.prove(wanted.algorithm, wanted.key, wanted.factor, wanted.challenge)
    work.record(0, "card.proof_given", ticket.ticket_id, purpose=ticket.purpose, key=f"{wanted.key:02X}")
    return Proof(
        proof,
        None if ticket.purpose == "personalise" else await _older(work, keys, wanted.algorithm, ring.version),
    )


async def _ordered(work: Work, application_id: int) -> bytes | None:
    """Give the factor of the chip that was given its order in a session: to no other blank does the counter prove itself."""
    chip = (await instant.session(work, application_id)).issue.chip
    return chip.factor if chip else None


async def _older(work: Work, keys: Keys, algorithm: int, version: int) -> int | None:
    """Give the version to try next: a card does not say of which it is, and a blank is always of the one in force."""
    usable = await keys.usable(work, algorithm)
    return next(iter(usable[usable.index(version) + 1 :]), None)


async def _why(work: Work, ticket: Ticket, wanted: ProofWanted) -> CardProofRefused | CardTicketRefused:
    now = await work.row(SQL["ticket_now"], {"ticket_id": ticket.ticket_id}, Ticket)
    if now is None or now.expires_at <= work.now:
        return CardTicketRefused()
    return CardProofRefused("another_card" if now.factor not in (None, wanted.factor) else "used_up")

"""People, found by ID number: what a counter must know of them, masked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from litestar import post
from litestar.params import JSONBody

from shebaoka.cards import views as cards
from shebaoka.cards.model import Card, Generation
from shebaoka.cards.states import Financial, Loss, Social
from shebaoka.faces.api.areas.showing import ApplicationView, shown
from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import protected
from shebaoka.faces.api.wire import (
    Body,
    Holder,
    IdNumberText,
    InstitutionRef,
    Why,
    read_id_number,
    references,
)
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.errors import PersonUnknown
from shebaoka.issuing.applications.states import ENDED
from shebaoka.kit.work import Work
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.people import views as people
from shebaoka.registry.staff import roles


class PersonQuestion(Body, frozen=True):
    """Who, and why somebody asks."""

    id_number: IdNumberText
    reason: Why


class CardView(msgspec.Struct, frozen=True):
    """A card of the person and its two functions.

    `lost_until`: when a temporary loss report ends by itself. `replaced_by`: the number of the card that took its place.
    """

    card_id: str
    card_number: str
    generation: Generation
    social: Social
    financial: Financial
    bank: InstitutionRef | None
    issued_on: date
    expires_on: date | None
    social_due_on: date | None
    void_reason: str | None
    replaced_by: str | None
    loss: Loss | None
    lost_until: datetime | None


class PersonView(msgspec.Struct, frozen=True):
    """Somebody, masked, with applications and cards as far as the caller may see them, and what can be done now."""

    person_id: str
    holder: Holder
    birth_year: int
    district_code: str | None
    hukou: bool
    insured: str
    alive: bool
    applications: list[ApplicationView]
    cards: list[CardView]
    next: list[str]


@post(
    "/people/search",
    status_code=200,
    **protected("person.search", "people", "按证件号码查找 · Find somebody by ID number",
                refuses=(IdNumberRefused, PersonUnknown), unkeyed="it changes nothing but the audit log"),
)  # fmt: skip
async def search(request: Call, data: JSONBody[PersonQuestion]) -> PersonView:
    """Find somebody by ID number. The look is recorded with its reason."""
    async with reading(request) as work:
        person = await people.find(work, await read_id_number(work, data.id_number))
        subject = person.person_id if person else 0
        work.record(subject, "person.looked_up", subject or "unknown", reason=data.reason)
        identity = (await people.identities(work, [subject])).get(subject)
        if person is not None and identity is not None:
            asked_for = await shown(work, await applications.of_person(work, person.person_id))
            held = await _cards(work, person.person_id)
            return PersonView(
                str(person.person_id), Holder.of(identity), person.birth_date.year, person.district_code, person.hukou,
                person.insured, person.died_on is None, asked_for, held,
                _next(asked_for, held, work.today) if person.died_on is None else [],
            )  # fmt: skip
    # Outside: that somebody looked is kept although nobody was found.
    raise PersonUnknown


async def _cards(work: Work, person_id: int) -> list[CardView]:
    roles.allowed(work.actor, "card.read")
    held = (await cards.of_people(work, [person_id])).get(person_id, [])
    banks = await references(work, (card.bank_id for card in held))
    return [_card(card, banks) for card in held]


def _card(card: Card, banks: dict[int, InstitutionRef]) -> CardView:
    return CardView(
        str(card.card_id), card.card_number, card.generation, card.social, card.financial,
        banks.get(card.bank_id or 0), card.issued_on, card.expires_on, card.social_due_on, card.void_reason,
        card.replaced_by, card.loss, card.loss_until,
    )  # fmt: skip


def _next(asked_for: list[ApplicationView], held: list[CardView], today: date) -> list[str]:
    """Give what can be done for this person now: the live application's actions, what is lost, what may be opened, or applying."""
    lost = [f"card.lift_loss:{card.card_id}" for card in held if card.loss]
    lost += [
        f"card.report_loss:{card.card_id}" for card in held if card.loss != "formal" and card.social != "void"
    ]
    held = [card for card in held if card.expires_on is None or card.expires_on >= today]
    actions = lost + [f"application.{action}" for one in asked_for for action in one.next]
    actions += [f"card.open_social:{card.card_id}" for card in held if card.social == "unopened"]
    actions += [
        f"card.open_financial:{card.card_id}"
        for card in held if card.financial == "unopened" and card.social != "void"
    ]  # fmt: skip
    has_new = any(card.generation == "new" and card.social != "void" for card in held)
    live = any(one.status not in ENDED for one in asked_for)
    if live:
        return actions
    return [*actions, "application.replace" if has_new else "application.apply"]


HANDLERS: tuple[Any, ...] = (search,)

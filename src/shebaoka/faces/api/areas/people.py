"""People, found by one of their numbers: what a counter must know of them, masked."""

from __future__ import annotations

from collections.abc import Sequence
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
from shebaoka.faces.api.finding import FINDING_MAY_REFUSE, PersonQuestion, found_by
from shebaoka.faces.api.wire import Holder, InstitutionRef, references
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.errors import PersonUnknown
from shebaoka.issuing.applications.knowing import live_of
from shebaoka.issuing.applications.model import Channel
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.work import Work
from shebaoka.records.id_number import mask
from shebaoka.registry.acting import views as acting
from shebaoka.registry.acting.model import Papers, ProxyAct
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Identity, Person
from shebaoka.registry.programme.asking import age_on
from shebaoka.registry.programme.model import Act, Authorisation, Document, Proxy
from shebaoka.registry.staff import roles


class RevealedPerson(msgspec.Struct, frozen=True):
    """Who somebody is, as the register says; what a counter's form is filled in with."""

    name: str
    id_number: str
    mobile: str
    address: str
    birth_date: date


class Underway(msgspec.Struct, frozen=True):
    """That a live application exists, wherever it came in: what a second one would be refused with."""

    channel: Channel
    applied_on: date


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
    """Somebody, masked, with applications and cards as far as the caller may see them, and what can be done now.

    `age`: in years, today. `underway`: the live application, also where the caller may not see it.
    """

    person_id: str
    holder: Holder
    birth_year: int
    age: int
    district_code: str | None
    hukou: bool
    insured: str
    alive: bool
    applications: list[ApplicationView]
    cards: list[CardView]
    next: list[str]
    underway: Underway | None


class ProxyActView(msgspec.Struct, frozen=True):
    """What somebody did for the holder: as what, with which papers, checked by whom, where and when.

    `actor`: masked. `documents_named`: the documents were named one by one; else the clerk said that all were there.
    """

    act: Act
    subject: str
    acted_as: Proxy
    actor_masked: str
    authorisation: Authorisation | None
    documents: list[Document]
    documents_named: bool
    witnesses: list[str]
    rule: str
    checked_by: str
    organisation: InstitutionRef | None
    acted_at: datetime


class ProxyActs(msgspec.Struct, frozen=True):
    """All that others did for a holder, newest first."""

    items: list[ProxyActView]


@post(
    "/people/search",
    status_code=200,
    **protected("person.search", "people", "查找人员 · Find somebody",
                refuses=(*FINDING_MAY_REFUSE, PersonUnknown), unkeyed="it changes nothing but the audit log"),
)  # fmt: skip
async def search(request: Call, data: JSONBody[PersonQuestion]) -> PersonView:
    """Find somebody by ID number, card number, waybill, receipt or our own number. The look is recorded with its reason."""
    async with reading(request) as work:
        person = await found_by(work, data)
        subject = person.person_id if person else 0
        work.record(subject, "person.looked_up", subject or "unknown", reason=data.reason)
        identity = (await people.identities(work, [subject])).get(subject)
        if person is not None and identity is not None:
            return await _person(work, person, identity)
    # Outside: that somebody looked is kept although nobody was found.
    raise PersonUnknown


async def _person(work: Work, person: Person, identity: Identity) -> PersonView:
    asked_for = await shown(work, await applications.of_person(work, person.person_id))
    held = await _cards(work, person.person_id)
    alive = person.died_on is None
    underway = await _underway(work, person.person_id)
    return PersonView(
        str(person.person_id), Holder.of(identity), person.birth_date.year, age_on(person.birth_date, work.today),
        person.district_code, person.hukou, person.insured, alive, asked_for, held,
        _next(asked_for, held, work.today, live=underway is not None) if alive else [], underway,
    )  # fmt: skip


async def _underway(work: Work, person_id: int) -> Underway | None:
    live = (await live_of(work, [person_id])).get(person_id)
    return Underway(Channel(live.channel), live.applied_at.astimezone(SHANGHAI).date()) if live else None


@post(
    "/people/identity",
    status_code=200,
    **protected("person.reveal", "people", "查看人员完整信息 · Reveal who somebody is",
                refuses=(*FINDING_MAY_REFUSE, PersonUnknown), unkeyed="it changes nothing but the audit log"),
)  # fmt: skip
async def reveal(request: Call, data: JSONBody[PersonQuestion]) -> RevealedPerson:
    """Give name, ID number and contact as the register has them. The reveal is recorded with its reason."""
    async with reading(request) as work:
        person = await found_by(work, data)
        subject = person.person_id if person else 0
        work.record(subject, "identity.revealed", subject or "unknown", reason=data.reason)
        identity = (await people.identities(work, [subject])).get(subject)
        if person is not None and identity is not None:
            return RevealedPerson(
                identity.name, identity.id_number, identity.mobile, identity.address, person.birth_date
            )
    raise PersonUnknown


async def _cards(work: Work, person_id: int) -> list[CardView]:
    roles.allowed(work.actor, "card.read")
    return await cards_shown(work, (await cards.of_people(work, [person_id])).get(person_id, []))


async def cards_shown(work: Work, held: Sequence[Card]) -> list[CardView]:
    """Give cards with the banks they name."""
    banks = await references(work, (card.bank_id for card in held))
    return [_card(card, banks) for card in held]


def _card(card: Card, banks: dict[int, InstitutionRef]) -> CardView:
    return CardView(
        str(card.card_id), card.card_number, card.generation, card.social, card.financial,
        banks.get(card.bank_id or 0), card.issued_on, card.expires_on, card.social_due_on, card.void_reason,
        card.replaced_by, card.loss, card.loss_until,
    )  # fmt: skip


def _next(asked_for: list[ApplicationView], held: list[CardView], today: date, *, live: bool) -> list[str]:
    """Give what can be done for this person now: the live application's actions, what may be opened, what is lost or may be, or applying."""
    held = [card for card in held if card.expires_on is None or card.expires_on >= today]
    actions = [f"application.{action}" for one in asked_for for action in one.next]
    actions += [f"card.open_social:{card.card_id}" for card in held if card.social == "unopened"]
    actions += [
        f"card.open_financial:{card.card_id}"
        for card in held if card.financial == "unopened" and card.social != "void"
    ]  # fmt: skip
    actions += [f"card.lift_loss:{card.card_id}" for card in held if card.loss]
    actions += [
        f"card.report_loss:{card.card_id}" for card in held if card.loss != "formal" and card.social != "void"
    ]
    has_new = any(card.generation == "new" and card.social != "void" for card in held)
    if live:
        return actions
    return [*actions, "application.replace" if has_new else "application.apply"]


@post(
    "/people/proxy-acts",
    status_code=200,
    **protected("person.search", "people", "代办记录 · What others did for somebody",
                refuses=(*FINDING_MAY_REFUSE, PersonUnknown), unkeyed="it changes nothing but the audit log"),
)  # fmt: skip
async def proxy_acts(request: Call, data: JSONBody[PersonQuestion]) -> ProxyActs:
    """Give who acted for a holder, as what and with which papers. The look is recorded with its reason."""
    async with reading(request) as work:
        person = await found_by(work, data)
        subject = person.person_id if person else 0
        work.record(subject, "proxy_acts.seen", subject or "unknown", reason=data.reason)
        if person is not None:
            acts, papers = await acting.of_person(work, subject), await acting.papers_of(work, subject)
            named = await references(work, (one.organisation_id for one in acts))
            return ProxyActs([_proxy_act(one, papers[one.proxy_act_id], named) for one in acts])
    raise PersonUnknown


def _proxy_act(one: ProxyAct, papers: Papers, named: dict[int, InstitutionRef]) -> ProxyActView:
    return ProxyActView(
        one.act, one.subject, one.acted_as, mask(papers.id_number), one.authorisation, list(one.documents),
        one.documents_named, list(papers.witnesses), one.rule_id, one.checked_by, named.get(one.organisation_id),
        one.acted_at,
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (search, reveal, proxy_acts)

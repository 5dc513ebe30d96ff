"""Residents, for themselves and their wards: who they are, how far they have come, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from litestar import get

from shebaoka.cards import views as cards
from shebaoka.cards.model import Card
from shebaoka.faces.api.access import RESIDENTS_ONLY
from shebaoka.faces.api.areas.people import CardView, cards_shown
from shebaoka.faces.api.areas.showing import ApplicationView, shown
from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import protected
from shebaoka.faces.api.guiding import SAID, Step, next_step
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Holder, InstitutionRef, references
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.drafts import views as drafts
from shebaoka.issuing.drafts.model import Draft, Window
from shebaoka.issuing.drafts.window import nearest_centre, window
from shebaoka.issuing.lists import views as lists
from shebaoka.kit.work import Work
from shebaoka.registry.acting.views import reach_of
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Identity, Person
from shebaoka.registry.programme.asking import age_on
from shebaoka.registry.programme.model import BankChoice, Explanation, NoticeState, PhotoSource, Reason
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import facts_of


class OnlineWindow(msgspec.Struct, frozen=True):
    """Whether an application is accepted online today, and why; for a pupil how the school's notice stands."""

    accepted: bool
    notice: NoticeState
    notified_on: date | None
    apply_by: date | None
    why: Reason | None

    @classmethod
    def of(cls, found: Window) -> OnlineWindow:
        """Give a window as it goes over the wire."""
        return cls(found.accepted, found.notice, found.notified_on, found.apply_by, found.why)


class Member(msgspec.Struct, frozen=True):
    """The resident (`relation` self) or a ward: applications, cards, and what to do next.

    `photo_sources`: where the photo comes from, in this order; empty: none is needed. `centre`: the community centre nearest
    to the person. `bank`: who chooses and what is suggested, `bank_why` the rule that says so. `sentences_zh` and `sentences_en` explain when, where and with which bank.
    """

    person_id: str
    relation: str
    holder: Holder
    age: int
    group: str
    online: OnlineWindow
    photo_sources: list[PhotoSource]
    applications: list[ApplicationView]
    cards: list[CardView]
    draft_id: str | None
    next: Step
    next_zh: str
    next_en: str
    centre: InstitutionRef | None
    bank: BankChoice
    bank_why: Reason | None
    sentences_zh: list[str]
    sentences_en: list[str]


class Family(msgspec.Struct, frozen=True):
    """The resident first, then the wards."""

    items: list[Member]


@dataclass(frozen=True, slots=True)
class _Known:
    """What was looked up about everybody at once."""

    persons: Mapping[int, Person]
    identities: Mapping[int, Identity]
    explanations: Mapping[int, Explanation]
    ties: Mapping[int, str]
    cards: Mapping[int, list[Card]]
    drafts: Mapping[int, Draft]


@get(
    "/family",
    **protected("application.read", "family", "本人与子女 · Myself and my wards", residents=RESIDENTS_ONLY),
)
async def family(request: Call) -> Family:
    """Give oneself and one's wards, each with window, applications, cards and the next step. The look is recorded."""
    programme = await service(request).programme()
    async with reading(request) as work:
        reached = await reach_of(work, programme)
        known = await _look_up(work, programme, reached)
        work.record_many("family.seen", ((person_id, person_id) for person_id in reached))
        return Family([await _member(work, programme, person_id, known) for person_id in reached])


async def _look_up(work: Work, programme: Programme, reached: list[int]) -> _Known:
    persons = await people.by_ids(work, reached)
    facts = await facts_of(work, list(persons.values()), work.today)
    return _Known(
        persons=persons,
        identities=await people.identities(work, reached),
        explanations={number: programme.explain(facts[number], work.today) for number in reached},
        ties=await people.wards(work, reached[0]),
        cards=await cards.of_people(work, reached),
        drafts={draft.person_id: draft for draft in await drafts.of_owner(work)},
    )


async def _member(work: Work, programme: Programme, person_id: int, known: _Known) -> Member:
    person, identity, told = (
        known.persons[person_id],
        known.identities[person_id],
        known.explanations[person_id],
    )
    asked_for = await applications.of_person(work, person_id)
    online = window(programme, told.group.group, await lists.notices_of(work, person_id), work.today)
    centre = await nearest_centre(work, person.district_code, identity.address)
    step = _step(told, asked_for, known, person_id, online, work.today)
    return Member(
        person_id=str(person_id),
        relation=known.ties.get(person_id, "self"),
        holder=Holder.of(identity),
        age=age_on(person.birth_date, work.today),
        group=told.group.group,
        online=OnlineWindow.of(online),
        photo_sources=list(told.photo.sources),
        applications=await shown(work, asked_for),
        cards=await cards_shown(work, known.cards.get(person_id, [])),
        draft_id=str(known.drafts[person_id].draft_id) if person_id in known.drafts else None,
        next=step,
        next_zh=SAID[step][0],
        next_en=SAID[step][1],
        centre=(await references(work, [centre.institution_id]))[centre.institution_id] if centre else None,
        bank=told.bank,
        bank_why=next((one for one in told.why if one.rule_set == "bank"), None),
        sentences_zh=list(told.sentences_zh),
        sentences_en=list(told.sentences_en),
    )


def _step(
    told: Explanation, asked_for: list[Application], known: _Known, person_id: int, online: Window, today: date
) -> Step:  # fmt: skip
    return next_step(
        eligible=told.eligible,
        applications=asked_for,
        cards=known.cards.get(person_id, []),
        draft=known.drafts.get(person_id),
        window=online,
        today=today,
    )


HANDLERS: tuple[Any, ...] = (family,)

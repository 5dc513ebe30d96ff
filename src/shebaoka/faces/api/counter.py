"""Who stands at the counter: the holder, a child's guardian, or an agent with both documents and an authorisation."""

from __future__ import annotations

from typing import Literal

from shebaoka.cards import views as cards
from shebaoka.cards.model import Card
from shebaoka.faces.api.wire import Body, IdNumberText, read_id_number
from shebaoka.issuing.applications.errors import GuardianIsWard, GuardianNeeded, GuardianNotTied
from shebaoka.kit.problems import NotFound, Problem
from shebaoka.kit.work import Work
from shebaoka.records import card_number as card_numbers
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import facts_of


class CardOfAnother(Problem):
    """The card's number and the ID number do not belong together."""

    slug = "card-of-another"
    status = 422
    title_zh = "卡号与证件号码不是同一人"
    title_en = "The card is not this person's"
    remedy_zh = "请核对卡面卡号与持卡人证件；如拿错卡，请办理更换"
    remedy_en = (
        "Compare the number on the card and the holder's document; somebody may have taken the wrong card"
    )


class AuthorisationMissing(Problem):
    """An agent acts for an adult only with a written authorisation that the clerk has seen."""

    slug = "authorisation-missing"
    status = 422
    title_zh = "缺少代办委托书"
    title_en = "The agent's written authorisation was not seen"
    remedy_zh = "请核验持卡人与代办人双方证件和书面委托书后再办理"
    remedy_en = "Check the documents of both and the written authorisation, then try again"


class ActsFor(Body, frozen=True):
    """Somebody who acts for the holder: a ward's guardian, or an adult's agent."""

    role: Literal["guardian", "agent"]
    id_number: IdNumberText
    authorisation_seen: bool = False


async def card_and_holder(work: Work, card_text: str, id_text: str) -> tuple[Card, Person]:
    """Give the card that lies on the counter and its holder; CardOfAnother when they do not belong together."""
    number = card_numbers.parse(card_text)
    card = await cards.find(work, number)
    holder = await people.find(work, await read_id_number(work, id_text))
    if card is None:
        raise NotFound("卡号 card number")
    if holder is None or holder.person_id != card.person_id:
        raise CardOfAnother
    return card, holder


async def check_who_acts(work: Work, programme: Programme, holder: Person, acts: ActsFor | None) -> str:
    """Check that whoever stands there may act for the holder, and give as what: `holder`, `guardian` or `agent`."""
    facts = (await facts_of(work, [holder], work.today))[holder.person_id]
    child = programme.explain(facts, work.today).documents.by == "guardian"
    if acts is None:
        if child:
            raise GuardianNeeded
        return "holder"
    other = await people.find(work, await read_id_number(work, acts.id_number))
    if other is not None and other.person_id == holder.person_id:
        raise GuardianIsWard
    if child:
        await _check_guardian(work, holder, other)
        return "guardian"
    if not acts.authorisation_seen:
        raise AuthorisationMissing
    return "agent"


async def _check_guardian(work: Work, ward: Person, guardian: Person | None) -> None:
    ties = await people.guardians(work, [ward.person_id])
    if (
        guardian is None
        or guardian.died_on is not None
        or guardian.person_id not in ties.get(ward.person_id, ())
    ):
        raise GuardianNotTied

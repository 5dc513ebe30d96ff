"""Who stands at the counter: the holder, a child's guardian, or an agent with both documents and an authorisation."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from shebaoka.cards import views as cards
from shebaoka.cards.model import Card
from shebaoka.faces.api.wire import Body, Code, IdNumberText, Text, own_institution, read_id_number
from shebaoka.issuing.applications.errors import NameDiffers, PersonUnknown
from shebaoka.kit.problems import NotFound, Problem
from shebaoka.kit.work import Work
from shebaoka.records import card_number as card_numbers
from shebaoka.registry.acting.commands import Done, keep
from shebaoka.registry.acting.errors import (
    AgentNotHere,
    AgentUnfit,
    AuthorisationMissing,
    DocumentsMissing,
    GuardianIsWard,
    GuardianNeeded,
    GuardianNotTied,
)
from shebaoka.registry.acting.model import Claim, Place
from shebaoka.registry.acting.views import check, reach_of
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme.model import Act, ActingAs, Authorisation, Document, Proxy
from shebaoka.registry.programme.programme import Programme

ACTING_MAY_REFUSE: Final[tuple[type[Problem], ...]] = (
    GuardianNeeded, GuardianNotTied, GuardianIsWard, AgentUnfit, AgentNotHere, AuthorisationMissing, DocumentsMissing,
)  # fmt: skip


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


class ActsFor(Body, frozen=True):
    """Somebody who acts for the holder: the registered guardian, or from sixteen an agent.

    `documents_seen`: what the clerk has seen; left out, the clerk says that all was seen which the rules ask for
    (`GET /api/programme/authority`). `authorisation`: of an agent; `authorisation_seen` says the same as `written`.
    `witnesses`: work numbers of the two who witnessed it at the holder's home.
    """

    role: Proxy
    id_number: IdNumberText
    authorisation_seen: bool = False
    authorisation: Authorisation | None = None
    documents_seen: Annotated[list[Document], Meta(max_length=20)] | None = None
    witnesses: Annotated[tuple[Code, ...], Meta(max_length=4)] = ()
    name: Text | None = None


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


async def named_holder(work: Work, id_text: str, name: str) -> Person:
    """Give whom the register knows under this number and name: what a caller must know of the holder."""
    holder = await people.find(work, await read_id_number(work, id_text))
    if holder is None:
        raise PersonUnknown
    if holder.name_digest != work.vault.digest("name", name):
        raise NameDiffers
    return holder


async def check_reach(work: Work, programme: Programme, id_text: str) -> None:
    """Refuse a resident who asks about somebody who is neither the resident nor a ward, whether or not there is such a person."""
    if work.actor.person_id is None:
        return
    person = await people.find(work, await read_id_number(work, id_text))
    if person is None or person.person_id not in await reach_of(work, programme):
        raise GuardianNotTied


async def check_who_acts(
    work: Work,
    programme: Programme,
    holder: Person,
    acts: ActsFor | None,
    act: Act = "other",
    subject: object = "",
    here: Institution | None = None,
) -> ActingAs:
    """Check that whoever stands there may act for the holder, and give as what: `holder`, `guardian` or `agent`.

    `here`: the outlet whose counter it is, one's own unless it is named. This function will keep who acted, with which
    papers, for which thing (`subject`: its number).
    """
    outlet = here or await own_institution(work)
    where = Place(act, outlet.kind)
    resident = work.actor.person_id
    # Who a resident is, the session says, whatever the request says.
    claim = (
        await claim_of(work, acts) if resident is None else await claim_of_resident(work, resident, holder)
    )
    acting = await check(work, programme, holder, claim, where)
    await keep(work, [(Done(holder.person_id, act, subject, outlet.institution_id), acting)])
    return acting.by


async def claim_of(work: Work, acts: ActsFor | None) -> Claim | None:
    """Give what is said of whoever acts, None when it is the holder."""
    if acts is None:
        return None
    documents = None if acts.documents_seen is None else tuple(acts.documents_seen)
    return Claim(
        by=acts.role,
        id_number=await read_id_number(work, acts.id_number),
        name=acts.name,
        authorisation=acts.authorisation or ("written" if acts.authorisation_seen else None),
        documents=documents,
        witnesses=acts.witnesses,
    )


async def claim_of_resident(work: Work, resident_id: int, holder: Person) -> Claim | None:
    """Give as what a resident acts who is logged in: as the holder, else as a guardian."""
    if resident_id == holder.person_id:
        return None
    identity = (await people.identities(work, [resident_id]))[resident_id]
    return Claim("guardian", identity.id_number, name=identity.name)

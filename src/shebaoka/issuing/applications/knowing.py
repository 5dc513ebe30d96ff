"""Gathering what a decision looks at: a handful of queries for thousands of requests."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shebaoka.cards import views as cards
from shebaoka.cards.model import Card
from shebaoka.issuing.applications import replacing
from shebaoka.issuing.applications.deciding import Known, Live, Ruling
from shebaoka.issuing.applications.model import ApplyRequest, BankReason
from shebaoka.issuing.applications.store import SQL
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme import views as programmes
from shebaoka.registry.programme.model import Bank, Explanation, Facts
from shebaoka.registry.programme.programme import Programme


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What was gathered about all requests of a call; `about` looks one of them up."""

    people: Mapping[str, Person]
    name_digests: Mapping[str, bytes]
    rulings: Mapping[int, Ruling]
    lives: dict[int, Live]
    new_cards: Mapping[int, Card]
    renewable_from: Mapping[int, date]
    old_cards: Collection[int]
    programme: Programme
    ties: Mapping[tuple[int, int], str]
    institutions: Mapping[str, Institution]

    def about(self, request: ApplyRequest) -> Known | None:
        """Give what is known for one request, None when the register has nobody of that number."""
        person = self.people.get(request.id_number)
        if person is None:
            return None
        number, ruling = person.person_id, self.rulings[person.person_id]
        actor = self.people.get(request.claim.id_number) if request.claim else None
        return Known(
            person=person,
            name_fits=self.name_digests[request.name] == person.name_digest,
            ruling=ruling,
            live=self.lives.get(number),
            new_card=self.new_cards.get(number),
            renewable_from=self.renewable_from.get(number),
            has_old_card=number in self.old_cards,
            programme=self.programme,
            actor=actor,
            tie=self.ties.get((number, actor.person_id), "") if actor else "",
            bank=self.institutions.get(request.bank or ruling.bank_code or ""),
            outlet=self.institutions.get(request.fallback_outlet),
        )


async def gather(work: Work, requests: Sequence[ApplyRequest], programme: Programme) -> Knowledge:
    """Look up everything about these requests, a query for each kind of thing.

    This function will look at applications before it looks at cards: an application that ends meanwhile leaves a
    card behind, and is met there.
    """
    numbers = {request.id_number for request in requests}
    numbers |= {request.claim.id_number for request in requests if request.claim}
    known = await people.find_many(work, numbers)
    holders = {
        known[request.id_number].person_id: known[request.id_number]
        for request in requests
        if request.id_number in known
    }
    rulings = await _rulings(work, list(holders.values()), programme)
    lives = await live_of(work, holders)
    new_cards, old_cards = await _cards(work, holders)
    codes = {request.fallback_outlet for request in requests} | {
        request.bank for request in requests if request.bank
    }
    codes |= {ruling.bank_code for ruling in rulings.values() if ruling.bank_code}
    return Knowledge(
        people=known,
        name_digests={
            name: work.vault.digest("name", name) for name in {request.name for request in requests}
        },
        rulings=rulings,
        lives=lives,
        new_cards=new_cards,
        renewable_from={
            person_id: programme.renewable_from(card.expires_on, work.today)
            for person_id, card in new_cards.items()
            if card.expires_on is not None
        },
        old_cards=old_cards,
        programme=programme,
        ties=await people.ties(work, holders) if any(request.claim for request in requests) else {},
        institutions=await institutions.by_codes(work, codes),
    )


async def live_of(work: Work, ids: Collection[int]) -> dict[int, Live]:
    """Give the live applications of people by person_id; at most one each."""
    found = await work.rows(SQL["live_of"], {"people": list(ids)}, Live) if ids else []
    return {live.person_id: live for live in found}


async def _rulings(work: Work, persons: Sequence[Person], programme: Programme) -> dict[int, Ruling]:
    facts = await programmes.facts_of(work, persons, work.today)
    asked = [facts[person.person_id] for person in persons]
    # People alike get one explanation between them, and so one ruling.
    rulings: dict[int, Ruling] = {}
    made: dict[int, Ruling] = {}
    for person, fact, explanation in zip(
        persons, asked, programme.explain_many(asked, work.today), strict=True
    ):
        ruling = made.get(id(explanation))
        if ruling is None:
            ruling = made[id(explanation)] = _ruling(fact, explanation)
        rulings[person.person_id] = ruling
    return rulings


def _ruling(facts: Facts, explanation: Explanation) -> Ruling:
    suggested = explanation.bank.suggested
    return Ruling(
        eligible=explanation.eligible,
        group_code=explanation.group.group,
        banks=frozenset(bank.code for bank in suggested),
        bank_reason=_bank_reason(facts, suggested),
        bank_rule=explanation.bank.rule,
        remedy=explanation.remedy_zh,
    )


def _bank_reason(facts: Facts, suggested: Sequence[Bank]) -> BankReason:
    """Give why these banks are suggested: one that an employer chose although it pays no wages is chosen, no more."""
    if facts.pension_bank is not None and tuple(suggested) == (facts.pension_bank,):
        return BankReason.PENSION
    return BankReason.PAYROLL if set(suggested) <= set(facts.payroll_banks) else BankReason.CHOSEN


async def _cards(work: Work, ids: Collection[int]) -> tuple[dict[int, Card], set[int]]:
    """Give the new cards that an application would replace, by person, and who has, or had, an old one."""
    held = await cards.of_people(work, ids)
    new = {person_id: replacing.counts(some, work.today) for person_id, some in held.items()}
    old = {person_id for person_id, some in held.items() if any(card.generation == "old" for card in some)}
    return {person_id: card for person_id, card in new.items() if card is not None}, old

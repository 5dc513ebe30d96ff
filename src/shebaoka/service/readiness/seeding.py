"""Invented people and places for one rehearsed request, in a transaction of which nothing stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from shebaoka.cards.commands import open_functions, report_loss, take_made_cards, take_old_cards
from shebaoka.cards.model import LossReport, MadeCard, OldCardRow, Opening, Outlet
from shebaoka.kit import facts
from shebaoka.kit.work import Work
from shebaoka.records.id_number import birth_date
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.commands import hold_readiness, note_readiness
from shebaoka.registry.institutions.liveness import Status, live
from shebaoka.registry.institutions.model import BANK, BANK_OUTLET, Institution
from shebaoka.registry.people import views as people
from shebaoka.registry.people.commands import upsert_many
from shebaoka.registry.people.model import PersonRow
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.readiness.errors import RehearsalNeedsPlaces
from shebaoka.service.readiness.scripts import Card, Invented, load

CENTRE: Final = "community_centre"
COUNTER: Final = Outlet(CENTRE)
OLD_ISSUED_ON: Final = date(2012, 1, 1)
SEX_DIGIT: Final = 16


@dataclass(frozen=True, slots=True)
class Places:
    """The institutions that a rehearsal speaks of."""

    own: Institution
    bank: Institution
    other_bank: Institution
    centre: Institution

    def codes(self) -> dict[str, str]:
        """Give what stands for the placeholders of a script."""
        return {"bank": self.bank.code, "centre": self.centre.code}


async def places(work: Work, own: Institution) -> Places:
    """Give the places of an institution's rehearsals: its own bank and centre, else the city's first.

    This function will raise RehearsalNeedsPlaces where the city has no two banks and no centre.
    """
    banks = await institutions.of_kind(work, BANK)
    own_bank = own.parent_id if own.kind == BANK_OUTLET else own.institution_id
    ordered = sorted(banks, key=lambda one: one.institution_id != own_bank)
    centres = [own] if own.kind == CENTRE else await institutions.page_of_kind(work, CENTRE, "", 1)
    if len(ordered) < 2 or not centres:  # noqa: PLR2004 - its own bank, and another
        raise RehearsalNeedsPlaces
    return Places(own, ordered[0], ordered[1], centres[0])


async def seed(work: Work, programme: Programme, own: Institution) -> None:
    """Bring the scripts' people and their cards into a transaction that will be rolled back, and let its places serve."""
    here = await places(work, own)
    await _let_serve(work, here)
    # As in a demo city, numbers of invented people pass; only here, and only until the end of the transaction.
    await work.run(facts.SQL["set_fact"], {"name": facts.INVENTED_PEOPLE, "value": "true"})
    invented = load().person
    await upsert_many(work, [_row(one) for one in invented])
    found = await people.find_many(work, [one.id_number for one in invented])
    for one in invented:
        for card in one.cards:
            await _give(work, programme, here, found[one.id_number].person_id, card)


async def _let_serve(work: Work, here: Places) -> None:
    waiting = [one for one in (here.own, here.bank, here.centre) if not live(one, work.today)]
    for institution_id in await hold_readiness(work, {one.institution_id for one in waiting}):
        await note_readiness(work, institution_id, Status.LIVE, work.today)


def _row(one: Invented) -> PersonRow:
    return PersonRow(
        id_number=one.id_number, name=one.name, mobile="15400000000", address="虚构路1号",
        sex="male" if int(one.id_number[SEX_DIGIT]) % 2 else "female", birth_date=birth_date(one.id_number), hukou=True,
    )  # fmt: skip


async def _give(work: Work, programme: Programme, here: Places, person_id: int, card: Card) -> None:
    if card.generation == "old":
        taken = await take_old_cards(work, [OldCardRow(person_id, card.number, OLD_ISSUED_ON)])
        assert not taken.refused, "the scripts' card numbers are nobody's"
        return
    bank = here.other_bank if card.bank == "other" else here.bank
    card_id = work.ids.one()
    made = MadeCard(person_id, card_id, card.number, bank.institution_id, work.today, None, "AB", "CD")
    taken = await take_made_cards(work, [made])
    assert not taken.refused, "the scripts' card numbers are nobody's"
    if card.state != "unopened":
        await open_functions(work, programme, Opening(person_id, card_id, frozenset({"social"}), COUNTER))
    if card.state == "lost":
        await report_loss(work, programme, LossReport(person_id, card_id, "formal", COUNTER))

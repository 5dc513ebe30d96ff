"""Visits: asked for, judged by the rules, planned, moved, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from shebaoka.cards import views as cards
from shebaoka.cards.errors import OtherBanksCard
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.errors import BankNotServing, PersonDeceased
from shebaoka.issuing.applications.knowing import live_of
from shebaoka.issuing.outreach import states, views
from shebaoka.issuing.outreach.commands.changing import Place, hold, leave, locked, place_of, saved
from shebaoka.issuing.outreach.errors import SlotNotFree, VisitExists, VisitOutletUnfit
from shebaoka.issuing.outreach.model import (
    DIED,
    SLOT_WORDS,
    Asked,
    CancelReason,
    Planning,
    Slot,
    SlotFree,
    Visit,
    place_of_visit,
)
from shebaoka.issuing.outreach.staffing import staff_of
from shebaoka.issuing.outreach.states import VISIT, VisitAction, after, before
from shebaoka.issuing.outreach.store import SQL
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.outbox import Event
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Row, Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.liveness import live
from shebaoka.registry.institutions.model import BANK, BANK_OUTLET, Institution
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme.asking import age_on
from shebaoka.registry.programme.model import Mobility, Reason
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.sets import DecidesVisit
from shebaoka.registry.programme.views import facts_of

FREE_SHOWN: Final = 6
UNOPENED: Final = ("unopened", "lost_unopened")


@dataclass(frozen=True, slots=True)
class Heard:
    """A visit that was asked for, what the rules decided, and by which of them."""

    visit: Visit
    decided: DecidesVisit
    why: Reason


async def request(work: Work, programme: Programme, asked: Asked) -> Heard:
    """Take in that somebody asks for a visit; the dated rules say at once whether there will be one.

    This function will keep a refused request too, with the rule that refused it. Raises NotFound, PersonDeceased,
    BankNotServing, OtherBanksCard, VisitExists.
    """
    person = (await people.by_ids(work, [asked.person_id])).get(asked.person_id)
    if person is None:
        raise NotFound("此人 · the person")
    if person.died_on is not None:
        raise PersonDeceased
    mobility: Mobility = "documented" if asked.document else "stated" if asked.limited else "none"
    decided, why = programme.visit(age_on(person.birth_date, work.today), mobility, work.today)
    first = states.Visit.REQUESTED
    status = first if decided.eligible else after(VISIT, first, VisitAction.REFUSE)
    bank_id = await _bank_of(work, programme, person, asked)
    visit_id = work.ids.one()
    sealed = (
        work.vault.seal(msgspec.json.encode(asked.contact), place_of_visit(visit_id))
        if decided.eligible
        else None
    )
    written = await work.run(SQL["request"], {
        "person_id": person.person_id, "visit_id": visit_id, "status": str(status), "ground": decided.ground,
        "document": asked.document, "rule_id": why.rule_id, "asked_as": asked.asked_as, "represented": asked.represented,
        "tasks": list(asked.tasks), "organisation_id": work.actor.organisation_id, "bank_id": bank_id,
        "reason": None if decided.eligible else why.rule_id, "sealed": sealed, "now": work.now,
    })  # fmt: skip
    if not written:
        raise _exists(await work.row(SQL["live_visit"], {"person_id": person.person_id}, Visit))
    work.record(
        person.person_id, f"visit.{status}", visit_id, rule=why.rule_id, ground=decided.ground, asked_as=asked.asked_as
    )  # fmt: skip
    found = await work.row(SQL["lock_visit"], {"person_id": person.person_id, "visit_id": visit_id}, Visit)
    assert found, "what was just written is there"
    return Heard(found, decided, why)


async def plan(work: Work, programme: Programme, visit_id: int, planning: Planning) -> Visit:
    """Plan a visit, again where nobody was met, or move it to another time, outlet or other staff.

    This function will tell the person. Raises NotFound, TransitionRefused, VisitOutletUnfit, VisitStaffUnfit, SlotNotFree.
    """
    visit = await locked(work, visit_id)
    status = states.Visit(visit.status)
    action = VisitAction.MOVE if status is states.Visit.PLANNED else VisitAction.PLAN
    following = after(VISIT, status, action)
    outlet = await _outlet(work, visit, planning.outlet)
    terms = programme.visit_terms(work.today, represented=visit.represented)
    staff = await staff_of(work, outlet, planning.staff, terms.staff)
    was, place = place_of(visit) if action is VisitAction.MOVE else None, _place(outlet, planning)
    await _take(work, place, was)
    moved = replace(
        visit, status=following, outlet_id=outlet.institution_id, bank_id=visit.bank_id or outlet.parent_id,
        day=planning.day, slot=planning.slot, staff=staff, reason=None,
        attempt=visit.attempt + (action is VisitAction.PLAN),
    )  # fmt: skip
    topic = "visit.moved" if action is VisitAction.MOVE else "visit.planned"
    if was != place:
        work.tell(
            visit.person_id, topic, visit_id=visit_id, outlet_id=outlet.institution_id, day=planning.day, slot=planning.slot
        )  # fmt: skip
    return await saved(
        work, moved, topic, outlet=outlet.code, day=planning.day, slot=planning.slot, staff=list(staff)
    )


async def cancel(work: Work, visit_id: int, reason: CancelReason) -> Visit:
    """Cancel a visit that is under way. NotFound, TransitionRefused."""
    visit = await locked(work, visit_id)
    status = after(VISIT, states.Visit(visit.status), VisitAction.CANCEL)
    place = place_of(visit)
    if visit.status == states.Visit.PLANNED and place:
        await leave(work, [place])
    return await saved(work, replace(visit, status=status, reason=reason), "visit.cancelled", reason=reason)


async def cancel_for_death(work: Work, events: Sequence[Event]) -> None:
    """Cancel the visits to people who have died (subscriber of `person.died`); this function will do nothing the second time."""
    people_gone = sorted({event.person_id for event in events})
    possible = before(VISIT, VisitAction.CANCEL)
    planned = await _cancel_of(work, people_gone, [states.Visit.PLANNED])
    others = await _cancel_of(work, people_gone, [one for one in possible if one is not states.Visit.PLANNED])
    await leave(work, [(row[2], row[3], row[4]) for row in planned])
    work.record_many("visit.cancelled", [(row[0], row[1]) for row in (*planned, *others)], reason=DIED)


async def _cancel_of(work: Work, people_gone: Sequence[int], was: Sequence[states.Visit]) -> list[Row]:
    (status,) = {after(VISIT, one, VisitAction.CANCEL) for one in was}
    return await work.rows(SQL["cancel_of"], {
        "people": list(people_gone), "was": [str(one) for one in was], "status": str(status), "reason": DIED,
        "now": work.now,
    })  # fmt: skip


def _exists(visit: Visit | None) -> VisitExists:
    if visit is None:
        return VisitExists()
    day = visit.requested_at.astimezone(SHANGHAI).date()
    return VisitExists(
        f"{visit.status}, {day:%Y-%m-%d}", visit_status=visit.status, requested_on=day.isoformat()
    )


async def _bank_of(work: Work, programme: Programme, person: Person, asked: Asked) -> int | None:
    """Give the bank that makes the visit: of the card that waits to be opened, else as asked, as applied for, as suggested."""
    held = cards.meant((await cards.of_people(work, [person.person_id])).get(person.person_id, []), "new")
    waiting = held.bank_id if held and held.social in UNOPENED else None
    if asked.bank is not None:
        bank = await institutions.by_code(work, asked.bank)
        if bank is None or bank.kind != BANK or not live(bank, work.today):
            raise BankNotServing
        if "open" in asked.tasks and waiting not in (None, bank.institution_id):
            raise OtherBanksCard
        return bank.institution_id
    if waiting is not None:
        return waiting
    under_way = (await live_of(work, [person.person_id])).get(person.person_id)
    if under_way is not None:
        key = (person.person_id, under_way.application_id)
        return (await applications.by_keys(work, [key]))[under_way.application_id].bank_id
    facts = (await facts_of(work, [person], work.today))[person.person_id]
    suggested = programme.explain(facts, work.today).bank.suggested
    bank = await institutions.by_code(work, suggested[0].code) if len(suggested) == 1 else None
    return bank.institution_id if bank else None


async def _outlet(work: Work, visit: Visit, code: str) -> Institution:
    outlet = await views.outlet(work, code)
    fits = outlet.kind == BANK_OUTLET and live(outlet, work.today) and not outlet.elsewhere
    if not fits or visit.bank_id not in (None, outlet.parent_id):
        raise VisitOutletUnfit(f"{outlet.name_zh} · {outlet.name_en}")
    return outlet


def _place(outlet: Institution, planning: Planning) -> Place:
    return outlet.institution_id, planning.day, planning.slot


async def _take(work: Work, place: Place, was: Place | None) -> None:
    """Take half a day and leave the one before, both held in one order."""
    if place == was:
        return
    outlet_id, day, slot = place
    await hold(work, *filter(None, (place, was)))
    named = {"outlet_id": outlet_id, "day": day, "slot": slot}
    if day < work.today or not await work.run(SQL["take_slot"], named):
        free = [one for one in await views.slots(work, outlet_id, work.today) if one.taken < one.capacity]
        raise _not_free(slot, day, free[:FREE_SHOWN])
    await leave(work, [was] if was else [])


def _not_free(slot: Slot, day: object, free: Sequence[SlotFree]) -> SlotNotFree:
    zh, en = SLOT_WORDS[slot]
    return SlotNotFree(
        f"{day} {zh} · {en}",
        free=[
            {"day": one.day.isoformat(), "slot": one.slot, "places": one.capacity - one.taken} for one in free
        ],
    )

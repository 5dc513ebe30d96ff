"""A visit begins with a card, a stay ends with the discharge, and what was wrong is cancelled."""

from __future__ import annotations

from datetime import date

from shebaoka.benefits.insurance import views as insurance
from shebaoka.benefits.settlement import states, store, views
from shebaoka.benefits.settlement.errors import (
    AlreadySettled,
    CardNotUsable,
    NotDesignated,
    NotHolder,
    VisitDiffers,
)
from shebaoka.benefits.settlement.model import Registering, Visit
from shebaoka.benefits.settlement.states import Action
from shebaoka.benefits.settlement.store import SQL
from shebaoka.cards import views as cards
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.model import VisitKind
from shebaoka.registry.programme.programme import Programme


async def register(work: Work, programme: Programme, one: Registering) -> Visit:
    """Begin a visit with the patient's card; the same again gives the same visit.

    Raises NotDesignated, CardNotUsable, NotHolder, NotInsured, VisitDiffers.
    """
    began_on = one.began_on or work.today
    await _may(work, one, began_on)
    return await _insured_begins(work, programme, one, began_on)


async def register_elsewhere(work: Work, programme: Programme, one: Registering) -> Visit:
    """Begin a stay of ours in another province (which stands in place of an institution) as it tells of it.

    Whether its hospital may settle is that province's affair. Raises CardNotUsable, NotHolder, NotInsured, VisitDiffers.
    """
    began_on = one.began_on or work.today
    if began_on > work.today:
        raise VisitDiffers(f"began_on {began_on}")
    return await _insured_begins(work, programme, one, began_on)


async def admit_guest(work: Work, person_id: int, institution_id: int, number: str, began_on: date) -> Visit:
    """Begin a stay of a guest who is insured in another province; the same again gives the same visit.

    Raises NotDesignated, VisitDiffers.
    """
    serving = await views.serving(work, institution_id, began_on)
    if serving.level is None:
        raise NotDesignated("inpatient")
    if began_on > work.today:
        raise VisitDiffers(f"began_on {began_on}")
    return await _begin(work, person_id, institution_id, number, "inpatient", began_on)


async def _insured_begins(work: Work, programme: Programme, one: Registering, began_on: date) -> Visit:
    person_id, card_id = await _holder(work, programme, one)
    await insurance.who(work, person_id, began_on)
    return await _begin(work, person_id, one.institution_id, one.number, one.kind, began_on, card_id)


async def _begin(
    work: Work,
    person_id: int,
    institution_id: int,
    number: str,
    kind: VisitKind,
    began_on: date,
    card_id: int | None = None,
) -> Visit:
    visit_id = work.ids.one()
    added = await work.run(SQL["add_visit"], {
        "person_id": person_id, "visit_id": visit_id, "institution_id": institution_id, "number": number,
        "kind": kind, "began_on": began_on, "now": work.now, "card_id": card_id,
    })  # fmt: skip
    keys = {"person_id": person_id, "institution_id": institution_id, "number": number}
    visit = await work.row(SQL["visit_of_number"], keys, Visit)
    assert visit is not None
    if (visit.kind, visit.began_on) != (kind, began_on):
        raise VisitDiffers(number)
    if added:
        work.record(person_id, "settlement.visit_registered", visit_id, kind=kind)
    return visit


async def _may(work: Work, one: Registering, began_on: date) -> None:
    serving = await views.serving(work, one.institution_id, began_on)
    if (one.kind == "pharmacy") != (serving.level is None):
        raise NotDesignated(one.kind)
    if began_on > work.today:
        raise VisitDiffers(f"began_on {began_on}")


async def _holder(work: Work, programme: Programme, one: Registering) -> tuple[int, int]:
    standing = await cards.standing(work, programme, card_number=one.card_number)
    if not standing.good:
        raise CardNotUsable(f"{standing.zh} · {standing.en}", reason=standing.reason)
    ((person_id, card_id),) = (await cards.find_many(work, [one.card_number])).values()
    if one.id_number is not None:
        person = await people.find(work, one.id_number)
        if person is None or person.person_id != person_id:
            raise NotHolder
    return person_id, card_id


async def discharge(work: Work, institution_id: int, person_id: int, visit_id: int, on: date) -> Visit:
    """End a stay on a day; only then it is settled. Raises NotFound, NotDesignated, TransitionRefused, VisitDiffers."""
    visit = await locked(work, institution_id, person_id, visit_id)
    if visit.kind != "inpatient":
        raise NotDesignated(visit.kind)
    if not visit.began_on <= on <= work.today:
        raise VisitDiffers(f"{on}")
    return await _move(work, visit, "discharge", on)


async def readmit(work: Work, institution_id: int, person_id: int, visit_id: int) -> Visit:
    """Take a discharge back that is not settled. Raises NotFound, TransitionRefused, AlreadySettled."""
    return await _unsettled(work, institution_id, person_id, visit_id, "readmit")


async def cancel(work: Work, institution_id: int, person_id: int, visit_id: int) -> Visit:
    """Cancel a visit of which nothing is settled. Raises NotFound, TransitionRefused, AlreadySettled."""
    return await _unsettled(work, institution_id, person_id, visit_id, "cancel")


async def _unsettled(work: Work, institution_id: int, person_id: int, visit_id: int, action: Action) -> Visit:
    visit = await locked(work, institution_id, person_id, visit_id)
    if await store.settled(work, visit):
        raise AlreadySettled(visit.number)
    return await _move(work, visit, action, None)


async def locked(work: Work, institution_id: int, person_id: int, visit_id: int) -> Visit:
    """Give a visit of an institution and let nobody else change or settle it until the transaction ends. Raises NotFound."""
    visit = await store.visit(work, "lock_visit", institution_id, person_id, visit_id)
    if visit is None:
        raise NotFound(f"就诊 visit {visit_id}")
    return visit


async def _move(work: Work, visit: Visit, action: Action, ended_on: date | None) -> Visit:
    status = states.after(visit.status, action)
    keys = {"person_id": visit.person_id, "visit_id": visit.visit_id}
    await work.run(SQL["move_visit"], keys | {"status": status, "ended_on": ended_on})
    work.record(visit.person_id, "settlement.visit_moved", visit.visit_id, was=visit.status, now=status)
    moved = await store.visit(work, "visit", visit.institution_id, visit.person_id, visit.visit_id)
    assert moved is not None
    return moved

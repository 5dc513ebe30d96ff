"""A parcel comes to a counter or leaves it: noted by those who hold it in their hands, whatever the courier told."""

from __future__ import annotations

from shebaoka.issuing.applications.commands import move_many, set_outlet
from shebaoka.issuing.applications.states import Action as ApplicationAction
from shebaoka.issuing.delivery.commands.applying import parcels_of
from shebaoka.issuing.delivery.errors import NoCounterForParcels, ParcelsMoved
from shebaoka.issuing.delivery.model import Parcel
from shebaoka.issuing.delivery.places import check_here
from shebaoka.issuing.delivery.states import Action, Status, after
from shebaoka.issuing.delivery.store import SQL
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.records import s10
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import CARD_CENTRE

COMMUNITY_CENTRE = "community_centre"


async def note_arrival(work: Work, waybill: str) -> Parcel:
    """Note that a parcel lies on the actor's counter: a community centre's, or the card centre's.

    At an outlet it waits to be fetched from today, also where another outlet was named; the card centre keeps it. Told again it
    changes nothing. This function will refuse with WaybillRefused, NotFound, NoCounterForParcels, or TransitionRefused when
    it cannot be there: in its holder's hands, lost, or not sent yet.
    """
    parcel = await _found(work, waybill)
    own = await institutions.by_id(work, work.actor.organisation_id)
    kind = own.kind if own else ""
    if kind == CARD_CENTRE:
        return await _take_back(work, parcel)
    if kind == COMMUNITY_CENTRE:
        return await _arrive(work, parcel)
    raise NoCounterForParcels


async def send_back(work: Work, waybill: str) -> Parcel:
    """Note that the actor's outlet has sent a recalled parcel back to the card centre.

    This function will refuse with WaybillRefused, NotFound, ParcelElsewhere, or TransitionRefused when it is not recalled.
    """
    parcel = await _found(work, waybill)
    await check_here(work, parcel)
    sent = after(Status(parcel.status), Action.SEND_BACK)
    moves = {
        **_key(parcel),
        "was": parcel.status,
        "to_status": sent,
        "outlet_id": parcel.outlet_id,
        "now": work.now,
    }
    return await _moved(work, parcel, "send_back", moves)


async def _found(work: Work, waybill: str) -> Parcel:
    number = s10.validate(waybill)
    await work.run(SQL["take_turn"])
    parcel = (await parcels_of(work, [number])).get(number)
    if parcel is None or parcel.waybill != number:
        raise NotFound(number)
    return parcel


async def _arrive(work: Work, parcel: Parcel) -> Parcel:
    own, here = work.actor.organisation_id, after(Status(parcel.status), Action.ARRIVE)
    if parcel.status == here and parcel.outlet_id == own:
        return parcel
    moves = {
        **_key(parcel), "was": parcel.status, "was_at": parcel.outlet_id, "to_status": here, "outlet_id": own,
        "today": work.today, "now": work.now,
    }  # fmt: skip
    arrived = await _moved(work, parcel, "arrive", moves)
    await move_many(work, [(parcel.person_id, parcel.application_id)], ApplicationAction.ARRIVE)
    if parcel.outlet_id != own:
        await set_outlet(work, parcel.person_id, parcel.application_id, own)
    work.tell(parcel.person_id, "parcel.at_outlet", parcel_id=parcel.parcel_id, outlet_id=own)
    return arrived


async def _take_back(work: Work, parcel: Parcel) -> Parcel:
    own = work.actor.organisation_id
    if parcel.status == Status.AT_CENTRE and parcel.centre_id == own:
        return parcel
    kept = after(Status(parcel.status), Action.TAKE_BACK)
    moves = {**_key(parcel), "was": parcel.status, "to_status": kept, "centre_id": own, "now": work.now}
    taken = await _moved(work, parcel, "take_back", moves)
    await move_many(work, [(parcel.person_id, parcel.application_id)], ApplicationAction.BRING_BACK)
    work.tell(parcel.person_id, "parcel.at_centre", parcel_id=parcel.parcel_id, outlet_id=own)
    return taken


async def _moved(work: Work, parcel: Parcel, how: str, moves: dict[str, object]) -> Parcel:
    if await work.run(SQL[how], moves) != 1:
        raise ParcelsMoved(parcel.waybill)
    work.record(
        parcel.person_id, f"parcel.{moves['to_status']}", parcel.parcel_id, was=parcel.status, noted=how
    )
    return (await parcels_of(work, [parcel.waybill]))[parcel.waybill]


def _key(parcel: Parcel) -> dict[str, object]:
    return {"person_id": parcel.person_id, "parcel_id": parcel.parcel_id}

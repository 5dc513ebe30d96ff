"""A parcel is lost, wherever it was: the card in it is void, and another one is made for the same application."""

from __future__ import annotations

from dataclasses import dataclass

from shebaoka.cards import commands as cards
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.commands import Also, move_many
from shebaoka.issuing.applications.states import Action as ApplicationAction
from shebaoka.issuing.delivery.commands.applying import parcels_of
from shebaoka.issuing.delivery.errors import ParcelsMoved
from shebaoka.issuing.delivery.model import Parcel
from shebaoka.issuing.delivery.states import Action, Status, after
from shebaoka.issuing.delivery.store import SQL
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.records import s10

PARCEL_LOST = "parcel-lost"


@dataclass(frozen=True, slots=True)
class LostParcel:
    """A parcel as it now stands, and whether a card is made again.

    It is not where the application has ended: the holder has asked for another card, or is not entitled any more.
    """

    parcel: Parcel
    made_again: bool


async def declare_lost(work: Work, waybill: str) -> LostParcel:
    """Give a parcel up that neither the courier nor the outlet finds: its card is void, and is made once more.

    The application goes back to where its card was ordered; photo, account and address stay, and its holder is told.
    Whatever the courier tells of the parcel later changes nothing. This function will refuse with WaybillRefused, NotFound, or TransitionRefused when
    the parcel is not on its way or the holder has opened the card.
    """
    number = s10.validate(waybill)
    await work.run(SQL["take_turn"])
    parcel = (await parcels_of(work, [number])).get(number)
    if parcel is None or parcel.waybill != number:
        raise NotFound(number)
    await _lose(work, parcel)
    key = (parcel.person_id, parcel.application_id)
    application = (await applications.by_keys(work, [key]))[parcel.application_id]
    if application.card_id is not None:
        await cards.void_lost_in_post(work, parcel.person_id, application.card_id)
    again = await move_many(work, [key], ApplicationAction.REMAKE, Also(reasons=[PARCEL_LOST]))
    if again:
        # Whoever waits for the card hears that it comes later; where nothing is made again there is nothing to wait for.
        work.tell(parcel.person_id, "parcel.lost", parcel_id=parcel.parcel_id)
    return LostParcel((await parcels_of(work, [number]))[number], bool(again))


async def _lose(work: Work, parcel: Parcel) -> None:
    lost = after(Status(parcel.status), Action.LOSE)
    moved = await work.run(SQL["move"], {
        "people": [parcel.person_id], "parcels": [parcel.parcel_id], "were": [parcel.status], "words": [None],
        "received": [None], "arrived": [None], "to_status": lost, "now": work.now,
    })  # fmt: skip
    if moved != 1:
        raise ParcelsMoved(parcel.waybill)
    work.record(parcel.person_id, f"parcel.{lost}", parcel.parcel_id, waybill=parcel.waybill)

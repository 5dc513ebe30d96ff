"""A wrong photo is replaced, up to the moment at which the file for the card bureau is written."""

from __future__ import annotations

from typing import Final

from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.applications.states import PHOTO_STANDS, Status
from shebaoka.issuing.photos import commands as photos
from shebaoka.issuing.photos.commands import Brought
from shebaoka.issuing.photos.commands.rejecting import ON_CARD
from shebaoka.issuing.photos.errors import PhotoInProduction, PhotoOnCard
from shebaoka.issuing.photos.model import Flaw
from shebaoka.issuing.production.states import BatchStatus, OrderStatus
from shebaoka.issuing.production.store import SQL
from shebaoka.kit.work import Work
from shebaoka.registry.programme.programme import Programme

ORDERED: Final = frozenset({Status.IN_PRODUCTION})


async def replace_photo(
    work: Work, programme: Programme, application_id: int, brought: Brought, why: Flaw
) -> Application:
    """Put a photo in the place of a wrong one, wherever that still comes in time: nothing else begins anew.

    A card that is ordered takes the new one as long as its file is not being written, and so does one that failed for good,
    before it is ordered again. An application that waits for a photo just gets it. This function will refuse as
    `photos.bring` and `photos.swap` do, and with PhotoInProduction or PhotoOnCard, which say what to do then.
    """
    seen = await applications.by_id(work, application_id)
    if seen.status in PHOTO_STANDS:
        return await photos.swap(work, programme, application_id, brought, why)
    if seen.status in ON_CARD:
        raise PhotoOnCard
    if seen.status != Status.IN_PRODUCTION:
        return await photos.bring(work, programme, application_id, brought)
    # With the turn in hand no batch is closed, and nothing is ordered again, until the new photo is in.
    await work.run(SQL["take_turn"])
    if not await _in_time(work, seen):
        raise PhotoInProduction
    return await photos.swap(work, programme, application_id, brought, why, ORDERED)


async def _in_time(work: Work, application: Application) -> bool:
    """Tell whether the last attempt stands in a batch that still takes cards, or has failed for good."""
    asked = {"person_id": application.person_id, "application_id": application.application_id}
    last = await work.row(SQL["standing"], asked)
    if last is None:
        return False
    order, batch = last
    return bool(order == OrderStatus.FAILED or (order == OrderStatus.ORDERED and batch == BatchStatus.OPEN))

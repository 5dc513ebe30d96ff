"""Parcels are prepared: a waybill and a sealed label, on the disk before the courier hears of them."""

from __future__ import annotations

from collections.abc import Sequence

from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.applications.states import Status as ApplicationStatus
from shebaoka.issuing.delivery import labels
from shebaoka.issuing.delivery.commands.applying import parcels_of
from shebaoka.issuing.delivery.errors import NotToBeSentAgain, ParcelsMoved
from shebaoka.issuing.delivery.model import WAYBILL_PREFIX, Parcel, Progress
from shebaoka.issuing.delivery.states import FIRST, Action, Status, after
from shebaoka.issuing.delivery.store import SQL
from shebaoka.issuing.delivery.views import of_application
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.records import s10

PARCELS_AT_ONCE = 2_000
"""One manifest: four calls of 500 parcels, sent side by side."""
COLUMNS = (
    "person_id", "parcel_id", "application_id", "waybill", "status", "outlet_id", "manifest_id", "label", "updated_at",
)  # fmt: skip


async def prepare_due(database: Database, progress: Progress) -> int:
    """Prepare a parcel for every card that was made and has none; give how many."""
    prepared, seen = 0, 0
    while True:
        async with database.work(SYSTEM) as work:
            await work.run(SQL["take_turn"])
            due = await applications.waiting(work, ApplicationStatus.MADE, seen, PARCELS_AT_ONCE)
            fresh = await _without_parcel(work, [(one.person_id, one.application_id) for one in due])
            await _prepare(work, fresh)
        prepared += len(fresh)
        progress(len(fresh))
        if len(due) < PARCELS_AT_ONCE:
            return prepared
        seen = due[-1].application_id


async def _without_parcel(work: Work, keys: Sequence[tuple[int, int]]) -> list[Application]:
    if not keys:
        return []
    wanted = {
        "people": [one for one, _ in keys], "applications": [one for _, one in keys], "lost": Status.LOST,
    }  # fmt: skip
    having = {one for (one,) in await work.rows(SQL["having_parcels"], wanted)}
    fresh = [key for key in keys if key[1] not in having]
    found = await applications.by_keys(work, fresh)
    return [found[application_id] for _, application_id in fresh]


async def _prepare(work: Work, due: Sequence[Application]) -> None:
    if not due:
        return
    waybills = await _waybills(work, len(due))
    parcel_ids, manifest_id = work.ids.many(len(due)), await _manifest(work, len(due))
    made = zip(due, parcel_ids, waybills, await labels.labels_of(work, due), strict=True)
    await work.copy("parcel", COLUMNS, [
        (one.person_id, parcel_id, one.application_id, waybill, FIRST, one.fallback_outlet_id, manifest_id,
         labels.sealed(work.vault, parcel_id, label), work.now)
        for one, parcel_id, waybill, label in made
    ])  # fmt: skip
    await _enter(
        work, manifest_id, list(zip(waybills, [one.person_id for one in due], parcel_ids, strict=True))
    )


async def _waybills(work: Work, count: int) -> list[str]:
    serials = await work.rows(SQL["serials"], {"count": count})
    return [s10.make(WAYBILL_PREFIX, serial) for (serial,) in serials]


async def _manifest(work: Work, parcels: int) -> int:
    manifest_id = work.ids.one()
    opened = {"manifest_id": manifest_id, "parcels": parcels, "now": work.now}
    await work.run(SQL["add_manifest"], opened)
    return manifest_id


async def _enter(work: Work, manifest_id: int, entries: Sequence[tuple[str, int, int]]) -> None:
    columns = {
        "waybills": [waybill for waybill, _, _ in entries],
        "people": [person_id for _, person_id, _ in entries],
        "parcels": [parcel_id for _, _, parcel_id in entries],
    }
    await work.run(SQL["add_directory"], {"manifest_id": manifest_id, **columns})


async def send_again(work: Work, waybill: str) -> Parcel:
    """Send a parcel again that the courier refused or brought back, or that the card centre keeps, to the present address.

    This function will give the parcel with its new waybill, or refuse with WaybillRefused, NotFound or NotToBeSentAgain.
    """
    number = s10.validate(waybill)
    await work.run(SQL["take_turn"])
    parcel = (await parcels_of(work, [number])).get(number)
    if parcel is None or parcel.waybill != number:
        raise NotFound(number)
    return await _send_again(work, parcel)


async def ask_again(work: Work, application_id: int) -> Parcel:
    """Send the card of an application again as its holder asks, once it is back at the card centre.

    This function will refuse with NotFound (also where the application is not the caller's to see) or NotToBeSentAgain.
    """
    application = await applications.by_id(work, application_id)
    await work.run(SQL["take_turn"])
    parcel = await of_application(work, application)
    if parcel is None:
        raise NotFound(str(application_id))
    # What the courier would not take needs another address first, and an operator who sees to it.
    if parcel.status == Status.PREPARED:
        raise NotToBeSentAgain(parcel.waybill, was=parcel.status)
    return await _send_again(work, parcel)


async def _send_again(work: Work, parcel: Parcel) -> Parcel:
    if parcel.status == Status.PREPARED and parcel.refused_at is None:
        raise NotToBeSentAgain(parcel.waybill, was=parcel.status)
    try:
        prepared = after(Status(parcel.status), Action.SEND_AGAIN)
    except TransitionRefused as refused:
        raise NotToBeSentAgain(parcel.waybill, was=parcel.status) from refused
    (waybill,) = await _waybills(work, 1)
    person_id, parcel_id = parcel.person_id, parcel.parcel_id
    key = (person_id, parcel.application_id)
    application = (await applications.by_keys(work, [key]))[parcel.application_id]
    (label,) = await labels.labels_of(work, [application])
    manifest_id = await _manifest(work, 1)
    moved = await work.run(SQL["send_again"], {
        "person_id": person_id, "parcel_id": parcel_id, "waybill": waybill, "old_waybill": parcel.waybill,
        "manifest_id": manifest_id, "label": labels.sealed(work.vault, parcel_id, label), "now": work.now,
        "outlet_id": application.fallback_outlet_id, "from_status": parcel.status, "to_status": prepared,
    })  # fmt: skip
    if moved != 1:
        raise ParcelsMoved(parcel.waybill)
    await _enter(work, manifest_id, [(waybill, person_id, parcel_id)])
    work.record(person_id, "parcel.sent_again", parcel_id, waybill=waybill)
    return (await parcels_of(work, [waybill]))[waybill]

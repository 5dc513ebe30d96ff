"""Everything that reads in the delivery room."""

from __future__ import annotations

from datetime import timedelta

from shebaoka.issuing.delivery.merging import Outcome
from shebaoka.issuing.delivery.model import (
    SILENT_DAYS,
    DeliveryException,
    Parcel,
    Told,
    Tracked,
    event_place,
    word_place,
)
from shebaoka.issuing.delivery.states import Status
from shebaoka.issuing.delivery.store import SQL
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.records import s10

LINES_MAX = 1_000
UNDER_WAY = (Status.DISPATCHED, Status.IN_TRANSIT, Status.FAILED)


async def by_waybill(work: Work, waybill: str) -> Tracked:
    """Give a parcel, by its present or a superseded waybill, with what the courier told; NotFound when there is none.

    Notes are opened from their seals (who signed): the caller records why.
    """
    number = s10.validate(waybill)
    entry = await work.row(SQL["find_waybills"], {"waybills": [number]})
    if entry is None:
        raise NotFound(number)
    _, person_id, parcel_id = entry
    keys = {"people": [person_id], "parcels": [parcel_id]}
    (parcel,) = await work.rows(SQL["parcels"], keys, Parcel)
    word = await work.value(SQL["word"], {"person_id": person_id, "parcel_id": parcel_id})
    return Tracked(
        parcel, _word(work, parcel_id, word), await _events(work, sorted({number, parcel.waybill}))
    )


async def _events(work: Work, waybills: list[str]) -> list[Told]:
    rows = await work.rows(SQL["events_of"], {"waybills": waybills})
    return [
        Told(event_id, waybill, kind, occurred_at, outcome, _note(work, event_id, sealed))
        for event_id, waybill, kind, occurred_at, outcome, sealed in rows
    ]


async def exceptions(work: Work, lines_max: int = LINES_MAX) -> list[DeliveryException]:
    """Give what a person must look at, oldest first. `why`: `refused`, `returned`, `silent`, or the message's outcome."""
    parcels = await work.rows(SQL["exceptions"], {
        "prepared": Status.PREPARED, "returned": Status.RETURNED, "under_way": list(UNDER_WAY),
        "silent_since": work.now - timedelta(days=SILENT_DAYS), "lines_max": lines_max,
    })  # fmt: skip
    found = [_exception(work, Parcel(*row[:-1]), row[-1]) for row in parcels]
    found += await _strange(work, lines_max)
    return sorted(found, key=lambda exception: exception.since)[:lines_max]


def _exception(work: Work, parcel: Parcel, word: bytes | None) -> DeliveryException:
    whys = {Status.PREPARED: "refused", Status.RETURNED: "returned"}
    return DeliveryException(
        whys.get(Status(parcel.status), "silent"), parcel.waybill, parcel, parcel.updated_at,
        (work.now - parcel.updated_at).days, _word(work, parcel.parcel_id, word),
    )  # fmt: skip


async def _strange(work: Work, lines_max: int) -> list[DeliveryException]:
    strange = [Outcome.UNKNOWN_WAYBILL, Outcome.UNKNOWN_KIND]
    rows = await work.rows(SQL["strange_events"], {"outcomes": strange, "lines_max": lines_max})
    return [
        DeliveryException(
            outcome, waybill, None, received_at, (work.now - received_at).days, _note(work, event_id, sealed)
        )
        for event_id, waybill, outcome, received_at, sealed in rows
    ]


async def at_outlet(work: Work, outlet_id: int, lines_max: int = LINES_MAX) -> list[Parcel]:
    """Give the parcels that wait at an outlet to be collected, longest first."""
    query = {"status": Status.AT_OUTLET, "outlet_id": outlet_id, "lines_max": lines_max}
    return await work.rows(SQL["at_outlet"], query, Parcel)


async def all_at_outlets(work: Work) -> list[Parcel]:
    """Give every parcel that waits at an outlet, longest first."""
    return await work.rows(SQL["all_at_outlets"], {"status": Status.AT_OUTLET}, Parcel)


async def counts(work: Work) -> dict[Status, int]:
    """Give how many parcels stand where."""
    return {Status(status): parcels for status, parcels in await work.rows(SQL["counts"])}


def _word(work: Work, parcel_id: int, word: bytes | None) -> str:
    return work.vault.open(word, word_place(parcel_id)).decode() if word else ""


def _note(work: Work, event_id: str, sealed: bytes) -> str:
    return work.vault.open(sealed, event_place(event_id)).decode()

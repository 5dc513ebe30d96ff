"""Everything that reads in the delivery room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.delivery import labels
from shebaoka.issuing.delivery.merging import STRANGE
from shebaoka.issuing.delivery.model import (
    SILENT_DAYS,
    DeliveryException,
    HandOver,
    Journey,
    Kept,
    Manifest,
    ManifestLine,
    OutletCount,
    Parcel,
    Reconciliation,
    Told,
    Tracked,
    event_place,
    word_place,
)
from shebaoka.issuing.delivery.states import AT_A_COUNTER, WITH_COURIER, Redirect, Status
from shebaoka.issuing.delivery.store import SQL
from shebaoka.issuing.delivery.waiting import kept, recall_day
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.records import s10
from shebaoka.registry.programme.programme import Programme

LINES_MAX = 1_000
ID_MAX = 2**63 - 1
WHY = {
    Status.PREPARED: "refused", Status.RETURNED: "returned", Status.RECALLED: "not_sent_back",
    Status.SENT_BACK: "not_arrived",
}  # fmt: skip
NEWS_EXPECTED = (*WITH_COURIER, Status.RECALLED, Status.SENT_BACK)


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
    """Give what a person must look at, oldest first.

    `why`: `refused`, `returned`, `silent`, `not_sent_back`, `not_arrived`, or the message's outcome.
    """
    parcels = await work.rows(SQL["exceptions"], {
        "prepared": Status.PREPARED, "returned": Status.RETURNED, "under_way": list(NEWS_EXPECTED),
        "silent_since": work.now - timedelta(days=SILENT_DAYS), "lines_max": lines_max,
    })  # fmt: skip
    found = [_exception(work, Parcel(*row[:-1]), row[-1]) for row in parcels]
    found += await _strange(work, lines_max)
    return sorted(found, key=lambda exception: exception.since)[:lines_max]


def _exception(work: Work, parcel: Parcel, word: bytes | None) -> DeliveryException:
    return DeliveryException(
        WHY.get(Status(parcel.status), "silent"), parcel.waybill, parcel, parcel.updated_at,
        (work.now - parcel.updated_at).days, _word(work, parcel.parcel_id, word),
    )  # fmt: skip


async def _strange(work: Work, lines_max: int) -> list[DeliveryException]:
    rows = await work.rows(SQL["strange_events"], {"outcomes": list(STRANGE), "lines_max": lines_max})
    return [
        DeliveryException(
            outcome, waybill, None, received_at, (work.now - received_at).days, _note(work, event_id, sealed)
        )
        for event_id, waybill, outcome, received_at, sealed in rows
    ]


async def at_counter(
    work: Work, programme: Programme, place_id: int, lines_max: int = LINES_MAX
) -> list[Kept]:
    """Give the parcels that lie at an outlet or are kept by a card centre, longest first, with what is due of each."""
    parcels = await work.rows(SQL["at_counter"], {
        "at_outlet": [Status.AT_OUTLET, Status.RECALLED], "at_centre": Status.AT_CENTRE, "place_id": place_id,
        "lines_max": lines_max,
    }, Parcel)  # fmt: skip
    return [one for one in (kept(programme, parcel, work.today) for parcel in parcels) if one]


async def all_at_counters(work: Work, *statuses: Status) -> list[Parcel]:
    """Give every parcel that lies somewhere in these statuses (default: all that can be fetched), longest first."""
    return await work.rows(SQL["all_at_counters"], {"statuses": list(statuses or AT_A_COUNTER)}, Parcel)


async def outlet_counts(work: Work, programme: Programme) -> list[OutletCount]:
    """Count what lies at each outlet, the most overdue first; this function will read all that lies at outlets."""
    found: dict[int, list[tuple[str, date | None, int]]] = defaultdict(list)
    statuses = [Status.AT_OUTLET, Status.RECALLED]
    for outlet_id, status, arrived_on, parcels in await work.rows(
        SQL["at_outlets_by_day"], {"statuses": statuses}
    ):
        found[outlet_id].append((status, arrived_on, parcels))
    counts = [_outlet_count(programme, work.today, outlet_id, lying) for outlet_id, lying in found.items()]
    return sorted(counts, key=lambda one: (-one.overdue - one.recalled, -one.waiting, one.outlet_id))


def _outlet_count(
    programme: Programme, today: date, outlet_id: int, lying: Sequence[tuple[str, date | None, int]]
) -> OutletCount:
    waiting = [(day, parcels) for status, day, parcels in lying if status == Status.AT_OUTLET and day]
    return OutletCount(
        outlet_id,
        waiting=sum(parcels for _, parcels in waiting),
        overdue=sum(n for day, n in waiting if recall_day(programme.waiting_at_outlet(day), day) <= today),
        recalled=sum(parcels for status, _, parcels in lying if status == Status.RECALLED),
        oldest_on=min((day for _, day, _ in lying if day), default=None),
    )


async def of_application(work: Work, application: Application) -> Parcel | None:
    """Give the parcel of an application, None where none was prepared yet."""
    key = {"person_id": application.person_id, "application_id": application.application_id}
    return await work.row(SQL["of_application"], {**key, "lost": Status.LOST}, Parcel)


async def journey(work: Work, programme: Programme, application: Application) -> Journey | None:
    """Give where an application's card is and what is due of it, None where no parcel was prepared yet."""
    parcel = await of_application(work, application)
    if parcel is None:
        return None
    key = {"person_id": parcel.person_id, "parcel_id": parcel.parcel_id}
    redirect = await work.value(SQL["newest_redirect"], {**key, "waybill": parcel.waybill})
    handed = await work.row(SQL["hand_over_of"], key, HandOver)
    return Journey(
        parcel, kept(programme, parcel, work.today), Redirect(redirect) if redirect else None, handed
    )


async def manifests(work: Work, before: int | None = None, lines_max: int = 50) -> list[Manifest]:
    """Give manifests, newest first, before a number."""
    query = {"before": before or ID_MAX, "manifests_max": lines_max}
    return await work.rows(SQL["newest_manifests"], query, Manifest)


async def manifest(work: Work, manifest_id: int) -> tuple[Manifest, list[ManifestLine]]:
    """Give a manifest as it was handed over, by waybill; NotFound when there is none.

    Labels are opened from their seals: the caller records why.
    """
    found = await work.row(SQL["manifest"], {"manifest_id": manifest_id}, Manifest)
    if found is None:
        raise NotFound(str(manifest_id))
    rows = await work.rows(SQL["parcels_of_manifest"], {"manifest_id": manifest_id})
    lines = {row[3]: _line(work, Parcel(*row[:-1]), row[-1]) for row in rows}
    for waybill, person_id, parcel_id in await work.rows(
        SQL["waybills_of_manifest"], {"manifest_id": manifest_id}
    ):
        lines.setdefault(waybill, ManifestLine(waybill, person_id, parcel_id, None, None))
    return found, [lines[waybill] for waybill in sorted(lines)]


def _line(work: Work, parcel: Parcel, label: bytes) -> ManifestLine:
    opened = labels.unsealed(work.vault, parcel.parcel_id, label)
    return ManifestLine(parcel.waybill, parcel.person_id, parcel.parcel_id, parcel, opened)


async def reconcile(work: Work) -> Reconciliation:
    """Count what the courier took, by manifest, and where it is; this function will read all parcels."""
    return Reconciliation(
        await work.value(SQL["handed_over"]),
        await work.value(SQL["sent_again"]),
        {Status(status): parcels for status, parcels in await work.rows(SQL["taken_by_courier"])},
    )


async def counts(work: Work) -> dict[Status, int]:
    """Give how many parcels stand where."""
    return {Status(status): parcels for status, parcels in await work.rows(SQL["counts"])}


def _word(work: Work, parcel_id: int, word: bytes | None) -> str:
    return work.vault.open(word, word_place(parcel_id)).decode() if word else ""


def _note(work: Work, event_id: str, sealed: bytes) -> str:
    return work.vault.open(sealed, event_place(event_id)).decode()

"""The courier's messages move parcels, and parcels their applications: many at once, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from shebaoka.cards.commands import note_received
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.commands import Key, move_which
from shebaoka.issuing.applications.states import Action as ApplicationAction
from shebaoka.issuing.delivery.errors import ParcelsMoved
from shebaoka.issuing.delivery.merging import Move, Outcome, merge_events
from shebaoka.issuing.delivery.model import Event, Parcel, event_place, word_place
from shebaoka.issuing.delivery.states import Status
from shebaoka.issuing.delivery.store import SQL
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.work import Work


async def apply(work: Work, events: Sequence[Event]) -> dict[str, Outcome]:
    """Let messages act, and give what became of each by event_id. The caller holds the turn.

    This function will raise ParcelsMoved when a clerk handed over a parcel meanwhile; the caller begins anew.
    """
    parcels = await parcels_of(work, [event.waybill for event in events])
    merged = merge_events(events, parcels)
    by_status: dict[Status, list[Move]] = defaultdict(list)
    for move in merged.moves:
        by_status[move.status].append(move)
    for status, moves in by_status.items():
        await _move(work, status, moves)
    return merged.outcomes


async def apply_waiting(work: Work, waybills: Sequence[str]) -> int:
    """Let the messages act that came before the dispatch of these parcels was known; give how many there were."""
    rows = await work.rows(SQL["waiting_events"], {"waybills": list(waybills), "waiting": Outcome.WAITING})
    events = [
        Event(event_id, waybill, kind, occurred_at, work.vault.open(sealed, event_place(event_id)).decode())
        for event_id, waybill, kind, occurred_at, sealed in rows
    ]
    if events:
        outcomes = await apply(work, events)
        await work.run(SQL["note_outcomes"], {"events": list(outcomes), "outcomes": list(outcomes.values())})
    return len(events)


async def parcels_of(work: Work, waybills: Sequence[str]) -> dict[str, Parcel]:
    """Give the parcels of waybills, also of superseded ones; the unknown are left out."""
    entries = await work.rows(SQL["find_waybills"], {"waybills": sorted(set(waybills))}) if waybills else []
    if not entries:
        return {}
    keys: Mapping[str, list[int]] = {
        "people": [person_id for _, person_id, _ in entries],
        "parcels": [parcel_id for _, _, parcel_id in entries],
    }
    found = {parcel.parcel_id: parcel for parcel in await work.rows(SQL["parcels"], keys, Parcel)}
    return {waybill: found[parcel_id] for waybill, _, parcel_id in entries}


async def _move(work: Work, status: Status, moves: Sequence[Move]) -> None:
    moved = await work.run(SQL["move"], _parameters(work, status, moves))
    if moved != len(moves):
        raise ParcelsMoved(f"{len(moves) - moved} parcels")
    told = await _move_applications(work, status, [_key(move) for move in moves])
    # What the application's own fact tells is not told twice.
    silent = [move.parcel for move in moves if _key(move) not in told]
    work.record_many(f"parcel.{status}", [(parcel.person_id, parcel.parcel_id) for parcel in silent])
    if status == Status.DELIVERED:
        await _note_received(work, moves)
    if status == Status.AT_OUTLET:
        for move in moves:
            work.tell(
                move.parcel.person_id, "parcel.at_outlet",
                parcel_id=move.parcel.parcel_id, outlet_id=move.parcel.outlet_id,
            )  # fmt: skip


async def _note_received(work: Work, moves: Sequence[Move]) -> None:
    """Tell the room of cards since when each is in its holder's hand: by the courier's word, not by when we heard it."""
    days = {move.parcel.person_id: move.event.occurred_at.astimezone(SHANGHAI).date() for move in moves}
    held = await applications.cards_of(work, [_key(move) for move in moves])
    await note_received(work, [(person_id, card_id, days[person_id]) for person_id, card_id in held])


def _key(move: Move) -> Key:
    return move.parcel.person_id, move.parcel.application_id


async def _move_applications(work: Work, status: Status, keys: list[Key]) -> set[Key]:
    """Give those that moved. One already completed stays so; one that waited at the outlet was fetched there."""
    if status == Status.AT_OUTLET:
        return await move_which(work, keys, ApplicationAction.ARRIVE)
    if status != Status.DELIVERED:
        return set()
    moved = await move_which(work, keys, ApplicationAction.DELIVER)
    rest = [key for key in keys if key not in moved]
    return moved | await move_which(work, rest, ApplicationAction.COLLECT)


def _parameters(work: Work, status: Status, moves: Sequence[Move]) -> dict[str, Any]:
    delivered = status == Status.DELIVERED
    return {
        "people": [move.parcel.person_id for move in moves],
        "parcels": [move.parcel.parcel_id for move in moves],
        "were": [move.parcel.status for move in moves],
        "words": [
            work.vault.seal(move.event.note.encode(), word_place(move.parcel.parcel_id)) for move in moves
        ],
        "received": [move.event.occurred_at if delivered else None for move in moves],
        "arrived": [_arrived_on(work, move) if status == Status.AT_OUTLET else None for move in moves],
        "to_status": status,
        "now": work.now,
    }


def _arrived_on(work: Work, move: Move) -> date:
    """Give the day by the courier's word; a day still to come would let the card wait for ever."""
    return min(move.event.occurred_at.astimezone(SHANGHAI).date(), work.today)

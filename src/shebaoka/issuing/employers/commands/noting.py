"""At the collection and after it: what came of every seat, once, and where those go who were missed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.applications.states import Status as Standing
from shebaoka.issuing.employers import views
from shebaoka.issuing.employers.commands.planning import Ending, end, fallbacks, locked, save_status
from shebaoka.issuing.employers.errors import (
    CollectionIncomplete,
    CollectionNotBegun,
    NextOutletWrong,
    SeatNoted,
    SeatUnknown,
)
from shebaoka.issuing.employers.model import CAPACITY_MAX, Closed, Collection, Note, Noted, SeatOf
from shebaoka.issuing.employers.states import SEAT_NEXT, Action, Noting, Seat
from shebaoka.issuing.employers.store import SQL
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.database import Database
from shebaoka.kit.problems import Problem, TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.liveness import live
from shebaoka.registry.institutions.model import BANK_OUTLET, Institution
from shebaoka.registry.programme.model import Taken
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load

COLLECTIONS_AT_ONCE: Final = 100
COMMUNITY_CENTRE: Final = "community_centre"


@dataclass(frozen=True, slots=True)
class _Known:
    """What notes are judged by: the collection's seats and their applications, what must be taken, outlets by code."""

    collection: Collection
    seats: Mapping[int, SeatOf]
    applications: Mapping[int, Application]
    needs: Sequence[Taken]
    outlets: Mapping[str, Institution]


async def note(work: Work, programme: Programme, collection_id: int, notes: Sequence[Note]) -> list[Noted]:
    """Note what came of seats, up to 5,000 at once, each for itself: one that is refused holds up no other.

    This function will answer in the order of the notes. The same noted again does nothing; another outcome is refused.
    Who was missed is told where to go. NotFound, TransitionRefused, CollectionNotBegun.
    """
    assert len(notes) <= CAPACITY_MAX, "a collection has no more seats"
    collection = await locked(work, collection_id, Action.NOTE)
    _check_begun(work, collection)
    known = await _gather(work, programme, collection, notes)
    answers: list[Noted] = []
    endings: dict[int, Ending] = {}
    for one in notes:
        seat = known.seats.get(one.seat_no)
        try:
            ending = _judge(work, one, seat, known, endings.get(one.seat_no))
        except Problem as refusal:
            answers.append(Noted(one.seat_no, refusal=refusal))
            continue
        answers.append(Noted(one.seat_no, again=ending is None))
        if ending is not None:
            endings[one.seat_no] = ending
    await _end(work, collection_id, list(endings.values()))
    return answers


async def close(work: Work, collection_id: int) -> Collection:
    """Close a collection that has begun; this function will tell whoever is still expected where to go.

    NotFound, TransitionRefused, CollectionNotBegun.
    """
    collection = await locked(work, collection_id, Action.CLOSE)
    _check_begun(work, collection)
    await _close(work, collection)
    return await views.by_id(work, collection_id)


async def close_due(database: Database, progress: Callable[[int], None] = lambda _: None) -> Closed:
    """Close collections that ended as long ago as the rules say, each in one transaction; safe to kill and to repeat."""
    done = Closed()
    async with database.work(SYSTEM) as work:
        days = (await load(work)).collection(work.today).close_after_days
    while True:
        async with database.work(SYSTEM) as work:
            asked = {"ended_before": work.now - timedelta(days=days), "collections_max": COLLECTIONS_AT_ONCE}
            due = [number for (number,) in await work.rows(SQL["over"], asked)]
        if not due:
            return done
        for number in due:
            done = await _close_one(database, number, done)
            progress(1)


async def _close_one(database: Database, collection_id: int, done: Closed) -> Closed:
    async with database.work(SYSTEM) as work:
        try:
            collection = await locked(work, collection_id, Action.CLOSE)
        except TransitionRefused:  # closed or cancelled meanwhile
            return done
        missed, released = await _close(work, collection)
    return Closed(done.collections + 1, done.missed + missed, done.released + released)


async def _close(work: Work, collection: Collection) -> tuple[int, int]:
    """End a collection: who is expected was missed, unless the application has ended meanwhile."""
    number = collection.collection_id
    expected = await work.rows(SQL["expected"], {"collection_id": number}, SeatOf)
    outlets = await fallbacks(work, expected)
    endings: list[Ending] = [
        (one, Noting.MISS, (), outlets[one.person_id])
        if one.person_id in outlets
        else (one, Noting.RELEASE, (), None)
        for one in expected
    ]
    await _end(work, number, endings)
    await save_status(work, collection, Action.CLOSE)
    work.record(0, "collection.closed", number, missed=len(outlets))
    return len(outlets), len(expected) - len(outlets)


async def _end(work: Work, collection_id: int, endings: Sequence[Ending]) -> None:
    outlets = {one.person_id: outlet for one, _, _, outlet in endings}
    ended = await end(work, collection_id, endings)
    work.tell_many("collection.missed", (
        (person, {"collection_id": collection_id, "outlet_id": outlets[person]})
        for person, became in sorted(ended) if became == Seat.MISSED
    ))  # fmt: skip


async def _gather(work: Work, programme: Programme, collection: Collection, notes: Sequence[Note]) -> _Known:
    asked = {"collection_id": collection.collection_id, "seats": [one.seat_no for one in notes]}
    seats = await work.rows(SQL["seats_named"], asked, SeatOf) if notes else []
    return _Known(
        collection,
        {one.seat_no: one for one in seats},
        await applications.by_keys(work, [(one.person_id, one.application_id) for one in seats]),
        programme.collection(work.today).needs,
        await institutions.by_codes(work, {one.next_outlet for one in notes if one.next_outlet}),
    )


def _judge(work: Work, one: Note, seat: SeatOf | None, known: _Known, before: Ending | None) -> Ending | None:
    """Give what becomes of a seat, None when the same was noted before."""
    if seat is None:
        raise SeatUnknown(str(one.seat_no))
    outlet = _outlet(work, one, seat, known)
    became = SEAT_NEXT[Seat.EXPECTED, one.noting]
    if before is not None or seat.status != Seat.EXPECTED:
        was = SEAT_NEXT[Seat.EXPECTED, before[1]] if before else Seat(seat.status)
        if was != became:
            raise SeatNoted(was)
        return None
    if one.noting is Noting.TAKE:
        _check_whole(one, seat, known)
    return seat, one.noting, one.taken if one.noting is Noting.TAKE else (), outlet


def _check_whole(one: Note, seat: SeatOf, known: _Known) -> None:
    lacks_photo = known.applications[seat.application_id].status == Standing.NEEDS_PHOTO
    needs: list[Taken] = [*known.needs, *(["photo"] if lacks_photo else [])]  # type: ignore[list-item]
    missing = [need for need in needs if need not in one.taken]
    if missing:
        raise CollectionIncomplete(missing)


def _outlet(work: Work, one: Note, seat: SeatOf, known: _Known) -> int | None:
    if one.noting is not Noting.MISS:
        return None
    if not one.next_outlet:
        return known.applications[seat.application_id].fallback_outlet_id
    outlet = known.outlets.get(one.next_outlet)
    own = outlet is not None and outlet.kind == BANK_OUTLET and outlet.parent_id == known.collection.bank_id
    if outlet is None or not (own or outlet.kind == COMMUNITY_CENTRE) or not live(outlet, work.today):
        raise NextOutletWrong(one.next_outlet)
    return outlet.institution_id


def _check_begun(work: Work, collection: Collection) -> None:
    if work.today < collection.starts_at.astimezone(SHANGHAI).date():
        raise CollectionNotBegun

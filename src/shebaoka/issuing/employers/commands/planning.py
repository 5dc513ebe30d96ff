"""A bank sets a collection at an employer, calls people to it, moves it or cancels it; whoever was called is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.states import TO_BE_BROUGHT
from shebaoka.issuing.employers import views
from shebaoka.issuing.employers.errors import CollectionFull, CollectionSlotWrong, NobodyToCall
from shebaoka.issuing.employers.model import CAPACITY_MAX, Called, Collection, SeatOf, Slot
from shebaoka.issuing.employers.states import Action, Noting, Seat, Status, after, seat_after
from shebaoka.issuing.employers.store import SQL
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions.model import EMPLOYER, Institution
from shebaoka.registry.programme.programme import Programme

Ending = tuple[SeatOf, Noting, Sequence[str], int | None]
"""A seat, what becomes of it, what was taken, and where one who missed it goes."""


async def set_up(work: Work, programme: Programme, employer: Institution, slot: Slot) -> Collection:
    """Set a collection of the actor's bank at an employer; nobody is called yet. NotFound, CollectionSlotWrong."""
    bank_id = (await views.reach_of(work)).bank_id
    if bank_id is None or employer.kind != EMPLOYER:
        raise NotFound(employer.code)
    _check(work, programme, slot)
    collection_id = work.ids.one()
    await work.run(SQL["insert"], {
        "collection_id": collection_id, "bank_id": bank_id, "employer_id": employer.institution_id,
        "status": Status.PLANNED, "set_by": work.actor.name, "now": work.now, **_columns(slot),
    })  # fmt: skip
    work.record(0, "collection.set", collection_id, employer_id=employer.institution_id)
    return await views.by_id(work, collection_id)


async def call(
    work: Work, collection_id: int, list_id: int | None = None, numbers: Sequence[int] | None = None, limit: int = CAPACITY_MAX
) -> Called:  # fmt: skip
    """Call employees: those of a roster, or of the applications named, or all of the employer's; at most `limit` of them.

    This function will leave out who is expected or was collected already, call nobody when there are fewer seats than
    people (CollectionFull), and tell each who was called. NotFound, TransitionRefused, NobodyToCall.
    """
    collection = await locked(work, collection_id, Action.CALL)
    if collection.starts_at <= work.now:
        raise CollectionSlotWrong("本场已开始 · it has begun")
    wanted = await applications.of_staff(work, collection.employer_id, collection.bank_id, list_id, numbers)
    if not wanted:
        raise NobodyToCall
    seated = await work.rows(SQL["seated"], {
        "people": [person for person, _ in wanted], "applications": [number for _, number in wanted],
        "collection_id": collection_id,
    })  # fmt: skip
    there = {person for (person,) in seated}
    fresh = [key for key in wanted if key[0] not in there][:limit]
    free = collection.capacity - await _taken(work, collection_id)
    if len(fresh) > free:
        raise CollectionFull(free, len(fresh))
    called = await _seat(work, collection_id, fresh)
    _tell(work, collection, "called", called)
    return Called(len(called), len(there), free - len(called))


async def move(work: Work, programme: Programme, collection_id: int, slot: Slot) -> Collection:
    """Move a collection to another slot, place, staff or capacity; this function will tell those who are expected when its time changes.

    NotFound, TransitionRefused, CollectionSlotWrong, CollectionFull.
    """
    collection = await locked(work, collection_id, Action.MOVE)
    times = (collection.starts_at, collection.ends_at)
    moved = (slot.starts_at, slot.ends_at) != times
    if moved:
        _check(work, programme, slot)
    taken = await _taken(work, collection_id)
    if slot.capacity < taken:
        raise CollectionFull(slot.capacity, taken)
    await _save(work, collection, slot)
    work.record(0, "collection.moved", collection_id, time=moved)
    if moved:
        expected = await work.rows(SQL["expected"], {"collection_id": collection_id}, SeatOf)
        _tell(
            work, replace(collection, starts_at=slot.starts_at), "moved", [one.person_id for one in expected]
        )
    return await views.by_id(work, collection_id)


async def cancel(work: Work, collection_id: int) -> Collection:
    """Cancel a collection; this function will release who was expected, and tell them where they may go. NotFound, TransitionRefused."""
    collection = await locked(work, collection_id, Action.CANCEL)
    expected = await work.rows(SQL["expected"], {"collection_id": collection_id}, SeatOf)
    outlets = await fallbacks(work, expected)
    released = {
        person
        for person, _ in await end(work, collection_id, [(one, Noting.RELEASE, (), None) for one in expected])
    }
    await _save(work, collection, _slot(collection), after(Status(collection.status), Action.CANCEL))
    work.record(0, "collection.cancelled", collection_id, released=len(released))
    work.tell_many("collection.cancelled", (
        (person, {"collection_id": collection_id, "outlet_id": outlet})
        for person, outlet in sorted(outlets.items()) if person in released
    ))  # fmt: skip
    return await views.by_id(work, collection_id)


async def locked(work: Work, collection_id: int, action: Action) -> Collection:
    """Lock a collection of one's own bank for an action. NotFound, TransitionRefused."""
    reach = await views.reach_of(work)
    of = {"collection_id": collection_id, "everything": reach.everything, "bank_id": reach.bank_id}
    found = await work.row(SQL["lock"], of, Collection)
    if found is None:
        raise NotFound(str(collection_id))
    after(Status(found.status), action)
    return found


async def end(work: Work, collection_id: int, endings: Sequence[Ending]) -> list[tuple[int, str]]:
    """Note what becomes of seats that are expected; this function will give the people it held for, with their status."""
    if not endings:
        return []
    ended: list[tuple[int, str]] = await work.rows(SQL["note"], {
        "collection_id": collection_id, "people": [one.person_id for one, _, _, _ in endings],
        "statuses": [str(seat_after(Seat(one.status), noting)) for one, noting, _, _ in endings],
        "taken": [" ".join(taken) for _, _, taken, _ in endings], "outlets": [outlet for _, _, _, outlet in endings],
        "noted_by": work.actor.name, "now": work.now,
    })  # fmt: skip
    for status in (Seat.DONE, Seat.MISSED, Seat.RELEASED):
        some = [(person, collection_id) for person, became in ended if became == status]
        work.record_many(f"collection.{status}", some)
    return ended


async def fallbacks(work: Work, seats: Sequence[SeatOf]) -> dict[int, int]:
    """Give the fallback outlets of people with seats, as long as their cards are still to be brought."""
    found = await applications.by_keys(work, [(one.person_id, one.application_id) for one in seats])
    return {one.person_id: one.fallback_outlet_id for one in found.values() if one.status in TO_BE_BROUGHT}


async def save_status(work: Work, collection: Collection, action: Action) -> None:
    """Take an action on a locked collection that leaves its slot as it is."""
    await _save(work, collection, _slot(collection), after(Status(collection.status), action))


async def _seat(work: Work, collection_id: int, fresh: Sequence[tuple[int, int]]) -> list[int]:
    first = int(await work.value(SQL["newest_seat"], {"collection_id": collection_id})) + 1
    called = await work.rows(SQL["seat"], {
        "collection_id": collection_id, "people": [person for person, _ in fresh],
        "applications": [number for _, number in fresh], "seats": list(range(first, first + len(fresh))),
    })  # fmt: skip
    people = [person for (person,) in called]
    work.record_many("collection.called", [(person, collection_id) for person in people])
    return people


async def _taken(work: Work, collection_id: int) -> int:
    seats = (await views.counts(work, [collection_id]))[collection_id]
    return sum(seats.values()) - seats[Seat.RELEASED]


async def _save(work: Work, collection: Collection, slot: Slot, status: Status = Status.PLANNED) -> None:
    await work.run(
        SQL["save"],
        {"collection_id": collection.collection_id, "status": status, "now": work.now, **_columns(slot)},
    )


def _tell(work: Work, collection: Collection, what: str, people: Iterable[int]) -> None:
    told = {
        "collection_id": collection.collection_id, "at": collection.starts_at, "employer_id": collection.employer_id,
    }  # fmt: skip
    work.tell_many(f"collection.{what}", ((person, told) for person in people))


def _check(work: Work, programme: Programme, slot: Slot) -> None:
    begins, ends = slot.starts_at.astimezone(SHANGHAI), slot.ends_at.astimezone(SHANGHAI)
    if ends <= begins or ends.date() != begins.date():
        raise CollectionSlotWrong
    earliest = work.now + timedelta(hours=programme.collection(work.today).notice_hours)
    if begins < earliest:
        raise CollectionSlotWrong.too_soon(earliest)


def _slot(collection: Collection) -> Slot:
    one = collection
    return Slot(one.starts_at, one.ends_at, one.place, one.staff, one.capacity)


def _columns(slot: Slot) -> dict[str, object]:
    return {
        "starts_at": slot.starts_at, "ends_at": slot.ends_at, "place": slot.place, "staff": slot.staff,
        "capacity": slot.capacity,
    }  # fmt: skip

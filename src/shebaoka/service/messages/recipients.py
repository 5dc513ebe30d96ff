"""Who is told of what happened to a person: the person, a ward's guardian, nobody where the person has died."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from shebaoka.issuing.applications import views as applications
from shebaoka.kit.outbox import Event
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import facts_of


@dataclass(frozen=True, slots=True)
class Told:
    """An event with who is told of it; None: a ward without a guardian who could be told."""

    event: Event
    recipient_id: int | None


async def recipients(work: Work, programme: Programme, events: Sequence[Event]) -> list[Told]:
    """Give who is told of each event; this function will leave out events about people who have died."""
    about = await people.by_ids(work, {event.person_id for event in events})
    living = {one.person_id: one for one in about.values() if _lives(work, one)}
    wards = await _wards(work, programme, living.values())
    guardians = await _guardians(work, wards)
    return [
        Told(
            event,
            _recipient(event, guardians[event.person_id]) if event.person_id in wards else event.person_id,
        )
        for event in events
        if event.person_id in living
    ]


def _lives(work: Work, person: Person) -> bool:
    return person.died_on is None or person.died_on > work.today


async def _wards(work: Work, programme: Programme, persons: Collection[Person]) -> set[int]:
    """Give those for whom a guardian acts, as the programme's rules of the day say."""
    facts = await facts_of(work, persons, work.today)
    answers = programme.explain_many(list(facts.values()), work.today)
    return {
        person_id
        for person_id, answer in zip(facts, answers, strict=True)
        if answer.documents.by == "guardian"
    }


async def _guardians(work: Work, wards: Collection[int]) -> Mapping[int, list[int]]:
    """Give the living guardians of each ward: first the one who applied last."""
    if not wards:
        return {}
    ties = await people.guardians(work, wards)
    known = await people.by_ids(work, {one for some in ties.values() for one in some})
    acted = await applications.newest_guardians(work, wards)
    living = {one.person_id for one in known.values() if _lives(work, one)}
    return {ward: _ordered(ties.get(ward, set()) & living, acted.get(ward)) for ward in wards}


def _ordered(guardians: AbstractSet[int], first: int | None) -> list[int]:
    return sorted(guardians, key=lambda one: (one != first, one))


def _recipient(event: Event, guardians: Sequence[int]) -> int | None:
    named: int | None = event.payload.get("guardian_id")
    return named if named in guardians else next(iter(guardians), None)

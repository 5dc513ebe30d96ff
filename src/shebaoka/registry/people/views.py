"""Everything that reads people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Collection

from shebaoka.kit.work import Work
from shebaoka.registry.people import sealing, store
from shebaoka.registry.people.model import Identity, Person


async def find(work: Work, id_number: str) -> Person | None:
    """Give the person of an ID number (18 characters, as `records.id_number.parse` gives it), or None."""
    return (await find_many(work, [id_number])).get(id_number)


async def find_many(work: Work, id_numbers: Collection[str]) -> dict[str, Person]:
    """Give people by ID number; the unknown are left out."""
    digests = {number: sealing.id_digest(work.vault, number) for number in id_numbers}
    ids = await store.directory(work, digests.values())
    people = await by_ids(work, ids.values())
    return {number: people[ids[digest]] for number, digest in digests.items() if digest in ids}


async def by_ids(work: Work, ids: Collection[int]) -> dict[int, Person]:
    """Give people by identifier; the unknown are left out."""
    return {person.person_id: person for person in await store.by_ids(work, ids)}


async def everybody(work: Work, people_at_once: int = 5_000) -> AsyncIterator[list[Person]]:
    """Give the whole register, some people at a time."""
    after = 0
    while some := await store.page(work, after, people_at_once):
        yield some
        after = some[-1].person_id


async def identities(work: Work, ids: Collection[int]) -> dict[int, Identity]:
    """Open the seals of people; the caller records why. The unknown are left out."""
    return {
        person_id: sealing.unseal(work.vault, person_id, sealed)
        for person_id, sealed in await store.sealed(work, ids)
    }


async def guardians(work: Work, ids: Collection[int]) -> dict[int, set[int]]:
    """Give the guardians of people; who has none is left out."""
    found: dict[int, set[int]] = defaultdict(set)
    for ward, guardian in await store.ties(work, ids):
        found[ward].add(guardian)
    return dict(found)


async def ties(work: Work, ids: Collection[int]) -> dict[tuple[int, int], str]:
    """Give the guardian ties of people: (ward, guardian) → kind."""
    return await store.ties(work, ids)


async def wards(work: Work, guardian_id: int) -> dict[int, str]:
    """Give the people whom the register ties to a guardian, with the kind of each tie."""
    return await store.wards(work, guardian_id)

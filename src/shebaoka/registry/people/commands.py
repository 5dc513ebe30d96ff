"""Everything that writes people."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.work import Work
from shebaoka.registry.people import sealing, store
from shebaoka.registry.people.model import PersonRow, ResealResult, TieResult, UpsertResult

PEOPLE_AT_ONCE = 5_000
DIED = "person.died"


class _Incoming(NamedTuple):
    """A row on its way in, with its digests."""

    id_digest: bytes
    content: bytes
    row: PersonRow


async def upsert_many(work: Work, rows: Iterable[PersonRow]) -> UpsertResult:
    """Take in rows of the register, some 5,000 a call: new people are added, changed ones rewritten.

    This function will leave alone whoever the rows say nothing new about, count the last row of a person who
    comes twice, and never undo a death. Guardians are tied afterwards, by `tie_guardians`.
    """
    by_digest = {sealing.id_digest(work.vault, row.id_number): row for row in rows}
    ids, new = await _enter(work, by_digest.keys())
    incoming = {
        ids[digest]: _Incoming(digest, sealing.content_digest(work.vault, row), row)
        for digest, row in by_digest.items()
    }
    stored = await store.contents(work, incoming.keys() - new)
    assert len(stored) + len(new) == len(incoming), "everybody in the directory is in the register"
    changed = {
        person_id for person_id, (content, _) in stored.items() if incoming[person_id].content != content
    }
    await _add(work, {person_id: incoming[person_id] for person_id in sorted(new)})
    await _change(work, {person_id: incoming[person_id] for person_id in sorted(changed)})
    known_dead = {person_id for person_id, (_, died_on) in stored.items() if died_on}
    died = _deaths({person_id: incoming[person_id].row for person_id in (new | changed) - known_dead})
    _tell_deaths(work, died)
    unchanged = len(incoming) - len(new) - len(changed)
    return UpsertResult(len(incoming), len(new), len(changed), unchanged, len(died))


async def _enter(work: Work, digests: Collection[bytes]) -> tuple[dict[bytes, int], set[int]]:
    """Give everybody's identifier, and which of these are new; another import may enter the same at this moment."""
    ids = await store.directory(work, digests)
    unknown = [digest for digest in digests if digest not in ids]
    new = await store.claim(work, dict(zip(unknown, work.ids.many(len(unknown)), strict=True)))
    others = [digest for digest in unknown if digest not in new]
    return ids | new | await store.directory(work, others), set(new.values())


async def _add(work: Work, people: Mapping[int, _Incoming]) -> None:
    if people:
        await store.add(work, [(item[1].id_digest, _columns(work, *item)) for item in people.items()])
        work.record_many("person.registered", ((person_id, person_id) for person_id in people))


async def _change(work: Work, people: Mapping[int, _Incoming]) -> None:
    if people:
        await store.change(work, [_columns(work, *item) for item in people.items()])
        work.record_many("person.updated", ((person_id, person_id) for person_id in people))


def _columns(work: Work, person_id: int, incoming: _Incoming) -> tuple[Any, ...]:
    return sealing.columns(work.vault, person_id, incoming.content, incoming.row)


def _deaths(people: Mapping[int, PersonRow]) -> dict[int, date]:
    return {person_id: row.died_on for person_id, row in sorted(people.items()) if row.died_on}


def _tell_deaths(work: Work, deaths: Mapping[int, date]) -> None:
    work.record_many(DIED, ((person_id, person_id) for person_id in deaths))
    for person_id, died_on in deaths.items():
        work.tell(person_id, DIED, died_on=died_on)


async def record_deaths(work: Work, deaths: Mapping[int, date]) -> int:
    """Note deaths (person → day) and give how many were not known; higher rooms learn of these by `person.died`."""
    learnt = dict(await store.die(work, deaths)) if deaths else {}
    _tell_deaths(work, dict(sorted(learnt.items())))
    return len(learnt)


async def tie_guardians(work: Work, rows: Iterable[PersonRow]) -> TieResult:
    """Make the guardians of everybody in rows what the rows say; call it when both are in the register.

    This function will end the ties that the rows do not name, tell whose guardian is unknown, and change nothing
    when called again.
    """
    by_number = {row.id_number: row for row in rows}
    wards, wanted, unresolved = await _wanted_ties(work, by_number.values())
    present = await store.ties(work, wards)
    made = {pair: kind for pair, kind in wanted.items() if present.get(pair) != kind}
    ended = present.keys() - wanted.keys()
    if made:
        await store.tie(work, made)
    if ended:
        await store.untie(work, ended)
    work.record_many("guardian.tied", made)
    work.record_many("guardian.untied", sorted(ended))
    return TieResult(len(made), len(ended), tuple(unresolved))


async def _wanted_ties(
    work: Work, rows: Collection[PersonRow]
) -> tuple[list[int], dict[tuple[int, int], str], list[str]]:
    ids = await _ids_by_number(work, rows)
    wards = [ids[row.id_number] for row in rows if row.id_number in ids]
    wanted: dict[tuple[int, int], str] = {}
    unresolved = []
    for row in rows:
        ward = ids.get(row.id_number)
        for number, kind in row.guardians().items():
            guardian = ids.get(number)
            if ward is None or guardian is None or ward == guardian:
                unresolved.append(row.id_number)
            else:
                wanted[ward, guardian] = kind or "guardian"
    return wards, wanted, list(dict.fromkeys(unresolved))


async def _ids_by_number(work: Work, rows: Collection[PersonRow]) -> dict[str, int]:
    numbers = {row.id_number for row in rows} | {number for row in rows for number in row.guardians()}
    digests = {sealing.id_digest(work.vault, number): number for number in numbers}
    return {
        digests[digest]: person_id for digest, person_id in (await store.directory(work, digests)).items()
    }


async def reseal_due(database: Database, progress: Callable[[int], None] = lambda _: None) -> ResealResult:
    """Seal anew whatever older keys sealed, in chunks of a transaction each; safe to kill and to repeat.

    This function will go by the key that seals now: a key added a moment ago seals once all processes know it.
    """
    after, people, key_no = 0, 0, 0
    while True:
        async with database.work(SYSTEM) as work:
            key_no = work.vault.sealing_key_no
            due = await store.sealed_by_other_keys(work, key_no, after, PEOPLE_AT_ONCE)
            if not due:
                return ResealResult(people, key_no)
            renewed = await store.reseal(work, [_resealed(work, *row) for row in due])
            work.record(0, "people.resealed", key_no, people=renewed)
        after, people = due[-1][0], people + renewed
        progress(len(due))


def _resealed(work: Work, person_id: int, sealed: bytes) -> tuple[int, bytes, bytes]:
    identity = sealing.unseal(work.vault, person_id, sealed)
    return person_id, sealed, sealing.seal(work.vault, person_id, identity)

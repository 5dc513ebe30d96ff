"""The SQL of this room."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from shebaoka.kit import queries
from shebaoka.kit.vault import KEY_NO_BYTES
from shebaoka.kit.work import Work
from shebaoka.registry.people.model import Person

SQL = queries.load(__file__)
CHANGING = (
    "person_id", "name_digest", "content_digest", "sealed", "sex", "birth_date", "hukou", "district_code",
    "insured", "insured_status", "insured_since", "employer_id", "school_id", "school_stage", "pension_bank",
    "died_on",
)  # fmt: skip
"""The columns that the register sets, in the order of the tuples that `add` and `change` take."""
Columns = tuple[Any, ...]


async def directory(work: Work, digests: Collection[bytes]) -> dict[bytes, int]:
    """Give identifiers by digest of the ID number; the unknown are left out."""
    return dict(await work.rows(SQL["directory"], {"digests": list(digests)})) if digests else {}


async def claim(work: Work, entries: Mapping[bytes, int]) -> dict[bytes, int]:
    """Enter people and give those that were new, waiting for whoever enters the same at this moment."""
    # In one order for all, so that two imports of the same people wait for each other in no circle.
    digests = sorted(entries)
    people = [entries[digest] for digest in digests]
    return dict(await work.rows(SQL["claim"], {"digests": digests, "people": people}))


async def contents(work: Work, people: Collection[int]) -> dict[int, tuple[bytes, date | None]]:
    """Give content digest and day of death by identifier."""
    rows = await work.rows(SQL["contents"], {"people": list(people)})
    return {person_id: (content, died_on) for person_id, content, died_on in rows}


async def add(work: Work, rows: Iterable[tuple[bytes, Columns]]) -> None:
    """Write new people: digest of the ID number and CHANGING columns."""
    names = ("id_digest", "updated_at", *CHANGING)
    await work.copy("person", names, ((digest, work.now, *columns) for digest, columns in rows))


async def change(work: Work, rows: Sequence[Columns]) -> None:
    """Write people about whom something changed: CHANGING columns."""
    arrays = dict(zip(CHANGING, map(list, zip(*sorted(rows), strict=True)), strict=True))
    await work.run(SQL["change"], {"now": work.now, **arrays})


async def die(work: Work, deaths: Mapping[int, date]) -> list[tuple[int, date]]:
    """Write deaths and give those that were not known."""
    named = {"people": list(deaths), "days": list(deaths.values()), "now": work.now}
    return await work.rows(SQL["die"], named)


async def by_ids(work: Work, people: Collection[int]) -> list[Person]:
    """Give people by identifier."""
    return await work.rows(SQL["by_ids"], {"people": list(people)}, Person) if people else []


async def page(work: Work, after: int, people_max: int) -> list[Person]:
    """Give the people that follow one identifier."""
    return await work.rows(SQL["page"], {"after": after, "people_max": people_max}, Person)


async def sealed(work: Work, people: Collection[int]) -> list[tuple[int, bytes]]:
    """Give the sealed identities."""
    return await work.rows(SQL["sealed"], {"people": list(people)}) if people else []


async def ties(work: Work, people: Collection[int]) -> dict[tuple[int, int], str]:
    """Give the ties of wards: (ward, guardian) → kind."""
    rows = await work.rows(SQL["ties"], {"people": list(people)}) if people else []
    return {(person_id, guardian_id): kind for person_id, guardian_id, kind in rows}


async def wards(work: Work, guardian_id: int) -> dict[int, str]:
    """Give the wards of a guardian and the kinds of their ties."""
    return dict(await work.rows(SQL["wards"], {"guardian_id": guardian_id}))


async def tie(work: Work, pairs: Mapping[tuple[int, int], str]) -> None:
    """Make ties: (ward, guardian) → kind."""
    await work.run(SQL["tie"], {**_pairs(pairs), "kinds": list(pairs.values())})


async def untie(work: Work, pairs: Collection[tuple[int, int]]) -> None:
    """End ties."""
    await work.run(SQL["untie"], _pairs(pairs))


async def sealed_by_other_keys(
    work: Work, key_no: int, after: int, people_max: int
) -> list[tuple[int, bytes]]:
    """Give the next people after an identifier whose seal is not by this key."""
    named = {"after": after, "key_no": key_no.to_bytes(KEY_NO_BYTES, "big"), "people_max": people_max}
    return await work.rows(SQL["sealed_by_other_keys"], named)


async def reseal(work: Work, rows: Sequence[tuple[int, bytes, bytes]]) -> int:
    """Replace seals (person, was, sealed) and give how many were replaced."""
    people, was, fresh = map(list, zip(*rows, strict=True))
    return await work.run(SQL["reseal"], {"people": people, "was": was, "sealed": fresh})


def _pairs(pairs: Collection[tuple[int, int]]) -> dict[str, list[int]]:
    return {"people": [ward for ward, _ in pairs], "guardians": [guardian for _, guardian in pairs]}

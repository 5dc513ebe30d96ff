"""The room's only door to its tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from shebaoka.issuing.photos.model import Consent, New, Photo, Statement, Way, place
from shebaoka.kit import queries
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work

SQL: Final = queries.load(__file__)
COLUMNS: Final = (
    "person_id", "photo_id", "source", "taken_on", "received_at", "digest", "brought_by", "organisation_id", "sealed",
)  # fmt: skip
TYPES: Final = ("int8", "int8", "text", "date", "timestamptz", "bytea", "text", "int8", "bytea")
STATED: Final = (
    "person_id", "consent_id", "application_id", "given", "version", "stated_by", "actor", "organisation_id", "stated_at",
)  # fmt: skip


async def keep(work: Work, photos: Iterable[New]) -> None:
    """Write photos, their pictures sealed, as brought by the actor."""
    actor = work.actor
    await work.copy("photo", COLUMNS, (
        (one.person_id, one.photo_id, one.source, one.taken_on, work.now, sm3(one.jpeg), actor.name,
         actor.organisation_id, work.vault.seal(one.jpeg, place(one.photo_id)))
        for one in photos
    ), TYPES)  # fmt: skip


async def note_uses(work: Work, way: Way, uses: Sequence[tuple[int, int, int, Consent]]) -> None:
    """Note which photo (third) is used for whose application (first, second) and with which consent; once for each."""
    if not uses:
        return
    consents = [consent for *_, consent in uses]
    await work.run(SQL["note_uses"], {
        "people": [person for person, *_ in uses],
        "applications": [application for _, application, *_ in uses],
        "photos": [photo for _, _, photo, _ in uses],
        "rules": [one.rule_id for one in consents],
        "versions": [one.version for one in consents],
        "bys": [one.by for one in consents],
        "ats": [one.at for one in consents],
        "consents": [one.consent_id for one in consents],
        "way": way,
        "now": work.now,
    })  # fmt: skip


async def of_people(work: Work, people: Collection[int]) -> dict[int, list[Photo]]:
    """Give the photos of people, newest first; who has none is left out."""
    found: dict[int, list[Photo]] = {}
    for photo in await work.rows(SQL["of_people"], {"people": list(people)}, Photo):
        found.setdefault(photo.person_id, []).append(photo)
    return found


async def statements(work: Work, people: Collection[int]) -> dict[int, Statement]:
    """Give what people stated last about shared photos; who has stated nothing is left out."""
    found = await work.rows(SQL["statements"], {"people": list(people)}, Statement)
    return {one.person_id: one for one in found}


async def state(work: Work, row: tuple[Any, ...]) -> None:
    """Write a statement; the row is as `STATED`."""
    await work.copy("photo_consent", STATED, [row])

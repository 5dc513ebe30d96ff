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
USES: Final = (
    "person_id", "application_id", "photo_id", "way", "rule_id", "consent_version", "consent_by", "consent_at",
    "consent_id", "used_at",
)  # fmt: skip
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


async def note_uses(work: Work, way: Way, uses: Iterable[tuple[int, int, int, Consent]]) -> None:
    """Note which new photo (third) is used for whose application (first, second), and with which consent."""
    await work.copy("photo_use", USES, (
        (person_id, application_id, photo_id, way, one.rule_id, one.version, one.by, one.at, one.consent_id, work.now)
        for person_id, application_id, photo_id, one in uses
    ))  # fmt: skip


async def note_reuses(work: Work, uses: Sequence[tuple[int, int, int, Consent]]) -> None:
    """Note photos that are used again; one that was brought early is noted already."""
    if not uses:
        return
    consents = [consent for *_, consent in uses]
    await work.run(SQL["note_reuses"], {
        "people": [person_id for person_id, *_ in uses],
        "applications": [application_id for _, application_id, *_ in uses],
        "photos": [photo_id for _, _, photo_id, _ in uses],
        "rules": [one.rule_id for one in consents],
        "versions": [one.version for one in consents],
        "bys": [one.by for one in consents],
        "ats": [one.at for one in consents],
        "consents": [one.consent_id for one in consents],
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

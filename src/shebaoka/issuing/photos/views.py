"""Everything that reads photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.photos import store
from shebaoka.issuing.photos.errors import NoPhotoYet, PhotoDestroyed
from shebaoka.issuing.photos.model import Photo, Source, Statement, Use, Way, place
from shebaoka.issuing.photos.store import SQL
from shebaoka.kit.work import Work


@dataclass(frozen=True, slots=True)
class History:
    """The photos of one application: all that were ever used for it with their uses, newest first.

    `statement`: what the person stated last about shared photos, None for nothing.
    """

    application: Application
    photos: Sequence[tuple[Use, Photo]]
    statement: Statement | None


@dataclass(frozen=True, slots=True)
class Count:
    """How often photos of a source were used in a way, and how many of them were found wrong."""

    way: Way
    source: Source
    uses: int
    rejected: int


async def pictures(work: Work, people_and_photos: Sequence[tuple[int, int]]) -> dict[int, bytes]:
    """Open the JPEGs by photo_id, without those that are destroyed; the caller records why."""
    parameters = {
        "people": [person_id for person_id, _ in people_and_photos],
        "photos": [photo_id for _, photo_id in people_and_photos],
    }
    found = await work.rows(SQL["pictures"], parameters, binary=True)
    return {photo_id: work.vault.open(sealed, place(photo_id)) for photo_id, sealed in found}


async def of_person(work: Work, person_id: int) -> list[Photo]:
    """Give where a person's photos came from, newest first."""
    return (await store.of_people(work, [person_id])).get(person_id, [])


async def statement_of(work: Work, person_id: int) -> Statement | None:
    """Give what a person stated last about shared photos."""
    return (await store.statements(work, [person_id])).get(person_id)


async def history(work: Work, application_id: int) -> History:
    """Give the photos of an application that the caller may see. NotFound. The look is recorded."""
    application = await applications.by_id(work, application_id)
    person_id = application.person_id
    held = {photo.photo_id: photo for photo in await of_person(work, person_id)}
    uses = await work.rows(SQL["uses"], {"person_id": person_id, "application_id": application_id}, Use)
    work.record(person_id, "photo.provenance_seen", application_id)
    return History(
        application, [(use, held[use.photo_id]) for use in uses], await statement_of(work, person_id)
    )


async def picture(work: Work, application_id: int, reason: str) -> bytes:
    """Open the present picture of an application that the caller may see; the look is recorded with its reason.

    Raises NotFound, NoPhotoYet or PhotoDestroyed.
    """
    application = await applications.by_id(work, application_id)
    if application.photo_id is None:
        raise NoPhotoYet
    key = (application.person_id, application.photo_id)
    opened = await pictures(work, [key])
    work.record(application.person_id, "photo.seen", application_id, photo=str(key[1]), reason=reason)
    if application.photo_id not in opened:
        raise PhotoDestroyed
    return opened[application.photo_id]


async def counts(work: Work, since: datetime) -> list[Count]:
    """Count the uses of photos since a moment by way and source."""
    return await work.rows(SQL["counts"], {"since": since}, Count)

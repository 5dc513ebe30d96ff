"""Everything that reads photos."""

from __future__ import annotations

from collections.abc import Sequence

from shebaoka.issuing.photos.model import Photo, place
from shebaoka.issuing.photos.store import SQL
from shebaoka.kit.work import Work


async def pictures(work: Work, people_and_photos: Sequence[tuple[int, int]]) -> dict[int, bytes]:
    """Open the JPEGs by photo_id; the caller records why."""
    parameters = {
        "people": [person_id for person_id, _ in people_and_photos],
        "photos": [photo_id for _, photo_id in people_and_photos],
    }
    found = await work.rows(SQL["pictures"], parameters, binary=True)
    return {photo_id: work.vault.open(sealed, place(photo_id)) for photo_id, sealed in found}


async def of_person(work: Work, person_id: int) -> list[Photo]:
    """Give where a person's photos came from, newest first."""
    return await work.rows(SQL["of_person"], {"person_id": person_id}, Photo)

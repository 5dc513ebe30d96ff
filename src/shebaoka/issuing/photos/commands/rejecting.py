"""A photo is wrong: it is used no more, and another one may take its place. And when the pictures of wrong ones go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from shebaoka.issuing.applications import commands as applications
from shebaoka.issuing.applications.commands import Key
from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.applications.states import PHOTO_STANDS, Status
from shebaoka.issuing.photos.errors import NoPhotoYet, PhotoInProduction, PhotoOnCard
from shebaoka.issuing.photos.model import Flaw
from shebaoka.issuing.photos.store import SQL
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.registry.programme.model import PhotoFlaw
from shebaoka.registry.programme.programme import Programme

PHOTOS_AT_ONCE: Final = 5_000
ON_CARD: Final = frozenset(
    {Status.MADE, Status.DISPATCHED, Status.AT_OUTLET, Status.AT_CENTRE, Status.RECEIVED, Status.COMPLETED}
)
REASON: Final[dict[Flaw, str]] = {
    "another_person": "photo-of-another",
    "unlike": "photo-unlike",
    "outdated": "photo-outdated",
    "spoiled": "photo-spoiled",
}
"""Why an application waits for another photo, as its `reason`."""


async def reject(work: Work, programme: Programme, application_id: int, why: Flaw) -> Application:
    """Say that the photo of an application is wrong: it waits for another one, and nothing else begins anew.

    The wrong one is never used again for this person, and its picture goes when the rules say. This function will refuse
    with NotFound, NoPhotoYet, PhotoInProduction, PhotoOnCard or TransitionRefused.
    """
    application = await applications.locked(work, application_id)
    photo_id = present(application)
    after = await applications.reject_photo(work, application_id, REASON[why])
    await mark_wrong(work, programme, [(application.person_id, photo_id)], why)
    return after


def present(application: Application) -> int:
    """Give the photo that may still be found wrong; refuses as `reject` does."""
    if application.photo_id is None:
        raise NoPhotoYet
    if application.status == Status.IN_PRODUCTION:
        raise PhotoInProduction
    if application.status in ON_CARD:
        raise PhotoOnCard
    if application.status not in PHOTO_STANDS:
        raise TransitionRefused(f"{application.status} → photo", was=application.status)
    return application.photo_id


async def mark_wrong(
    work: Work, programme: Programme, people_and_photos: Sequence[tuple[int, int]], why: PhotoFlaw
) -> list[Key]:
    """Mark photos as wrong, keep or destroy their pictures as the rules say, and give those that were not marked yet."""
    if not people_and_photos:
        return []
    days, rule = programme.photo_kept_days(why, work.today)
    marked: list[Key] = await work.rows(SQL["reject"], {
        "people": [person_id for person_id, _ in people_and_photos],
        "photos": [photo_id for _, photo_id in people_and_photos],
        "why": why, "rule_id": rule.rule_id, "now": work.now, "today": work.today,
        "destroy_on": work.today + timedelta(days=days),
    })  # fmt: skip
    work.record_many("photo.rejected", marked, why=why, rule=rule.rule_id)
    if days == 0:
        work.record_many("photo.destroyed", marked)
    return marked


async def destroy_due(database: Database, progress: Callable[[int], None] = lambda _: None) -> int:
    """Destroy the pictures of wrong photos whose day has come; safe to kill and to repeat. Digest and story stay."""
    destroyed = 0
    while True:
        async with database.work(SYSTEM) as work:
            due = await work.rows(SQL["destroy"], {"today": work.today, "photos_max": PHOTOS_AT_ONCE})
            work.record_many("photo.destroyed", due)
        if not due:
            return destroyed
        destroyed += len(due)
        progress(len(due))

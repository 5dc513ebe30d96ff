"""Photos that people bring: taken at a counter, or sent by the holder or a guardian online."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from shebaoka.issuing.applications import commands as applications
from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.applications.states import PHOTO_STANDS, Action, Status, before
from shebaoka.issuing.photos import store, views
from shebaoka.issuing.photos.commands.rejecting import mark_wrong
from shebaoka.issuing.photos.consenting import consent_to
from shebaoka.issuing.photos.errors import NoPhotoYet, PhotoNotNeeded, PhotoRefused
from shebaoka.issuing.photos.model import Flaw, New, Source
from shebaoka.issuing.photos.quality import Finding, Standard, finding, judge, refusals
from shebaoka.issuing.photos.sources import needs_of, young_enough
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.asking import age_on
from shebaoka.registry.programme.programme import Programme

EARLY: Final = Status.SUBMITTED
"""Brought before the register has answered: kept, and used when it has."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A picture that somebody brings, and the day on which it was taken where that is known."""

    jpeg: bytes
    taken_on: date | None = None


async def bring(work: Work, programme: Programme, application_id: int, brought: Brought) -> Application:
    """Keep a photo that was brought and let the application go on with it.

    Brought before verification it waits for that, and no store is asked. Its source is `online` where a resident sends it,
    else `counter`. This function will refuse with NotFound, PhotoRefused, PhotoNotNeeded or TransitionRefused.
    """
    application = await applications.locked(work, application_id)
    status = Status(application.status)
    if status is not EARLY and status not in before(Action.BRING_PHOTO):
        raise TransitionRefused(f"{status} → {Action.BRING_PHOTO}", was=status, action=Action.BRING_PHOTO)
    if status is not Status.NEEDS_PHOTO:
        needs = await needs_of(work, [application.person_id], programme)
        if needs.stores[application.person_id] is None:
            raise PhotoNotNeeded
    photo_id = await _keep(work, programme, application, brought)
    return application if status is EARLY else await applications.bring_photo(work, application_id, photo_id)


async def swap(
    work: Work,
    programme: Programme,
    application_id: int,
    brought: Brought,
    why: Flaw,
    statuses: Collection[Status] = PHOTO_STANDS,
) -> Application:
    """Put a photo in the place of a wrong one, in one step: the application stays where it is and keeps its account.

    `statuses`: where the caller has made sure that no card bears the wrong one yet. This function will refuse as `bring`
    does, and with NoPhotoYet where there is none to replace.
    """
    application = await applications.locked(work, application_id)
    if application.photo_id is None:
        raise NoPhotoYet
    # The wrong one is marked first: sent again as its own replacement it is met.
    await mark_wrong(work, programme, [(application.person_id, application.photo_id)], why)
    photo_id = await _keep(work, programme, application, brought)
    return await applications.swap_photo(work, application_id, photo_id, statuses)


async def _keep(work: Work, programme: Programme, application: Application, brought: Brought) -> int:
    person_id = application.person_id
    await check_picture(work, programme, person_id, brought)
    source = Source.ONLINE if work.actor.person_id is not None else Source.COUNTER
    # To bring it is to consent, in words where a rule asks for them: what was stated is about shared photos only.
    consent = consent_to(programme, source, application, None, work.today)
    assert consent is not None, "a rule that wants consent to what is brought takes it from the form"
    photo_id = work.ids.one()
    await store.keep(work, [New(person_id, photo_id, source, brought.taken_on, brought.jpeg)])
    await store.note_uses(work, "brought", [(person_id, application.application_id, photo_id, consent)])
    work.record(
        person_id, "photo.brought", photo_id, source=source, application=str(application.application_id)
    )
    return photo_id


async def check_picture(work: Work, programme: Programme, person_id: int, brought: Brought) -> None:
    """Check that a picture would be taken for a person's card; PhotoRefused says all that is wrong with it."""
    standard = programme.photo_standard(work.today)
    found = await asyncio.to_thread(judge, brought.jpeg, standard)
    found += await _of_this_person(work, programme, person_id, brought, standard)
    if faults := refusals(found):
        raise PhotoRefused.for_(faults)


async def _of_this_person(
    work: Work, programme: Programme, person_id: int, brought: Brought, standard: Standard
) -> list[Finding]:
    """Give what is wrong with a photo for this person: found wrong before, or too old at this age."""
    found: list[Finding] = []
    digest = sm3(brought.jpeg)
    if any(photo.rejected_at and photo.digest == digest for photo in await views.of_person(work, person_id)):
        found.append(finding("photo-known-wrong", "", standard))
    holder = (await people.by_ids(work, [person_id]))[person_id]
    years, _ = programme.photo_reuse(age_on(holder.birth_date, work.today), work.today)
    if brought.taken_on is not None and not young_enough(brought.taken_on, years, work.today):
        found.append(finding("photo-day", brought.taken_on, standard, years=years))
    return found

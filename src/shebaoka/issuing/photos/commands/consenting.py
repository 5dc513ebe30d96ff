"""Consent to the use of shared photos is stated: given, or withdrawn."""

from __future__ import annotations

from shebaoka.issuing.applications import commands as applications
from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.applications.states import PHOTO_STANDS
from shebaoka.issuing.photos import store, views
from shebaoka.issuing.photos.commands.fetching import WITHHELD
from shebaoka.issuing.photos.commands.rejecting import mark_wrong
from shebaoka.issuing.photos.consenting import wording
from shebaoka.issuing.photos.model import STORES, StatedBy, Statement
from shebaoka.kit.work import Work
from shebaoka.registry.acting import views as acting
from shebaoka.registry.programme.programme import Programme


async def state_consent(
    work: Work, programme: Programme, application_id: int, *, given: bool, by: StatedBy
) -> tuple[Application, Statement]:
    """Note that a person consents to the use of shared photos, or withdraws that: it holds until stated otherwise.

    Withdrawn, no store is asked and no shared photo is used again. One that is there already is used no more and destroyed
    as long as no card is ordered with it, and the application waits for one that is brought. NotFound.
    """
    application = await applications.locked(work, application_id)
    asked, _ = wording(programme, STORES[0], application, work.today)
    statement = Statement(
        application.person_id, work.ids.one(), application_id, given, asked.version, by, work.actor.name,
        work.actor.organisation_id, work.now,
    )  # fmt: skip
    await store.state(work, tuple(getattr(statement, name) for name in store.STATED))
    said = "photo.consent_given" if given else "photo.consent_withdrawn"
    work.record(application.person_id, said, application_id, version=asked.version, by=by)
    if not given:
        application = await _without_shared(work, programme, application)
    return application, statement


async def state_with_application(
    work: Work, programme: Programme, application: Application, *, given: bool
) -> None:
    """Note what an applicant, or who acted for them, has said of shared photos in the application itself."""
    acts = await acting.of_person(work, application.person_id)
    subject = str(application.application_id)
    by: StatedBy = next((one.acted_as for one in acts if one.subject == subject), "holder")
    await state_consent(work, programme, application.application_id, given=given, by=by)


async def _without_shared(work: Work, programme: Programme, application: Application) -> Application:
    if application.photo_id is None or application.status not in PHOTO_STANDS:
        return application
    photos = await views.of_person(work, application.person_id)
    shared = next(
        (one for one in photos if one.photo_id == application.photo_id and one.source in STORES), None
    )
    if shared is None:
        return application
    after = await applications.reject_photo(work, application.application_id, WITHHELD)
    await mark_wrong(work, programme, [(shared.person_id, shared.photo_id)], "consent_withdrawn")
    return after

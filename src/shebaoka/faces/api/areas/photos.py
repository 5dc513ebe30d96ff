"""Photos: checked, brought, looked at, found wrong and replaced; and consent to the use of shared ones."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import JSONBody, MultipartBody, QueryParameter

from shebaoka.faces.api.access import RESIDENTS_TOO
from shebaoka.faces.api.areas.showing import ApplicationView, shown
from shebaoka.faces.api.calling import Call, reading, write
from shebaoka.faces.api.counter import ACTING_MAY_REFUSE, ActsFor, check_who_acts
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.rendering import malformed
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, InstitutionRef, PathId, Why, references
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.photos import commands, views
from shebaoka.issuing.photos.commands import Brought
from shebaoka.issuing.photos.errors import (
    NoPhotoYet,
    PhotoDestroyed,
    PhotoInProduction,
    PhotoNotNeeded,
    PhotoOnCard,
    PhotoRefused,
)
from shebaoka.issuing.photos.model import ConsentBy, Flaw, Photo, Source, Use, Way
from shebaoka.issuing.photos.quality import FACE, FACE_EN, FACE_ZH, Finding, judge, refusals
from shebaoka.issuing.production.commands import replace_photo
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.model import Channel, PhotoFlaw, PhotoSource, Reason
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.sets import DecidesPhotoStandard

PHOTO_BODY_BYTES_MAX: Final = 128 * 1024
CHECK_BODY_BYTES_MAX: Final = 6 * 2**20
"""A picture as it comes out of a camera is told what is wrong with it, and not only that it is too large."""
JPEG: Final = "image/jpeg"
STORE_NAMES: Final[tuple[PhotoSource, ...]] = ("id_card", "student_card")


class PhotoUpload(msgspec.Struct, frozen=True):
    """A photo that is brought. `replaces`: why the one that is there is wrong, where there is one."""

    photo: UploadFile
    taken_on: date | None = None
    replaces: Flaw | None = None


class PhotoToCheck(msgspec.Struct, frozen=True):
    """A photo that is only looked at."""

    photo: UploadFile


class PhotoJudgement(msgspec.Struct, frozen=True):
    """What is wrong with a photo, all at once, each with what to do. `good`: it would be taken, whatever the hints say.

    `face`: whether exactly one face is to be seen is never checked here; a person looks.
    """

    good: bool
    findings: list[Finding]
    face: Literal["not_checked"]
    face_zh: str
    face_en: str


class PhotoRejection(Body, frozen=True):
    """Why the photo is wrong."""

    why: Flaw


class PhotoLook(Body, frozen=True):
    """Why somebody must look at the picture."""

    reason: Why


class ConsentBody(Body, frozen=True):
    """Whether shared photos may be used. At a counter `acts_for` says who stands there, where it is not the holder."""

    given: bool
    acts_for: ActsFor | None = None


class ConsentView(msgspec.Struct, frozen=True):
    """What was stated, in which words (`version`), by whom; and where the application stands now."""

    given: bool
    version: str
    stated_by: ConsentBy
    stated_at: datetime
    application: ApplicationView


class PhotoView(msgspec.Struct, frozen=True):
    """A photo used for the application, without its picture: where it comes from, and with whose consent.

    `way`: fetched from a store, reused from an earlier time, or brought. `brought_by`: the institution, null for the stores.
    `consent_version` null: no consent is needed for this source. `destroyed`: its picture is there no more.
    """

    photo_id: str
    current: bool
    source: Source
    way: Way
    taken_on: date | None
    received_at: datetime
    used_at: datetime
    brought_by: InstitutionRef | None
    rule: str
    consent_version: str | None
    consent_by: ConsentBy | None
    consent_at: datetime | None
    rejected_at: datetime | None
    rejected_why: PhotoFlaw | None
    destroy_on: date | None
    destroyed: bool


class PhotoHistory(msgspec.Struct, frozen=True):
    """All photos that were ever used for an application, newest first. `consent`: what the person stated last, null for nothing."""

    application_id: str
    photos: list[PhotoView]
    consent: bool | None


class ConsentWording(msgspec.Struct, frozen=True):
    """What is asked for photos of a source. `by_form`: handing in the application is the consent."""

    source: PhotoSource
    needed: bool
    by_form: bool
    version: str
    wording_zh: str
    wording_en: str
    why: Reason


class ConsentWordings(msgspec.Struct, frozen=True):
    """The wording of a day, for each store. `standard`: what a photo must be that is brought instead."""

    on: date
    standard: DecidesPhotoStandard
    items: list[ConsentWording]


@post(
    "/photos/check",
    status_code=200,
    request_max_body_size=CHECK_BODY_BYTES_MAX,
    **protected("photo.bring", "photos", "检查相片，不提交 · Check a photo without sending it",
                unkeyed="it changes nothing and is about nobody", residents=RESIDENTS_TOO),
)  # fmt: skip
async def check_photo(request: Call, data: MultipartBody[PhotoToCheck]) -> PhotoJudgement:
    """Tell everything that is wrong with a picture, and what to do. Nothing is kept, and nobody's name is needed."""
    jpeg = await _read(data.photo)
    here = service(request)
    programme = await here.programme()
    standard = programme.photo_standard(here.city.clock.now().astimezone(SHANGHAI).date())
    found = await asyncio.to_thread(judge, jpeg, standard)
    return PhotoJudgement(not refusals(found), found, FACE, FACE_ZH, FACE_EN)


@get(
    "/photos/consent",
    **protected("programme.explain", "photos", "使用共享相片的告知内容 · What is asked before a shared photo is used",
                residents=RESIDENTS_TOO),
)  # fmt: skip
async def consent_wording(
    request: Call, channel: Annotated[Channel, QueryParameter(description="受理渠道 · channel")] = "online"
) -> ConsentWordings:
    """Give the wording of consent to photos from each store, as today's rules have it."""
    programme = await service(request).programme()
    async with reading(request) as work:
        today = work.today
    items = []
    for source in STORE_NAMES:
        decides, why = programme.photo_consent(source, channel, today)
        items.append(ConsentWording(
            source, decides.needed, decides.by_form, decides.version, decides.wording_zh, decides.wording_en, why,
        ))  # fmt: skip
    return ConsentWordings(today, programme.photo_standard(today), items)


@post(
    "/applications/{application_id:int}/photo",
    status_code=200,
    request_max_body_size=PHOTO_BODY_BYTES_MAX,
    **protected("photo.bring", "photos", "提交或更换相片 · Bring a photo, or replace a wrong one", keyed=True,
                refuses=(*ONE, TransitionRefused, PhotoRefused, PhotoNotNeeded, NoPhotoYet, PhotoInProduction,
                         PhotoOnCard, *ACTING_MAY_REFUSE),
                residents=RESIDENTS_TOO),
)  # fmt: skip
async def bring_photo(
    request: Call,
    application_id: PathId,
    data: MultipartBody[PhotoUpload],
    key: RequestKey = None,
) -> Response[ApplicationView]:
    """Go on with a photo taken at the counter, or sent by a resident for oneself or a ward.

    With `replaces` it takes the place of the present one, also in an order whose file is not written yet: nothing begins anew.
    """
    jpeg = await _read(data.photo)
    programme = await service(request).programme()
    brought = Brought(jpeg, data.taken_on)

    async def act(work: Work) -> ApplicationView:
        await _check_resident(work, programme, application_id)
        if data.replaces is None:
            after = await commands.bring(work, programme, application_id, brought)
        else:
            after = await replace_photo(work, programme, application_id, brought, data.replaces)
        return await _shown(work, after)

    return await write(request, key, [sm3(jpeg).hex(), data.taken_on, data.replaces], act)


@get(
    "/applications/{application_id:int}/photo",
    **protected("photo.read", "photos", "相片的来源与同意 · Where the photo comes from, and with whose consent",
                refuses=ONE, residents=RESIDENTS_TOO),
)  # fmt: skip
async def photo_history(request: Call, application_id: PathId) -> PhotoHistory:
    """Give where the photos of an application came from, who brought them and with whose consent. The look is recorded."""
    async with reading(request) as work:
        found = await views.history(work, application_id)
        named = await references(work, (photo.organisation_id for _, photo in found.photos))
    current = found.application.photo_id
    return PhotoHistory(
        str(application_id),
        [_view(use, photo, current, named) for use, photo in found.photos],
        found.statement.given if found.statement else None,
    )


@post(
    "/applications/{application_id:int}/photo/picture",
    status_code=200,
    media_type=JPEG,
    **protected("photo.read", "photos", "查看相片 · Look at the picture",
                refuses=(*ONE, NoPhotoYet, PhotoDestroyed), unkeyed="it changes nothing but the audit log",
                residents=RESIDENTS_TOO),
)  # fmt: skip
async def look_at_picture(
    request: Call, application_id: PathId, data: JSONBody[PhotoLook]
) -> Response[bytes]:
    """Give the picture that stands on the card, or will. The look is recorded with its reason."""
    async with reading(request) as work:
        jpeg = await views.picture(work, application_id, data.reason)
    return Response(jpeg, media_type=JPEG)


@post(
    "/applications/{application_id:int}/photo/rejection",
    status_code=200,
    **protected("photo.bring", "photos", "相片有误 · Say that the photo is wrong", keyed=True,
                refuses=(*ONE, TransitionRefused, NoPhotoYet, PhotoInProduction, PhotoOnCard, *ACTING_MAY_REFUSE),
                residents=RESIDENTS_TOO),
)  # fmt: skip
async def reject_photo(
    request: Call, application_id: PathId, data: JSONBody[PhotoRejection], key: RequestKey = None
) -> Response[ApplicationView]:
    """Say that the photo is another person's, or spoiled: the application waits for another one, and keeps all else."""
    programme = await service(request).programme()

    async def act(work: Work) -> ApplicationView:
        await _check_resident(work, programme, application_id)
        return await _shown(work, await commands.reject(work, programme, application_id, data.why))

    return await write(request, key, data, act)


@post(
    "/applications/{application_id:int}/photo/consent",
    status_code=200,
    **protected("photo.consent", "photos", "同意或撤回使用共享相片 · Consent to shared photos, or withdraw it", keyed=True,
                refuses=(*ONE, *ACTING_MAY_REFUSE), residents=RESIDENTS_TOO),
)  # fmt: skip
async def state_consent(
    request: Call, application_id: PathId, data: JSONBody[ConsentBody], key: RequestKey = None
) -> Response[ConsentView]:
    """Note whether shared photos may be used. Withdrawn, none is fetched or used again, and one that is there is destroyed.

    A card that is ordered already is made with the photo it was ordered with. It holds for later applications too.
    """
    programme = await service(request).programme()

    async def act(work: Work) -> ConsentView:
        application = await applications.by_id(work, application_id)
        holder = (await people.by_ids(work, [application.person_id]))[application.person_id]
        by = await check_who_acts(work, programme, holder, data.acts_for, "apply", application_id)
        after, said = await commands.state_consent(work, programme, application_id, given=data.given, by=by)
        return ConsentView(
            said.given, said.version, said.stated_by, said.stated_at, await _shown(work, after)
        )

    return await write(request, key, data, act)


async def _read(file: UploadFile) -> bytes:
    content: bytes = await file.read()
    if not content:
        raise malformed("photo", "没有内容 · it is empty")
    return content


async def _check_resident(work: Work, programme: Programme, application_id: int) -> None:
    """Keep as what a resident acts, for oneself or a ward; at a counter the applicant sits before the camera."""
    if work.actor.person_id is None:
        return
    application = await applications.by_id(work, application_id)
    holder = (await people.by_ids(work, [application.person_id]))[application.person_id]
    await check_who_acts(work, programme, holder, None, "apply", application_id)


async def _shown(work: Work, application: Application) -> ApplicationView:
    (view,) = await shown(work, [application])
    return view


def _view(use: Use, photo: Photo, current: int | None, named: dict[int, InstitutionRef]) -> PhotoView:
    return PhotoView(
        photo_id=str(photo.photo_id),
        current=photo.photo_id == current,
        source=Source(photo.source),
        way=use.way,
        taken_on=photo.taken_on,
        received_at=photo.received_at,
        used_at=use.used_at,
        brought_by=named.get(photo.organisation_id or 0),
        rule=use.rule_id,
        consent_version=use.consent_version,
        consent_by=use.consent_by,
        consent_at=use.consent_at,
        rejected_at=photo.rejected_at,
        rejected_why=photo.rejected_why,
        destroy_on=photo.destroy_on,
        destroyed=not photo.there,
    )


HANDLERS: tuple[Any, ...] = (
    check_photo,
    consent_wording,
    bring_photo,
    photo_history,
    look_at_picture,
    reject_photo,
    state_consent,
)

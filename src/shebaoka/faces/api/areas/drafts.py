"""Drafts: a resident fills in an application for a ward or for himself, on any device, and hands it in once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import JSONBody, MultipartBody
from msgspec import Meta

from shebaoka.faces.api.access import RESIDENTS_ONLY
from shebaoka.faces.api.areas.applications import APPLYING_MAY_REFUSE
from shebaoka.faces.api.areas.photos import PHOTO_BODY_BYTES_MAX
from shebaoka.faces.api.areas.showing import ApplicationView, shown
from shebaoka.faces.api.calling import CREATED, Call, asking_about, reading, write
from shebaoka.faces.api.counter import check_reach
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, Id, IdNumberText, PathId, Text, read_id_number
from shebaoka.issuing.applications.errors import NameDiffers
from shebaoka.issuing.drafts import commands, views
from shebaoka.issuing.drafts.errors import DraftChangedMeanwhile, DraftIncomplete, OnlineClosed
from shebaoka.issuing.drafts.model import Content, Draft
from shebaoka.issuing.drafts.states import Status
from shebaoka.issuing.photos.commands import Brought
from shebaoka.issuing.photos.errors import PhotoRefused
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.acting.errors import GuardianNotTied
from shebaoka.registry.acting.views import reach_of
from shebaoka.registry.people import views as people

Version = Annotated[int, Meta(ge=1, le=2**31 - 1, description="读到的版本 · the version that was read")]
Filled = Annotated[str, Meta(max_length=1_000, pattern=r"^[^\x00]*$")]


class NewDraft(Body, frozen=True):
    """For whom: the child's own ID number and name, not the parent's; or the resident's."""

    id_number: IdNumberText
    name: Text


class FamilyDraft(Body, frozen=True):
    """For whom, as `GET /api/family` numbers them. `like`: an application whose bank, address, mobile and outlet are taken over."""

    person_id: Id
    like: Id | None = None


class DraftPhoto(msgspec.Struct, frozen=True):
    """A picture for the card, and the version of the draft that was read."""

    photo: UploadFile
    version: int


class DraftBody(Body, frozen=True):
    """What has been filled in so far, all of it each time. `bank`, `fallback_outlet`: codes of institutions.

    `shared_photo`: true for a photo from the shared stores, false to send one; `GET /api/photos/consent` has the wording.
    """

    version: Version
    mobile: Filled = ""
    address: Filled = ""
    fallback_outlet: Filled = ""
    bank: Filled = ""
    shared_photo: bool | None = None


class Submission(Body, frozen=True):
    """The version that is handed in."""

    version: Version


class DraftView(msgspec.Struct, frozen=True):
    """A draft, without what is filled in. `lapses_on`: the last day it is kept."""

    draft_id: str
    person_id: str
    status: Status
    version: int
    application_id: str | None
    begun_at: datetime
    updated_at: datetime
    lapses_on: date


class FilledDraft(msgspec.Struct, frozen=True):
    """A draft with what is filled in. `missing`: what is still needed before it is handed in; `photo`: a picture was sent."""

    draft: DraftView
    mobile: str
    address: str
    fallback_outlet: str
    bank: str
    missing: list[str]
    shared_photo: bool | None
    photo: bool


class Drafts(msgspec.Struct, frozen=True):
    """A resident's live drafts, oldest first."""

    items: list[DraftView]


@post(
    "/drafts",
    status_code=CREATED,
    **protected("application.apply", "family", "开始填写 · Begin a draft, or go on with the live one", keyed=True,
                refuses=(IdNumberRefused, GuardianNotTied, NameDiffers), residents=RESIDENTS_ONLY),
)  # fmt: skip
async def begin_draft(request: Call, data: JSONBody[NewDraft], key: RequestKey = None) -> Response[DraftView]:
    """Begin a draft for a ward or for oneself; where one is live, on whatever device, it is the answer."""
    programme = await service(request).programme()

    async def act(work: Work) -> DraftView:
        await check_reach(work, programme, data.id_number)
        person = await people.find(work, await read_id_number(work, data.id_number))
        assert person, "whoever is within reach is in the register"
        if work.vault.digest("name", data.name) != person.name_digest:
            raise NameDiffers
        return _view(await commands.begin(work, programme, person.person_id))

    async with asking_about(request, data.id_number):
        return await write(request, key, data, act, status=CREATED)


@post(
    "/family/drafts",
    status_code=CREATED,
    **protected("application.apply", "family", "为本人或子女开始填写，可沿用已有申请 · Begin a draft for one of the family, like another application",
                keyed=True, refuses=ONE, residents=RESIDENTS_ONLY),
)  # fmt: skip
async def begin_family_draft(
    request: Call, data: JSONBody[FamilyDraft], key: RequestKey = None
) -> Response[DraftView]:
    """Begin a draft for oneself or a ward, or go on with the live one. Whoever is nobody of one's own is not found."""
    programme = await service(request).programme()

    async def act(work: Work) -> DraftView:
        person_id = int(data.person_id)
        if person_id not in await reach_of(work, programme):
            raise NotFound(data.person_id)
        if data.like is None:
            return _view(await commands.begin(work, programme, person_id))
        return _view(await commands.begin_like(work, programme, person_id, int(data.like)))

    return await write(request, key, data, act, status=CREATED)


@get(
    "/drafts",
    **protected("application.apply", "family", "我的草稿 · My drafts", residents=RESIDENTS_ONLY),
)
async def list_drafts(request: Call) -> Drafts:
    """Give one's live drafts, oldest first."""
    async with reading(request) as work:
        found = await views.of_owner(work)
        work.record_many("draft.seen", [(one.person_id, one.draft_id) for one in found])
        return Drafts([_view(one) for one in found])


@get(
    "/drafts/{draft_id:int}",
    **protected("application.apply", "family", "继续填写 · What is filled in",
                refuses=(*ONE, GuardianNotTied), residents=RESIDENTS_ONLY),
)  # fmt: skip
async def one_draft(request: Call, draft_id: PathId) -> FilledDraft:
    """Give a draft with what is filled in, to go on with it on this device."""
    programme = await service(request).programme()
    async with reading(request) as work:
        draft = await views.by_id(work, draft_id)
        content = await commands.opened(work, programme, draft)
        work.record(draft.person_id, "draft.seen", draft_id)
        return FilledDraft(
            _view(draft), content.mobile, content.address, content.fallback_outlet, content.bank, content.missing(),
            content.shared_photo, content.photo is not None,
        )  # fmt: skip


@post(
    "/drafts/{draft_id:int}",
    status_code=200,
    **protected("application.apply", "family", "保存草稿 · Save a draft", keyed=True,
                refuses=(*ONE, TransitionRefused, DraftChangedMeanwhile, GuardianNotTied), residents=RESIDENTS_ONLY),
)  # fmt: skip
async def save_draft(
    request: Call, draft_id: PathId, data: JSONBody[DraftBody], key: RequestKey = None
) -> Response[DraftView]:
    """Keep what has been filled in; of two devices the later is told, and overwrites nothing unseen."""
    programme = await service(request).programme()

    async def act(work: Work) -> DraftView:
        content = Content(data.mobile, data.address, data.fallback_outlet, data.bank, data.shared_photo)
        return _view(await commands.save(work, programme, draft_id, data.version, content))

    return await write(request, key, data, act)


@post(
    "/drafts/{draft_id:int}/photo",
    status_code=200,
    request_max_body_size=PHOTO_BODY_BYTES_MAX,
    **protected("application.apply", "family", "在草稿中提交相片 · Put a picture into a draft", keyed=True,
                refuses=(*ONE, TransitionRefused, DraftChangedMeanwhile, GuardianNotTied, PhotoRefused),
                residents=RESIDENTS_ONLY),
)  # fmt: skip
async def keep_draft_photo(
    request: Call, draft_id: PathId, data: MultipartBody[DraftPhoto], key: RequestKey = None
) -> Response[DraftView]:
    """Keep a picture with the draft, sealed; it is brought when the draft is handed in. `POST /api/photos/check` only looks."""
    jpeg: bytes = await data.photo.read()
    programme = await service(request).programme()

    async def act(work: Work) -> DraftView:
        return _view(await commands.keep_photo(work, programme, draft_id, data.version, Brought(jpeg)))

    return await write(request, key, [sm3(jpeg).hex(), data.version], act)


@post(
    "/drafts/{draft_id:int}/submission",
    status_code=CREATED,
    **protected("application.apply", "family", "提交申请 · Hand a draft in", keyed=True,
                refuses=(*ONE, TransitionRefused, DraftChangedMeanwhile, DraftIncomplete, OnlineClosed, *APPLYING_MAY_REFUSE),
                residents=RESIDENTS_ONLY),
)  # fmt: skip
async def submit_draft(
    request: Call, draft_id: PathId, data: JSONBody[Submission], key: RequestKey = None
) -> Response[ApplicationView]:
    """Apply with what is filled in, under the identity of whom the draft is for. A refusal leaves the draft as it was."""
    programme = await service(request).programme()

    async def act(work: Work) -> ApplicationView:
        (view,) = await shown(work, [await commands.submit(work, programme, draft_id, data.version)])
        return view

    return await write(request, key, data, act, status=CREATED)


@post(
    "/drafts/{draft_id:int}/discarding",
    status_code=200,
    **protected("application.apply", "family", "删除草稿 · Throw a draft away", keyed=True,
                refuses=(*ONE, TransitionRefused, GuardianNotTied), residents=RESIDENTS_ONLY),
)  # fmt: skip
async def discard_draft(request: Call, draft_id: PathId, key: RequestKey = None) -> Response[DraftView]:
    """Throw a draft away, with all that is filled in."""
    programme = await service(request).programme()

    async def act(work: Work) -> DraftView:
        return _view(await commands.discard(work, programme, draft_id))

    return await write(request, key, None, act)


def _view(one: Draft) -> DraftView:
    return DraftView(
        str(one.draft_id), str(one.person_id), Status(one.status), one.version,
        None if one.application_id is None else str(one.application_id), one.begun_at, one.updated_at, one.lapses_on,
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (
    begin_draft, begin_family_draft, list_drafts, one_draft, save_draft, keep_draft_photo, submit_draft, discard_draft,
)  # fmt: skip

"""What a counter may do to an application under way: end it, another bank, another address, a photo."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import msgspec
from litestar import Response, post
from litestar.datastructures import UploadFile
from litestar.params import JSONBody, MultipartBody

from shebaoka.faces.api.access import RESIDENTS_TOO
from shebaoka.faces.api.areas.showing import ApplicationView, shown
from shebaoka.faces.api.calling import Call, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.rendering import malformed
from shebaoka.faces.api.wire import Body, Code, LongText, PathId, Text
from shebaoka.issuing.applications import commands, errors
from shebaoka.issuing.applications.model import Contact
from shebaoka.issuing.delivery.commands import relabel
from shebaoka.issuing.delivery.errors import ParcelsMoved
from shebaoka.issuing.photos.commands import bring
from shebaoka.issuing.photos.errors import PhotoRefused
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work

PHOTO_BODY_BYTES_MAX: Final = 128 * 1024


class BankChoiceBody(Body, frozen=True):
    """Another bank, by its code."""

    bank: Code


class ContactBody(Body, frozen=True):
    """Whom the courier calls, and where the card goes."""

    mobile: Text
    address: LongText


class PhotoUpload(msgspec.Struct, frozen=True):
    """A photo taken at the counter: JPEG, 358×441 px, white background, 4 to 40 kB."""

    photo: UploadFile
    taken_on: date | None = None


@post(
    "/applications/{application_id:int}/withdrawal",
    status_code=200,
    **protected("application.withdraw", "applications", "撤回申请 · Withdraw an application", keyed=True,
                refuses=(*ONE, TransitionRefused), residents=RESIDENTS_TOO),
)  # fmt: skip
async def withdraw(
    request: Call, application_id: PathId, key: RequestKey = None
) -> Response[ApplicationView]:
    """End an application at the applicant's wish, as long as no account was opened for it."""

    async def act(work: Work) -> ApplicationView:
        (view,) = await shown(work, [await commands.withdraw(work, application_id)])
        return view

    return await write(request, key, None, act)


@post(
    "/applications/{application_id:int}/bank",
    status_code=200,
    **protected("application.choose_bank", "applications", "另选银行 · Choose another bank", keyed=True,
                refuses=(*ONE, TransitionRefused, errors.BankNotServing, errors.BankRefusedBefore),
                residents=RESIDENTS_TOO),
)  # fmt: skip
async def choose_bank(
    request: Call, application_id: PathId, data: JSONBody[BankChoiceBody], key: RequestKey = None
) -> Response[ApplicationView]:
    """Go on with another bank after one has refused to open the account."""

    async def act(work: Work) -> ApplicationView:
        (view,) = await shown(work, [await commands.choose_bank(work, application_id, data.bank)])
        return view

    return await write(request, key, data, act)


@post(
    "/applications/{application_id:int}/contact",
    status_code=200,
    **protected("application.correct", "applications", "更正联系方式和寄送地址 · Correct mobile and address", keyed=True,
                refuses=(*ONE, TransitionRefused, errors.ContactMissing, ParcelsMoved), residents=RESIDENTS_TOO),
)  # fmt: skip
async def correct_contact(
    request: Call, application_id: PathId, data: JSONBody[ContactBody], key: RequestKey = None
) -> Response[ApplicationView]:
    """Correct where the card goes, as long as it is still to be brought.

    A parcel that the courier has keeps its label; `POST /api/applications/{application_id}/destination` asks the courier.
    """

    async def act(work: Work) -> ApplicationView:
        contact = Contact(data.mobile, data.address)
        corrected = await commands.correct_contact(work, application_id, contact)
        await relabel(work, corrected)
        (view,) = await shown(work, [corrected])
        return view

    return await write(request, key, data, act)


@post(
    "/applications/{application_id:int}/photo",
    status_code=200,
    request_max_body_size=PHOTO_BODY_BYTES_MAX,
    **protected("photo.bring", "applications", "补交相片 · Bring a photo", keyed=True,
                refuses=(*ONE, TransitionRefused, PhotoRefused)),
)  # fmt: skip
async def bring_photo(
    request: Call,
    application_id: PathId,
    data: MultipartBody[PhotoUpload],
    key: RequestKey = None,
) -> Response[ApplicationView]:
    """Go on with a photo taken at the counter, where none was found."""
    jpeg = await data.photo.read()
    if not jpeg:
        raise malformed("photo", "没有内容 · it is empty")

    async def act(work: Work) -> ApplicationView:
        (view,) = await shown(work, [await bring(work, application_id, jpeg, data.taken_on)])
        return view

    return await write(request, key, [sm3(jpeg).hex(), data.taken_on], act)


HANDLERS: tuple[Any, ...] = (withdraw, choose_bank, correct_contact, bring_photo)

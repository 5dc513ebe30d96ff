"""Applications: applying and following."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter

from shebaoka.faces.api.access import RESIDENTS_TOO
from shebaoka.faces.api.areas.showing import ApplicationView, shown, shown_with_holders
from shebaoka.faces.api.calling import CREATED, Call, asking_about, reading, write
from shebaoka.faces.api.counter import ACTING_MAY_REFUSE, ActsFor, claim_of
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.finding import FINDING_MAY_REFUSE, PersonQuestion, found_by
from shebaoka.faces.api.rendering import malformed
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import (
    Body,
    Code,
    Cursor,
    IdNumberText,
    Limit,
    LongText,
    Page,
    PathId,
    Text,
    Why,
    own_institution,
    page_of,
    read_id_number,
)
from shebaoka.issuing.applications import commands, errors, views
from shebaoka.issuing.applications.model import ApplyRequest, Channel, ReplacementReason
from shebaoka.issuing.applications.states import Status
from shebaoka.issuing.photos.commands import state_with_application
from shebaoka.kit.problems import Problem, TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.helpdesk.timeline import HAPPENED

CHANNELS: Final = {
    "bank": Channel.BANK_OUTLET,
    "bank_outlet": Channel.BANK_OUTLET,
    "community_centre": Channel.COMMUNITY_CENTRE,
    # The card centre's own counter works as a community centre's does (inferred).
    "card_centre": Channel.COMMUNITY_CENTRE,
    "online_platform": Channel.ONLINE,
}
APPLYING_MAY_REFUSE: Final[tuple[type[Problem], ...]] = (
    IdNumberRefused, errors.PersonUnknown, errors.NameDiffers, errors.PersonDeceased, errors.NotEligible,
    *ACTING_MAY_REFUSE, errors.BankMissing, errors.BankNotServing,
    errors.OutletNotServing, errors.ContactMissing, errors.ApplicationExists, errors.CardExists,
    errors.NothingToReplace, errors.LossNotReported, errors.CardReportedLost, errors.NotYetRenewable, TransitionRefused,
)  # fmt: skip


class ChannelMissing(Problem):
    """This kind of institution takes in no applications one by one."""

    slug = "channel-missing"
    status = 403
    title_zh = "本类机构不直接受理申请"
    title_en = "This kind of institution takes in no applications"
    remedy_zh = "请到银行网点、社区事务受理服务中心或网上平台申请；单位和学校请报送名册"
    remedy_en = "Apply at a bank's outlet, a community centre or online; employers and schools send lists"


class NewApplication(Body, frozen=True):
    """Somebody applies. Codes of institutions; without `bank` the one that the programme suggests.

    `acts_for`: who acts for the applicant, with which papers; without it the applicant does. `guardian_id_number`, of a
    child's guardian, says the same more shortly: all documents were seen. `replacement`: why the new card that the person
    has is to be replaced; a lost one is reported lost first. `shared_photo`: that the applicant consents to a photo from the
    shared stores (`GET /api/photos/consent` has the wording) or declines it; left out, the form itself is the consent.
    `signature`: where it is found, of an application that was signed on a pad or on paper (digest or file number; no name).
    """

    id_number: IdNumberText
    name: Text
    mobile: Text
    address: LongText
    fallback_outlet: Code
    bank: Code | None = None
    guardian_id_number: IdNumberText | None = None
    replacement: ReplacementReason | None = None
    acts_for: ActsFor | None = None
    shared_photo: bool | None = None
    signature: Code | None = None


class RevealBody(Body, frozen=True):
    """Why somebody must see who this is."""

    reason: Why


class Revealed(msgspec.Struct, frozen=True):
    """Who somebody is, and where the card goes."""

    name: str
    id_number: str
    mobile: str
    address: str


class TimelineStep(msgspec.Struct, frozen=True):
    """Something that happened to the application. `zh` and `en` say it; empty for what concerns nobody but us."""

    at: datetime
    action: str
    actor: str
    organisation_id: str
    zh: str
    en: str


class Timeline(msgspec.Struct, frozen=True):
    """All that happened to an application, oldest first."""

    items: list[TimelineStep]


@post(
    "/applications",
    status_code=CREATED,
    **protected("application.apply", "applications", "申请换卡 · Apply for a card", keyed=True, rehearsed=True,
                refuses=(ChannelMissing, *APPLYING_MAY_REFUSE)),
)  # fmt: skip
async def apply(
    request: Call, data: JSONBody[NewApplication], key: RequestKey = None
) -> Response[ApplicationView]:
    """Apply for a card. The channel follows from the institution that the caller acts for.

    One person has one application, whatever the channels do at once; `application-exists` says where and since when.
    """
    programme = await service(request).programme()

    async def act(work: Work) -> ApplicationView:
        return await apply_at(work, programme, data, await own_institution(work))

    async with asking_about(request, data.id_number):
        return await write(request, key, data, act, status=CREATED)


async def apply_at(
    work: Work, programme: Programme, data: NewApplication, here: Institution, taken_on: date | None = None
) -> ApplicationView:
    """Apply at an institution, with what its counter was told, on an earlier day where `taken_on` names one."""
    if here.kind not in CHANNELS:
        raise ChannelMissing(here.kind)
    asked = await _request(work, data, CHANNELS[here.kind], here.institution_id, taken_on)
    made = await commands.apply(work, asked, programme)
    if data.shared_photo is not None:
        await state_with_application(work, programme, made, given=data.shared_photo)
    if data.signature is not None:
        work.record(made.person_id, "application.signed", made.application_id, reference=data.signature)
    (view,) = await shown(work, [made])
    return view


async def _request(
    work: Work, data: NewApplication, channel: Channel, organisation_id: int, taken_on: date | None
) -> ApplyRequest:  # fmt: skip
    guardian = data.guardian_id_number
    if guardian and data.acts_for:
        raise malformed(
            "acts_for", "acts_for 与 guardian_id_number 给出一项 · one of acts_for and guardian_id_number"
        )
    return ApplyRequest(
        id_number=await read_id_number(work, data.id_number),
        name=data.name,
        channel=channel,
        organisation_id=organisation_id,
        taken_on=taken_on,
        mobile=data.mobile,
        address=data.address,
        fallback_outlet=data.fallback_outlet,
        bank=data.bank,
        guardian_id_number=await read_id_number(work, guardian) if guardian else None,
        replacement=data.replacement,
        acting=await claim_of(work, data.acts_for),
    )


@get(
    "/applications",
    **protected(
        "application.read",
        "applications",
        "本机构的申请 · The applications one may see",
        residents=RESIDENTS_TOO,
    ),
)
async def list_applications(
    request: Call,
    status: Annotated[
        Status | None, QueryParameter(description="只列此状态 · only those in this status")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ApplicationView]:
    """Give what one's own organisation handles (the card centre: all), newest first; holders are masked."""
    async with reading(request) as work:
        found = await views.page(work, await views.scope_of(work), status, cursor, limit)
        return page_of(await shown_with_holders(work, found.items), found.cursor)


@post(
    "/applications/search",
    status_code=200,
    **protected("application.read", "applications", "查找申请 · Find somebody's applications", refuses=FINDING_MAY_REFUSE,
                unkeyed="it changes nothing but the audit log"),
)  # fmt: skip
async def find_applications(request: Call, data: JSONBody[PersonQuestion]) -> Page[ApplicationView]:
    """Find somebody's applications, as far as the caller may see them, newest first; the holder is masked.

    Empty also for whom the register does not know: who may not search people learns nothing of them.
    """
    async with reading(request) as work:
        person = await found_by(work, data)
        subject = person.person_id if person else 0
        work.record(subject, "person.asked_about", subject or "unknown", reason=data.reason)
        found = await views.of_person(work, subject) if person else []
        return page_of(await shown_with_holders(work, found), None)


@get(
    "/applications/overdue",
    **protected("application.read", "applications", "逾期未制成的申请 · Cards not made in time"),
)
async def overdue(request: Call, limit: Limit = 50) -> Page[ApplicationView]:
    """Give the applications one may see whose card should have been made by now, most overdue first; holders are masked."""
    async with reading(request) as work:
        found = await views.overdue(work, work.today, limit)
        return page_of(await shown_with_holders(work, found), None)


@get(
    "/applications/{application_id:int}",
    **protected(
        "application.read", "applications", "一份申请 · One application", refuses=ONE, residents=RESIDENTS_TOO
    ),
)
async def one_application(request: Call, application_id: PathId) -> ApplicationView:
    """Give one application; its holder is masked."""
    async with reading(request) as work:
        (view,) = await shown_with_holders(work, [await views.by_id(work, application_id)])
        return view


@get(
    "/applications/{application_id:int}/timeline",
    **protected(
        "application.read",
        "applications",
        "办理经过 · What happened to an application",
        refuses=ONE,
        residents=RESIDENTS_TOO,
    ),
)
async def timeline(request: Call, application_id: PathId) -> Timeline:
    """Give what happened to an application, oldest first."""
    async with reading(request) as work:
        application = await views.by_id(work, application_id)
        steps = await views.timeline(work, application.person_id)
        work.record(application.person_id, "applicant.seen", application_id)
    return Timeline([
        TimelineStep(step.at, step.action, step.actor, str(step.organisation_id), *_said(step.action))
        for step in steps if step.application_id == application_id
    ])  # fmt: skip


def _said(action: str) -> tuple[str, str]:
    words = HAPPENED.get(action, {})
    return words.get("zh", ""), words.get("en", "")


@post(
    "/applications/{application_id:int}/identity",
    status_code=200,
    **protected("application.read", "applications", "查看申请人完整信息 · Reveal whose application it is", refuses=ONE,
                unkeyed="it changes nothing but the audit log", residents=RESIDENTS_TOO),
)  # fmt: skip
async def reveal(request: Call, application_id: PathId, data: JSONBody[RevealBody]) -> Revealed:
    """Give the holder's name and ID number and where the card goes. The reveal is recorded with its reason."""
    async with reading(request) as work:
        one = await views.by_id(work, application_id)
        identity = (await people.identities(work, [one.person_id]))[one.person_id]
        contact = (await views.contacts(work, [(one.person_id, application_id)]))[application_id]
        work.record(one.person_id, "identity.revealed", application_id, reason=data.reason)
        return Revealed(identity.name, identity.id_number, contact.mobile, contact.address)


HANDLERS: tuple[Any, ...] = (
    apply,
    list_applications,
    find_applications,
    overdue,
    one_application,
    timeline,
    reveal,
)

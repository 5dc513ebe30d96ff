"""Work captured without a network: devices, what they bring, and the conflicts that a person works off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from shebaoka.faces.api.access import actor
from shebaoka.faces.api.areas.applications import APPLYING_MAY_REFUSE, RevealBody
from shebaoka.faces.api.areas.outreach import number_of
from shebaoka.faces.api.calling import CREATED, Call, reading, write
from shebaoka.faces.api.captured import as_at_a_counter
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import (
    Body,
    Code,
    Cursor,
    Holder,
    Id,
    InstitutionRef,
    Limit,
    Page,
    PathId,
    Secret,
    Text,
    Why,
    page_of,
    references,
)
from shebaoka.issuing.outreach import commands, states, views
from shebaoka.issuing.outreach.clashing import WORDS
from shebaoka.issuing.outreach.errors import DeviceRefused
from shebaoka.issuing.outreach.model import Captured, Device, Item, Kind, Result
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.requests import KEY_LENGTHS
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people

ITEMS_MAX: Final = 200
FIGURES_DAYS: Final = 30
Outcome = Literal["applied", "already_applied", "conflict", "held", "refused", "discarded", "bring_again"]


class NewDevice(Body, frozen=True):
    """A device of an outlet (a code; without it one's own), by a name that staff know it by."""

    name: Text
    outlet: Code | None = None


class ItemBody(Body, frozen=True):
    """Something captured, under the key that the device made (a UUID or ULID). `sequence` counts on the device.

    `content` is what the counter is told: of an `application` the body of POST /api/applications, of an `opening` that of
    POST /api/cards/openings, of a `visit_outcome` that of POST /api/outreach/visits/{visit_id}/outcome.
    """

    key: Annotated[
        str, Meta(min_length=KEY_LENGTHS.start, max_length=KEY_LENGTHS.stop - 1, pattern="^[!-~]+$")
    ]
    sequence: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    kind: Kind
    captured_at: Annotated[datetime, Meta(tz=True)]
    staff_id: Id
    content: dict[str, Any]
    site_id: Id | None = None
    visit_id: Id | None = None


class SyncBody(Body, frozen=True):
    """What a device brings: its number and secret, and up to 200 items. Whatever is not answered is brought again."""

    device_id: Id
    device_secret: Secret
    items: Annotated[list[ItemBody], Meta(min_length=1, max_length=ITEMS_MAX)]


class ItemResult(msgspec.Struct, frozen=True):
    """What became of an item. `answer`: what a counter would have been answered. `problem`: the refusal.

    `conflict` (`theirs`: what had happened meanwhile), `held` and `refused`: it is kept here, and a person works it off.
    `bring_again`: nothing was decided; the device keeps it.
    """

    key: str
    result: Outcome
    capture_id: str | None
    reason: str | None
    reason_zh: str
    reason_en: str
    answer: dict[str, Any] | None
    theirs: dict[str, Any] | None
    problem: dict[str, Any] | None


class SyncAnswer(msgspec.Struct, frozen=True):
    """A result for every item, in the order in which they were sent."""

    items: list[ItemResult]


class DeviceView(msgspec.Struct, frozen=True):
    """A device. `secret`: in this answer and nowhere else."""

    device_id: str
    name: str
    status: states.Device
    outlet: InstitutionRef | None
    registered_at: datetime
    secret: str | None = None


class Devices(msgspec.Struct, frozen=True):
    """Devices, by outlet and name."""

    items: list[DeviceView]


class CaptureView(msgspec.Struct, frozen=True):
    """Both sides of an item: what was captured where, when and by whom, and what had happened meanwhile (`theirs`).

    `answer`: what was answered, or the refusal. The holder is masked; the content is shown for a reason.
    """

    capture_id: str
    device_id: str
    sequence: int
    kind: Kind
    status: states.Capture
    reason: str | None
    reason_zh: str
    reason_en: str
    outlet: InstitutionRef | None
    staff_id: str
    site_id: str | None
    visit_id: str | None
    captured_at: datetime
    received_at: datetime
    answer: dict[str, Any]
    theirs: dict[str, Any]
    settled_at: datetime | None
    settled_by: str | None
    settled_why: str | None
    holder: Holder | None = None


class CapturedContent(msgspec.Struct, frozen=True):
    """What was captured, as the device said it."""

    capture_id: str
    content: dict[str, Any]


class Discarding(Body, frozen=True):
    """Why an item is laid aside for good."""

    reason: Why


class DoneView(msgspec.Struct, frozen=True):
    """How many items of a kind came in on a day, from one station or stall (null: from visits, or elsewhere)."""

    day: date
    outlet: InstitutionRef | None
    site_id: str | None
    kind: Kind
    status: states.Capture
    items: int


class Figures(msgspec.Struct, frozen=True):
    """What was brought, by day and place."""

    items: list[DoneView]


@post(
    "/outreach/sync",
    status_code=200,
    **protected("outreach.capture", "outreach", "同步离线受理 · Bring in what was captured without a network",
                refuses=(*ONE, DeviceRefused), unkeyed="every item has the key that its device made"),
)  # fmt: skip
async def synchronise(request: Call, data: JSONBody[SyncBody]) -> SyncAnswer:
    """Apply what a device has captured, each item once and in its own transaction, by the rules of the day of its capture.

    One bad item stops no other. A batch sent again is answered the same. What cannot be applied is kept for a person.
    """
    here = service(request)
    programme = await here.programme()
    items = [_item(one) for one in data.items]
    results = await commands.synchronise(
        here.city.database,
        actor(request),
        programme,
        number_of(data.device_id, "device_id"),
        data.device_secret,
        items,
        as_at_a_counter(programme),
    )
    return SyncAnswer([_result(one) for one in results])


@post(
    "/outreach/devices",
    status_code=CREATED,
    **protected("outreach.plan", "outreach", "登记设备 · Register a device", keyed=True, refuses=ONE),
)
async def register_device(
    request: Call, data: JSONBody[NewDevice], key: RequestKey = None
) -> Response[DeviceView]:
    """Register a device and give its secret, in this answer and nowhere else; a lost one is replaced by blocking and releasing."""
    secrets: list[str] = []

    async def act(work: Work) -> DeviceView:
        device, secret = await commands.register_device(work, data.outlet, data.name)
        secrets.append(secret)
        return (await _devices_shown(work, [device]))[0]

    return _with_secret(await write(request, key, data, act, status=CREATED), secrets)


@get(
    "/outreach/devices",
    **protected("outreach.plan", "outreach", "设备 · The devices of one's outlets"),
)
async def list_devices(request: Call) -> Devices:
    """Give the devices of one's own outlet (a bank: of all its outlets)."""
    async with reading(request) as work:
        return Devices(await _devices_shown(work, await views.devices(work)))


@post(
    "/outreach/devices/{device_id:int}/blocking",
    status_code=200,
    **protected("outreach.plan", "outreach", "停用遗失的设备 · Block a lost device", keyed=True,
                refuses=(*ONE, TransitionRefused)),
)  # fmt: skip
async def block_device(request: Call, device_id: PathId, key: RequestKey = None) -> Response[DeviceView]:
    """Block a device: whatever it brings from now on, captured before or after, is shown to a person and not applied."""

    async def act(work: Work) -> DeviceView:
        return (await _devices_shown(work, [await commands.block_device(work, device_id)]))[0]

    return await write(request, key, None, act)


@post(
    "/outreach/devices/{device_id:int}/release",
    status_code=200,
    **protected("outreach.plan", "outreach", "恢复设备 · Release a device that was found", keyed=True,
                refuses=(*ONE, TransitionRefused)),
)  # fmt: skip
async def release_device(request: Call, device_id: PathId, key: RequestKey = None) -> Response[DeviceView]:
    """Let a device work again, with a new secret, in this answer and nowhere else."""
    secrets: list[str] = []

    async def act(work: Work) -> DeviceView:
        device, secret = await commands.release_device(work, device_id)
        secrets.append(secret)
        return (await _devices_shown(work, [device]))[0]

    return _with_secret(await write(request, key, None, act), secrets)


@get(
    "/outreach/captures",
    **protected("outreach.capture", "outreach", "待处理的离线记录 · Captured items that wait for a person"),
)
async def list_captures(
    request: Call,
    status: Annotated[
        states.Capture | None, QueryParameter(description="只列此状态 · only those in this status")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[CaptureView]:
    """Give what could not be applied, with both sides, oldest first; with `status` also what is worked off."""
    async with reading(request) as work:
        found = await views.waiting(work, [status] if status else states.WAITING, cursor or 0, limit)
        named = await people.identities(work, {one.holder_id for one in found if one.holder_id is not None})
        shown = [
            msgspec.structs.replace(view, holder=Holder.of(named[one.holder_id]))
            if one.holder_id in named
            else view
            for view, one in zip(await _captures_shown(work, found), found, strict=True)
        ]
        return page_of(shown, found[-1].capture_id if len(found) == limit else None)


@post(
    "/outreach/captures/{capture_id:int}/content",
    status_code=200,
    **protected("outreach.capture", "outreach", "查看离线记录内容 · Show what was captured", refuses=ONE,
                unkeyed="it changes nothing but the audit log"),
)  # fmt: skip
async def show_content(request: Call, capture_id: PathId, data: JSONBody[RevealBody]) -> CapturedContent:
    """Show what was captured as the device said it, personal data too. The look is recorded with its reason."""
    async with reading(request) as work:
        one = await views.captured(work, capture_id)
        content = await views.content(work, one)
        work.record(one.holder_id or 0, "capture.revealed", capture_id, reason=data.reason)
        return CapturedContent(str(capture_id), content)


@post(
    "/outreach/captures/{capture_id:int}/acceptance",
    status_code=200,
    **protected("outreach.capture", "outreach", "采纳离线记录 · Do what was captured after all", keyed=True,
                refuses=(*ONE, TransitionRefused, *APPLYING_MAY_REFUSE)),
)  # fmt: skip
async def accept(request: Call, capture_id: PathId, key: RequestKey = None) -> Response[CaptureView]:
    """Do what was captured, by the rules of that day and as things stand now; what a counter would refuse is refused here."""
    programme = await service(request).programme()

    async def act(work: Work) -> CaptureView:
        one = await commands.accept(work, capture_id, as_at_a_counter(programme, correcting=True))
        return (await _captures_shown(work, [one]))[0]

    return await write(request, key, None, act)


@post(
    "/outreach/captures/{capture_id:int}/discarding",
    status_code=200,
    **protected("outreach.capture", "outreach", "放弃离线记录 · Lay a captured item aside", keyed=True,
                refuses=(*ONE, TransitionRefused)),
)  # fmt: skip
async def discard(
    request: Call, capture_id: PathId, data: JSONBody[Discarding], key: RequestKey = None
) -> Response[CaptureView]:
    """Lay an item aside for good, and say why; what was captured is gone then."""

    async def act(work: Work) -> CaptureView:
        return (await _captures_shown(work, [await commands.discard(work, capture_id, data.reason)]))[0]

    return await write(request, key, data, act)


@get(
    "/outreach/figures",
    **protected("outreach.capture", "outreach", "离线受理统计 · What was captured, by day and place"),
)
async def figures(
    request: Call,
    days: Annotated[
        int, QueryParameter(ge=1, le=366, description="最近多少天 · of the last so many days")
    ] = FIGURES_DAYS,
) -> Figures:
    """Count what came in from devices, by day, outlet, station or stall, kind and status; no people in it."""
    async with reading(request) as work:
        found = await views.figures(work, work.now - timedelta(days=days))
        named = await references(work, {one.outlet_id for one in found})
        return Figures([
            DoneView(
                one.day, named.get(one.outlet_id), _text(one.site_id), one.kind, states.Capture(one.status), one.items
            )
            for one in found
        ])  # fmt: skip


def _item(one: ItemBody) -> Item:
    return Item(
        one.key, one.sequence, one.kind, one.captured_at, number_of(one.staff_id, "items.staff_id"), one.content,
        None if one.site_id is None else number_of(one.site_id, "items.site_id"),
        None if one.visit_id is None else number_of(one.visit_id, "items.visit_id"),
    )  # fmt: skip


def _result(one: Result) -> ItemResult:
    said: Outcome = "bring_again"
    match one.status:
        case states.Capture.APPLIED:
            said = "already_applied" if one.again else "applied"
        case states.Capture.CONFLICT:
            said = "conflict"
        case states.Capture.HELD:
            said = "held"
        case states.Capture.REFUSED:
            said = "refused"
        case states.Capture.DISCARDED:
            said = "discarded"
    zh, en = _words(one.reason)
    return ItemResult(
        one.request_key, said, _text(one.capture_id), one.reason, zh, en, _plain(one.answer), _plain(one.theirs),
        _plain(one.problem),
    )  # fmt: skip


def _words(reason: str | None) -> tuple[str, str]:
    return ("", "") if reason is None else WORDS.get(reason, WORDS["refused"])


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _plain(said: Any) -> dict[str, Any] | None:
    return dict(said) if said else None


async def _captures_shown(work: Work, found: Sequence[Captured]) -> list[CaptureView]:
    named = await references(work, {one.outlet_id for one in found})
    return [
        CaptureView(
            str(one.capture_id), str(one.device_id), one.sequence, one.kind, states.Capture(one.status), one.reason,
            *_words(one.reason), named.get(one.outlet_id), str(one.staff_id), _text(one.site_id), _text(one.visit_id),
            one.captured_at, one.received_at, dict(one.answer), dict(one.theirs), one.settled_at, one.settled_by,
            one.settled_why,
        )
        for one in found
    ]  # fmt: skip


async def _devices_shown(work: Work, devices: Sequence[Device]) -> list[DeviceView]:
    named = await references(work, {one.outlet_id for one in devices})
    return [
        DeviceView(
            str(one.device_id),
            one.name,
            states.Device(one.status),
            named.get(one.outlet_id),
            one.registered_at,
        )
        for one in devices
    ]


def _with_secret(response: Response[Any], secrets: list[str]) -> Response[Any]:
    """Put the secret into the answer that goes out; the stored one has none."""
    if secrets:
        response.content = {**response.content, "secret": secrets[0]}
    return response


HANDLERS: tuple[Any, ...] = (
    synchronise, register_device, list_devices, block_device, release_device, list_captures, show_content, accept, discard,
    figures,
)  # fmt: skip

"""Collections: a bank comes to an employer. It sets, moves and notes them; bank and employer see their own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import JSONBody, MultipartBody
from msgspec import Meta

from shebaoka.faces.api.calling import CREATED, Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import (
    NEXT,
    Body,
    Code,
    Cursor,
    FileLimit,
    Holder,
    Id,
    InstitutionRef,
    Limit,
    Page,
    PathId,
    Text,
    institution_of,
    page_of,
    references,
    rows_csv,
)
from shebaoka.issuing.employers import commands, errors, sheets, views
from shebaoka.issuing.employers.model import CAPACITY_MAX, Collection, Note, Noted, SeatOf, Slot
from shebaoka.issuing.employers.states import Noting, Seat, Status
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.model import Taken

SHEET_BYTES_MAX: Final = 2**20
NOTES_AT_ONCE: Final = 1_000
SEAT_ZH: Final = {
    Seat.EXPECTED: "待采集",
    Seat.DONE: "已采集",
    Seat.MISSED: "未到场",
    Seat.RELEASED: "已释放",
}
MANAGED: Final = (*ONE, TransitionRefused)
At = Annotated[datetime, Meta(tz=True)]


class SlotBody(Body, frozen=True):
    """When and where the bank comes, with how many of its staff, for how many people."""

    starts_at: At
    ends_at: At
    place: Text
    staff: Annotated[int, Meta(ge=1, le=1_000)]
    capacity: Annotated[int, Meta(ge=1, le=CAPACITY_MAX)]

    def slot(self) -> Slot:
        """Give it as the room takes it."""
        return Slot(self.starts_at, self.ends_at, self.place, self.staff, self.capacity)


class NewCollection(SlotBody, frozen=True):
    """A new collection at an employer, by code."""

    employer: Code


class CallBody(Body, frozen=True):
    """Whom to call: of a roster, or applications by number, or (neither) all of the employer's staff with this bank; at most `limit`."""

    limit: Annotated[int, Meta(ge=1, le=CAPACITY_MAX)]
    list_id: Id | None = None
    applications: Annotated[list[Id], Meta(min_length=1, max_length=1_000)] | None = None


class NoteBody(Body, frozen=True):
    """What came of a seat. `taken`: what the bank took or saw; `next_outlet`: where one who missed it goes, else the fallback outlet."""

    seat: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    outcome: Literal["done", "missed"]
    taken: Annotated[tuple[Taken, ...], Meta(max_length=4)] = ()
    next_outlet: Code | None = None

    def note(self) -> Note:
        """Give it as the room takes it."""
        noting = Noting.TAKE if self.outcome == "done" else Noting.MISS
        return Note(self.seat, noting, tuple(dict.fromkeys(self.taken)), self.next_outlet or "")


class NotesBody(Body, frozen=True):
    """What came of several seats."""

    notes: Annotated[list[NoteBody], Meta(min_length=1, max_length=NOTES_AT_ONCE)]


class SheetUpload(msgspec.Struct, frozen=True):
    """The sheet of a collection as CSV, its last three columns filled in."""

    file: UploadFile


class CollectionView(msgspec.Struct, frozen=True):
    """A collection and how its seats stand. `free`: seats that are left."""

    collection_id: str
    bank: InstitutionRef | None
    employer: InstitutionRef | None
    status: Status
    starts_at: datetime
    ends_at: datetime
    place: str
    staff: int
    capacity: int
    free: int
    seats: dict[str, int]


class CalledView(msgspec.Struct, frozen=True):
    """How many were called now, how many had been before, and how many seats are left."""

    called: int
    already: int
    free: int


class SeatView(msgspec.Struct, frozen=True):
    """An employee who was called, and what came of it. `next_outlet`: where one who missed it goes."""

    seat: int
    application_id: str
    holder: Holder
    status: Seat
    taken: list[Taken]
    next_outlet: InstitutionRef | None
    noted_at: datetime | None


class NotedView(msgspec.Struct, frozen=True):
    """How a note was received: `noted`, `again` (the same was noted before), or the slug of the refusal with its remedy."""

    seat: int
    result: str
    title_zh: str = ""
    title_en: str = ""
    remedy_zh: str = ""
    remedy_en: str = ""
    detail: str = ""


class NotesView(msgspec.Struct, frozen=True):
    """How the notes were received, in their order, and how many of them were noted, noted before, refused."""

    noted: int
    again: int
    refused: int
    notes: list[NotedView]


@get("/collections", **protected("collection.read", "employers", "集中采集 · Collections at employers"))
async def collections(request: Call, cursor: Cursor = None, limit: Limit = 50) -> Page[CollectionView]:
    """Give the collections of one's own bank or at one's own premises (the card centre: all), newest first."""
    async with reading(request) as work:
        found = await views.page(work, cursor, limit)
        shown = await _shown(work, found)
    return page_of(shown, found[-1].collection_id if len(found) == limit else None)


@post(
    "/collections",
    status_code=CREATED,
    **protected("collection.manage", "employers", "安排集中采集 · Set a collection", keyed=True,
                refuses=(*ONE, errors.CollectionSlotWrong)),
)  # fmt: skip
async def set_collection(
    request: Call, data: JSONBody[NewCollection], key: RequestKey = None
) -> Response[CollectionView]:
    """Set a collection of one's bank at an employer; people are called to it afterwards."""
    programme = await service(request).programme()

    async def act(work: Work) -> CollectionView:
        employer = await institution_of(work, data.employer)
        return await _one(work, await commands.set_up(work, programme, employer, data.slot()))

    return await write(request, key, data, act, status=CREATED)


@get(
    "/collections/{collection_id:int}",
    **protected("collection.read", "employers", "一场集中采集 · One collection", refuses=ONE),
)
async def one_collection(request: Call, collection_id: PathId) -> CollectionView:
    """Give a collection and how its seats stand."""
    async with reading(request) as work:
        return await _one(work, await views.by_id(work, collection_id))


@get(
    "/collections/{collection_id:int}/employees",
    **protected(
        "collection.read", "employers", "集中采集人员 · Who was called, and what came of it", refuses=ONE
    ),
)
async def employees(
    request: Call, collection_id: PathId, cursor: Cursor = None, limit: Limit = 50
) -> Page[SeatView]:
    """Give who was called to a collection, by seat. Every look is recorded."""
    async with reading(request) as work:
        found = await views.seats(work, collection_id, cursor or 0, limit)
        shown = await _seats(work, found)
    return page_of(shown, found[-1].seat_no if len(found) == limit else None)


@get(
    "/collections/{collection_id:int}/sheet",
    media_type="text/csv",
    **protected(
        "collection.read", "employers", "下载集中采集名单 · Download the sheet of a collection", refuses=ONE
    ),
)
async def sheet(
    request: Call, collection_id: PathId, cursor: Cursor = None, limit: FileLimit = CAPACITY_MAX
) -> Response[bytes]:
    """Give the sheet to fill in at the collection, as CSV: its last three columns say what came of each seat."""
    async with reading(request) as work:
        found = await views.seats(work, collection_id, cursor or 0, limit)
        shown = await _seats(work, found)
    more = {NEXT: str(found[-1].seat_no)} if len(found) == limit else {}
    rows = [
        (one.seat, one.holder.name_masked, one.holder.id_number_masked, SEAT_ZH[one.status], "", "", "")
        for one in shown
    ]
    return Response(
        rows_csv(sheets.COLUMNS, rows), media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="collection-{collection_id}.csv"', **more},
    )  # fmt: skip


@post(
    "/collections/{collection_id:int}/calls",
    status_code=200,
    **protected("collection.manage", "employers", "通知员工参加 · Call employees", keyed=True,
                refuses=(*MANAGED, errors.CollectionFull, errors.NobodyToCall, errors.CollectionSlotWrong)),
)  # fmt: skip
async def call(
    request: Call, collection_id: PathId, data: JSONBody[CallBody], key: RequestKey = None
) -> Response[CalledView]:
    """Call employees, each told by message; who is expected somewhere, or was collected already, is left out.

    More people than seats are refused as a whole.
    """

    async def act(work: Work) -> CalledView:
        numbers = None if data.applications is None else [_number(one) for one in data.applications]
        list_id = None if data.list_id is None else _number(data.list_id)
        one = await commands.call(work, collection_id, list_id, numbers, data.limit)
        return CalledView(one.called, one.already, one.free)

    return await write(request, key, data, act)


@post(
    "/collections/{collection_id:int}/moving",
    status_code=200,
    **protected("collection.manage", "employers", "集中采集改期 · Move a collection", keyed=True,
                refuses=(*MANAGED, errors.CollectionFull, errors.CollectionSlotWrong)),
)  # fmt: skip
async def move(
    request: Call, collection_id: PathId, data: JSONBody[SlotBody], key: RequestKey = None
) -> Response[CollectionView]:
    """Move a collection to another time, place, staff or capacity; when the time changes, those who are expected are told."""
    programme = await service(request).programme()

    async def act(work: Work) -> CollectionView:
        return await _one(work, await commands.move(work, programme, collection_id, data.slot()))

    return await write(request, key, data, act)


@post(
    "/collections/{collection_id:int}/cancellation",
    status_code=200,
    **protected(
        "collection.manage", "employers", "取消集中采集 · Cancel a collection", keyed=True, refuses=MANAGED
    ),
)
async def cancel(request: Call, collection_id: PathId, key: RequestKey = None) -> Response[CollectionView]:
    """Cancel a collection; those who were expected are told, and may be called to another one."""

    async def act(work: Work) -> CollectionView:
        return await _one(work, await commands.cancel(work, collection_id))

    return await write(request, key, None, act)


@post(
    "/collections/{collection_id:int}/notes",
    status_code=200,
    **protected("collection.manage", "employers", "登记采集结果 · Note what came of seats", keyed=True,
                refuses=(*MANAGED, errors.CollectionNotBegun)),
)  # fmt: skip
async def note(
    request: Call, collection_id: PathId, data: JSONBody[NotesBody], key: RequestKey = None
) -> Response[NotesView]:
    """Note what came of seats: done with what was taken, or missed; each is answered for itself, and noted once."""
    return await _note(request, key, collection_id, [one.note() for one in data.notes], data)


@post(
    "/collections/{collection_id:int}/notes/file",
    status_code=200,
    request_max_body_size=SHEET_BYTES_MAX,
    **protected("collection.manage", "employers", "上传采集结果表 · Hand in the sheet of a collection", keyed=True,
                refuses=(*MANAGED, errors.CollectionNotBegun, errors.SheetUnreadable)),
)  # fmt: skip
async def note_sheet(
    request: Call, collection_id: PathId, data: MultipartBody[SheetUpload], key: RequestKey = None
) -> Response[NotesView]:
    """Note what came of seats from the sheet as it was filled in; rows without a result are passed over."""
    content = await data.file.read()
    notes = await asyncio.to_thread(sheets.read, content)
    return await _note(request, key, collection_id, notes, sm3(content).hex())


@post(
    "/collections/{collection_id:int}/closing",
    status_code=200,
    **protected("collection.manage", "employers", "结束集中采集 · Close a collection", keyed=True,
                refuses=(*MANAGED, errors.CollectionNotBegun)),
)  # fmt: skip
async def close(request: Call, collection_id: PathId, key: RequestKey = None) -> Response[CollectionView]:
    """Close a collection that has begun; whoever is still expected was missed, and is told where to go."""

    async def act(work: Work) -> CollectionView:
        return await _one(work, await commands.close(work, collection_id))

    return await write(request, key, None, act)


async def _note(
    request: Call, key: str | None, collection_id: int, notes: Sequence[Note], asked: Any
) -> Response[NotesView]:
    programme = await service(request).programme()

    async def act(work: Work) -> NotesView:
        found = await commands.note(work, programme, collection_id, notes)
        refused = sum(one.refusal is not None for one in found)
        again = sum(one.again for one in found)
        return NotesView(len(found) - refused - again, again, refused, [_noted(one) for one in found])

    return await write(request, key, asked, act)


def _noted(one: Noted) -> NotedView:
    if one.refusal is None:
        return NotedView(one.seat_no, "again" if one.again else "noted")
    why = one.refusal
    return NotedView(
        one.seat_no, why.slug, why.title_zh, why.title_en, why.remedy_zh, why.remedy_en, why.detail
    )


def _number(text: str) -> int:
    """Give an identifier; one beyond those that are ever given finds nothing."""
    return min(int(text), 2**63 - 1)


async def _one(work: Work, one: Collection) -> CollectionView:
    (view,) = await _shown(work, [one])
    return view


async def _shown(work: Work, found: Sequence[Collection]) -> list[CollectionView]:
    named = await references(work, {number for one in found for number in (one.bank_id, one.employer_id)})
    counts = await views.counts(work, [one.collection_id for one in found])
    return [
        CollectionView(
            str(one.collection_id), named.get(one.bank_id), named.get(one.employer_id), Status(one.status), one.starts_at,
            one.ends_at, one.place, one.staff, one.capacity, one.capacity - sum(seats.values()) + seats[Seat.RELEASED],
            {str(status): many for status, many in seats.items()},
        )
        for one in found for seats in (counts[one.collection_id],)
    ]  # fmt: skip


async def _seats(work: Work, found: Sequence[SeatOf]) -> list[SeatView]:
    identities = await people.identities(work, {one.person_id for one in found})
    named = await references(work, {one.next_outlet_id for one in found})
    return [
        SeatView(
            one.seat_no, str(one.application_id), Holder.of(identities[one.person_id]), Seat(one.status), list(one.taken),
            named.get(one.next_outlet_id or 0), one.noted_at,
        )
        for one in found
    ]  # fmt: skip


HANDLERS: tuple[Any, ...] = (
    collections, set_collection, one_collection, employees, sheet, call, move, cancel, note, note_sheet, close,
)  # fmt: skip

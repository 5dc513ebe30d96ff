"""Lists: rosters, pupils' lists, intake lists and extracts of the register, handed in as files and answered row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, MultipartBody, QueryParameter

from shebaoka.faces.api.access import actor
from shebaoka.faces.api.calling import CREATED, Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import (
    NEXT,
    Code,
    Cursor,
    FileLimit,
    Holder,
    InstitutionRef,
    Limit,
    Page,
    PathId,
    institution_of,
    page_of,
    references,
    rows_csv,
)
from shebaoka.issuing.lists import commands, views
from shebaoka.issuing.lists.errors import ListSenderWrong, PayrollBankNeeded
from shebaoka.issuing.lists.model import LAYOUTS, Check, ListAnswer, ListFile, ListOf, Stage, Standing
from shebaoka.issuing.lists.words import PLAIN, said
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import Problem
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work
from shebaoka.records.lists import (
    ListEmpty,
    ListHeaderMissing,
    ListProtected,
    ListSheetsSeveral,
    ListTooLarge,
    ListUnreadable,
    write_template,
)
from shebaoka.records.lists.reasons import REASONS
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.staff.errors import Forbidden
from shebaoka.registry.staff.roles import Scope, allowed

UPLOAD_BYTES_MAX: Final = commands.FILE_BYTES_MAX + 64 * 1024
"""The file and what a form puts around it."""
FAULTS_SHOWN_MAX: Final = 200
NAME_CHARACTERS_MAX: Final = 200
ANSWERED: Final = True
ROW_COLUMNS: Final = ("行号", "姓名", "证件号码", "状态", "Status", "下一步", "Next step")
CheckName = Literal["structure", "business"]
Digest = Annotated[
    str | None,
    QueryParameter(
        pattern="^[0-9a-f]{64}$", required=False,
        description="文件内容的 SM3 摘要（十六进制），查找正在处理的同一文件 · SM3 of the file, to find it while it is taken in",
    ),
]  # fmt: skip
RowStatus = Annotated[
    str | None,
    QueryParameter(max_length=32, pattern="^[a-z_]+$", required=False, description="只看一种状态 · of one status only"),
]  # fmt: skip
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ListNotAnswered(Problem):
    """The list is still being taken in, or its intake was interrupted."""

    slug = "list-not-answered"
    status = 409
    title_zh = "该名单尚未处理完毕"
    title_en = "The list has not been answered yet"
    remedy_zh = "请稍候再取；如处理曾中断，请原样重新上传同一文件，会从中断处继续"
    remedy_en = (
        "Come back later; if its intake was interrupted, send the same file again and it goes on from there"
    )


class NothingRejected(Problem):
    """Every row of the list went through, or leaves nothing to mend."""

    slug = "nothing-rejected"
    status = 404
    title_zh = "该名单没有退回的行"
    title_en = "No row of this list was sent back"
    remedy_zh = "不必处理"
    remedy_en = "Nothing to do"


class ListUpload(msgspec.Struct, frozen=True):
    """A list. `organisation`: whose it is, by code, where the card centre hands it in for somebody."""

    kind: ListOf
    file: UploadFile
    organisation: Code | None = None


class Fault(msgspec.Struct, frozen=True):
    """Why a row did not go through, and how to mend it. `check`: which of the two found it."""

    check: CheckName
    row_no: int
    column: str
    code: str
    reason_zh: str
    reason_en: str
    remedy_zh: str
    remedy_en: str


class RowView(msgspec.Struct, frozen=True):
    """How it stands with a row of a list now, in plain words, and what to do next.

    `status`: that of the application, or `to_mend`, `mended` (sent again and passed), `repeated`, `elsewhere` (applied for
    through another channel). `application_id` and `list_id`: the application, perhaps of a later list, that it became.
    """

    row_no: int
    holder: Holder | None
    application_id: str | None
    list_id: str | None
    status: str
    status_zh: str
    status_en: str
    next_zh: str
    next_en: str


class Note(msgspec.Struct, frozen=True):
    """What was mended or passed over without asking, and in how many rows (0: it is not about rows)."""

    column: str
    code: str
    rows: int
    first_row_no: int
    zh: str
    en: str


class CheckView(msgspec.Struct, frozen=True):
    """What one of the two checks came to: rows looked at, passed, to be mended, with nothing to mend."""

    rows: int
    passed: int
    failed: int
    repeated: int


class RefusalView(msgspec.Struct, frozen=True):
    """Why a list was refused as a whole, in words, and what to do."""

    title_zh: str
    title_en: str
    remedy_zh: str
    remedy_en: str


class StandingCount(msgspec.Struct, frozen=True):
    """How many applications of a list stand where, in plain words."""

    status: str
    zh: str
    en: str
    rows: int


class LineageView(msgspec.Struct, frozen=True):
    """Lists whose failures this one sends again, lists that send its own again, and how many of its rows passed since."""

    amends: list[str]
    amended_by: list[str]
    mended_rows: int


class ListView(msgspec.Struct, frozen=True):
    """A list and what it came to; the counts are null until it is answered. Rows repeated leave nothing to mend.

    `stage`: `structure` (the whole file is being read), `business` (`rows_checked` of `structure.passed` rows so far),
    `answered`, or `refused` as a whole, for the reason `refused`. `applications`: how many of its applications stand where,
    now, and `standing` the same in plain words. `apply_by`: of a pupils' list, the last day of the two weeks that its
    notices open. `notes` come with the answer to handing it in; they are not kept.
    """

    list_id: str
    kind: ListOf
    name: str
    received_at: datetime | None
    answered: bool
    total_rows: int | None
    accepted_rows: int | None
    rejected_rows: int | None
    repeated_rows: int | None
    stage: Stage
    refused: str | None
    structure: CheckView | None
    rows_checked: int
    business: CheckView | None
    again: bool = False
    lineage: LineageView | None = None
    applications: dict[str, int] | None = None
    faults: list[Fault] = []
    faults_total: int = 0
    notes: list[Note] = []
    organisation: InstitutionRef | None = None
    refusal: RefusalView | None = None
    apply_by: date | None = None
    standing: list[StandingCount] = []


MAY_REFUSE: Final = (
    *ONE, Forbidden, ListSenderWrong, PayrollBankNeeded, ListEmpty, ListHeaderMissing, ListProtected,
    ListSheetsSeveral, ListTooLarge, ListUnreadable,
)  # fmt: skip
REFUSED_WHOLE: Final = {problem.slug: problem for problem in MAY_REFUSE}


@post(
    "/lists",
    status_code=CREATED,
    request_max_body_size=UPLOAD_BYTES_MAX,
    **protected("list.submit", "lists", "报送名册、名单 · Hand in a list", keyed=True, refuses=MAY_REFUSE),
)
async def submit(
    request: Call,
    data: MultipartBody[ListUpload],
    key: RequestKey = None,
) -> Response[ListView]:
    """Take in an .xlsx or .csv file (at most 64 MB) and answer every row of it.

    Two checks: first the structure of the whole file (one that cannot be read is refused, and nothing of it is kept), then
    each well-formed row against the register and the rules. Good rows go through whatever the others are. The same file sent again is answered the same; nothing enters twice.
    The first faults are in the answer, all of them in the file to correct: `GET /api/lists/{list_id}/rejects`.
    """
    here = service(request)
    async with here.uploads:
        content = await data.file.read()
        asked = [data.kind, data.file.filename, data.organisation, sm3(content).hex()]
        return await write(
            request, key, asked, lambda work: _take_in(request, work, data, content), status=CREATED
        )


async def _take_in(request: Call, work: Work, data: ListUpload, content: bytes) -> ListView:
    # The intake commits in its own chunks; killed between them, the same request goes on where it ended.
    here = service(request)
    answer = await commands.take_in(
        here.city.database, actor(request), data.kind, (data.file.filename or data.kind)[:NAME_CHARACTERS_MAX].replace("\x00", ""),
        content, organisation_id=await _owner(work, data.organisation),
        invented_allowed=(await here.keeper.rules()).invented_people,
    )  # fmt: skip
    return _answered(answer)


async def _owner(work: Work, code: str | None) -> int | None:
    if code is None:
        return None
    owner = (await institution_of(work, code)).institution_id
    if owner != work.actor.organisation_id and allowed(work.actor, "list.submit") is not Scope.ALL:
        raise Forbidden(permission="list.submit", role=work.actor.role)
    return owner


@get("/lists", **protected("list.read", "lists", "已报送的名单 · Lists handed in"))
async def page(
    request: Call, cursor: Cursor = None, limit: Limit = 50, digest: Digest = None
) -> Page[ListView]:
    """Give one's own organisation's lists (the card centre: all), newest first; or the one with this content.

    A list is there as soon as it has come, so that whoever hands it in can follow it while it is taken in.
    """
    programme = await service(request).programme()
    async with reading(request) as work:
        found = await views.page(work, cursor, limit, bytes.fromhex(digest) if digest else None)
        named = await references(work, {one.organisation_id for one in found})
    shown = [_view(one, named, programme) for one in found]
    return page_of(shown, found[-1].list_id if len(found) == limit else None)


@get("/lists/{list_id:int}", **protected("list.read", "lists", "一份名单 · One list", refuses=ONE))
async def one_list(request: Call, list_id: PathId) -> ListView:
    """Give a list with its first faults, how far it is while it is taken in, and how far its applications are since."""
    programme = await service(request).programme()
    async with reading(request) as work:
        listed = await views.by_id(work, list_id)
        named = await references(work, [listed.organisation_id])
        rejects = await views.rejects(work, list_id)
        total = await views.rejects_total(work, list_id)
        lineage = await views.lineage(work, list_id)
        applications = await views.batch_counts(work, list_id)
    faults = [
        Fault(
            _found_by(one.reason),
            one.row_no,
            one.column_name,
            one.reason,
            one.reason_zh,
            one.reason_en,
            one.remedy_zh,
            one.remedy_en,
        )
        for one in rejects
    ]
    return msgspec.structs.replace(
        _view(listed, named, programme), faults=faults, faults_total=total, applications={**applications},
        standing=[StandingCount(status, *PLAIN[status][:2], many) for status, many in applications.items()],
        lineage=LineageView(
            [str(one) for one in lineage.amends], [str(one) for one in lineage.amended_by], lineage.mended_rows
        ),
    )  # fmt: skip


@get(
    "/lists/{list_id:int}/rows",
    **protected("list.read", "lists", "名单中每个人的办理状态 · How it stands with each row of a list", refuses=ONE),
)  # fmt: skip
async def rows(
    request: Call, list_id: PathId, cursor: Cursor = None, limit: Limit = 50, status: RowStatus = None
) -> Page[RowView]:
    """Give how it stands with each row that asks for an application, in plain words, with the next step; or those of one status.

    A row that was refused shows what one's own organisation has applied for since for the same person. Every look is recorded.
    """
    async with reading(request) as work:
        found = await views.standings(work, list_id, cursor or 0, limit, status)
        shown = await _rows(work, found)
    return page_of(shown, found[-1].row_no if len(found) == limit else None)


@get(
    "/lists/{list_id:int}/rows/file",
    media_type="text/csv",
    **protected("list.read", "lists", "下载名单办理状态 · Download how it stands with each row", refuses=ONE),
)  # fmt: skip
async def rows_file(
    request: Call,
    list_id: PathId,
    cursor: Cursor = None,
    limit: FileLimit = views.ROWS_SHOWN_MAX,
    status: RowStatus = None,
) -> Response[bytes]:
    """Give the same as CSV (UTF-8 with the mark that Excel looks for); `X-Next-Cursor` says where the next file begins."""
    async with reading(request) as work:
        found = await views.standings(work, list_id, cursor or 0, limit, status)
        shown = await _rows(work, found)
    more = {NEXT: str(found[-1].row_no)} if len(found) == limit else {}
    return Response(
        rows_csv(ROW_COLUMNS, [
            (one.row_no, one.holder.name_masked if one.holder else "", one.holder.id_number_masked if one.holder else "",
             one.status_zh, one.status_en, one.next_zh, one.next_en)
            for one in shown
        ]),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="list-{list_id}.csv"', **more},
    )  # fmt: skip


async def _rows(work: Work, found: Sequence[Standing]) -> list[RowView]:
    identities = await people.identities(
        work, {one.application.person_id for one in found if one.application}
    )
    return [
        RowView(
            one.row_no,
            Holder.of(identities[one.application.person_id]) if one.application else None,
            str(one.application.application_id) if one.application else None,
            str(one.application.list_id) if one.application and one.application.list_id else None,
            told.status, told.zh, told.en, told.next_zh, told.next_en,
        )
        for one in found for told in (said(one),)
    ]  # fmt: skip


@get(
    "/lists/{list_id:int}/rejects",
    media_type=XLSX,
    **protected("list.read", "lists", "下载退回的行 · Download the rows sent back",
                refuses=(*ONE, ListNotAnswered, NothingRejected)),
)  # fmt: skip
async def rejects(request: Call, list_id: PathId) -> Response[bytes]:
    """Give the rows that are to be mended as .xlsx, each with reason and remedy: correct it and send it again.

    Leave the columns 名单编号 and 原行号 as they are: by them a row sent again is known, and counts once.
    """
    here = service(request)
    async with reading(request) as work:
        listed = await views.by_id(work, list_id)
        if listed.answered_at is None:
            raise ListNotAnswered
        content = await views.content(work, list_id)
    async with here.uploads:
        answer = await commands.take_in(
            here.city.database, actor(request), ListOf(listed.kind), listed.name, content,
            organisation_id=listed.organisation_id, invented_allowed=(await here.keeper.rules()).invented_people,
        )  # fmt: skip
    if answer.workbook is None:
        raise NothingRejected
    return _workbook(answer.workbook, f"rejects-{list_id}.xlsx")


@get(
    "/lists/templates/{kind:str}",
    media_type=XLSX,
    **protected("list.submit", "lists", "下载空白模板 · Download an empty template"),
)
async def template(kind: FromPath[ListOf]) -> Response[bytes]:
    """Give an empty list as .xlsx: its columns as text, the needed ones red, with a page that explains them."""
    return _workbook(write_template(LAYOUTS[kind]), f"{kind}.xlsx")


def _workbook(content: bytes, name: str) -> Response[bytes]:
    return Response(
        content, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _view(one: ListFile, named: Mapping[int, InstitutionRef], programme: Programme) -> ListView:
    return ListView(
        str(one.list_id), ListOf(one.kind), one.name, one.received_at, one.answered_at is not None, one.total_rows,
        one.accepted_rows, one.rejected_rows, one.repeated_rows, one.stage, one.refused, _check(one.structure),
        one.rows_checked, _check(one.business), organisation=named.get(one.organisation_id), refusal=_refusal(one),
        apply_by=_apply_by(one, programme),
    )  # fmt: skip


def _refusal(one: ListFile) -> RefusalView | None:
    why = REFUSED_WHOLE.get(one.refused or "")
    return why and RefusalView(why.title_zh, why.title_en, why.remedy_zh, why.remedy_en)


def _apply_by(one: ListFile, programme: Programme) -> date | None:
    """Give until when the notices of a pupils' list run; one that gave none opens no window."""
    if one.kind != ListOf.SCHOOL or not one.accepted_rows:
        return None
    return programme.apply_by(one.received_at.astimezone(SHANGHAI).date())


def _check(one: Check | None) -> CheckView | None:
    return None if one is None else CheckView(one.rows, one.passed, one.failed, one.repeated)


def _found_by(code: str) -> CheckName:
    return "structure" if code in REASONS else "business"


def _answered(one: ListAnswer) -> ListView:
    columns = ("row_no", "column", "code", "reason_zh", "reason_en", "remedy_zh", "remedy_en")
    faults = [
        Fault(_found_by(row[2]), *row)
        for row in one.rejects.select(columns).head(FAULTS_SHOWN_MAX).iter_rows()
    ]
    notes = [Note(*row) for row in one.notes.iter_rows()]
    return ListView(
        str(one.list_id), one.kind, one.name, None, ANSWERED, one.total_rows, one.accepted_rows, one.rejected_rows,
        one.repeated_rows, Stage.ANSWERED, None, _check(one.structure), one.structure.passed, _check(one.business),
        one.again, LineageView([str(number) for number in one.amends], [], 0), None, faults, one.rejects.height, notes,
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (submit, page, one_list, rows, rows_file, rejects, template)

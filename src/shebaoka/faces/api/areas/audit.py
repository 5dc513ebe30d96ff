"""The audit log: is its chain whole, and who did what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody
from msgspec import Meta

from shebaoka.faces.api.calling import Call, asking_about, reading
from shebaoka.faces.api.declaring import ONE, protected
from shebaoka.faces.api.fact_words import FACTS, words
from shebaoka.faces.api.looking import LOOKS
from shebaoka.faces.api.service import service
from shebaoka.faces.api.tables import table
from shebaoka.faces.api.wire import (
    ROWS,
    Body,
    Code,
    Id,
    IdNumberText,
    InstitutionRef,
    Page,
    Text,
    institution_of,
    page_of,
    read_id_number,
    references,
)
from shebaoka.issuing.applications.errors import PersonUnknown
from shebaoka.kit.audit import Verdict
from shebaoka.kit.audit import reading as log
from shebaoka.kit.audit.reading import FoundFact, Wanted
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.ids import first_of
from shebaoka.kit.problems import NotFound, Problem
from shebaoka.kit.work import Work
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.people import views as people
from shebaoka.registry.staff import views as staff

DAYS: Final = 31
"""How far back a search goes that names no first day and no person."""
STAFF: Final = "staff:"
COLUMNS: Final = (
    "时间 at", "工作人员或系统 actor", "姓名 name", "机构 organisation", "事项 what", "action", "对象 subject", "事由 reason",
    "内容 detail", "链上批次 batch", "编号 fact",
)  # fmt: skip


class AuditSearchTooWide(Problem):
    """The search names nothing that an index leads to: it would read the whole log."""

    slug = "audit-search-too-wide"
    status = 422
    title_zh = "检索范围过大"
    title_en = "The search is too wide"
    remedy_zh = "请至少给出被查询人、工作人员、机构或事项之一；“核验社保卡是否有效”须给出被查询人或工作人员"
    remedy_en = "Name a person, a member of staff, an institution or a kind of fact; checks of cards take a person or a member of staff"


class LastVerdict(msgspec.Struct, frozen=True):
    """What the last verification of this service found; both null until the first has ended."""

    verified_at: datetime | None
    verdict: Verdict | None


class Kind(msgspec.Struct, frozen=True):
    """A kind of fact, in plain words."""

    action: str
    zh: str
    en: str


class Kinds(msgspec.Struct, frozen=True):
    """The kinds of facts that have words of their own."""

    items: list[Kind]


class AuditQuery(Body, frozen=True):
    """What to search for; all that is given must hold. `staff`: a log-in name; `institution`: a code; `reason`: a part of it.

    Without a first day, and without a person, the search goes back 31 days from the last.
    """

    id_number: IdNumberText | None = None
    staff: Code | None = None
    institution: Code | None = None
    action: Code | None = None
    reason: Text | None = None
    first: date | None = None
    last: date | None = None
    cursor: Id | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class FactView(msgspec.Struct, frozen=True):
    """A fact of the log. `batch`: its place in the sealed chain, null while it waits for that; `name`: of a member of staff."""

    fact_id: str
    at: datetime
    actor: str
    name: str
    organisation: InstitutionRef | None
    action: str
    what_zh: str
    what_en: str
    person_id: str | None
    subject: str
    reason: str
    detail: dict[str, Any]
    batch: int | None


@get(
    "/audit/verification",
    **protected("audit.read", "audit", "审计链核验结果 · The last verdict on the audit chain"),
)
async def verification(request: Call) -> LastVerdict:
    """Give the last verdict. The service verifies the whole chain when it starts and once a day, beside its work.

    `shebaoka audit verify` does it at once.
    """
    async with reading(request) as work:
        work.record(0, "audit.verdict_read", "audit")
    found = service(request).last_verdict
    return LastVerdict(found.at, found.verdict) if found else LastVerdict(None, None)


@get("/audit/kinds", **protected("audit.read", "audit", "审计事项 · Kinds of facts"))
async def kinds() -> Kinds:
    """Give the kinds of facts to choose from; every other can be named by its action."""
    return Kinds([Kind(action, *told) for action, told in sorted({**LOOKS, **FACTS}.items())])


@post(
    "/audit/search",
    status_code=200,
    **protected("audit.read", "audit", "检索审计日志 · Search the audit log",
                refuses=(*ONE, IdNumberRefused, PersonUnknown, AuditSearchTooWide),
                unkeyed="it changes nothing; each search is recorded"),
)  # fmt: skip
async def search(request: Call, data: JSONBody[AuditQuery]) -> Page[FactView]:
    """Search the log, newest first. The search is recorded, and about a person it is a look at them."""
    found = await _found(request, data, data.limit)
    return page_of(found, int(found[-1].fact_id) if len(found) == data.limit else None)


@post(
    "/audit/search/file",
    status_code=200,
    **protected("audit.read", "audit", "导出检索结果 · What a search finds, as a table",
                refuses=(*ONE, IdNumberRefused, PersonUnknown, AuditSearchTooWide),
                unkeyed="it changes nothing; each search is recorded"),
)  # fmt: skip
async def search_file(request: Call, data: JSONBody[AuditQuery]) -> Response[bytes]:
    """Give up to 5,000 facts as a CSV table that cannot run anything."""
    found = await _found(request, data, ROWS)
    return table("audit", COLUMNS, [_row(one) for one in found])


async def _found(request: Call, data: AuditQuery, limit: int) -> list[FactView]:
    if data.id_number is None:
        async with reading(request) as work:
            return await _search(work, data, None, limit)
    async with asking_about(request, data.id_number), reading(request) as work:
        person = await people.find(work, await read_id_number(work, data.id_number))
        if person is None:
            raise PersonUnknown
        return await _search(work, data, person.person_id, limit)


async def _search(work: Work, data: AuditQuery, person_id: int | None, limit: int) -> list[FactView]:
    wanted = await _wanted(work, data, person_id)
    if wanted.along is None:
        raise AuditSearchTooWide
    found = await log.search(work, wanted, limit)
    if person_id is None:
        work.record(0, "audit.searched", "audit", found=len(found), **_told(data))
    else:
        work.record(person_id, "audit.facts_seen", person_id, found=len(found))
    return await _shown(work, found)


def _told(data: AuditQuery) -> dict[str, str]:
    """Give what a search asked for, but for what was typed as a reason, in which anything may stand."""
    asked = {
        "staff": data.staff, "institution": data.institution, "kind": data.action, "first": data.first, "last": data.last,
    }  # fmt: skip
    return {name: str(value) for name, value in asked.items() if value}


async def _wanted(work: Work, data: AuditQuery, person_id: int | None) -> Wanted:
    actor = organisation = None
    if data.staff:
        member = await staff.account(work, data.staff.strip().lower())
        if member is None:
            raise NotFound(f"账号 staff {data.staff}")
        actor = f"{STAFF}{member.staff_id}"
    if data.institution:
        organisation = (await institution_of(work, data.institution)).institution_id
    first, before = _numbers(work, data, person_id)
    return Wanted(person_id, actor, organisation, data.action, data.reason, first, before)


def _numbers(work: Work, data: AuditQuery, person_id: int | None) -> tuple[int, int]:
    """Give between which numbers the facts of the wanted days lie: numbers grow with time."""
    last = data.last or work.today
    first = data.first or (None if person_id is not None else last - timedelta(days=DAYS))
    end = first_of(_midnight(last + timedelta(days=1)))
    return (
        max(0, first_of(_midnight(first))) if first else 0,
        max(0, min(end, int(data.cursor)) if data.cursor else end),
    )


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), SHANGHAI)


async def _shown(work: Work, found: Sequence[FoundFact]) -> list[FactView]:
    named = await references(work, (one.organisation_id for one in found))
    numbers = {int(one.actor.removeprefix(STAFF)) for one in found if one.actor.startswith(STAFF)}
    members = {f"{STAFF}{number}": one for number, one in (await staff.staff_by_ids(work, numbers)).items()}
    return [
        FactView(
            str(one.fact_id), one.at, one.actor,
            f"{members[one.actor].login} {members[one.actor].name}" if one.actor in members else "",
            named.get(one.organisation_id), one.action, *words(one.action),
            str(one.person_id) if one.person_id else None, one.subject, str(one.detail.get("reason") or ""),
            {name: value for name, value in one.detail.items() if name != "reason"}, one.batch_no,
        )
        for one in found
    ]  # fmt: skip


def _row(one: FactView) -> tuple[Any, ...]:
    told = "; ".join(f"{name}={value}" for name, value in one.detail.items())
    return (
        one.at.astimezone(SHANGHAI).isoformat(), one.actor, one.name, one.organisation.code if one.organisation else "",
        f"{one.what_zh} {one.what_en}", one.action, one.subject, one.reason, told, one.batch, f"#{one.fact_id}",
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (verification, kinds, search, search_file)

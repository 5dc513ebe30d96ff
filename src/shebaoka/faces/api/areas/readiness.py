"""Readiness: how institutions become live, their conformance runs, and how far the city is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from shebaoka.faces.api.access import ALWAYS, WHEN_BUILT
from shebaoka.faces.api.calling import CREATED, Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.rendering import malformed
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, Code, LongText, PathId, institution_of, own_institution
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.records.table import as_csv
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.liveness import Status
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.staff.roles import Scope, allowed
from shebaoka.service.readiness import commands, views
from shebaoka.service.readiness import model as values
from shebaoka.service.readiness.errors import (
    LapsedTest,
    LiveDayPast,
    NotSubjectToReadiness,
    RehearsalNeedsPlaces,
    RunClosed,
    ScriptUnknown,
)
from shebaoka.service.readiness.model import BLOCKERS_MAX, Direction, RunStatus, Shows
from shebaoka.service.readiness.states import Action

CSV: Final = "text/csv; charset=utf-8"
STEPS_MAX: Final = 50
Form = Annotated[
    Literal["json", "csv"], QueryParameter(name="format", description="JSON 或表格 · JSON or a table")
]
Kind = Annotated[
    Literal["community_centre", "bank", "bank_outlet", "hospital", "pharmacy"] | None,
    QueryParameter(description="机构类别 · kind of institution", required=False),
]
Whose = Annotated[
    str | None,
    QueryParameter(
        max_length=64,
        pattern=r"^[^\x00]*$",
        description="机构代码，缺省本机构 · code; default your own",
        required=False,
    ),
]
Many = Annotated[int, QueryParameter(ge=1, le=BLOCKERS_MAX, description="条数 · how many of them")]


class StepBody(Body, frozen=True):
    """What became of an institution, and by which evidence (nothing personal). `live_from`: the day it goes live, for `go_live` only."""

    institution: Code
    action: Literal["build", "go_live", "suspend"]
    evidence: LongText
    live_from: date | None = None


class RunBody(Body, frozen=True):
    """Which script is run with which institution."""

    institution: Code
    script: Code


class ClosingBody(Body, frozen=True):
    """What the client made of each answer and showed to its user, by step."""

    shown: Annotated[dict[Code, Shows], Meta(max_length=STEPS_MAX)]


class StepView(msgspec.Struct, frozen=True):
    """A step of an institution: who, when, with which evidence. A test names the runs that passed and its last day."""

    action: Action
    was: Status
    became: Status
    live_from: date | None
    valid_until: date | None
    run_ids: list[str]
    evidence: str
    actor: str
    at: datetime


class RunView(msgspec.Struct, frozen=True):
    """A conformance run. `evidence_sm3`: digest of all that it saw, which the audit log has too."""

    run_id: str
    script: str
    version: date
    direction: Direction
    status: RunStatus
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None
    valid_until: date | None
    evidence_sm3: str | None


class SeenView(msgspec.Struct, frozen=True):
    """A request as it was seen, or (`shown`) what the client made of the answer."""

    step: str
    request: str
    expected: str
    observed: str
    passed: bool
    duration_ms: int
    actor: str
    at: datetime


class ToSend(msgspec.Struct, frozen=True):
    """A request to be sent, word for word, with the header `Rehearsal-Run`; and what the client must make of the answer."""

    step: str
    zh: str
    en: str
    method: str
    path: str
    body: dict[str, Any]
    shows: Shows


class RunDetail(msgspec.Struct, frozen=True):
    """A run, what is to be sent in it, and what it saw. `intact`: what it saw is still what its digest says."""

    run: RunView
    to_send: list[ToSend]
    seen: list[SeenView]
    intact: bool


class ReadinessView(msgspec.Struct, frozen=True):
    """How ready an institution is. `must_be_live`: before that it does no business; `tested_until`: its present test's last day."""

    institution: str
    must_be_live: bool
    readiness: Status
    since: datetime
    live_from: date | None
    missing_zh: str
    missing_en: str
    scripts: list[str]
    tested_until: date | None
    steps: list[StepView]
    runs: list[RunView]


class Moved(msgspec.Struct, frozen=True):
    """How ready the institution is now."""

    institution: str
    readiness: Status


class Progresses(msgspec.Struct, frozen=True):
    """Institutions by district and kind; district "" is the whole city, with the number that are to be live."""

    on: date
    items: list[values.Progress]


class Blockers(msgspec.Struct, frozen=True):
    """Institutions that should serve and do not, and live ones whose test has lapsed, oldest first."""

    on: date
    items: list[values.Blocker]


@get(
    "/readiness",
    **protected("readiness.read", "readiness", "机构上线进度 · How ready an institution is", readiness=ALWAYS,
                refuses=ONE),
)  # fmt: skip
async def standing(request: Call, institution: Whose = None) -> ReadinessView:
    """Give how ready an institution is, every step with its evidence, its runs, and what lacks."""
    programme = await service(request).programme()
    async with reading(request) as work:
        one = await _reached(work, institution, "readiness.read")
        return _standing(await views.standing(work, programme, one))


@get(
    "/readiness/progress",
    **protected("report.read", "readiness", "全市上线进度 · How many institutions are live", answer=Progresses),
)  # fmt: skip
async def progress(request: Call, form: Form = "json") -> Response[Any]:
    """Give institutions planned, built, tested, live and suspended, by kind and district, against the programme's numbers."""
    programme = await service(request).programme()
    async with reading(request) as work:
        found, on = await views.progress(work, programme), work.today
    return _answered(form, "readiness", values.Progress, found, Progresses(on, found))


@get(
    "/readiness/blockers",
    **protected("report.read", "readiness", "未上线机构 · Institutions that are not live", answer=Blockers),
)  # fmt: skip
async def blockers(request: Call, kind: Kind = None, limit: Many = 200, form: Form = "json") -> Response[Any]:
    """Give institutions that should serve and do not, and what lacks; longest so first."""
    programme = await service(request).programme()
    async with reading(request) as work:
        found, on = await views.blockers(work, programme, kind, limit), work.today
    return _answered(form, "blockers", values.Blocker, found, Blockers(on, found))


@post(
    "/readiness/steps",
    status_code=200,
    **protected("readiness.move", "readiness", "登记建成、上线、暂停 · Note an institution as built, live or suspended",
                keyed=True, refuses=(*ONE, NotSubjectToReadiness, TransitionRefused, LapsedTest, LiveDayPast)),
)  # fmt: skip
async def move(request: Call, data: JSONBody[StepBody], key: RequestKey = None) -> Response[Moved]:
    """Note that an institution's system is built, that it goes live on a day, or that it is suspended until tested anew."""
    programme = await service(request).programme()
    if (data.action == "go_live") != (data.live_from is not None):
        raise malformed("live_from", "仅 go_live 须给出上线日期 · with go_live, and only then, the day")

    async def act(work: Work) -> Moved:
        one = await institution_of(work, data.institution)
        return Moved(one.code, await _move(work, programme, one.institution_id, data))

    return await write(request, key, data, act)


async def _move(work: Work, programme: Programme, institution_id: int, data: StepBody) -> Status:
    if data.live_from is not None:
        return await commands.go_live(work, programme, institution_id, data.live_from, data.evidence)
    moving = commands.build if data.action == "build" else commands.suspend
    return await moving(work, programme, institution_id, data.evidence)


@post(
    "/readiness/runs",
    status_code=CREATED,
    **protected("readiness.rehearse", "readiness", "开始联调测试 · Open a conformance run", keyed=True, readiness=WHEN_BUILT,
                refuses=(*ONE, NotSubjectToReadiness, TransitionRefused, ScriptUnknown, RehearsalNeedsPlaces)),
)  # fmt: skip
async def open_run(request: Call, data: JSONBody[RunBody], key: RequestKey = None) -> Response[RunView]:
    """Open a run of a script, or give the one that is open. Where we are the caller, `jobs run conformance` carries it out."""
    programme = await service(request).programme()

    async def act(work: Work) -> RunView:
        one = await _reached(work, data.institution, "readiness.rehearse")
        return _run(await commands.open_run(work, programme, one.institution_id, data.script))

    return await write(request, key, data, act, status=CREATED)


@get(
    "/readiness/runs/{run_id:int}",
    **protected("readiness.read", "readiness", "联调测试详情 · A conformance run", readiness=ALWAYS, refuses=ONE),
)  # fmt: skip
async def show_run(request: Call, run_id: PathId) -> RunDetail:
    """Give a run, the requests to be sent in it, and what it has seen."""
    async with reading(request) as work:
        run = await _run_reached(work, run_id, "readiness.read")
        seen = await views.seen(work, run_id)
        steps = await views.expected(work, run) if run.status == "open" else []
        return RunDetail(
            _run(run),
            [ToSend(one.step, one.zh, one.en, one.method, one.path, dict(one.body), one.shows) for one in steps],
            [SeenView(one.step, one.request, one.expected, one.observed, one.passed, one.duration_ms, one.actor, one.at)
             for one in seen],
            views.intact(run, seen),
        )  # fmt: skip


@post(
    "/readiness/runs/{run_id:int}/closing",
    status_code=200,
    **protected("readiness.rehearse", "readiness", "结束联调测试 · Close a conformance run", keyed=True, readiness=WHEN_BUILT,
                refuses=(*ONE, RunClosed, ScriptUnknown)),
)  # fmt: skip
async def close_run(
    request: Call, run_id: PathId, data: JSONBody[ClosingBody], key: RequestKey = None
) -> Response[RunView]:
    """Close a run: passed when every request was seen, answered as it should be, and understood by the client."""
    programme = await service(request).programme()

    async def act(work: Work) -> RunView:
        await _run_reached(work, run_id, "readiness.rehearse")
        return _run(await commands.close_run(work, programme, run_id, data.shown))

    return await write(request, key, data, act)


async def _reached(work: Work, code: str | None, permission: str) -> Institution:
    """Give an institution that the actor may ask about: its own, a bank's outlets, or any. NotFound for the others."""
    one = await own_institution(work) if code is None else await institution_of(work, code)
    own = work.actor.organisation_id
    if own not in (one.institution_id, one.parent_id) and allowed(work.actor, permission) is not Scope.ALL:
        raise NotFound(f"机构代码 institution {code}")
    return one


async def _run_reached(work: Work, run_id: int, permission: str) -> values.Run:
    run = await views.run(work, run_id)
    one = (await institutions.by_ids(work, [run.institution_id]))[run.institution_id]
    await _reached(work, one.code, permission)
    return run


def _standing(one: values.Standing) -> ReadinessView:
    steps = [
        StepView(step.action, step.was, step.became, step.live_from, step.valid_until, list(map(str, step.run_ids or ())),
                 step.evidence, step.actor, step.at)
        for step in one.steps
    ]  # fmt: skip
    return ReadinessView(
        one.code, one.must_be_live, one.readiness, one.since, one.live_from, one.missing_zh, one.missing_en,
        list(one.scripts), one.tested_until, steps, list(map(_run, one.runs)),
    )  # fmt: skip


def _run(run: values.Run) -> RunView:
    evidence = None if run.evidence is None else bytes(run.evidence).hex()
    return RunView(
        str(run.run_id), run.script, run.version, run.direction, run.status, run.opened_by, run.opened_at,
        run.closed_at, run.valid_until, evidence,
    )  # fmt: skip


def _answered(form: str, name: str, kind: type[Any], rows: Sequence[Any], whole: Any) -> Response[Any]:
    if form == "json":
        return Response(whole)
    content = as_csv([one.name for one in msgspec.structs.fields(kind)], map(msgspec.structs.astuple, rows))
    return Response(
        content, media_type=CSV, headers={"Content-Disposition": f'attachment; filename="{name}.csv"'}
    )


HANDLERS: tuple[Any, ...] = (standing, progress, blockers, move, open_run, show_run, close_run)

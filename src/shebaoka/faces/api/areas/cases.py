"""Cases of the hotlines: whose they are, what was done, what is overdue, and how they go from line to line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter

from shebaoka.faces.api.calling import CREATED, Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, Code, InstitutionRef, LongText, PathId, Text, Why, references
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.records.table import as_csv
from shebaoka.registry.programme.model import HelpLevel, HelpTopic
from shebaoka.service.helpdesk import commands, views
from shebaoka.service.helpdesk.commands.moving import Verb
from shebaoka.service.helpdesk.errors import (
    CallerNotKnownEnough,
    CaseOfAnotherLine,
    CaseTaken,
    HandoverInCircles,
    HandoverLapsed,
    HandoverNotNeeded,
    LineNotHere,
)
from shebaoka.service.helpdesk.model import Case, Figures, Handover, WaitingFor
from shebaoka.service.helpdesk.states import Call as CallStatus
from shebaoka.service.helpdesk.states import Case as CaseStatus
from shebaoka.service.helpdesk.states import Handover as HandoverStatus

Days = Annotated[int, QueryParameter(ge=1, le=366, description="统计最近多少天 · of the last so many days")]

Form = Annotated[
    Literal["json", "csv"], QueryParameter(name="format", description="JSON 或表格 · JSON or a table")
]


class MoveBody(Body, frozen=True):
    """What is done to a case. `waiting_for`: with `wait`. `text` is kept sealed."""

    move: Verb
    waiting_for: WaitingFor | None = None
    text: LongText | None = None


class HandoverBody(Body, frozen=True):
    """The topic, whose owner takes the case over, and what the caller told. `bank`: code of the bank, if no card tells it."""

    topic: HelpTopic
    story: LongText
    bank: Code | None = None


class HandoverAnswerBody(Body, frozen=True):
    """What becomes of a hand-over: the receiving line accepts or declines, the line before recalls."""

    answer: Literal["accept", "decline", "recall"]
    text: LongText | None = None


class DecisionBody(Body, frozen=True):
    """Whose the case is, for good, by the code of the line; and why."""

    line: Code
    text: LongText


class TimelineBody(Body, frozen=True):
    """Why somebody looks."""

    reason: Why


class NumberBody(Body, frozen=True):
    """A case's number, as it is said."""

    number: Text


class CaseView(msgspec.Struct, frozen=True):
    """A case without what is sealed. `handed_to`: the line that has yet to accept it. `about_somebody`: its holder is known."""

    case_id: str
    number: str
    topic: HelpTopic
    status: CaseStatus
    waiting_for: WaitingFor | None
    line: InstitutionRef | None
    agent: str | None
    about_somebody: bool
    level: HelpLevel
    reason: str
    due_on: date
    overdue: bool
    opened_at: datetime
    resolved_at: datetime | None
    calls: int
    handovers: int
    decided: bool
    escalated_at: datetime | None
    holder_died: bool
    handover_id: str | None
    handed_to: InstitutionRef | None


class HandoverView(msgspec.Struct, frozen=True):
    """A case on its way, to be accepted by a moment. `caller_waits`: the caller is on the line. `late`: nobody accepted in time."""

    handover_id: str
    status: HandoverStatus
    from_line: InstitutionRef | None
    to_line: InstitutionRef | None
    handed_at: datetime
    accept_by: datetime
    late: bool
    caller_waits: bool
    case: CaseView


class EntryView(msgspec.Struct, frozen=True):
    """One thing that was said or done in a case."""

    at: datetime
    actor: str
    line: InstitutionRef | None
    kind: str
    detail: dict[str, Any]
    text: str | None


class CaseHistory(msgspec.Struct, frozen=True):
    """A case with all that was said and done, oldest first."""

    case: CaseView
    entries: list[EntryView]


class QueueView(msgspec.Struct, frozen=True):
    """What a line has before it: hand-overs to accept, oldest first; its cases, what came back first, then by the day due."""

    at: datetime
    arriving: list[HandoverView]
    cases: list[CaseView]


class OverdueView(msgspec.Struct, frozen=True):
    """Cases that should have been resolved before a day, longest overdue first."""

    on: date
    items: list[CaseView]


class AcceptedView(msgspec.Struct, frozen=True):
    """What became of a hand-over. `call_id`: the call that came with it, now this line's, and how it stands."""

    case: CaseView
    call_id: str | None
    call_status: CallStatus | None
    level: HelpLevel | None


class HappenedView(msgspec.Struct, frozen=True):
    """One thing that happened, in plain words."""

    at: datetime
    kind: str
    subject: str
    zh: str
    en: str


class NextView(msgspec.Struct, frozen=True):
    """Where something stands, what comes next, and by when."""

    zh: str
    en: str
    due_on: date | None


class TimelineView(msgspec.Struct, frozen=True):
    """All that happened to the holder's card, oldest first, and where it stands now."""

    happened: list[HappenedView]
    now: list[NextView]


class HelpFigures(msgspec.Struct, frozen=True):
    """Calls by line and topic, hand-overs, circles refused, cases resolved (and at the first call), and what is overdue now."""

    figures: Figures
    lines: dict[str, InstitutionRef]


@get("/helpdesk/queue", **protected("help.case", "helpdesk", "本热线待办 · What a line has before it"))
async def queue(request: Call) -> QueueView:
    """Give what other lines hand over and what is to be worked on: one's own line's, for the card centre every line's."""
    async with reading(request) as work:
        arriving, cases = await views.queue(work)
        shown = await _shown(work, [*(case for _, case in arriving), *cases])
        handed = await _handovers(work, [one for one, _ in arriving], shown)
        return QueueView(work.now, handed, [shown[one.case_id] for one in cases])


@get("/helpdesk/overdue", **protected("help.case", "helpdesk", "超期工单 · Overdue cases"))
async def overdue(request: Call) -> OverdueView:
    """Give the cases that should have been resolved before today."""
    async with reading(request) as work:
        found = await views.overdue(work, work.today)
        shown = await _shown(work, found)
        return OverdueView(work.today, [shown[one.case_id] for one in found])


@get(
    "/helpdesk/figures",
    **protected("report.read", "helpdesk", "热线统计 · Figures of the hotlines", answer=HelpFigures),
)
async def figures(request: Call, days: Days = 7, form: Form = "json") -> Response[Any]:
    """Give what became of calls and cases of the last days, and what is overdue now; no people in it. As a table: the calls."""
    async with reading(request) as work:
        found = await views.figures(work, work.now - timedelta(days=days))
        named = await references(
            work, {one.line_id for one in found.calls} | {one.line_id for one in found.overdue}
        )
    if form == "json":
        return Response(HelpFigures(found, {str(number): line for number, line in named.items()}))
    calls = [
        (named[one.line_id].code, named[one.line_id].name_zh, one.topic, one.calls) for one in found.calls
    ]
    return Response(
        as_csv(("line", "name_zh", "topic", "calls"), calls), media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="calls.csv"'},
    )  # fmt: skip


@post(
    "/helpdesk/cases/search",
    status_code=200,
    **protected("help.case", "helpdesk", "按工单号查找 · Find a case by its number", refuses=ONE,
                unkeyed="it changes nothing but the audit log"),
)  # fmt: skip
async def find_case(request: Call, data: JSONBody[NumberBody]) -> CaseView:
    """Find a case by the number that its caller was told."""
    async with reading(request) as work:
        case = await views.by_number(work, data.number)
        work.record(case.holder_id or 0, "help.case_found", case.number)
        return await case_view(work, case)


@get(
    "/helpdesk/cases/{case_id:int}",
    **protected("help.case", "helpdesk", "工单与经过 · A case and its history", refuses=ONE),
)
async def one_case(request: Call, case_id: PathId) -> CaseHistory:
    """Give a case with everything that was said and done. The look is recorded with the case's reason."""
    async with reading(request) as work:
        case = await views.by_id(work, case_id)
        entries = await views.history(work, case)
        named = await references(work, {one.line_id for one in entries})
        return CaseHistory(
            await case_view(work, case),
            [
                EntryView(one.at, one.actor, named.get(one.line_id), one.kind, dict(one.detail), one.text)
                for one in entries
            ],
        )


@post(
    "/helpdesk/cases/{case_id:int}/timeline",
    status_code=200,
    **protected("help.case", "helpdesk", "办理进度 · The holder's timeline", refuses=(*ONE, TransitionRefused, CallerNotKnownEnough),
                unkeyed="a look changes nothing but what is noted of it"),
)  # fmt: skip
async def see_timeline(request: Call, case_id: PathId, data: JSONBody[TimelineBody]) -> TimelineView:
    """Give what happened to the holder's card and where it stands, as far as one's line may see. It is recorded with its reason."""
    programme = await service(request).programme()
    async with reading(request) as work:
        found = await commands.see_timeline(work, programme, case_id, data.reason)
        return TimelineView(
            [HappenedView(one.at, one.kind, one.subject, one.zh, one.en) for one in found.happened],
            [NextView(one.zh, one.en, one.due_on) for one in found.now],
        )


@post(
    "/helpdesk/cases/{case_id:int}/moves",
    status_code=200,
    **protected("help.case", "helpdesk", "办理工单 · Work on a case", keyed=True,
                refuses=(*ONE, TransitionRefused, CaseTaken, CaseOfAnotherLine)),
)  # fmt: skip
async def move_case(
    request: Call, case_id: PathId, data: JSONBody[MoveBody], key: RequestKey = None
) -> Response[CaseView]:
    """Take a case, release it, note, wait, resume, resolve, close or open it again."""
    programme = await service(request).programme()

    async def act(work: Work) -> CaseView:
        asked = commands.Move(data.move, data.text, data.waiting_for)
        return await case_view(work, await commands.move(work, programme, case_id, asked))

    return await write(request, key, data, act)


@post(
    "/helpdesk/cases/{case_id:int}/handover",
    status_code=CREATED,
    **protected(
        "help.case", "helpdesk", "带工单转接 · Hand a case over, with its caller", keyed=True,
        refuses=(*ONE, TransitionRefused, CaseTaken, CaseOfAnotherLine, HandoverNotNeeded, HandoverInCircles, LineNotHere),
    ),
)  # fmt: skip
async def hand_over(
    request: Call, case_id: PathId, data: JSONBody[HandoverBody], key: RequestKey = None
) -> Response[HandoverView]:
    """Hand a case to the line that owns the topic. One that would go round is refused, and the card centre is asked."""
    programme = await service(request).programme()

    async def act(work: Work) -> HandoverView:
        leaving = commands.Leaving(case_id, data.topic, data.story, data.bank)
        handover = await commands.hand_over(work, programme, leaving)
        shown = await _shown(work, [await views.by_id(work, case_id)])
        return (await _handovers(work, [handover], shown))[0]

    try:
        return await write(request, key, data, act, status=CREATED)
    except HandoverInCircles as refused:
        # The refusal undid everything: that it happened is noted by itself.
        async with reading(request) as work:
            await commands.note_circle(work, case_id, refused.members["why"])
        raise


@post(
    "/helpdesk/handovers/{handover_id:int}/answer",
    status_code=200,
    **protected("help.case", "helpdesk", "接手、谢绝或撤回转接 · Accept, decline or recall a hand-over", keyed=True,
                refuses=(*ONE, TransitionRefused, CaseOfAnotherLine, HandoverLapsed)),
)  # fmt: skip
async def answer_handover(
    request: Call, handover_id: PathId, data: JSONBody[HandoverAnswerBody], key: RequestKey = None
) -> Response[AcceptedView]:
    """Accept a hand-over (case and caller are then this line's), decline it, or take it back."""
    programme = await service(request).programme()

    async def act(work: Work) -> AcceptedView:
        if data.answer != "accept":
            case = await commands.settle(work, handover_id, data.answer, data.text)
            return AcceptedView(await case_view(work, case), None, None, None)
        case, call = await commands.accept(work, programme, handover_id)
        shown = await case_view(work, case)
        if call is None:
            return AcceptedView(shown, None, None, None)
        return AcceptedView(shown, str(call.call_id), call.status, call.level)

    return await write(request, key, data, act)


@post(
    "/helpdesk/cases/{case_id:int}/decision",
    status_code=200,
    **protected("help.decide", "helpdesk", "裁定工单归属 · Decide whose a case is", keyed=True, refuses=(*ONE, TransitionRefused)),
)  # fmt: skip
async def decide(
    request: Call, case_id: PathId, data: JSONBody[DecisionBody], key: RequestKey = None
) -> Response[CaseView]:
    """Say whose a case is, for good; it is handed over no more."""

    async def act(work: Work) -> CaseView:
        return await case_view(work, await commands.decide(work, case_id, data.line, data.text))

    return await write(request, key, data, act)


async def case_view(work: Work, case: Case) -> CaseView:
    """Give a case as it goes over the wire."""
    return (await _shown(work, [case]))[case.case_id]


async def _shown(work: Work, cases: Sequence[Case]) -> dict[int, CaseView]:
    pending = await views.pending_of(work, cases)
    lines = await references(work, {one.line_id for one in cases} | {one.to_line for one in pending.values()})
    return {one.case_id: _case(work, one, lines, pending.get(one.case_id)) for one in cases}


def _case(work: Work, one: Case, lines: dict[int, InstitutionRef], pending: Handover | None) -> CaseView:
    live = one.status in (CaseStatus.OPEN, CaseStatus.WAITING)
    return CaseView(
        str(one.case_id), one.number, one.topic, one.status, one.waiting_for, lines.get(one.line_id), one.agent,
        one.holder_id is not None, one.level, one.reason, one.due_on, live and one.due_on < work.today, one.opened_at,
        one.resolved_at, one.calls, one.handovers, one.decided_at is not None, one.escalated_at, one.holder_died,
        str(pending.handover_id) if pending else None, lines.get(pending.to_line) if pending else None,
    )  # fmt: skip


async def _handovers(work: Work, some: Sequence[Handover], shown: dict[int, CaseView]) -> list[HandoverView]:
    lines = await references(work, {number for one in some for number in (one.from_line, one.to_line)})
    return [
        HandoverView(
            str(one.handover_id), one.status, lines.get(one.from_line), lines.get(one.to_line), one.handed_at, one.accept_by,
            one.status == HandoverStatus.PENDING and work.now > one.accept_by, one.call_id is not None, shown[one.case_id],
        )
        for one in some
    ]  # fmt: skip


HANDLERS: tuple[Any, ...] = (
    queue, overdue, figures, find_case, one_case, see_timeline, move_case, hand_over, answer_handover, decide,
)  # fmt: skip

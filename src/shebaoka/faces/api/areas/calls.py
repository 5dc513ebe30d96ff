"""Calls to a hotline: opened with a reason, identified, answered, and ended; every call belongs to a case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody
from msgspec import Meta

from shebaoka.benefits.settlement import views as settlements
from shebaoka.cards.errors import CardChangedMeanwhile, CardVoid, LossMayNotBeReported, LossReported
from shebaoka.cards.model import Generation
from shebaoka.faces.api import billing
from shebaoka.faces.api.areas.cases import CaseView, case_view
from shebaoka.faces.api.billing import BillDetail, InsuranceView
from shebaoka.faces.api.calling import CREATED, Call, asking_about, reading, write
from shebaoka.faces.api.counter import ACTING_MAY_REFUSE
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, IdNumberText, LongText, PathId, Text, Why, read_id_number
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.acting.errors import AgentNotHere, GuardianNeeded
from shebaoka.registry.programme.model import HelpLevel, HelpTopic, Proxy
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.helpdesk import commands, views
from shebaoka.service.helpdesk.errors import (
    CallerNotKnownEnough,
    CaseAboutAnother,
    CaseOfAnotherLine,
    CaseTaken,
    IdentificationLocked,
)
from shebaoka.service.helpdesk.lines import owner
from shebaoka.service.helpdesk.model import Answer, Guardian, Owner, Proof, Question
from shebaoka.service.helpdesk.model import Call as HelpCall
from shebaoka.service.helpdesk.states import Call as CallStatus

Tail = Annotated[str, Meta(pattern="^[0-9A-Za-z]{4}$", description="后四位 · the last four characters")]
BILLS_TOLD: Final = 5
"""How many bills an agent is shown at once: callers ask about the last one."""
Said = Annotated[str, Meta(min_length=1, max_length=30, pattern=r"^[^\x00]*$")]


class CallBody(Body, frozen=True):
    """A call comes in, and why; nothing personal stands in `reason`.

    `case_number`: as the caller says it. `caller_number`: the caller's own telephone; it is not kept, only a digest of it.
    """

    reason: Why
    topic: HelpTopic = "other"
    case_number: Said | None = None
    caller_number: Said | None = None


class TopicBody(Body, frozen=True):
    """What the call turns out to be about."""

    topic: HelpTopic


class GuardianBody(Body, frozen=True):
    """Somebody who speaks for the holder: name and ID number, as they are said."""

    role: Proxy
    id_number: IdNumberText
    name: Text


class IdentificationBody(Body, frozen=True):
    """What the caller says to be known by: the holder's ID number and name, and what only the holder's side knows."""

    id_number: IdNumberText
    name: Text
    card_tail: Tail | None = None
    mobile_tail: Tail | None = None
    waybill: Said | None = None
    guardian: GuardianBody | None = None


class QuestionBody(Body, frozen=True):
    """What the caller asks; `personal`: about the caller's own card, not in general."""

    question: Question
    personal: bool = False


class LookBody(Body, frozen=True):
    """Why somebody's data is looked at."""

    reason: Why


class CallLossBody(Body, frozen=True):
    """The holder's card is lost: the live one, else the newest; `generation` names the old or the new one."""

    generation: Generation | None = None


class EndingBody(Body, frozen=True):
    """The call ends; `resolved`: what the caller wanted is done. `text` is kept sealed in the case."""

    resolved: bool
    text: LongText | None = None


class CallView(msgspec.Struct, frozen=True):
    """A call as this line has it, with its case, and whose its topic is. `level`: how well the caller is known."""

    call_id: str
    status: CallStatus
    topic: HelpTopic
    level: HelpLevel
    guardian_speaks: bool
    opened_at: datetime
    ended_at: datetime | None
    case: CaseView
    owner: Owner


class LiveCalls(msgspec.Struct, frozen=True):
    """The calls that an agent has on the line, newest first."""

    items: list[CallView]


class IdentificationAnswer(msgspec.Struct, frozen=True):
    """Whether everything that was said is right; what was wrong is not told. `level`: how well the caller is known now."""

    identified: bool
    level: HelpLevel


class LossAnswer(msgspec.Struct, frozen=True):
    """The card that is suspended now, by the end of its number, and until when."""

    card_tail: str
    generation: Generation
    lost_until: datetime | None
    expires_on: date | None


class CallerMedical(msgspec.Struct, frozen=True):
    """Where the holder on the line stands, and the newest bills, those too that were taken back."""

    insurance: InsuranceView
    bills: list[BillDetail]


@post(
    "/helpdesk/calls",
    status_code=CREATED,
    **protected("help.call", "helpdesk", "接听来电 · Open a call", keyed=True, refuses=ONE),
)
async def open_call(request: Call, data: JSONBody[CallBody], key: RequestKey = None) -> Response[CallView]:
    """Open a call: a case is made, or the one whose number the caller says goes on; say its number to the caller."""
    programme = await service(request).programme()

    async def act(work: Work) -> CallView:
        asked = commands.Opening(data.reason, data.topic, data.case_number, data.caller_number)
        call, _ = await commands.open_call(work, programme, asked)
        return await _view(work, programme, call)

    return await write(request, key, data, act, status=CREATED)


@get("/helpdesk/calls", **protected("help.call", "helpdesk", "正在接听的来电 · Calls on the line"))
async def live_calls(request: Call) -> LiveCalls:
    """Give the agent's own calls that are on the line, those too that nobody has accepted yet at the line they go to."""
    programme = await service(request).programme()
    async with reading(request) as work:
        return LiveCalls([await _view(work, programme, one) for one in await views.calls_of_agent(work)])


@get(
    "/helpdesk/calls/{call_id:int}", **protected("help.call", "helpdesk", "查看来电 · One call", refuses=ONE)
)
async def one_call(request: Call, call_id: PathId) -> CallView:
    """Give a call as it now stands."""
    programme = await service(request).programme()
    async with reading(request) as work:
        return await _view(work, programme, await views.call_by_id(work, call_id))


@post(
    "/helpdesk/calls/{call_id:int}/topic",
    status_code=200,
    **protected("help.call", "helpdesk", "选定主题 · Put a call on a topic", keyed=True,
                refuses=(*ONE, TransitionRefused, CaseOfAnotherLine)),
)  # fmt: skip
async def set_topic(
    request: Call, call_id: PathId, data: JSONBody[TopicBody], key: RequestKey = None
) -> Response[CallView]:
    """Put a call and its case on a topic; the answer says whose line that is, and why."""
    programme = await service(request).programme()

    async def act(work: Work) -> CallView:
        await commands.set_topic(work, programme, call_id, data.topic)
        return await _view(work, programme, await views.call_by_id(work, call_id))

    return await write(request, key, data, act)


@post(
    "/helpdesk/calls/{call_id:int}/identification",
    status_code=200,
    **protected(
        "help.call", "helpdesk", "核对来电人 · Identify the caller", keyed=True,
        refuses=(*ONE, IdNumberRefused, TransitionRefused, IdentificationLocked, CaseAboutAnother, GuardianNeeded, AgentNotHere),
    ),
)  # fmt: skip
async def identify(
    request: Call, call_id: PathId, data: JSONBody[IdentificationBody], key: RequestKey = None
) -> Response[IdentificationAnswer]:
    """Compare what the caller says with the register. The answer tells right or wrong, never which part was wrong."""
    programme = await service(request).programme()

    async def act(work: Work) -> IdentificationAnswer:
        level = await commands.identify(work, programme, call_id, await _said(work, data))
        known = (await views.call_by_id(work, call_id)).level
        return IdentificationAnswer(level is not None, known)

    async with asking_about(request, data.id_number):
        return await write(request, key, data, act)


@post(
    "/helpdesk/calls/{call_id:int}/answers",
    status_code=200,
    **protected("help.call", "helpdesk", "解答 · Answer a caller", unkeyed="it changes nothing but what is noted of it",
                refuses=(*ONE, TransitionRefused, CallerNotKnownEnough)),
)  # fmt: skip
async def answer_caller(request: Call, call_id: PathId, data: JSONBody[QuestionBody]) -> Answer:
    """Answer a question by the rules of the day, in general or for the holder; it is noted in the case."""
    programme = await service(request).programme()
    async with reading(request) as work:
        return await commands.answer_caller(work, programme, call_id, data.question, personal=data.personal)


@post(
    "/helpdesk/calls/{call_id:int}/medical",
    status_code=200,
    **protected("benefit.read", "helpdesk", "来电人的医保账户和账单 · The caller's medical accounts and bills",
                unkeyed="a look changes nothing but what is noted of it",
                refuses=(*ONE, TransitionRefused, CallerNotKnownEnough)),
)  # fmt: skip
async def caller_medical(request: Call, call_id: PathId, data: JSONBody[LookBody]) -> CallerMedical:
    """Give where the holder on the line stands, and the newest bills with their explanation. It is recorded with its reason."""
    programme = await service(request).programme()
    async with reading(request) as work:
        whose = await commands.see_medical(work, programme, call_id, data.reason)
        found = await settlements.holder_bills(work, whose, date.min, date.max, rows_max=BILLS_TOLD)
        return CallerMedical(
            await billing.insurance_view(work, programme, whose),
            [await billing.bill_detail(work, one) for one in found],
        )


@post(
    "/helpdesk/calls/{call_id:int}/loss",
    status_code=CREATED,
    **protected(
        "help.call", "helpdesk", "通话中口头挂失 · Report a card lost during a call", keyed=True,
        refuses=(
            *ONE, TransitionRefused, CallerNotKnownEnough, LossMayNotBeReported, CardVoid, LossReported, CardChangedMeanwhile,
            *ACTING_MAY_REFUSE,
        ),
    ),
)  # fmt: skip
async def report_lost(
    request: Call, call_id: PathId, data: JSONBody[CallLossBody], key: RequestKey = None
) -> Response[LossAnswer]:
    """Suspend the caller's card for the days of the rule; the holder is told."""
    programme = await service(request).programme()

    async def act(work: Work) -> LossAnswer:
        card = await commands.report_lost(work, programme, call_id, data.generation)
        return LossAnswer(card.card_number[-4:], card.generation, card.loss_until, card.expires_on)

    return await write(request, key, data, act, status=CREATED)


@post(
    "/helpdesk/calls/{call_id:int}/ending",
    status_code=200,
    **protected("help.call", "helpdesk", "结束通话 · End a call", keyed=True,
                refuses=(*ONE, TransitionRefused, CaseOfAnotherLine, CaseTaken)),
)  # fmt: skip
async def end_call(
    request: Call, call_id: PathId, data: JSONBody[EndingBody], key: RequestKey = None
) -> Response[CallView]:
    """End a call, and resolve its case when what the caller wanted is done."""
    programme = await service(request).programme()

    async def act(work: Work) -> CallView:
        await commands.end_call(work, call_id, resolved=data.resolved, text=data.text)
        return await _view(work, programme, await views.call_by_id(work, call_id))

    return await write(request, key, data, act)


async def _said(work: Work, data: IdentificationBody) -> commands.Said:
    speaks = data.guardian
    guardian = None
    if speaks is not None:
        guardian = Guardian(speaks.role, await read_id_number(work, speaks.id_number), speaks.name)
    return commands.Said(
        await read_id_number(work, data.id_number), data.name,
        Proof(data.card_tail, data.mobile_tail, data.waybill), guardian,
    )  # fmt: skip


async def _view(work: Work, programme: Programme, call: HelpCall) -> CallView:
    case = await case_view(work, await views.by_id(work, call.case_id))
    return CallView(
        str(call.call_id), call.status, call.topic, call.level, call.caller_id is not None, call.opened_at,
        call.ended_at, case, owner(programme, call.topic, work.today),
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (
    open_call, live_calls, one_call, set_topic, identify, answer_caller, caller_medical, report_lost, end_call,
)  # fmt: skip

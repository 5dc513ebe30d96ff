"""Settling with the card, for hospitals and pharmacies without a system: each for itself, by the one core of settlement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec.structs import replace

from shebaoka.benefits.cross_province import views as guests
from shebaoka.benefits.insurance import views as insurance
from shebaoka.benefits.insurance.catalogue import unlisted
from shebaoka.benefits.insurance.errors import CareNotSettled, NotInsured
from shebaoka.benefits.settlement import commands, errors, views
from shebaoka.benefits.settlement.model import (
    Confirming,
    Line,
    Registering,
    Reversing,
    Settled,
    Settlement,
    Visit,
)
from shebaoka.benefits.settlement.reconciling import totals
from shebaoka.benefits.settlement.waiting import Waiting
from shebaoka.faces.api.access import actor
from shebaoka.faces.api.areas.settling_views import (
    Confirmed,
    DayView,
    Discharged,
    LineBody,
    LinesAdded,
    LinesTakenOut,
    LinesView,
    LineView,
    MessageAsked,
    MessageView,
    QuoteView,
    QuoteWanted,
    ReversalView,
    SettlementView,
    TakenBack,
    VisitBegun,
    VisitView,
    WholeVisit,
)
from shebaoka.faces.api.by_card import asking_by_card, number_of, plain_number
from shebaoka.faces.api.calling import (
    CREATED,
    OK,
    Call,
    answer,
    answered,
    claim_for,
    noting_reach,
    reading,
    write,
)
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.rehearsing import rehearsing
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Holder, PathId, read_id_number
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.records.card_number import CardNumberRefused
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Identity
from shebaoka.service.credential.errors import EcardUnavailable

VISIT = "/settling/visits/{person_id:int}/{visit_id:int}"
CARD_MAY_REFUSE = (CardNumberRefused, EcardUnavailable, errors.CardNotUsable, errors.NotHolder)
On = Annotated[
    date | None, QueryParameter(description="哪一天，缺省今天 · which day; default today", required=False)
]


@post(
    "/settling/visits",
    status_code=CREATED,
    **protected("settlement.settle", "settling", "凭卡登记就诊、购药或住院 · Begin a visit, a purchase or a stay with a card", keyed=True,
                refuses=(*CARD_MAY_REFUSE, IdNumberRefused, NotInsured, errors.NotDesignated, errors.VisitDiffers)),
)  # fmt: skip
async def begin_visit(
    request: Call, data: JSONBody[VisitBegun], key: RequestKey = None
) -> Response[VisitView]:
    """Begin a visit with a card or an electronic card that is good now. The same number again gives the same visit."""
    here = service(request)
    programme = await here.programme()

    async def act(work: Work) -> VisitView:
        one = Registering(
            institution_id=work.actor.organisation_id, kind=data.kind, number=data.number or str(work.ids.one()),
            card_number=await number_of(work, programme, here, data.card), began_on=data.began_on,
            id_number=None if data.id_number is None else await read_id_number(work, data.id_number),
        )  # fmt: skip
        return VisitView.of(await commands.register(work, programme, one))

    async with asking_by_card(request, data.card):
        return await write(request, key, data, act, status=CREATED)


@get(VISIT, **protected("settlement.settle", "settling", "一次就诊的全部内容 · All of a visit", refuses=ONE))
async def whole_visit(request: Call, person_id: PathId, visit_id: PathId) -> WholeVisit:
    """Give a visit of one's own institution: who it is (masked), lines, the quote that holds, settlements. The look is recorded."""
    async with reading(request) as work:
        visit = await views.visit(work, work.actor.organisation_id, person_id, visit_id)
        work.record(person_id, "settlement.visit_seen", visit_id)
        named = await _patient(work, person_id)
        quoted = await views.quoted(work, visit)
        settled = [
            SettlementView.of(one, await views.bills(work, one)) for one in await views.settled(work, visit)
        ]
        lines = await views.lines(work, visit)
        listed = await insurance.items(work, {(one.item, one.served_on) for one in lines})
        return WholeVisit(
            VisitView.of(visit), Holder.of(named),
            [LineView.of(one, listed.get((one.item, one.served_on))) for one in lines],
            None if quoted is None else QuoteView.of(quoted), settled,
        )  # fmt: skip


async def _patient(work: Work, person_id: int) -> Identity:
    """Give who a visit is of: one of ours, or a guest from another province."""
    ours = (await people.identities(work, [person_id])).get(person_id)
    if ours is not None:
        return ours
    guest = await guests.guest(work, person_id)
    assert guest is not None, "a visit is of somebody of ours, or of a guest"
    return Identity(guest.name, guest.id_number, "", "")


@post(
    f"{VISIT}/lines",
    status_code=CREATED,
    **protected("settlement.settle", "settling", "上传费用明细 · Add lines", keyed=True,
                refuses=(*ONE, TransitionRefused, errors.AlreadySettled, errors.VisitDiffers)),
)  # fmt: skip
async def add_lines(
    request: Call, person_id: PathId, visit_id: PathId, data: JSONBody[LinesAdded], key: RequestKey = None
) -> Response[LinesView]:
    """Add lines to a batch, each divided by the catalogue of its day where that lists it. A line that came before changes nothing."""
    programme = await service(request).programme()

    async def act(work: Work) -> LinesView:
        at = work.actor.organisation_id
        visit = await views.visit(work, at, person_id, visit_id)
        lines = await _lines(work, commands.settling(programme, visit.kind, work.today).unlisted, data.lines)
        return LinesView(
            len(await commands.add_lines(work, programme, at, person_id, visit_id, data.batch, lines))
        )

    return await write(request, key, data, act, status=CREATED)


async def _lines(work: Work, otherwise: Literal["as_said", "own"], said: Sequence[LineBody]) -> list[Line]:
    """Give lines as the catalogue of their days lists them; what it lacks is as the rule says."""
    items = [(one.item, one.served_on or work.today) for one in said]
    listed = await insurance.items(work, set(items))
    if otherwise == "own":
        listed = {(code, on): unlisted(code, on) for code, on in items} | listed
    return [one.line_on(on, listed.get((code, on))) for one, (code, on) in zip(said, items, strict=True)]


@post(
    f"{VISIT}/lines/removal",
    status_code=OK,
    **protected("settlement.settle", "settling", "撤销费用明细 · Take lines out", keyed=True,
                refuses=(*ONE, TransitionRefused, errors.AlreadySettled)),
)  # fmt: skip
async def remove_lines(
    request: Call, person_id: PathId, visit_id: PathId, data: JSONBody[LinesTakenOut], key: RequestKey = None
) -> Response[LinesView]:
    """Take lines out of a batch that is not settled."""

    async def act(work: Work) -> LinesView:
        at = work.actor.organisation_id
        return LinesView(await commands.remove_lines(work, at, person_id, visit_id, data.batch, data.lines))

    return await write(request, key, data, act)


@post(
    f"{VISIT}/quotes",
    status_code=CREATED,
    **protected("settlement.settle", "settling", "试算 · Quote a batch or a stay", keyed=True,
                refuses=(*ONE, NotInsured, CareNotSettled, TransitionRefused, errors.NotDesignated, errors.NothingToSettle)),
)  # fmt: skip
async def quote(
    request: Call, person_id: PathId, visit_id: PathId, data: JSONBody[QuoteWanted], key: RequestKey = None
) -> Response[QuoteView]:
    """Quote a batch, or a stay as it now is: who pays what, and why, in sentences for the patient."""
    programme = await service(request).programme()

    async def act(work: Work) -> QuoteView:
        at = work.actor.organisation_id
        return QuoteView.of(await commands.quote(work, programme, at, person_id, visit_id, data.batch))

    return await write(request, key, data, act, status=CREATED)


@post(
    f"{VISIT}/settlements",
    status_code=CREATED,
    **protected("settlement.settle", "settling", "结算确认 · Confirm a quote", keyed=True,
                refuses=(*ONE, *CARD_MAY_REFUSE, errors.QuoteUnusable, errors.AlreadySettled, errors.StandingMoved,
                         errors.MessageDiffers, errors.MessageWithdrawn)),
)  # fmt: skip
async def confirm(
    request: Call, person_id: PathId, visit_id: PathId, data: JSONBody[Confirmed], key: RequestKey = None
) -> Response[SettlementView]:
    """Settle what was quoted, once. The card is judged as it stands at this moment; every refusal settles nothing."""
    here, who = service(request), actor(request)
    programme = await here.programme()
    one = Confirming(
        institution_id=who.organisation_id, number=data.number or str(here.city.database.ids.one()), person_id=person_id,
        visit_id=visit_id, quote_id=int(data.quote_id), card_number="",
    )  # fmt: skip

    async def settle(work: Work) -> Settled:
        visit = await views.visit(work, one.institution_id, person_id, visit_id)
        card = data.card
        number = await (views.card_of(work, visit) if card is None else number_of(work, programme, here, card))  # fmt: skip
        return await commands.confirm(work, programme, replace(one, card_number=number))

    async def act(work: Work) -> SettlementView:
        return _told(await settle(work))

    async with asking_by_card(request, data.card):
        number = plain_number(data.card)
        if number is None or rehearsing(request.scope):
            return await write(request, key, data, act, status=CREATED)
        async with noting_reach(request):
            return answered(await here.confirmations.ask(Waiting(
                who, replace(one, card_number=number), claim_for(request, key, data),
                lambda done: answer(_told(done), CREATED), settle,
            )))  # fmt: skip


def _told(done: Settled) -> SettlementView:
    return SettlementView.of(done.settlement, done.bills, recomputed=done.recomputed)


@post(
    f"{VISIT}/discharge",
    status_code=OK,
    **protected("settlement.settle", "settling", "办理出院 · End a stay", keyed=True,
                refuses=(*ONE, TransitionRefused, errors.NotDesignated, errors.VisitDiffers)),
)  # fmt: skip
async def discharge(
    request: Call, person_id: PathId, visit_id: PathId, data: JSONBody[Discharged], key: RequestKey = None
) -> Response[VisitView]:
    """End a stay on a day; only then it is settled."""

    async def act(work: Work) -> Visit:
        at = work.actor.organisation_id
        return await commands.discharge(work, at, person_id, visit_id, data.on or work.today)

    return await write(request, key, data, _viewed(act))


@post(
    f"{VISIT}/readmission",
    status_code=OK,
    **protected("settlement.settle", "settling", "撤销出院 · Take a discharge back", keyed=True,
                refuses=(*ONE, TransitionRefused, errors.AlreadySettled)),
)  # fmt: skip
async def readmit(
    request: Call, person_id: PathId, visit_id: PathId, key: RequestKey = None
) -> Response[VisitView]:
    """Take a discharge back that is not settled."""

    async def act(work: Work) -> Visit:
        return await commands.readmit(work, work.actor.organisation_id, person_id, visit_id)

    return await write(request, key, None, _viewed(act))


@post(
    f"{VISIT}/cancellation",
    status_code=OK,
    **protected("settlement.settle", "settling", "撤销登记 · Cancel a visit", keyed=True,
                refuses=(*ONE, TransitionRefused, errors.AlreadySettled)),
)  # fmt: skip
async def cancel(
    request: Call, person_id: PathId, visit_id: PathId, key: RequestKey = None
) -> Response[VisitView]:
    """Cancel a visit of which nothing is settled."""

    async def act(work: Work) -> Visit:
        return await commands.cancel(work, work.actor.organisation_id, person_id, visit_id)

    return await write(request, key, None, _viewed(act))


@post(
    "/settling/reversals",
    status_code=CREATED,
    **protected("settlement.settle", "settling", "冲正 · Take a settlement back", keyed=True,
                refuses=(errors.NotReversible, errors.MessageDiffers, errors.MessageWithdrawn)),
)  # fmt: skip
async def reverse(request: Call, data: JSONBody[TakenBack], key: RequestKey = None) -> Response[ReversalView]:
    """Take back what a message settled, once, exactly. Where it has not come it is barred: should it come later it is refused."""

    async def act(work: Work) -> ReversalView:
        number = data.number or str(work.ids.one())
        one = Reversing(institution_id=work.actor.organisation_id, number=number, names=data.names)
        return ReversalView(number, _shown((await commands.reverse(work, one)).settlement))

    return await write(request, key, data, act, status=CREATED)


@post(
    "/settling/messages",
    status_code=OK,
    **protected("settlement.settle", "settling", "查询报文结果 · What became of a message",
                unkeyed="it changes nothing but the audit log"),
)  # fmt: skip
async def message(request: Call, data: JSONBody[MessageAsked]) -> MessageView:
    """Tell what became of a message of one's own, also after a time-out. The look is recorded."""
    async with reading(request) as work:
        told = await views.message(work, work.actor.organisation_id, data.number)
        if told.settlement is not None:
            work.record(told.settlement.person_id, "settlement.message_seen", told.settlement.settlement_id)
        return MessageView(told.fate, _shown(told.settlement))


@get(
    "/settling/day",
    **protected("settlement.settle", "settling", "本机构一天的结算 · A day of one's own institution"),
)
async def day(request: Call, on: On = None) -> DayView:
    """Give what one's own institution settled and took back on a day, newest first, with its totals; nobody is named."""
    async with reading(request) as work:
        at, asked = work.actor.organisation_id, on or work.today
        moved = await views.day_details(work, at, asked)
        items = [SettlementView.of(one) for one in await views.day_settlements(work, at, asked)]
        left = [VisitView.of(one) for one in await views.unsettled(work, at)]
        return DayView(asked, totals(moved.values()), items, left)


def _viewed(act: Any) -> Any:
    async def acting(work: Work) -> VisitView:
        return VisitView.of(await act(work))

    return acting


def _shown(one: Settlement | None) -> SettlementView | None:
    return None if one is None else SettlementView.of(one)


HANDLERS: tuple[Any, ...] = (
    begin_visit, whole_visit, add_lines, remove_lines, quote, confirm, discharge, readmit, cancel, reverse, message, day,
)  # fmt: skip

"""A hospital settles for guests who are insured in another province: admitted, and claimed; lines and discharge as of any stay."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Response, post
from litestar.params import JSONBody
from msgspec import Meta

from shebaoka.benefits.cross_province import commands, views
from shebaoka.benefits.cross_province.errors import GuestRefused, NotSettledAway, PlaceRefused
from shebaoka.benefits.cross_province.hub import Hub
from shebaoka.benefits.cross_province.model import Admitting, Bill, Claiming, Place
from shebaoka.benefits.cross_province.states import BILL_WORDS, BillStatus
from shebaoka.benefits.settlement import errors
from shebaoka.benefits.settlement import views as settlement
from shebaoka.faces.api.areas.settling import VISIT
from shebaoka.faces.api.areas.settling_views import VisitView
from shebaoka.faces.api.calling import CREATED, Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, Code, IdNumberText, PathId, Text, read_id_number
from shebaoka.kit.partners import PartnerAnswerRefused, PartnerUnavailable
from shebaoka.kit.work import Work
from shebaoka.records.id_number import IdNumberRefused

MAY: str = "settlement.settle"


class GuestAdmitted(Body, frozen=True):
    """Somebody insured in another province comes to stay. `place`: the division that issued the card.

    `number`: the hospital's own of the stay; left out, one is given. `began_on`: default today.
    """

    place: Place
    id_number: IdNumberText
    name: Text
    card: Annotated[
        str,
        Meta(min_length=1, max_length=32, pattern="^[0-9A-Z]+$", description="外省卡号 · number of the card"),
    ]
    number: Code | None = None
    began_on: date | None = None


class GuestView(VisitView, frozen=True):
    """A guest's stay. `confirmed`: their province says that they are insured and registered; false: it does not answer.

    Who is not confirmed is admitted all the same, and settled when the hub is back.
    """

    confirmed: bool


class ClaimMade(Body, frozen=True):
    """The message that is to settle a stay that is over. `number`: of this message; left out, one is given."""

    number: Code | None = None


class ClaimView(msgspec.Struct, frozen=True):
    """A stay between provinces. `asked`: to be settled, once, whenever the hub answers; amounts are there from then on.

    `refusal`: why the insured place will not settle it; then the guest pays, and is reimbursed there.
    """

    number: str
    reference: str
    status: BillStatus
    status_zh: str
    total_fen: int | None
    fund_fen: int | None
    account_fen: int | None
    cash_fen: int | None
    settled_on: date | None
    refusal: str | None

    @classmethod
    def of(cls, one: Bill) -> ClaimView:
        """Give a bill."""
        cash = None
        if one.total_fen is not None and one.fund_fen is not None and one.account_fen is not None:
            cash = one.total_fen - one.fund_fen - one.account_fen
        return cls(
            one.number, one.reference, one.status, BILL_WORDS[one.status], one.total_fen, one.fund_fen, one.account_fen, cash,
            one.settled_on, one.refusal,
        )  # fmt: skip


class ClaimsView(msgspec.Struct, frozen=True):
    """All claims of a stay, newest first. `hub_answers`: whether the hub could be asked; if not, they wait."""

    items: list[ClaimView]
    hub_answers: bool


@post("/settling/guests", status_code=CREATED, **protected(
    MAY, "settling", "外省参保人入院 · Admit somebody insured in another province", keyed=True,
    refuses=(IdNumberRefused, PlaceRefused, NotSettledAway, GuestRefused, errors.NotDesignated, errors.VisitDiffers)))  # fmt: skip
async def admit(request: Call, data: JSONBody[GuestAdmitted], key: RequestKey = None) -> Response[GuestView]:
    """Admit a guest. The hub is asked first whether they are insured and registered; down, they are admitted, to be settled later."""
    programme, city = await service(request).programme(), service(request).city
    home = city.settings.division_code
    async with reading(request) as work:
        one = Admitting(
            institution_id=work.actor.organisation_id, number=data.number or str(work.ids.one()), place=data.place,
            id_number=await read_id_number(work, data.id_number), name=data.name, card_number=data.card,
            began_on=data.began_on,
        )  # fmt: skip
    told = await commands.ask_admitting(city.database, Hub(city.partners.hub, home), home, one)

    async def act(work: Work) -> GuestView:
        visit = VisitView.of(await commands.admit(work, programme, home, one, told))
        return GuestView(**msgspec.structs.asdict(visit), confirmed=told is not None)

    return await write(request, key, data, act, status=CREATED)


@post(f"{VISIT}/claims", status_code=CREATED, **protected(
    MAY, "settling", "提请跨省结算 · Claim a guest's stay", keyed=True,
    refuses=(*ONE, errors.QuoteUnusable, errors.NothingToSettle, errors.AlreadySettled, errors.MessageDiffers,
             errors.MessageWithdrawn)))  # fmt: skip
async def claim(
    request: Call, person_id: PathId, visit_id: PathId, data: JSONBody[ClaimMade], key: RequestKey = None
) -> Response[ClaimView]:
    """Ask for a stay that is over to be settled by the guest's own province: kept from now on, and settled once."""

    async def act(work: Work) -> ClaimView:
        return ClaimView.of(await commands.claim(work, Claiming(
            institution_id=work.actor.organisation_id, number=data.number or str(work.ids.one()), person_id=person_id,
            visit_id=visit_id,
        )))  # fmt: skip

    return await write(request, key, data, act, status=CREATED)


@post(f"{VISIT}/claims/asking", status_code=200, **protected(
    MAY, "settling", "向平台询问跨省结算结果 · How a guest's claims stand, the hub being asked at once", refuses=ONE,
    unkeyed="the hub is asked under one reference, however often"))  # fmt: skip
async def ask(request: Call, person_id: PathId, visit_id: PathId) -> ClaimsView:
    """Ask the hub at once about what waits, and tell how all claims of a stay stand. Down, nothing is lost: they wait."""
    city = service(request).city
    waiting = [
        one for one in await _claims(request, person_id, visit_id) if one.status in ("asked", "taken_back")
    ]
    answers = not waiting
    if waiting:
        hub = Hub(city.partners.hub, city.settings.division_code)
        with suppress(PartnerUnavailable, PartnerAnswerRefused):
            await commands.ask_now(city.database, hub, person_id, waiting[0].bill_id)
            answers = True
    found = await _claims(request, person_id, visit_id)
    return ClaimsView([ClaimView.of(one) for one in found], answers)


async def _claims(request: Call, person_id: int, visit_id: int) -> list[Bill]:
    async with reading(request) as work:
        visit = await settlement.visit(work, work.actor.organisation_id, person_id, visit_id)
        return [one for one in await views.bills(work, person_id) if one.visit_id == visit.visit_id]


HANDLERS: tuple[Any, ...] = (admit, claim, ask)

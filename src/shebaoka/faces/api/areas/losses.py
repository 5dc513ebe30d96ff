"""Lost cards: reported, found, told of by their bank, and cancelled."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Response, post
from litestar.params import JSONBody

from shebaoka.cards import commands, views
from shebaoka.cards.errors import (
    CancellingNotHere,
    CardChangedMeanwhile,
    CardVoid,
    LossMayNotBeLifted,
    LossMayNotBeReported,
    LossReported,
    OtherBanksCard,
)
from shebaoka.cards.model import Card, Entitlement, FinancialReport, Generation, LossReport, Outlet
from shebaoka.cards.states import Financial, Loss, Social
from shebaoka.faces.api.calling import CREATED, Call, asking_about, write
from shebaoka.faces.api.counter import (
    ACTING_MAY_REFUSE,
    ActsFor,
    CardOfAnother,
    card_and_holder,
    check_reach,
    check_who_acts,
    named_holder,
)
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, CardNumberText, IdNumberText, Text, own_institution
from shebaoka.issuing.applications.commands import end_entitlement
from shebaoka.issuing.applications.errors import NameDiffers, PersonUnknown
from shebaoka.issuing.delivery.errors import IdentityNotChecked
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.records import card_number as card_numbers
from shebaoka.records.card_number import CardNumberRefused
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.people.model import Person


class LossBody(Body, frozen=True):
    """Somebody's card is lost. `name` and `id_number`, as the caller says them, must fit the register.

    Without `card_number` the live card is meant, else the newest; `generation` names the old or the new one. A formal
    report is made with the identity document on the counter (`id_checked`). Without `acts_for` it is the holder who asks.
    """

    id_number: IdNumberText
    name: Text
    loss: Loss
    card_number: CardNumberText | None = None
    generation: Generation | None = None
    id_checked: bool = False
    acts_for: ActsFor | None = None


class LiftBody(Body, frozen=True):
    """The card is found: it and the holder's identity document lie on the counter."""

    card_number: CardNumberText
    id_number: IdNumberText
    id_checked: bool
    acts_for: ActsFor | None = None


class FinancialBody(Body, frozen=True):
    """What the card's own bank did to the account: suspended, restored (`lift`) or closed it."""

    card_number: CardNumberText
    report: FinancialReport


class CancellingBody(Body, frozen=True):
    """Somebody is entitled to a card no more, for good, and why; their identity document and the proof were seen."""

    id_number: IdNumberText
    name: Text
    why: Entitlement
    id_checked: bool


class CardState(msgspec.Struct, frozen=True):
    """A card as it now is. `lost_until`: when a temporary loss report ends by itself."""

    card_number: str
    generation: Generation
    social: Social
    financial: Financial
    loss: Loss | None
    lost_at: datetime | None
    lost_until: datetime | None
    expires_on: date | None


class CancellingAnswer(msgspec.Struct, frozen=True):
    """What came of a cancelling, and what becomes of the account on the card, to be told to the holder."""

    cards_voided: int
    applications_ended: int
    account_zh: str
    account_en: str


@post(
    "/cards/losses",
    status_code=CREATED,
    **protected(
        "card.report_loss", "cards", "挂失 · Report a card lost", keyed=True, rehearsed=True,
        refuses=(
            *ONE, IdNumberRefused, CardNumberRefused, PersonUnknown, NameDiffers, CardOfAnother, LossMayNotBeReported,
            IdentityNotChecked, CardVoid, LossReported, CardChangedMeanwhile, *ACTING_MAY_REFUSE,
        ),
    ),
)  # fmt: skip
async def report_loss(request: Call, data: JSONBody[LossBody], key: RequestKey = None) -> Response[CardState]:
    """Suspend the social-security function of a lost card, opened or not, old or new.

    A temporary report ends by itself; a formal one, also after a temporary one, does not.
    """
    programme = await service(request).programme()

    async def act(work: Work) -> CardState:
        outlet = Outlet.of(await own_institution(work))
        await check_reach(work, programme, data.id_number)
        holder = await named_holder(work, data.id_number, data.name)
        acting = await check_who_acts(work, programme, holder, data.acts_for, subject="loss")
        if data.loss == "formal" and not data.id_checked:
            raise IdentityNotChecked
        card = await _meant(work, holder, data)
        report = LossReport(card.person_id, card.card_id, data.loss, outlet)
        lost = await commands.report_loss(work, programme, report)
        work.record(card.person_id, "card.loss_asked", card.card_id, by=acting)
        return _state(lost)

    async with asking_about(request, data.id_number):
        return await write(request, key, data, act, status=CREATED)


@post(
    "/cards/lifts",
    status_code=200,
    **protected(
        "card.lift_loss", "cards", "解挂 · Lift a loss report", keyed=True, rehearsed=True,
        refuses=(
            *ONE, IdNumberRefused, CardNumberRefused, CardOfAnother, LossMayNotBeLifted, IdentityNotChecked, CardVoid,
            TransitionRefused, CardChangedMeanwhile, *ACTING_MAY_REFUSE,
        ),
    ),
)  # fmt: skip
async def lift_loss(request: Call, data: JSONBody[LiftBody], key: RequestKey = None) -> Response[CardState]:
    """Lift a loss report, temporary or formal: the card is what it was before."""
    programme = await service(request).programme()

    async def act(work: Work) -> CardState:
        outlet = Outlet.of(await own_institution(work))
        card, holder = await card_and_holder(work, data.card_number, data.id_number)
        acting = await check_who_acts(work, programme, holder, data.acts_for, subject=card.card_id)
        if not data.id_checked:
            raise IdentityNotChecked
        found = await commands.lift_loss(work, programme, card.person_id, card.card_id, outlet)
        work.record(card.person_id, "card.lift_asked", card.card_id, by=acting)
        return _state(found)

    async with asking_about(request, data.id_number):
        return await write(request, key, data, act)


@post(
    "/cards/financial-reports",
    status_code=200,
    **protected(
        "card.note_financial", "cards", "银行告知金融功能状态 · A bank tells of the financial function", keyed=True,
        refuses=(*ONE, CardNumberRefused, OtherBanksCard, CardVoid, TransitionRefused, CardChangedMeanwhile),
    ),
)  # fmt: skip
async def note_financial(
    request: Call, data: JSONBody[FinancialBody], key: RequestKey = None
) -> Response[CardState]:
    """Note what the card's own bank did to the account on its own terms; the social-security function stays as it is."""

    async def act(work: Work) -> CardState:
        outlet = Outlet.of(await own_institution(work))
        card = await _found(work, data.card_number)
        noted = await commands.note_financial(work, card.person_id, card.card_id, data.report, outlet)
        return _state(noted)

    return await write(request, key, data, act)


@post(
    "/cards/cancellations",
    status_code=200,
    **protected(
        "card.cancel", "cards", "注销社保卡（资格终止） · Cancel the cards of somebody entitled no more", keyed=True,
        refuses=(IdNumberRefused, PersonUnknown, NameDiffers, CancellingNotHere, IdentityNotChecked),
    ),
)  # fmt: skip
async def cancel(
    request: Call, data: JSONBody[CancellingBody], key: RequestKey = None
) -> Response[CancellingAnswer]:
    """Make every card of somebody void whose entitlement has ended for good, and end the live application.

    A card that is being made ends once the card bureau has answered. A death needs no cancelling: the register tells it.
    """
    programme = await service(request).programme()

    async def act(work: Work) -> CancellingAnswer:
        outlet = Outlet.of(await own_institution(work))
        holder = await named_holder(work, data.id_number, data.name)
        if not data.id_checked:
            raise IdentityNotChecked
        ended = await end_entitlement(work, programme, holder.person_id, data.why, outlet)
        told = ended.cards
        return CancellingAnswer(len(told.voided), ended.applications, told.account_zh, told.account_en)

    async with asking_about(request, data.id_number):
        return await write(request, key, data, act)


async def _meant(work: Work, holder: Person, data: LossBody) -> Card:
    if data.card_number is not None:
        card = await _found(work, data.card_number)
        if card.person_id != holder.person_id:
            raise CardOfAnother
        return card
    held = (await views.of_people(work, [holder.person_id])).get(holder.person_id, [])
    meant = views.meant(held, data.generation)
    if meant is None:
        raise NotFound("此人名下的卡 · a card of this person")
    return meant


async def _found(work: Work, card_text: str) -> Card:
    card = await views.find(work, card_numbers.parse(card_text))
    if card is None:
        raise NotFound("卡号 card number")
    return card


def _state(card: Card) -> CardState:
    return CardState(
        card.card_number, card.generation, card.social, card.financial, card.loss, card.lost_at, card.loss_until,
        card.expires_on,
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (report_loss, lift_loss, note_financial, cancel)

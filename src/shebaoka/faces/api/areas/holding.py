"""Residents and their cards, and their wards' cards: open one, report it lost, take the report back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from litestar import Response, get, post

from shebaoka.cards import commands, views
from shebaoka.cards.errors import (
    CardChangedMeanwhile,
    CardVoid,
    HolderDeceased,
    LossMayNotBeReported,
    LossNotUndone,
    LossReported,
    OutletMayNotOpen,
)
from shebaoka.cards.model import Card, LossReport, Opening, Outlet
from shebaoka.faces.api.access import RESIDENTS_ONLY
from shebaoka.faces.api.areas.people import CardView, cards_shown
from shebaoka.faces.api.calling import CREATED, Call, reading, write
from shebaoka.faces.api.counter import ACTING_MAY_REFUSE, check_who_acts
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Holder, PathId, own_institution
from shebaoka.kit.problems import NotFound, Problem, TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.registry.acting.views import reach_of
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme.programme import Programme

May = Literal["open", "report_loss", "undo_loss"]
HERE: Final = "online_platform"
"""Where residents are served: the kind of institution whose rules count for them."""
CHANGING: Final[tuple[type[Problem], ...]] = (*ONE, CardChangedMeanwhile, *ACTING_MAY_REFUSE)


class HolderCard(msgspec.Struct, frozen=True):
    """A card of the resident or a ward, and what the resident may do to it now. `undo_until`: to take a loss report back."""

    person_id: str
    holder: Holder
    card: CardView
    social_opened_at: datetime | None
    void_at: datetime | None
    lost_at: datetime | None
    undo_until: datetime | None
    may: list[May]


class HolderCards(msgspec.Struct, frozen=True):
    """One's own cards, then the wards', newest first.

    `loss_days`: after so many days a temporary loss report ends by itself; `undo_minutes`: so long it may be taken back.
    """

    items: list[HolderCard]
    loss_days: int
    undo_minutes: int


class Done(msgspec.Struct, frozen=True):
    """What became of a card. `voided`: how many other cards died of its opening."""

    card_id: str
    social: str
    voided: int
    lost_until: datetime | None


@get(
    "/family/cards",
    **protected("card.read", "family", "本人与子女的卡 · My cards and my wards'", residents=RESIDENTS_ONLY),
)
async def held(request: Call) -> HolderCards:
    """Give one's own cards and the wards', each with what may be done now. The look is recorded."""
    programme = await service(request).programme()
    async with reading(request) as work:
        reached = await reach_of(work, programme)
        found = await views.of_people(work, reached)
        identities = await people.identities(work, reached)
        owned = [(one, Holder.of(identities[one])) for one in reached]
        items = [
            await _shown(work, programme, card, holder)
            for one, holder in owned for card in reversed(found.get(one, []))
        ]  # fmt: skip
        work.record_many(
            "card.seen", [(card.person_id, card.card_id) for cards in found.values() for card in cards]
        )
        days = programme.temporary_loss_days(work.today)
        return HolderCards(items, days, programme.loss_undo_minutes(HERE, work.today))


async def _shown(work: Work, programme: Programme, card: Card, holder: Holder) -> HolderCard:
    until = await views.undo_until(work, programme, card, Outlet(HERE))
    (view,) = await cards_shown(work, [card])
    return HolderCard(
        str(card.person_id), holder, view, card.social_opened_at, card.void_at, card.lost_at, until,
        _may(card, work, undo=until is not None),
    )  # fmt: skip


def _may(card: Card, work: Work, *, undo: bool) -> list[May]:
    good = card.expires_on is None or card.expires_on >= work.today
    may: dict[May, bool] = {
        "open": good and card.generation == "new" and card.social == "unopened",
        "report_loss": good and card.loss is None and card.social != "void",
        "undo_loss": undo,
    }
    return [what for what, possible in may.items() if possible]


@post(
    "/family/cards/{card_id:int}/opening",
    status_code=CREATED,
    **protected("card.open", "family", "开通社会保障功能 · Open my card", keyed=True, residents=RESIDENTS_ONLY,
                refuses=(*CHANGING, OutletMayNotOpen, HolderDeceased, TransitionRefused)),
)  # fmt: skip
async def open_mine(request: Call, card_id: PathId, key: RequestKey = None) -> Response[Done]:
    """Open the social-security function; from this moment every other card of the holder is void, for good."""
    programme = await service(request).programme()

    async def act(work: Work) -> Done:
        card, holder = await within_reach(work, programme, card_id)
        here = await own_institution(work)
        acting = await check_who_acts(work, programme, holder, None, "open", card_id, here)
        opening = Opening(card.person_id, card_id, frozenset({"social"}), Outlet.of(here))
        opened = await commands.open_functions(work, programme, opening)
        work.record(card.person_id, "card.opening_asked", card_id, by=acting)
        return Done(str(card_id), str(opened.social), len(opened.voided), None)

    return await write(request, key, None, act, status=CREATED)


@post(
    "/family/cards/{card_id:int}/loss",
    status_code=CREATED,
    **protected("card.report_loss", "family", "口头挂失 · Report my card lost", keyed=True, residents=RESIDENTS_ONLY,
                refuses=(*CHANGING, LossMayNotBeReported, CardVoid, LossReported)),
)  # fmt: skip
async def lose_mine(request: Call, card_id: PathId, key: RequestKey = None) -> Response[Done]:
    """Report a card lost, opened or not, old or new; the report ends by itself at `lost_until`."""
    programme = await service(request).programme()

    async def act(work: Work) -> Done:
        card, holder = await within_reach(work, programme, card_id)
        acting = await check_who_acts(work, programme, holder, None, subject="loss")
        report = LossReport(card.person_id, card_id, "temporary", Outlet.of(await own_institution(work)))
        lost = await commands.report_loss(work, programme, report)
        work.record(card.person_id, "card.loss_asked", card_id, by=acting)
        return Done(str(card_id), lost.social, 0, lost.loss_until)

    return await write(request, key, None, act, status=CREATED)


@post(
    "/family/cards/{card_id:int}/loss/undoing",
    status_code=200,
    **protected("card.report_loss", "family", "撤销刚才的挂失 · Take back a loss report of a moment ago", keyed=True,
                residents=RESIDENTS_ONLY, refuses=(*CHANGING, LossNotUndone, CardVoid)),
)  # fmt: skip
async def undo_mine(request: Call, card_id: PathId, key: RequestKey = None) -> Response[Done]:
    """Take one's own report back while the rule lets one; the card is at once what it was before."""
    programme = await service(request).programme()

    async def act(work: Work) -> Done:
        card, holder = await within_reach(work, programme, card_id)
        await check_who_acts(work, programme, holder, None, subject="loss")
        outlet = Outlet.of(await own_institution(work))
        found = await commands.undo_loss(work, programme, card.person_id, card_id, outlet)
        return Done(str(card_id), found.social, 0, None)

    return await write(request, key, None, act)


async def within_reach(work: Work, programme: Programme, card_id: int) -> tuple[Card, Person]:
    """Give a card of the resident or a ward with its holder; any other is not found."""
    reached = await reach_of(work, programme)
    found = await views.of_people(work, reached)
    card = next((card for cards in found.values() for card in cards if card.card_id == card_id), None)
    if card is None:
        raise NotFound(str(card_id))
    return card, (await people.by_ids(work, [card.person_id]))[card.person_id]


HANDLERS: tuple[Any, ...] = (held, open_mine, lose_mine, undo_mine)

"""The national hub asks us about ours who are in hospital in another province: quoted, settled and taken back by its numbers."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec
from litestar import post
from litestar.params import JSONBody

from shebaoka.benefits.cross_province import commands
from shebaoka.benefits.cross_province.errors import NotRegisteredAway, NotSettledAway, PlaceRefused
from shebaoka.benefits.cross_province.model import Place, Presented, Stay
from shebaoka.benefits.insurance import views as insurance
from shebaoka.benefits.insurance.errors import CareNotSettled, NotInsured
from shebaoka.benefits.settlement.errors import (
    AlreadySettled,
    CardNotUsable,
    MessageDiffers,
    MessageWithdrawn,
    NothingToSettle,
    NotHolder,
    NotReversible,
    QuoteUnusable,
    StandingMoved,
    VisitDiffers,
)
from shebaoka.benefits.settlement.model import Number, Sums
from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, CardNumberText, IdNumberText, read_id_number
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.programme.model import Scheme, WorkStatus

MAY: str = "cross_province.ask"
REFUSES = (
    NotFound, IdNumberRefused, PlaceRefused, NotSettledAway, NotRegisteredAway, CardNotUsable, NotHolder, NotInsured,
    CareNotSettled, VisitDiffers, AlreadySettled, NothingToSettle, MessageDiffers, MessageWithdrawn, QuoteUnusable,
    StandingMoved, TransitionRefused,
)  # fmt: skip


class StayOfOurs(Body, frozen=True):
    """One of ours who was in hospital in `place`. `number`: the hub's own of this message, which makes it once."""

    number: Number
    place: Place
    id_number: IdNumberText
    card_number: CardNumberText
    stay: Stay


class TakingBack(Body, frozen=True):
    """`number` takes back what the message `names` settled for a place of care."""

    number: Number
    names: Number
    place: Place


class ShareOfOurs(msgspec.Struct, frozen=True):
    """Who pays what of a stay, in fen; the sum of the four is the whole. `on`: the day for which we count it; `place`: ours.

    `scheme`, `status`: how the patient is insured, with a quote.
    """

    outcome: Literal["quoted", "settled", "reversed", "barred"]
    number: str
    place: str
    on: date
    pooled_fen: int = 0
    supplementary_fen: int = 0
    account_fen: int = 0
    cash_fen: int = 0
    scheme: Scheme | None = None
    status: WorkStatus | None = None


@post("/hub/quotes", status_code=200, **protected(
    MAY, "benefits", "异地就医预结算 · Quote a stay of ours in another province", refuses=REFUSES,
    unkeyed="it settles nothing, and the next quote takes its place"))  # fmt: skip
async def quote(request: Call, data: JSONBody[StayOfOurs]) -> ShareOfOurs:
    """Say what we would pay now of a stay that the place of care has divided; of one that has cost nothing: whether it may begin."""
    programme, home = await service(request).programme(), service(request).city.settings.division_code
    async with reading(request) as work:
        asked = _presented(data, await read_id_number(work, data.id_number))
        found = await commands.quote_away(work, programme, home, asked)
        who = await insurance.who(work, found.person_id, data.stay.admitted_on)
        status = None if who.spell.status == "none" else who.spell.status
        share = _share("quoted", data.number, home, work.today, found.sums)
        return msgspec.structs.replace(share, scheme=who.scheme, status=status)


@post("/hub/settlements", status_code=200, **protected(
    MAY, "benefits", "异地就医结算 · Settle a stay of ours in another province", refuses=REFUSES,
    unkeyed="its number makes it once: sent again it is answered as the first time"))  # fmt: skip
async def settle(request: Call, data: JSONBody[StayOfOurs]) -> ShareOfOurs:
    """Settle a stay, once by its number."""
    programme, home = await service(request).programme(), service(request).city.settings.division_code
    async with reading(request) as work:
        asked = _presented(data, await read_id_number(work, data.id_number))
        done = (await commands.settle_away(work, programme, home, asked)).settlement
        return _share("settled", data.number, home, done.settled_on, done)


@post("/hub/reversals", status_code=200, **protected(
    MAY, "benefits", "异地就医结算冲正 · Take a settlement of ours in another province back",
    refuses=(PlaceRefused, MessageDiffers, MessageWithdrawn, NotReversible),
    unkeyed="its number makes it once: sent again it is answered as the first time"))  # fmt: skip
async def take_back(request: Call, data: JSONBody[TakingBack]) -> ShareOfOurs:
    """Take back what a message settled, once; `barred`: it had not come, and never counts from now on."""
    home = service(request).city.settings.division_code
    async with reading(request) as work:
        done = (await commands.take_back_away(work, home, data.place, data.number, data.names)).settlement
        if done is None:
            return ShareOfOurs("barred", data.number, home, work.today)
        assert done.reversed_on is not None, "it was taken back"
        return _share("reversed", data.number, home, done.reversed_on, done)


def _presented(data: StayOfOurs, id_number: str) -> Presented:
    return Presented(
        number=data.number,
        place=data.place,
        id_number=id_number,
        card_number=data.card_number,
        stay=data.stay,
    )


def _share(
    outcome: Literal["quoted", "settled", "reversed"], number: str, home: str, on: date, sums: Sums
) -> ShareOfOurs:
    return ShareOfOurs(
        outcome, number, home, on, sums.pooled_fen, sums.supplementary_fen,
        sums.current_account_fen + sums.historic_account_fen, sums.cash_fen,
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (quote, settle, take_back)

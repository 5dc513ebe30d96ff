"""Cards: is this card good now, and opening the functions of a new one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final

import msgspec
from litestar import Response, post
from litestar.params import JSONBody
from litestar.types import ASGIApp
from msgspec import Meta

from shebaoka.cards import commands
from shebaoka.cards.errors import (
    CardChangedMeanwhile,
    HolderDeceased,
    OtherBanksCard,
    OutletMayNotOpen,
)
from shebaoka.cards.model import Generation, LookUp, Opened, Opening, Outlet, Standing, Verdict
from shebaoka.cards.states import Financial, Social
from shebaoka.cards.views import standing_many
from shebaoka.faces.api.access import RESIDENTS_TOO, actor
from shebaoka.faces.api.calling import CREATED, Call, asking_about, reading, write
from shebaoka.faces.api.counter import (
    ACTING_MAY_REFUSE,
    ActsFor,
    CardOfAnother,
    card_and_holder,
    check_reach,
    check_who_acts,
)
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.hot import Ready, asking, read_body, read_json
from shebaoka.faces.api.rehearsing import rehearsing
from shebaoka.faces.api.rendering import malformed
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, CardNumberText, Code, IdNumberText, own_institution, read_id_number
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.records import card_number as card_numbers
from shebaoka.records.card_number import CardNumberRefused
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.programme.model import Function
from shebaoka.registry.programme.programme import Programme


class StandingQuestion(Body, frozen=True):
    """Which card: by its number, or the live (else newest) card of the holder of an ID number. Give one of them."""

    card_number: CardNumberText | None = None
    id_number: IdNumberText | None = None


class StandingAnswer(msgspec.Struct, frozen=True):
    """Whether the card is good now; if not, why, and a sentence for whoever stands there.

    `lost_until`: when the temporary loss report of a suspended card ends by itself.
    """

    good: bool
    reason: Verdict
    zh: str
    en: str
    generation: Generation | None
    social: Social | None
    financial: Financial | None
    lost_until: datetime | None


class OpeningBody(Body, frozen=True):
    """What is to be opened, of which card, and who stands there. Without `acts_for` it is the holder.

    `signature`: where it is found, of an opening that was signed on a pad or on paper (digest or file number; no name).
    """

    card_number: CardNumberText
    id_number: IdNumberText
    functions: Annotated[list[Function], Meta(min_length=1, max_length=2)]
    acts_for: ActsFor | None = None
    signature: Code | None = None


class OpeningAnswer(msgspec.Struct, frozen=True):
    """What was opened. `old_cards_voided`: how many cards died of it; `social_on`: the day an outlet elsewhere promised."""

    card_number: str
    social: Social
    financial: Financial
    opened: list[Function]
    old_cards_voided: int
    social_on: date | None


@post(
    "/cards/standing",
    status_code=200,
    operation_class=asking(StandingQuestion),
    **protected(
        "card.standing", "cards", "此卡现在是否有效 · Is this card good now?",
        refuses=(CardNumberRefused, IdNumberRefused), unkeyed="it changes nothing but the audit log",
        answer=StandingAnswer, rehearsed=True,
    ),
)  # fmt: skip
async def card_standing(request: Call) -> ASGIApp:
    """Tell whether a card is good now. The look has been written to the audit log when the answer comes."""
    question = read_json(await read_body(request, QUESTION_BYTES_MAX), QUESTION)
    if (question.card_number is None) == (question.id_number is None):
        raise malformed("card_number", "card_number 与 id_number 给出一项 · one of card_number and id_number")
    here, who = service(request), actor(request)
    if rehearsing(request.scope):
        return Ready(_ANSWER.encode(standing_answer(await _rehearsed(request, question))))
    if question.card_number is not None:
        look_up = LookUp(who, card_numbers.parse(question.card_number))
    else:
        look_up = LookUp(who, None, await here.read_id_number(question.id_number or ""))
    return Ready(_ANSWER.encode(standing_answer(await here.standings.ask(look_up))))


async def _rehearsed(request: Call, question: StandingQuestion) -> Standing:
    """Look within the rehearsal's own transaction: the coalesced call would not see its invented cards."""
    programme = await service(request).programme()
    async with reading(request) as work:
        if question.card_number is not None:
            look_up = LookUp(work.actor, card_numbers.parse(question.card_number))
        else:
            look_up = LookUp(work.actor, None, await read_id_number(work, question.id_number or ""))
        (found,) = await standing_many(work, programme, [look_up])
    return found


QUESTION_BYTES_MAX: Final = 4_096
QUESTION: Final = msgspec.json.Decoder(StandingQuestion)
_ANSWER: Final = msgspec.json.Encoder()


def standing_answer(found: Standing) -> StandingAnswer:
    """Give how a card stands, as the interface says it."""
    return StandingAnswer(
        found.good,
        found.reason,
        found.zh,
        found.en,
        found.generation,
        found.social,
        found.financial,
        found.lost_until,
    )


@post(
    "/cards/openings",
    status_code=CREATED,
    **protected(
        "card.open", "cards", "开通卡片功能 · Open functions of a card", keyed=True,
        refuses=(
            *ONE, CardNumberRefused, IdNumberRefused, CardOfAnother, OutletMayNotOpen, OtherBanksCard, HolderDeceased,
            TransitionRefused, CardChangedMeanwhile, *ACTING_MAY_REFUSE,
        ),
        residents=RESIDENTS_TOO, rehearsed=True,
    ),
)  # fmt: skip
async def open_card(
    request: Call, data: JSONBody[OpeningBody], key: RequestKey = None
) -> Response[OpeningAnswer]:
    """Open one or both functions of a card, all of those asked for or none.

    When the social-security function opens, every other card of the holder is void from this moment, for good.
    """
    programme = await service(request).programme()

    async def act(work: Work) -> OpeningAnswer:
        return await open_at(work, programme, data, await own_institution(work))

    async with asking_about(request, data.id_number):
        return await write(request, key, data, act, status=CREATED)


async def open_at(work: Work, programme: Programme, data: OpeningBody, here: Institution) -> OpeningAnswer:
    """Open functions of the card that lies on the counter of an institution."""
    await check_reach(work, programme, data.id_number)
    card, holder = await card_and_holder(work, data.card_number, data.id_number)
    acting = await check_who_acts(work, programme, holder, data.acts_for, "open", card.card_id, here)
    opening = Opening(card.person_id, card.card_id, frozenset(data.functions), Outlet.of(here))
    opened = await commands.open_functions(work, programme, opening)
    signed = {"signature": data.signature} if data.signature is not None else {}
    work.record(card.person_id, "card.opening_asked", card.card_id, by=acting, **signed)
    return _opened(opened, card.card_number)


def _opened(opened: Opened, card_number: str) -> OpeningAnswer:
    assert opened.social is not None
    assert opened.financial is not None
    return OpeningAnswer(
        card_number,
        opened.social,
        opened.financial,
        sorted(opened.functions),
        len(opened.voided),
        opened.social_on,
    )


HANDLERS = (card_standing, open_card)

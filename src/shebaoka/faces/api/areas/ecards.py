"""The electronic card: residents show it, terminals check it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, post
from litestar.params import JSONBody
from msgspec import Meta

from shebaoka.faces.api.access import RESIDENTS_ONLY
from shebaoka.faces.api.areas.cards import StandingAnswer, standing_answer
from shebaoka.faces.api.areas.looks import whose_of
from shebaoka.faces.api.calling import CREATED, Call, reading, write
from shebaoka.faces.api.counter import ACTING_MAY_REFUSE, check_who_acts
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, Id
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.staff.roles import ROLES
from shebaoka.service.credential import commands
from shebaoka.service.credential.errors import EcardUnavailable, NoOpenCard
from shebaoka.service.credential.model import EcardChecked, EcardWorth
from shebaoka.service.credential.words import ECARDS


class EcardWanted(Body, frozen=True):
    """Whose card. `person_id`: oneself or a ward; left out, oneself."""

    person_id: Id | None = None


class EcardShown(msgspec.Struct, frozen=True):
    """The text of the square code (docs/ecard.md), good until `expires_at`, `seconds` from now; each is another one."""

    text: str
    expires_at: datetime
    seconds: int


class EcardText(Body, frozen=True):
    """What was scanned."""

    text: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=400,
            description="扫码所得文本，以 SBE1 开头 · what was scanned; begins with SBE1",
        ),
    ]


class EcardAnswer(msgspec.Struct, frozen=True):
    """What an electronic card is worth. `good`: it is ours, in time, shown nowhere else, and its card is good now.

    `card_number` and `standing` are null unless `verdict` is `good`; to relying parties, who ask with the holder's consent, and so is `good`.
    """

    verdict: EcardWorth
    zh: str
    en: str
    good: bool | None
    card_number: str | None
    standing: StandingAnswer | None


@post(
    "/family/ecards",
    status_code=CREATED,
    **protected("ecard.show", "cards", "出示电子社保卡 · Show the electronic card", residents=RESIDENTS_ONLY,
                refuses=(*ONE, *ACTING_MAY_REFUSE, NoOpenCard, EcardUnavailable),
                unkeyed="each is another one, and lapses by itself"),
)  # fmt: skip
async def show_ecard(request: Call, data: JSONBody[EcardWanted]) -> EcardShown:
    """Give a resident's electronic card, or a ward's, for the next minute."""
    here = service(request)
    programme, key = await here.programme(), here.signing_key()
    async with reading(request) as work:
        whose = await whose_of(work, programme, None if data.person_id is None else int(data.person_id))
        holder = (await people.by_ids(work, [whose]))[whose]
        await check_who_acts(work, programme, holder, None, subject="ecard")
        made = await commands.show_ecard(work, programme, key, here.city.settings.city_digits, whose)
    return EcardShown(made.text, made.expires_at, programme.ecard(work.today).seconds)


@post(
    "/ecard-checks",
    status_code=CREATED,
    **protected("card.check_chip", "cards", "核验电子社保卡 · Check an electronic card", keyed=True,
                refuses=(EcardUnavailable,)),
)  # fmt: skip
async def check_ecard(
    request: Call, data: JSONBody[EcardText], key: RequestKey = None
) -> Response[EcardAnswer]:
    """Tell what an electronic card is worth, and how its card stands. It is this organisation's from now on."""
    here = service(request)
    programme, public = await here.programme(), here.signing_key().public

    async def act(work: Work) -> EcardAnswer:
        found = await commands.check_ecard(work, programme, public, here.city.settings.city_digits, data.text)
        return _answer(found, knows="card.standing" in ROLES[work.actor.role].may)

    return await write(request, key, data, act, status=CREATED)


def _answer(found: EcardChecked, *, knows: bool) -> EcardAnswer:
    """`knows`: whether whoever asks may know how a card stands, whoever its holder is."""
    if not knows:
        return EcardAnswer(found.verdict, *ECARDS[found.verdict], None, None, None)
    good = found.standing is not None and found.standing.good
    standing = standing_answer(found.standing) if found.standing else None
    return EcardAnswer(found.verdict, *ECARDS[found.verdict], good, found.card_number, standing)


HANDLERS: tuple[Any, ...] = (show_ecard, check_ecard)

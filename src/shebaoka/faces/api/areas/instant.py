"""Cards replaced on the spot: each step of a counter, and what is left lying."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import JSONBody, MultipartBody
from msgspec import Meta

from shebaoka.banking.connector import BankCores
from shebaoka.cards.errors import (
    CardChangedMeanwhile,
    HolderDeceased,
    OtherBanksCard,
    OutletMayNotOpen,
)
from shebaoka.cards.model import Card
from shebaoka.cards.states import Financial, Social
from shebaoka.cards.views import of_people
from shebaoka.chip.errors import ChipValueRefused
from shebaoka.faces.api.areas.applications import APPLYING_MAY_REFUSE
from shebaoka.faces.api.areas.instant_chips import Historical
from shebaoka.faces.api.areas.photos import PHOTO_BODY_BYTES_MAX
from shebaoka.faces.api.areas.showing import ApplicationView, shown, shown_with_holders
from shebaoka.faces.api.calling import CREATED, Call, asking_about, reading, write
from shebaoka.faces.api.counter import ACTING_MAY_REFUSE, ActsFor, check_who_acts, claim_of
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.rendering import malformed
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import (
    Body,
    Code,
    IdNumberText,
    Limit,
    LongText,
    PathId,
    Text,
    read_id_number,
)
from shebaoka.issuing.applications.errors import PersonDeceased
from shebaoka.issuing.applications.model import ReplacementReason
from shebaoka.issuing.delivery.errors import IdentityNotChecked, SignatureMissing
from shebaoka.issuing.instant import commands, errors, views
from shebaoka.issuing.instant.model import Asked, GivenUpBecause, ReadBack, Session
from shebaoka.issuing.instant.states import Status
from shebaoka.issuing.photos.commands import Brought
from shebaoka.issuing.photos.errors import PhotoRefused
from shebaoka.issuing.stock.errors import StockExhausted
from shebaoka.issuing.stock.model import SpoiledBecause
from shebaoka.keys.errors import CardKeyLimit, CardKeysClosed
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme.model import Function

Hex32 = Annotated[str, Meta(pattern="^[0-9A-Fa-f]{32}$", description="卡识别码 · 32 hex digits")]
Proof = Annotated[
    str,
    Meta(
        pattern="^(?:[0-9A-Fa-f]{16}|[0-9A-Fa-f]{32})$",
        description="卡片对 challenge 的内部认证答复 · the card's answer to the order's challenge, 8 or 16 bytes in hex",
    ),
]
Digest = Annotated[
    str,
    Meta(
        pattern="^[0-9A-Fa-f]{64}$",
        description="读回全部内容的 SM3 · SM3 of all that was read back, 64 hex digits",
    ),
]


class NewInstantIssue(Body, frozen=True):
    """Somebody is there whose card is to be replaced, and why. A lost card is reported lost first.

    Without `bank` (a code) the new card is of the former one's bank. `fallback_outlet`: a community centre, should the card
    have to go by post after all; a centre need not name itself. `acts_for`: who acts for the holder.
    """

    id_number: IdNumberText
    name: Text
    replacement: ReplacementReason
    mobile: Text
    address: LongText
    id_checked: bool
    bank: Code | None = None
    fallback_outlet: Code | None = None
    acts_for: ActsFor | None = None


class SpoiledBlank(Body, frozen=True):
    """What is wrong with the blank that was taken."""

    reason: Literal["misprinted", "chip_dead", "damaged", "faulty"]


class CardRead(Body, frozen=True):
    """What the machine read back of the chip that it has just written: all of it must be what was ordered.

    `proof`: what the chip answered to the order's `challenge`.
    """

    historical: Historical
    identification_code: Hex32
    digest: Digest
    proof: Proof


class HandingOver(Body, frozen=True):
    """Against an identity document that was checked and a signature that was taken."""

    id_checked: bool
    signed: bool
    acts_for: ActsFor | None = None


class InstantOpening(Body, frozen=True):
    """Who asks for the card to be opened; without `acts_for` the holder does."""

    acts_for: ActsFor | None = None


class GivingUp(Body, frozen=True):
    """Why; and whether the blank that was taken is as it was, so that it goes back into the drawer."""

    reason: GivenUpBecause
    blank_unused: bool = False


class InstantIssueView(msgspec.Struct, frozen=True):
    """A card being issued on the spot. `card_number`, `expires_on`: what the card is to say, from the blank on.

    `chip_serial`: of the chip that was given this blank's order; whoever goes on puts that one into the reader. Null: none was yet.

    `application` says the rest: `needs_photo` and `bank_refused` wait for somebody, `account_opened` for a blank.
    `abandoned`: nobody has touched it for too long. `to_open`: handed over, and only the opening is left.
    """

    application_id: str
    status: Status
    attempt: int
    card_number: str | None
    issued_on: date | None
    expires_on: date | None
    begun_at: datetime
    updated_at: datetime
    reason: str | None
    application: ApplicationView
    chip_serial: str | None = None
    abandoned: bool = False
    to_open: bool = False


class InstantOpened(msgspec.Struct, frozen=True):
    """What was opened, and how both functions now stand. `old_cards_voided`: how many cards died of it."""

    application_id: str
    opened: list[Function]
    social: Social
    financial: Financial
    old_cards_voided: int
    social_on: date | None


@get("/instant-issues", **protected("instant.issue", "instant", "本网点即时补换 · What one's own outlet has to finish"))  # fmt: skip
async def list_issues(request: Call, limit: Limit = 200) -> list[InstantIssueView]:
    """Give sessions that wait for a step, and cards handed over and not opened, longest untouched first; holders are masked."""
    programme = await service(request).programme()
    async with reading(request) as work:
        found = await views.listed(work, programme, limit)
        told = await shown_with_holders(work, [one.session.application for one in found])
        return [
            _view(one.session, view, abandoned=one.abandoned, to_open=one.to_open)
            for one, view in zip(found, told, strict=True)
        ]


@get(
    "/instant-issues/{application_id:int}",
    **protected("instant.issue", "instant", "一次即时补换 · One card replaced on the spot", refuses=ONE),
)
async def one_issue(request: Call, application_id: PathId) -> InstantIssueView:
    """Give how far one session is; its holder is masked."""
    async with reading(request) as work:
        found = await views.session(work, application_id)
        (view,) = await shown_with_holders(work, [found.application])
        return _view(found, view, to_open=await _to_open(work, found))


@post(
    "/instant-issues",
    status_code=CREATED,
    **protected("instant.issue", "instant", "受理即时补换 · Begin to replace a card on the spot", keyed=True,
                refuses=(errors.InstantNotHere, errors.InstantOtherBank, IdentityNotChecked, StockExhausted,
                         *APPLYING_MAY_REFUSE)),
)  # fmt: skip
async def begin(
    request: Call, data: JSONBody[NewInstantIssue], key: RequestKey = None
) -> Response[InstantIssueView]:
    """Begin at an outlet that issues on the spot, for whoever is there with an ID. No blank is taken yet."""
    programme = await service(request).programme()

    async def act(work: Work) -> InstantIssueView:
        asked = Asked(
            id_number=await read_id_number(work, data.id_number),
            name=data.name,
            replacement=data.replacement,
            mobile=data.mobile,
            address=data.address,
            id_checked=data.id_checked,
            bank=data.bank,
            fallback_outlet=data.fallback_outlet,
            acting=await claim_of(work, data.acts_for),
        )
        return await _shown(work, await commands.begin(work, programme, asked))

    async with asking_about(request, data.id_number):
        return await write(request, key, data, act, status=CREATED)


class PhotoTaken(msgspec.Struct, frozen=True):
    """A photo that was taken at this counter."""

    photo: UploadFile
    taken_on: date | None = None


@post(
    "/instant-issues/{application_id:int}/photo",
    status_code=200,
    request_max_body_size=PHOTO_BODY_BYTES_MAX,
    **protected("instant.issue", "instant", "现场拍照 · A photo taken at this counter", keyed=True,
                refuses=(*ONE, TransitionRefused, PhotoRefused)),
)  # fmt: skip
async def bring_photo(
    request: Call, application_id: PathId, data: MultipartBody[PhotoTaken], key: RequestKey = None
) -> Response[InstantIssueView]:
    """Go on with a photo taken here, where none is held (`needs_photo`)."""
    jpeg = await data.photo.read()
    if not jpeg:
        raise malformed("photo", "没有内容 · it is empty")

    programme = await service(request).programme()

    async def act(work: Work) -> InstantIssueView:
        brought = Brought(jpeg, data.taken_on)
        return await _shown(work, await commands.bring_photo(work, programme, application_id, brought))

    return await write(request, key, [sm3(jpeg).hex(), data.taken_on], act)


@post(
    "/instant-issues/{application_id:int}/account",
    status_code=200,
    **protected("instant.issue", "instant", "请银行开户 · Have the bank open the account", keyed=True,
                refuses=(*ONE, TransitionRefused, errors.AccountPending)),
)  # fmt: skip
async def open_account(
    request: Call, application_id: PathId, key: RequestKey = None
) -> Response[InstantIssueView]:
    """Ask the bank now. Nothing is held while it thinks, and nothing is used when it does not answer (`account-pending`).

    After a refusal (`bank_refused`) another bank may be chosen, and asked in its turn.
    """
    async with reading(request) as work:
        asked = await commands.account_question(work, application_id)
    cores = BankCores(service(request).city.partners.banks) if asked else None
    answered = await cores.open_accounts([asked]) if cores and asked else None

    async def act(work: Work) -> InstantIssueView:
        return await _shown(work, await commands.take_account(work, application_id, answered))

    return await write(request, key, None, act)


@post(
    "/instant-issues/{application_id:int}/blank",
    status_code=200,
    **protected("instant.issue", "instant", "取用空白卡 · Take a blank", keyed=True,
                refuses=(*ONE, TransitionRefused, StockExhausted, PersonDeceased, errors.InstantNotHere,
                         errors.InstantOtherBank)),
)  # fmt: skip
async def take_blank(
    request: Call, application_id: PathId, key: RequestKey = None
) -> Response[InstantIssueView]:
    """Take one blank out of the drawer and order the card on it. The last blank goes to one counter."""
    programme = await service(request).programme()

    async def act(work: Work) -> InstantIssueView:
        return await _shown(work, await commands.take_blank(work, programme, application_id))

    return await write(request, key, None, act)


@post(
    "/instant-issues/{application_id:int}/putting-back",
    status_code=200,
    **protected("instant.issue", "instant", "空白卡未用，放回 · The blank goes back as it was", keyed=True,
                refuses=(*ONE, TransitionRefused, errors.BlankBegun)),
)  # fmt: skip
async def put_back(
    request: Call, application_id: PathId, key: RequestKey = None
) -> Response[InstantIssueView]:
    """Put the blank that was taken back into the drawer; the card may be made later, or go by post."""

    async def act(work: Work) -> InstantIssueView:
        return await _shown(work, await commands.put_back(work, application_id))

    return await write(request, key, None, act)


@post(
    "/instant-issues/{application_id:int}/spoilage",
    status_code=200,
    **protected("instant.issue", "instant", "空白卡作废，另取一张 · The blank is spoiled", keyed=True,
                refuses=(*ONE, TransitionRefused)),
)  # fmt: skip
async def spoil(
    request: Call, application_id: PathId, data: JSONBody[SpoiledBlank], key: RequestKey = None
) -> Response[InstantIssueView]:
    """Book the blank that was taken as spoiled; the same application goes on with the next one."""

    async def act(work: Work) -> InstantIssueView:
        reason = SpoiledBecause(data.reason)
        return await _shown(work, await commands.spoil(work, application_id, reason))

    return await write(request, key, data, act)


@post(
    "/instant-issues/{application_id:int}/card",
    status_code=200,
    **protected("instant.issue", "instant", "制成并读回 · The card is made and was read back", keyed=True,
                refuses=(*ONE, TransitionRefused, errors.ChipNotOrdered, errors.ReadBackDiffers, errors.ChipOrderOutdated,
                         errors.ChipNotProved, ChipValueRefused, CardChangedMeanwhile, CardKeyLimit, CardKeysClosed)),
)  # fmt: skip
async def make(
    request: Call, application_id: PathId, data: JSONBody[CardRead], key: RequestKey = None
) -> Response[InstantIssueView]:
    """Take in the card whose chip was written, if what was read back is what was ordered and the chip proves that it holds its keys.

    The same again, once the card is made, is given the session as it stands.
    """
    here = service(request)
    programme = await here.programme()
    read = ReadBack(
        data.identification_code.upper(), data.historical.upper(), bytes.fromhex(data.digest), bytes.fromhex(data.proof)
    )  # fmt: skip

    async def act(work: Work) -> InstantIssueView:
        made = await commands.make(
            work, programme, here.keys, here.city.settings.division_code, application_id, read
        )
        return await _shown(work, made)

    return await write(request, key, data, act)


@post(
    "/instant-issues/{application_id:int}/hand-over",
    status_code=200,
    **protected("instant.issue", "instant", "交付卡片 · Hand the card over", keyed=True,
                refuses=(*ONE, TransitionRefused, IdentityNotChecked, SignatureMissing, PersonDeceased,
                         *ACTING_MAY_REFUSE)),
)  # fmt: skip
async def hand_over(
    request: Call, application_id: PathId, data: JSONBody[HandingOver], key: RequestKey = None
) -> Response[InstantIssueView]:
    """Hand the card over. Until it is opened the former card is what it was."""
    programme = await service(request).programme()

    async def act(work: Work) -> InstantIssueView:
        handed = await commands.hand_over(
            work, application_id, id_checked=data.id_checked, signed=data.signed
        )
        holder = await _holder(work, handed)
        await check_who_acts(work, programme, holder, data.acts_for, "collect", application_id)
        return await _shown(work, handed)

    return await write(request, key, data, act)


@post(
    "/instant-issues/{application_id:int}/opening",
    status_code=200,
    **protected("instant.issue", "instant", "开通 · Open the card", keyed=True,
                refuses=(*ONE, TransitionRefused, OutletMayNotOpen, OtherBanksCard, HolderDeceased, CardChangedMeanwhile,
                         *ACTING_MAY_REFUSE)),
)  # fmt: skip
async def open_card(
    request: Call, application_id: PathId, data: JSONBody[InstantOpening], key: RequestKey = None
) -> Response[InstantOpened]:
    """Open all that this outlet may open; the former card is void from this moment, for good.

    If it cannot be, the card stays in its holder's hand, to be opened: here later, elsewhere, or online.
    """
    programme = await service(request).programme()

    async def act(work: Work) -> InstantOpened:
        found = await views.session(work, application_id)
        holder = await _holder(work, found)
        await check_who_acts(work, programme, holder, data.acts_for, "open", found.issue.card_id or "")
        opened = await commands.open_card(work, programme, application_id)
        card = await _card(work, opened.person_id, opened.card_id)
        return InstantOpened(
            str(application_id), sorted(opened.functions), card.social, card.financial, len(opened.voided),
            opened.social_on,
        )  # fmt: skip

    return await write(request, key, data, act)


@post(
    "/instant-issues/{application_id:int}/giving-up",
    status_code=200,
    **protected("instant.issue", "instant", "放弃本次办理 · Give a session up", keyed=True,
                refuses=(*ONE, TransitionRefused, errors.BlankBegun, CardChangedMeanwhile)),
)  # fmt: skip
async def give_up(
    request: Call, application_id: PathId, data: JSONBody[GivingUp], key: RequestKey = None
) -> Response[InstantIssueView]:
    """End a session before the card is handed over: the blank is accounted for, the person may apply anew."""

    async def act(work: Work) -> InstantIssueView:
        ended = await commands.give_up(work, application_id, data.reason, blank_unused=data.blank_unused)
        return await _shown(work, ended)

    return await write(request, key, data, act)


@post(
    "/instant-issues/{application_id:int}/posting",
    status_code=200,
    **protected("instant.issue", "instant", "转为制卡邮寄 · Let the card be made and posted", keyed=True,
                refuses=(*ONE, TransitionRefused)),
)  # fmt: skip
async def send_on(
    request: Call, application_id: PathId, key: RequestKey = None
) -> Response[InstantIssueView]:
    """Let production make the card and the courier bring it; the application goes on from where it stands."""

    async def act(work: Work) -> InstantIssueView:
        return await _shown(work, await commands.send_on(work, application_id))

    return await write(request, key, None, act)


async def _holder(work: Work, session: Session) -> Person:
    person_id = session.issue.person_id
    return (await people.by_ids(work, [person_id]))[person_id]


async def _to_open(work: Work, session: Session) -> bool:
    issue = session.issue
    if issue.status != Status.HANDED_OVER or issue.card_id is None:
        return False
    return (await _card(work, issue.person_id, issue.card_id)).social in ("unopened", "lost_unopened")


async def _card(work: Work, person_id: int, card_id: int) -> Card:
    held = (await of_people(work, [person_id]))[person_id]
    return next(card for card in held if card.card_id == card_id)


async def _shown(work: Work, session: Session) -> InstantIssueView:
    (view,) = await shown(work, [session.application])
    return _view(session, view)


def _view(
    session: Session, application: ApplicationView, *, abandoned: bool = False, to_open: bool = False
) -> InstantIssueView:
    issue = session.issue
    return InstantIssueView(
        str(issue.application_id), Status(issue.status), issue.attempt, issue.card_number, issue.issued_on,
        issue.expires_on, issue.begun_at, issue.updated_at, issue.reason, application, issue.chip_serial, abandoned, to_open,
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (
    list_issues, one_issue, begin, bring_photo, open_account, take_blank, put_back,
    spoil, make, hand_over, open_card, give_up, send_on,
)  # fmt: skip

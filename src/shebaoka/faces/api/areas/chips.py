"""Cards in use: a terminal proves itself to a card, and a card to us. A copied number is not a card."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, post
from litestar.params import JSONBody
from msgspec import Meta

from shebaoka.faces.api.access import NotAuthenticated, bearer, note_refusal
from shebaoka.faces.api.areas.cards import StandingAnswer, standing_answer
from shebaoka.faces.api.calling import CREATED, Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected, public
from shebaoka.faces.api.rendering import malformed
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, CardNumberText, Id
from shebaoka.issuing.instant.errors import ChipNotOrdered
from shebaoka.keys.errors import CardKeyLimit, CardKeysClosed, CardOfAnotherCity, NoCardKeys
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.work import Work
from shebaoka.records import card_number as card_numbers
from shebaoka.records.card_number import CardNumberRefused
from shebaoka.registry.programme.model import TicketPurpose
from shebaoka.registry.staff.gatekeeper import digest_of
from shebaoka.registry.staff.roles import ROLES, allowed
from shebaoka.service.credential import commands, views
from shebaoka.service.credential.errors import (
    BlankNotWaiting,
    CardProofRefused,
    CardTicketRefused,
    PinNotReset,
)
from shebaoka.service.credential.judging import WORDS
from shebaoka.service.credential.model import Answered, Checked, PinTold, ProofWanted, Verdict

Number = Annotated[int, Meta(ge=0, le=255)]
Blocks = Annotated[
    str,
    Meta(pattern="^(?:[0-9A-Fa-f]{16}|[0-9A-Fa-f]{32})$", description="8 或 16 字节 · 8 or 16 bytes in hex"),
]
Factor = Annotated[str, Meta(pattern="^[0-9A-Fa-f]{16}$", description="分散因子 · 8 bytes in hex")]
Historical = Annotated[
    str, Meta(pattern="^[0-9A-Fa-f]{26}$", description="复位信息的历史字节 · 13 bytes in hex")
]
CodeHex = Annotated[str, Meta(pattern="^[0-9A-Fa-f]{32}$", description="卡识别码 · 16 bytes in hex")]
ALGORITHM: Final = "9F0C：01 3DES，02 SSF33，03 SM4 · as FCI tag 9F0C says it"
PROOF_BYTES: Final = {1: 8, 3: 16}
"""A challenge is one block of the card's algorithm."""


class TicketWanted(Body, frozen=True):
    """What a card is to be proved to for. `application_id`: of the session whose blank is to be written, for `personalise`.

    `card_number`: of the card whose PIN is to be reset, for `unblock`.
    """

    purpose: TicketPurpose = "read"
    application_id: Id | None = None
    card_number: CardNumberText | None = None


class TicketGiven(msgspec.Struct, frozen=True):
    """A ticket for one card, shown this once; the reader sends it as its bearer token to `/api/card-proofs`."""

    ticket: str
    expires_at: datetime


class ProofQuestion(Body, frozen=True):
    """What a card asks of its terminal: proof of a key over a challenge."""

    algorithm: Annotated[Number, Meta(description=ALGORITHM)]
    key: Annotated[Number, Meta(description="密钥编号，读卡为 10 (0A) · number of the key; 10 (0A) to read")]
    factor: Factor
    challenge: Blocks
    version: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=1_000,
                description="密钥版本，缺省为启用版本 · version of the keys; default: in force",
            ),
        ]
        | None
    ) = None


class ProofAnswer(msgspec.Struct, frozen=True):
    """The proof in hex: data of EXTERNAL AUTHENTICATE.

    `older`: where the card does not believe it (63Cx, more than one try left), ask again with this `version` of the city's keys;
    null: there is no other.
    """

    proof: str
    older: int | None


class ChallengeGiven(msgspec.Struct, frozen=True):
    """Sixteen random bytes in hex for INTERNAL AUTHENTICATE; a card whose algorithm has blocks of eight answers the first eight."""

    challenge_id: str
    challenge: str
    expires_at: datetime


class CardAnswer(Body, frozen=True):
    """What a terminal brings back of a card. `proof` null: the card gave none.

    `pin`: what the card told the terminal of the PIN. It is kept as told: only the card has seen it.
    """

    challenge_id: Id
    algorithm: Annotated[Number, Meta(description=ALGORITHM)]
    historical: Historical
    identification_code: CodeHex
    card_number: CardNumberText
    proof: Blocks | None = None
    pin: PinTold = "not_asked"


class CardChecked(msgspec.Struct, frozen=True):
    """Whether this is the card that it claims to be. `good`: it is one of ours, and good now.

    `verdict` `unbound`: an old card, whose chip is ours; which chip bears which number was not noted. `standing`: how the card
    stands, null unless its chip has proved itself. Both are null to relying parties, who ask with the holder's consent.
    """

    verdict: Verdict
    zh: str
    en: str
    good: bool | None
    standing: StandingAnswer | None


@post(
    "/card-tickets",
    status_code=CREATED,
    **protected("card.prove_reader", "cards", "领取读写卡凭证 · A ticket by which a terminal proves itself to one card",
                unkeyed="each ticket is another secret; one that nobody uses lapses by itself",
                refuses=(*ONE, BlankNotWaiting, ChipNotOrdered, CardNumberRefused, PinNotReset)),
)  # fmt: skip
async def give_ticket(request: Call, data: JSONBody[TicketWanted]) -> TicketGiven:
    """Give a ticket for one card, in the name of whoever asks: to read it, to write the blank of a session of one's own, or to reset a PIN.

    A PIN is reset of a card that is good now, its holder being there with a document.
    """
    if (data.purpose == "personalise") != (data.application_id is not None):
        raise malformed(
            "application_id",
            "写卡须给出即时补换编号，读卡不给 · give it to write a card, and not to read one",
        )
    if (data.purpose == "unblock") != (data.card_number is not None):
        raise malformed(
            "card_number",
            "重置密码须给出卡号，其他用途不给 · give it to reset a PIN, and for nothing else",
        )
    programme = await service(request).programme()
    async with reading(request) as work:
        application = None if data.application_id is None else int(data.application_id)
        if application is not None:
            allowed(work.actor, "instant.issue")
        if data.card_number is not None:
            allowed(work.actor, "card.reset_pin")
        number = None if data.card_number is None else card_numbers.parse(data.card_number)
        made = await commands.issue(
            work, programme, digest_of(bearer(request.scope)), data.purpose, application, number
        )
    return TicketGiven(made.text, made.expires_at)


@post(
    "/card-proofs",
    status_code=200,
    **public("whoever holds a ticket comes with it as the bearer token", "cards", "外部认证 · A terminal's proof to a card",
             unkeyed="the same proof again changes nothing but how often the ticket was used",
             refuses=(NotAuthenticated, CardTicketRefused, CardProofRefused, CardOfAnotherCity, NoCardKeys, CardKeyLimit, CardKeysClosed)),
)  # fmt: skip
async def prove(request: Call, data: JSONBody[ProofQuestion]) -> ProofAnswer:
    """Give the proof that a card asks for before it shows its holder. Each is counted and recorded; each refusal, too."""
    here, challenge = service(request), bytes.fromhex(data.challenge)
    if len(challenge) != PROOF_BYTES.get(data.algorithm):
        raise malformed("challenge", "随机数长度与算法不符 · the algorithm's challenges have another length")
    programme = await here.programme()
    async with here.city.database.work(SYSTEM) as work:
        ticket = await views.ticket(work, bearer(request.scope))
    wanted = ProofWanted(data.algorithm, data.key, bytes.fromhex(data.factor), challenge, data.version)
    try:
        async with here.city.database.work(ticket.asker) as work:
            made = await commands.prove(work, programme, here.keys, ticket, wanted)
            return ProofAnswer(made.proof.hex().upper(), made.older)
    except (CardProofRefused, CardTicketRefused, CardOfAnotherCity, NoCardKeys) as refused:
        await note_refusal(here, ticket.asker, f"card_ticket:{ticket.ticket_id}", why=refused.slug)
        raise


@post(
    "/card-challenges",
    status_code=CREATED,
    **protected("card.check_chip", "cards", "领取验卡随机数 · A challenge for a card",
                unkeyed="each challenge is another one; one that nobody answers lapses by itself"),
)  # fmt: skip
async def give_challenge(request: Call) -> ChallengeGiven:
    """Give a challenge that whoever asks lets one card answer, once and soon."""
    programme = await service(request).programme()
    async with reading(request) as work:
        made = await commands.challenge(work, programme)
    return ChallengeGiven(str(made.challenge_id), made.challenge.hex().upper(), made.expires_at)


@post(
    "/card-checks",
    status_code=CREATED,
    **protected("card.check_chip", "cards", "验卡 · Check a card's answer", keyed=True,
                refuses=(*ONE, CardNumberRefused, CardKeyLimit, CardKeysClosed)),
)  # fmt: skip
async def check(request: Call, data: JSONBody[CardAnswer], key: RequestKey = None) -> Response[CardChecked]:
    """Tell whether the chip is the card that it claims to be, and how that card stands. The challenge is used up."""
    here = service(request)
    programme = await here.programme()
    shown = Answered(
        int(data.challenge_id), data.algorithm, bytes.fromhex(data.historical), bytes.fromhex(data.identification_code),
        card_numbers.parse(data.card_number), None if data.proof is None else bytes.fromhex(data.proof), data.pin,
    )  # fmt: skip

    async def act(work: Work) -> CardChecked:
        found = await commands.check(work, programme, here.keys, shown)
        return _checked(found, knows="card.standing" in ROLES[work.actor.role].may)

    return await write(request, key, data, act, status=CREATED)


def _checked(found: Checked, *, knows: bool) -> CardChecked:
    """Tell what came of it. `knows`: whether whoever asks may know how a card stands, whoever its holder is."""
    standing = standing_answer(found.standing) if knows and found.standing else None
    return CardChecked(found.verdict, *WORDS[found.verdict], found.good if knows else None, standing)


HANDLERS: tuple[Any, ...] = (give_ticket, prove, give_challenge, check)

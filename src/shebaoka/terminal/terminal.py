"""What a hospital's, pharmacy's or counter's program does with a card: read → verify the holder → settle.

    with terminal_at(proves=[ring.prove]) as terminal:
        card = terminal.read()
        terminal.verify_holder(Pin("123456"))
        answer = terminal.settle(settlement, message_number="H1-0001", content={...})

What settles is handed in (`Settlement`). Once the card was out, all begins anew.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Final, Protocol, TypeAlias, TypeVar

import msgspec
from msgspec import Meta

from shebaoka.chip import commands, proofs
from shebaoka.chip.apdu import Command, Transmit
from shebaoka.chip.errors import WRONG_TRIES_LEFT, ChipRefused
from shebaoka.chip.reading import CardRead, Prove, about, begin, with_holder
from shebaoka.terminal import pcsc
from shebaoka.terminal.errors import (
    CardCopied,
    CardUnproved,
    HolderDiffers,
    HolderUnread,
    HolderUnverified,
    PinBlocked,
    PinWrong,
)

BLOCKED: Final = 0x6983
TRIES_SPARED: Final = 2
"""With fewer tries left a card's key is not tried any further: it would be blocked for good."""
A_co = TypeVar("A_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Pin:
    """The holder types their number: four to twelve digits."""

    digits: str


@dataclass(frozen=True, slots=True)
class FaceToFace:
    """Somebody looks at the holder and at their document, and types the document's number. `document`: which kind it is."""

    id_number: str
    document: str = "resident_identity_card"


Shown: TypeAlias = Pin | FaceToFace


class CardProof(msgspec.Struct, frozen=True):
    """What a card answered to a challenge: only the card with this factor and the city's key can."""

    algorithm: Annotated[
        int, Meta(description="卡片算法：1 为 3DES，3 为 SM4 · the card's algorithm: 1 triple DES, 3 SM4")
    ]
    factor: Annotated[str, Meta(description="分散因子，16 位十六进制 · the card's factor, 16 hex digits")]
    challenge: Annotated[str, Meta(description="随机数，十六进制 · the challenge, in hex")]
    proof: Annotated[str, Meta(description="卡片对随机数的答复，十六进制 · the card's answer to it, in hex")]


class SettlementRequest(msgspec.Struct, frozen=True):
    """What a settlement is asked with: which card, proved how, whose holder was verified how, and what is settled."""

    message_number: Annotated[
        str,
        Meta(
            description="发送方报文编号；重发时不变 · the sender's message number, the same when sent again"
        ),
    ]
    card_number: Annotated[str, Meta(description="卡号 · card number")]
    identification_code: Annotated[
        str, Meta(description="卡识别码，32 位十六进制 · identification code, 32 hex digits")
    ]
    card_version: Annotated[str, Meta(description="规范版本 · version of the card's specification")]
    id_number: Annotated[str, Meta(description="社会保障号码 · social security number")]
    card_proof: Annotated[CardProof, Meta(description="内部认证的结果 · the card's internal authentication")]
    verified_by: Annotated[
        str,
        Meta(description="持卡人核验方式：pin 或 document · how the holder was verified: pin or document"),
    ]
    document: Annotated[
        str,
        Meta(
            description="核验所用证件种类，密码核验时为空 · kind of the document that was seen; empty with a PIN"
        ),
    ]
    content: Annotated[
        Mapping[str, Any],
        Meta(description="结算内容，由结算系统规定 · what is settled, as the settlement system defines it"),
    ]


class Settlement(Protocol[A_co]):
    """The system that settles, as a terminal sees it."""

    def challenge(self, length: int) -> bytes:
        """Give random bytes that only this settlement knows and takes once: 8 for triple DES, 16 for SM4."""

    def settle(self, request: SettlementRequest) -> A_co:
        """Settle, and answer. The same message number is settled once."""


class Terminal:
    """One card in one reader, from power-on to power-off."""

    def __init__(self, transmit: Transmit, atr: bytes, proves: Iterable[Prove] = ()) -> None:
        """`proves`: how this terminal proves that it may read the holder; without any only what is read freely.

        Several are for a city that has changed its keys: a card does not say of which it is, so they are tried in turn.
        """
        self._talk = begin(transmit, atr)
        self._proves = proves
        self._card: CardRead | None = None
        self._verified: Shown | None = None
        self._believed: Prove | None = None

    def read(self) -> CardRead:
        """Read the card.

        Raises CardCopied before anything is proved to it, ChipUnreadable, ChipRefused, and what `proves` refuse with.
        """
        card = about(self._talk)
        if not card.genuine_code:
            raise CardCopied(card_number=card.card_number)
        self._card = self._with_holder(card)
        return self._card

    def _with_holder(self, card: CardRead) -> CardRead:
        ways = iter(self._proves)
        prove = next(ways, None)
        while prove is not None:
            try:
                found = with_holder(self._talk, card, prove)
            except ChipRefused as refused:
                prove = next(ways, None) if _tries_left(refused) >= TRIES_SPARED else None
                if prove is None:
                    raise
            else:
                self._believed = prove
                return found
        return card

    def verify_holder(self, shown: Shown) -> None:
        """Verify that whoever stands here is the holder.

        Raises PinWrong (with the tries that are left), PinBlocked, HolderDiffers, HolderUnread.
        """
        self._verified = None
        if isinstance(shown, Pin):
            self._pin(commands.verify_pin(shown.digits))
        else:
            holder = self._read_holder().id_number or ""
            if not hmac.compare_digest(holder.encode(), shown.id_number.upper().encode()):
                raise HolderDiffers
        self._verified = shown

    def change_pin(self, old: str, new: str) -> None:
        """Give the holder another number. Raises PinWrong, PinBlocked, ChipValueRefused."""
        self._pin(commands.change_pin(old, new))

    def reset_pin(self, new: str) -> None:
        """Give the holder another number, blocked or not, when their document was seen: by the keys that read the card.

        Raises HolderUnverified, ChipRefused when the card does not believe the proof, ChipValueRefused, and what `proves` refuse with.
        """
        if not isinstance(self._verified, FaceToFace):
            raise HolderUnverified
        assert self._believed, "whose document was compared was read"
        commands.pin_bytes(new)
        self._talk.unblock_pin(new, self._believed)

    def card_proof(self, challenge: bytes) -> CardProof:
        """Let the card prove itself against a challenge: whoever has the city's key holds the answer against it.

        Of a longer challenge the card answers the beginning.
        """
        talk, asked = self._talk, challenge[: self.challenge_bytes]
        answer = talk.ask(commands.internal_authenticate(proofs.CARD_KEY, asked, len(asked)))
        proof = answer.expect("内部认证 · INTERNAL AUTHENTICATE")
        return CardProof(talk.algorithm, talk.reset.factor.hex(), asked.hex(), proof.hex())

    def check_card(self, challenge: bytes, prove: Prove) -> None:
        """Hold the card's proof against our own, where this terminal has the key. `challenge`: random. Raises CardUnproved."""
        given = self.card_proof(challenge)
        factor = self._talk.reset.factor
        expected = prove(given.algorithm, proofs.CARD_KEY, factor, bytes.fromhex(given.challenge))
        if not hmac.compare_digest(bytes.fromhex(given.proof), expected):
            raise CardUnproved

    @property
    def challenge_bytes(self) -> int:
        """Give how long a challenge for this card is."""
        return proofs.CHALLENGE_BYTES[self._talk.algorithm]

    def settle(
        self, settlement: Settlement[A_co], *, message_number: str, content: Mapping[str, Any]
    ) -> A_co:
        """Let a system settle for the verified holder of this card.

        Raises HolderUnverified, HolderUnread, CardTorn when the card has left meanwhile, and what the system refuses with.
        """
        if self._verified is None:
            raise HolderUnverified
        card, shown = self._read_holder(), self._verified
        proof = self.card_proof(settlement.challenge(self.challenge_bytes))
        return settlement.settle(SettlementRequest(
            message_number=message_number, card_number=card.card_number, id_number=card.id_number or "",
            identification_code=card.identification_code.hex().upper(), card_version=card.version, card_proof=proof,
            verified_by="pin" if isinstance(shown, Pin) else "document",
            document="" if isinstance(shown, Pin) else shown.document, content=content,
        ))  # fmt: skip

    def _read_holder(self) -> CardRead:
        card = self._card or self.read()
        if card.id_number is None:
            raise HolderUnread
        return card

    def _pin(self, command: Command) -> None:
        try:
            self._talk.ask(command).expect("密码 · PIN")
        except ChipRefused as refused:
            left = _tries_left(refused)
            if left:
                raise PinWrong(tries_left=left) from None
            if refused.status_word in (BLOCKED, WRONG_TRIES_LEFT):
                raise PinBlocked from None
            raise


def _tries_left(refused: ChipRefused) -> int:
    """Give how often something may still be tried after a wrong try; 0 also for any other refusal."""
    wrong = refused.status_word & 0xFFF0 == WRONG_TRIES_LEFT
    return refused.status_word & 0x0F if wrong else 0


@contextmanager
def terminal_at(reader: str | None = None, proves: Iterable[Prove] = ()) -> Iterator[Terminal]:
    """Be alone with the card in a reader (without a name: the only one, or the only one with a card).

    Raises the refusals of `errors`.
    """
    with pcsc.service() as service, service.card(service.chosen(reader)) as card:
        yield Terminal(card.transmit, card.atr, proves)

"""The electronic card: a short-lived token in a square code that stands for an open card, signed with SM2. Ours (docs/ecard.md). Pure.

It names the card, never its holder. Terminals verify it online, or offline by the city's public key and the status list.
"""

from __future__ import annotations

import base64
import binascii
import struct
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple

from shebaoka.kit.sm2 import SIGNATURE_BYTES, PublicKey, SecretKey
from shebaoka.records import card_number as card_numbers
from shebaoka.records.card_number import CardNumberRefused
from shebaoka.records.status_list import Presented, signer

MAGIC: Final = "SBE1"
"""What the text begins with, and the signed bytes too: a signature under a status list is none under a token."""
BODY: Final = struct.Struct(">2s9sQIHH8s")
VERSION: Final = "3.00"
"""An electronic card stands for a new card."""
TEXT_LENGTH: Final = len(MAGIC) + -(-(BODY.size + SIGNATURE_BYTES) * 8 // 5)

EcardVerdict = Literal["good", "unreadable", "other_city", "forged", "expired", "ahead"]
SAID: Final[dict[EcardVerdict, tuple[str, str]]] = {
    "good": ("电子社保卡签名有效，在有效时间内", "The electronic card is signed by the city and in time"),
    "unreadable": (
        "不是完整的电子社保卡，请重新扫码",
        "This is no electronic card, or not a whole one: scan it again",
    ),
    "other_city": (
        "不是本市的电子社保卡，请改用实体卡或身份证件",
        "Another city's electronic card: use the card itself or an ID document",
    ),
    "forged": (
        "电子社保卡签名不符，疑似伪造：请改用实体卡核验，并报告卡中心",
        "The signature does not fit, which may be a forgery: check the card itself, and tell the card centre",
    ),
    "expired": (
        "电子社保卡已过有效时间，请持卡人刷新后重新扫码",
        "The electronic card's time is over: let the holder show a new one",
    ),
    "ahead": (
        "电子社保卡的签发时间晚于本机时间，请校准本机时钟",
        "The electronic card is later than this machine's clock: set the clock",
    ),
}


class Ecard(NamedTuple):
    """What a token says. `clock_seconds`: how far the clock of a terminal that is offline may be off."""

    city: str
    card_number: str
    token_id: int
    issued_at: datetime
    seconds: int
    clock_seconds: int

    @property
    def expires_at(self) -> datetime:
        """When it is good no more."""
        return self.issued_at + timedelta(seconds=self.seconds)

    @property
    def presented(self) -> Presented:
        """Give the card as a status list looks it up."""
        return Presented(self.card_number, VERSION, self.city)


class Seen(NamedTuple):
    """What a terminal thinks of a token; `ecard` is there unless nothing of it could be believed."""

    verdict: EcardVerdict
    ecard: Ecard | None = None


def write(key: SecretKey, ecard: Ecard) -> str:
    """Give the text for the square code: `SBE1` and base 32, which square codes hold in little room. `issued_at`: in whole seconds."""
    body = BODY.pack(
        bytes.fromhex(ecard.city), ecard.card_number.encode("ascii"), ecard.token_id, int(ecard.issued_at.timestamp()),
        ecard.seconds, ecard.clock_seconds, signer(key.public),
    )  # fmt: skip
    return MAGIC + base64.b32encode(body + key.sign(MAGIC.encode() + body)).decode().rstrip("=")


def check(text: str, key: PublicKey, city: str, now: datetime, *, online: bool = False) -> Seen:
    """Say what a token is worth at a moment. `online`: by the clock that made it, which is not off.

    Whatever the text, there is a verdict; nothing is raised.
    """
    raw = _raw(text)
    if raw is None:
        return Seen("unreadable")
    body, signature = raw[: BODY.size], raw[BODY.size :]
    if not key.verify(MAGIC.encode() + body, signature):
        return Seen("other_city" if body[:2].hex() != city else "forged")
    found = _said(body)
    if found is None:
        return Seen("unreadable")
    if found.city != city:
        return Seen("other_city")
    off = timedelta(seconds=0 if online else found.clock_seconds)
    if now >= found.expires_at + off:
        return Seen("expired", found)
    return Seen("ahead" if now < found.issued_at - off else "good", found)


def _raw(text: str) -> bytes | None:
    squeezed = "".join(text.split())
    if len(squeezed) != TEXT_LENGTH or not squeezed.startswith(MAGIC):
        return None
    coded = squeezed[len(MAGIC) :]
    try:
        raw = base64.b32decode(coded + "=" * (-len(coded) % 8))
    except (binascii.Error, ValueError):
        return None
    # Of two texts for the same bytes one is none: what was shown is known by its text.
    return raw if base64.b32encode(raw).decode().rstrip("=") == coded else None


def _said(body: bytes) -> Ecard | None:
    city, number, token_id, issued_at, seconds, clock_seconds, _ = BODY.unpack(body)
    try:
        card_number = card_numbers.parse(number.decode("ascii"))
    except (UnicodeDecodeError, CardNumberRefused):
        return None
    moment = datetime.fromtimestamp(issued_at, UTC)
    return Ecard(city.hex(), card_number, token_id, moment, seconds, clock_seconds)

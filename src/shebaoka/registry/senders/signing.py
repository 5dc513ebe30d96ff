"""How a message is signed. Pure: whoever sends uses it too."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final, NamedTuple

from shebaoka.registry.senders.model import NONCE_MAX

HEADERS: Final = ("x-tif-paasid", "x-tif-timestamp", "x-tif-nonce", "x-tif-signature")
TIMESTAMP_DIGITS: Final = 10


class Signed(NamedTuple):
    """What a message's headers say."""

    paasid: str
    timestamp: str
    nonce: str
    signature: str

    def headers(self) -> dict[str, str]:
        """Give them as headers."""
        return dict(zip(HEADERS, self, strict=True))

    def fits(self, secret: bytes) -> bool:
        """Tell whether the signature is that of a secret, in the same time whatever it is."""
        return hmac.compare_digest(signature(secret, self.timestamp, self.nonce), self.signature.lower().encode())  # fmt: skip


def signature(secret: bytes, timestamp: str, nonce: str) -> bytes:
    """Give SHA-256 over timestamp, secret, nonce and timestamp, in hex."""
    mixed = b"".join((timestamp.encode(), secret, nonce.encode(), timestamp.encode()))
    return hashlib.sha256(mixed).hexdigest().encode()


def sign(paasid: str, secret: bytes, timestamp: int, nonce: str) -> Signed:
    """Give what a message carries that is sent now."""
    at = str(timestamp)
    return Signed(paasid, at, nonce, signature(secret, at, nonce).decode())


def said(headers: Mapping[str, str]) -> Signed | None:
    """Read a message's headers; None where one is missing or cannot be what it should be."""
    found = Signed(*(headers.get(name, "").strip() for name in HEADERS))
    sound = (
        all(found)
        and all(part.isascii() for part in found)
        and found.timestamp.isdigit()
        and len(found.timestamp) == TIMESTAMP_DIGITS
        and len(found.nonce) <= NONCE_MAX
    )
    return found if sound else None

"""Application keys on their way to the card bureau: sealed for its SM2 key, for one batch. Pure.

The seal keeps them from everybody else; it does not say who sealed them: the batch's file, which names the package's SM3, is signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from shebaoka.chip.proofs import KEY_BYTES
from shebaoka.keys.errors import PackageRefused
from shebaoka.keys.hierarchy import Ring
from shebaoka.kit.sm import SealBroken
from shebaoka.kit.sm2 import PublicKey, SecretKey

FORMAT: Final = "shebaoka bureau keys 1"
Hex = Annotated[str, Meta(pattern=f"^[0-9a-f]{{{2 * KEY_BYTES}}}$")]


@dataclass(frozen=True, slots=True)
class Package:
    """The keys for so many cards of one batch."""

    batch_id: int
    cards: int
    ring: Ring


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is sealed."""

    format: str
    batch_id: int
    cards: int
    city: Annotated[str, Meta(pattern="^[0-9]{4}$")]
    version: int
    keys: list[tuple[int, int, Hex]]
    """Algorithm, number, key."""


def sealed(package: Package, recipient: PublicKey) -> bytes:
    """Seal a package; each time to other bytes."""
    ring = package.ring
    keys = [(algorithm, number, key.hex()) for (algorithm, number), key in ring.keys.items()]
    content = Content(FORMAT, package.batch_id, package.cards, ring.city, ring.version, keys)
    return recipient.seal(msgspec.json.encode(content))


def open_package(secret: SecretKey, package: bytes, batch_id: int) -> Ring:
    """Open a package of one batch; PackageRefused for another's, for one sealed for somebody else, changed or cut."""
    try:
        content = msgspec.json.decode(secret.open(package), type=Content)
    except (SealBroken, ValueError) as error:
        raise PackageRefused(f"{batch_id}") from error
    if content.format != FORMAT or content.batch_id != batch_id:
        raise PackageRefused(f"{content.batch_id} ≠ {batch_id}")
    keys = {(algorithm, number): bytes.fromhex(key) for algorithm, number, key in content.keys}
    return Ring(content.city, keys, content.version)

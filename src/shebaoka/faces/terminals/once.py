"""A sender's message is done once: sent again it is answered the same, byte for byte."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable

from shebaoka.benefits.settlement.errors import MessageDiffers
from shebaoka.kit.requests import Answer, RequestKeyReused
from shebaoka.kit.requests import once as claimed_once
from shebaoka.kit.work import Work

Act = Callable[[Work], Awaitable[bytes]]


async def done(work: Work, interface: str, number: str, content: bytes, act: Act) -> bytes:
    """Give what `act` answers, or answered when the sender's message came before. Raises MessageDiffers for another content.

    The answer is kept with the message, sealed, for it names people. A refusal keeps nothing: it may be sent again.
    """
    place = f"terminals:{interface}:{work.actor.organisation_id}:{number}"

    async def acting() -> Answer:
        return Answer(200, {"sealed": b64encode(work.vault.seal(await act(work), place)).decode()})

    digest = work.vault.digest("message", content.decode())
    try:
        kept = await claimed_once(work, f"terminals {interface}", number, digest, acting)
    except RequestKeyReused:
        raise MessageDiffers(number) from None
    return work.vault.open(b64decode(kept.document["sealed"]), place)

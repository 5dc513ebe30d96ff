"""A sender's message is done once: sent again it is answered the same, byte for byte."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from typing import Any, Final

from shebaoka.benefits.settlement.errors import MessageDiffers, MessageWithdrawn
from shebaoka.kit import requests
from shebaoka.kit.problems import Problem
from shebaoka.kit.requests import Answer, Claim, RequestKeyReused
from shebaoka.kit.work import Work

Act = Callable[[Work], Awaitable[bytes | Problem]]
WITHDRAWN: Final = "withdrawn_by"


async def done(work: Work, interface: str, number: str, content: bytes, act: Act) -> bytes:
    """Give what `act` answers, or answered when the sender's message came before.

    Raises MessageDiffers for another content, MessageWithdrawn. The answer is kept with the message, sealed, for it names
    people. A refusal keeps nothing: it may be sent again.
    """
    place = _place(work, interface, number)

    async def acting() -> Answer:
        answer = await act(work)
        if isinstance(answer, Problem):  # What is done once is done or refused: a refusal keeps nothing.
            raise answer
        return Answer(200, {"sealed": b64encode(work.vault.seal(answer, place)).decode()})

    claim = _claim(work, interface, number, content.decode())
    try:
        kept = await requests.once(work, claim, acting)
    except RequestKeyReused:
        before = await requests.kept(work, claim)
        raise (MessageWithdrawn if WITHDRAWN in before else MessageDiffers)(number) from None
    return _opened(work, kept.document, place)


async def withdraw(work: Work, interface: str, number: str, by: str) -> bytes | None:
    """Bar a message that has not come, and give None; or give what one that came was answered. Raises MessageWithdrawn."""

    async def barring() -> Answer:
        return Answer(200, {WITHDRAWN: by})

    claim = _claim(work, interface, number, f"{WITHDRAWN} {by}")
    try:
        await requests.once(work, claim, barring)
    except RequestKeyReused:
        before = await requests.kept(work, claim)
        if WITHDRAWN in before:
            raise MessageWithdrawn(number) from None
        return _opened(work, before, _place(work, interface, number))
    return None


def _claim(work: Work, interface: str, number: str, content: str) -> Claim:
    digest = work.vault.digest("message", content)
    return requests.claim_of(f"terminals {interface}", work.actor.organisation_id, number, digest)


def _place(work: Work, interface: str, number: str) -> str:
    return f"terminals:{interface}:{work.actor.organisation_id}:{number}"


def _opened(work: Work, document: dict[str, Any], place: str) -> bytes:
    return work.vault.open(b64decode(document["sealed"]), place)

"""The national hub (docs/partners.md): asked what other provinces pay for their people in our hospitals, and what a day held."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import date
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from shebaoka.benefits.cross_province.model import Presented, Share
from shebaoka.kit.partners import Partner, PartnerAnswerRefused, PartnerUnavailable
from shebaoka.registry.programme.model import Scheme, WorkStatus

Answer = TypeVar("Answer")
COUNTER_SECONDS = 8.0
"""How long a hospital's clerk waits for the hub; a patient's bill waits longer without them."""


class Settled(Share, frozen=True, kw_only=True, tag="settled", tag_field="outcome"):
    """The insured place has settled; `on`: the day for which it counts it."""

    on: date


class Quoted(Share, frozen=True, kw_only=True, tag="quoted", tag_field="outcome"):
    """What it would pay now, and how the patient is insured there."""

    scheme: Scheme | None = None
    status: WorkStatus | None = None


class Refused(Struct, frozen=True, tag="refused", tag_field="outcome"):
    """It will not, and why: a sentence for the patient."""

    reason: str


class Reversed(Struct, frozen=True, tag="reversed", tag_field="outcome"):
    """What was settled is taken back."""

    on: date


class Barred(Struct, frozen=True, tag="barred", tag_field="outcome"):
    """Nothing was settled under that reference, and nothing ever will be."""


class Message(Struct, frozen=True, kw_only=True):
    """One message of a day, as the hub has it; a reversal is negative."""

    number: str
    province: int
    total_fen: int
    fund_fen: int
    account_fen: int
    cash_fen: int


class Reversal(Struct, frozen=True):
    """`reference` takes back what `names` settled in a province."""

    reference: str
    names: str
    place: str


class Hub:
    """Asks the hub; the same references may be sent any number of times. Raises PartnerUnavailable, PartnerAnswerRefused."""

    def __init__(self, partner: Partner, home: str) -> None:
        self._partner = partner
        self._home = home

    async def quote(self, one: Presented) -> Quoted | Refused:
        """Ask what a stay would come to; nothing is kept."""
        document = await self._partner.post("/v1/quotes", _item(one))
        quoted: Quoted | Refused = _read(document, Quoted | Refused)
        return quoted

    async def settle(self, on: date, several: Sequence[Presented]) -> dict[str, Settled | Refused]:
        """Settle stays, each once by its number (`on`: today). Who is not answered, or not by the interface, is left out."""
        answers = await self._partner.batch(
            "/v1/settlements", [_item(one) for one in several], on=str(on), care_place=self._home
        )
        return _each(answers, Settled | Refused)

    async def reverse(self, on: date, several: Sequence[Reversal]) -> dict[str, Reversed | Barred]:
        """Take settlements back, each once; one that never came is barred."""
        answers = await self._partner.batch(
            "/v1/reversals", [msgspec.to_builtins(one) for one in several], on=str(on), care_place=self._home
        )
        return _each(answers, Reversed | Barred)

    async def day(self, on: date) -> list[Message]:
        """Give all messages of a day that concern us, both ways."""
        document = await self._partner.get(f"/v1/days/{on}", place=self._home)
        messages: list[Message] = _read(document.get("messages"), list[Message])
        return messages


async def at_once(asked: Awaitable[Answer]) -> Answer:
    """Give what the hub answers while somebody waits at a counter. Raises PartnerUnavailable after `COUNTER_SECONDS`."""
    try:
        async with asyncio.timeout(COUNTER_SECONDS):
            return await asked
    except TimeoutError:
        raise PartnerUnavailable(f"national hub: no answer within {COUNTER_SECONDS} s") from None


def _item(one: Presented) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(one)
    return {"reference": document.pop("number"), **document}


def _each(answers: dict[str, dict[str, Any]], kinds: Any) -> dict[str, Any]:
    read = {}
    for reference, answer in answers.items():
        try:
            read[reference] = msgspec.convert(answer, kinds)
        except msgspec.ValidationError:
            continue
    return read


def _read(document: Any, kinds: Any) -> Any:
    try:
        return msgspec.convert(document, kinds)
    except msgspec.ValidationError as error:
        raise PartnerAnswerRefused(f"national hub: {error}") from error

"""Production: the board of batches, the cards that failed for good, and where the bureau's answers did not fit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import get

from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import protected
from shebaoka.faces.api.wire import Limit
from shebaoka.issuing.production import views
from shebaoka.issuing.production.model import DifferenceKind
from shebaoka.issuing.production.states import BatchStatus


class Batch(msgspec.Struct, frozen=True):
    """A batch of cards and what became of them."""

    batch_id: str
    status: BatchStatus
    cards: int
    made: int
    failed: int
    outstanding: int
    file_name: str | None
    opened_at: datetime
    written_at: datetime | None
    answered_at: datetime | None
    age_days: int


class Board(msgspec.Struct, frozen=True):
    """Batches, newest first."""

    items: list[Batch]


class FailedCard(msgspec.Struct, frozen=True):
    """A card that failed for good: a person must look at it."""

    order_id: str
    application_id: str
    batch_id: str
    attempt: int
    card_number: str
    failed_stage: str
    failed_reason: str
    failed_at: datetime
    age_days: int


class FailedCards(msgspec.Struct, frozen=True):
    """Cards that failed for good, oldest first."""

    items: list[FailedCard]


class Difference(msgspec.Struct, frozen=True):
    """Where a line of the bureau's answer did not fit what was ordered."""

    file_name: str
    ordinal: int
    kind: DifferenceKind
    card_number: str
    detail: str
    found_at: datetime


class Differences(msgspec.Struct, frozen=True):
    """Where the bureau's answers did not fit what was ordered, newest first."""

    items: list[Difference]


@get("/production/board", **protected("production.run", "production", "制卡批次 · The board of batches"))
async def board(request: Call, limit: Limit = 200) -> Board:
    """Give the batches with what became of their cards."""
    async with reading(request) as work:
        lines = await views.board(work, limit)
    return Board([
        Batch(str(one.batch_id), one.status, one.cards, one.made, one.failed, one.outstanding, one.file_name,
              one.opened_at, one.written_at, one.answered_at, one.age_days)
        for one in lines
    ])  # fmt: skip


@get(
    "/production/exceptions",
    **protected("production.run", "production", "制卡失败 · Cards that failed for good"),
)
async def exceptions(request: Call, limit: Limit = 200) -> FailedCards:
    """Give the cards that nobody orders again by itself."""
    async with reading(request) as work:
        found = await views.exceptions(work, limit)
    return FailedCards([
        FailedCard(str(one.order_id), str(one.application_id), str(one.batch_id), one.attempt, one.card_number,
                   one.failed_stage, one.failed_reason, one.failed_at, one.age_days)
        for one in found
    ])  # fmt: skip


@get(
    "/production/differences",
    **protected("production.run", "production", "回盘差异 · Answers that did not fit"),
)
async def differences(request: Call, limit: Limit = 200) -> Differences:
    """Give what the bureau answered that does not fit what was ordered."""
    async with reading(request) as work:
        lines = await views.differences(work, limit)
    return Differences([msgspec.convert(one, Difference, from_attributes=True) for one in lines])


HANDLERS: tuple[Any, ...] = (board, exceptions, differences)

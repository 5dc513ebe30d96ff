"""Batches of cards at the card bureau: the board, each one's custody, and those that were stopped."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody

from shebaoka.faces.api.calling import Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.wire import Body, Limit, PathId, Why
from shebaoka.issuing.production import commands, views
from shebaoka.issuing.production.errors import RecordsMoved
from shebaoka.issuing.production.model import BatchLine, Step
from shebaoka.issuing.production.states import BatchStatus, OrderStatus
from shebaoka.keys.states import HandOut
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.work import Work


class BatchKeys(msgspec.Struct, frozen=True):
    """The card keys that the bureau was given for a batch. `used`: the blanks it says it made with them, null until it says so."""

    status: HandOut
    cards: int
    due_on: date
    used: int | None


class Batch(msgspec.Struct, frozen=True):
    """A batch of cards and what became of them. `spoiled`: blanks that it cost beside its cards; `keys` null: none were given."""

    batch_id: str
    status: BatchStatus
    cards: int
    made: int
    failed: int
    outstanding: int
    spoiled: int
    file_name: str | None
    opened_at: datetime
    written_at: datetime | None
    answered_at: datetime | None
    age_days: int
    keys: BatchKeys | None


class CustodyEntry(msgspec.Struct, frozen=True):
    """A hand-over: who had how many cards in which file, by its SM3 (hex). `said_at`: when, by the bureau's word."""

    step: Step
    at: datetime
    said_at: datetime | None
    actor: str
    file_name: str
    cards: int
    sm3: str
    note: str


class BatchCard(msgspec.Struct, frozen=True):
    """A card of a batch."""

    order_id: str
    card_number: str
    attempt: int
    status: OrderStatus
    failed_stage: str | None
    failed_reason: str | None


class BatchDetail(msgspec.Struct, frozen=True):
    """A batch with its custody, oldest first, and cards of it, those first that were not made."""

    batch: Batch
    custody: list[CustodyEntry]
    cards: list[BatchCard]


class Decision(Body, frozen=True):
    """Why a batch that was stopped goes on, or is called off: what was cleared up with the bureau."""

    reason: Why


class CalledOff(msgspec.Struct, frozen=True):
    """How many cards of a batch that was called off are ordered again."""

    cards: int


class Board(msgspec.Struct, frozen=True):
    """Batches, newest first."""

    items: list[Batch]


@get("/production/board", **protected("production.run", "production", "制卡批次 · The board of batches"))
async def board(request: Call, limit: Limit = 200) -> Board:
    """Give the batches with what became of their cards."""
    async with reading(request) as work:
        lines = await views.board(work, limit)
    return Board([_batch(one) for one in lines])


@get(
    "/production/batches/{batch_id:int}",
    **protected("production.run", "production", "批次的交接 · A batch and its custody", refuses=ONE),
)
async def batch(request: Call, batch_id: PathId, limit: Limit = 200) -> BatchDetail:
    """Give a batch: who had it when, counted and hashed, and some of its cards."""
    async with reading(request) as work:
        found = await views.batch(work, batch_id, limit)
    return BatchDetail(
        _batch(found.line),
        [CustodyEntry(one.step, one.at, one.said_at, one.actor, one.file_name, one.cards, one.digest.hex().upper(), one.note)
         for one in found.custody],
        [BatchCard(str(one.order_id), one.card_number, one.attempt, one.status, one.failed_stage, one.failed_reason)
         for one in found.orders],
    )  # fmt: skip


@post(
    "/production/batches/{batch_id:int}/releasing",
    status_code=200,
    **protected("production.run", "production", "放行已停的批次 · Let a stopped batch go on", keyed=True,
                refuses=(*ONE, TransitionRefused)),
)  # fmt: skip
async def release(
    request: Call, batch_id: PathId, data: JSONBody[Decision], key: RequestKey = None
) -> Response[Batch]:
    """Let a batch go on that was stopped because a count or hash did not fit, after that was cleared up with the bureau."""

    async def act(work: Work) -> Batch:
        await commands.release(work, batch_id, data.reason)
        return _batch(await views.line(work, batch_id))

    return await write(request, key, data, act)


@post(
    "/production/batches/{batch_id:int}/calling-off",
    status_code=200,
    **protected("production.run", "production", "撤回批次 · Call a batch off", keyed=True,
                refuses=(*ONE, TransitionRefused, RecordsMoved)),
)  # fmt: skip
async def call_off(
    request: Call, batch_id: PathId, data: JSONBody[Decision], key: RequestKey = None
) -> Response[CalledOff]:
    """Give up a batch that was stopped: its cards are ordered again, and what the bureau has made of it must be destroyed."""

    async def act(work: Work) -> CalledOff:
        return CalledOff(await commands.call_off(work, batch_id, data.reason))

    return await write(request, key, data, act)


def _batch(one: BatchLine) -> Batch:
    given = one.keys
    keys = BatchKeys(HandOut(given.status), given.cards, given.due_on, given.used) if given else None
    return Batch(
        str(one.batch_id), one.status, one.cards, one.made, one.failed, one.outstanding, one.spoiled, one.file_name,
        one.opened_at, one.written_at, one.answered_at, one.age_days, keys,
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (board, batch, release, call_off)

"""The programme's key figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from litestar import get

from shebaoka.cards import views as cards
from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import protected
from shebaoka.faces.api.wire import references
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.views import Count
from shebaoka.issuing.delivery import views as delivery
from shebaoka.kit import outbox


class CardFigures(msgspec.Struct, frozen=True):
    """All cards. `lost` counts those reported lost. `two_live` counts people with more than one card that is good or may become so: it must be 0."""

    old_good: int
    old_void: int
    new_unopened: int
    new_open: int
    new_void: int
    financial_open: int
    lost: int
    two_live: int


class EventFigures(msgspec.Struct, frozen=True):
    """Events between rooms: a few wait for a second; one that keeps failing is a fault of ours (the log says which)."""

    waiting: int
    failing: int


class Figures(msgspec.Struct, frozen=True):
    """How far the programme is: applications and parcels by code, and all cards."""

    at: datetime
    applications: int
    by_status: dict[str, int]
    by_channel: dict[str, int]
    by_group: dict[str, int]
    by_bank: dict[str, int]
    parcels: dict[str, int]
    cards: CardFigures
    events: EventFigures


@get("/figures", **protected("report.read", "figures", "关键数字 · Key figures"))
async def figures(request: Call) -> Figures:
    """Give the key figures: applications by status, channel, group and bank; parcels; cards, old and new; events."""
    async with reading(request) as work:
        counts = await applications.counts(work)
        banks = await references(work, {one.bank_id for one in counts})
        held = await cards.counts(work)
        parcels = await delivery.counts(work)
        events = EventFigures(*await outbox.waiting(work))
        return Figures(
            at=work.now,
            applications=sum(one.applications for one in counts),
            by_status=_by(counts, lambda one: one.status),
            by_channel=_by(counts, lambda one: one.channel),
            by_group=_by(counts, lambda one: one.group_code),
            by_bank=_by(counts, lambda one: banks[one.bank_id].code),
            parcels={status.value: number for status, number in parcels.items()},
            cards=CardFigures(
                held.old_good, held.old_void, held.new_unopened, held.new_open, held.new_void, held.financial_open,
                held.lost, held.two_live,
            ),
            events=events,
        )  # fmt: skip


def _by(counts: Sequence[Count], key: Callable[[Count], str]) -> dict[str, int]:
    tally: Counter[str] = Counter()
    for one in counts:
        tally[str(key(one))] += one.applications
    return dict(sorted(tally.items()))


HANDLERS: tuple[Any, ...] = (figures,)

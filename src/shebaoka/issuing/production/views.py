"""Everything that reads in the production room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from shebaoka.issuing.production import contents
from shebaoka.issuing.production.exchange import Exchange
from shebaoka.issuing.production.model import (
    BatchDetail,
    BatchLine,
    BatchOrder,
    Custody,
    DifferenceLine,
    OrderLine,
    Outstanding,
    ProductionException,
)
from shebaoka.issuing.production.states import WITH_BUREAU, BatchStatus, OrderStatus
from shebaoka.issuing.production.store import SQL
from shebaoka.keys.batches import of_batches
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.printing.face import Face
from shebaoka.records.bureau import face_of
from shebaoka.registry.programme.views import load

LINES_MAX = 1_000


def arrived(bureau_dir: Path) -> bool:
    """Tell whether files of the bureau lie there to be taken in; ExchangeFolderUnusable when the folder cannot be read."""
    return bool(Exchange(bureau_dir).arrivals())


async def board(work: Work, lines_max: int = LINES_MAX) -> list[BatchLine]:
    """Give the batches, newest first, with what became of their cards, what they cost, and their age in days."""
    return await _lines(work, await work.rows(SQL["board"], {"lines_max": lines_max}))


async def line(work: Work, batch_id: int) -> BatchLine:
    """Give one batch as it stands on the board. NotFound."""
    found = await _lines(work, await work.rows(SQL["one_batch"], {"batch_id": batch_id}))
    if not found:
        raise NotFound(f"batch {batch_id}")
    return found[0]


async def batch(work: Work, batch_id: int, lines_max: int = LINES_MAX) -> BatchDetail:
    """Give one batch with its custody and so many of its cards. Looks at cards are recorded. NotFound."""
    standing = await line(work, batch_id)
    custody = await work.rows(SQL["custody"], {"batch_id": batch_id}, Custody)
    orders = await work.rows(SQL["order_lines"], {"batch_id": batch_id, "lines_max": lines_max}, OrderLine)
    work.record_many("order.looked_at", [(one.person_id, one.order_id) for one in orders])
    return BatchDetail(standing, custody, orders)


async def _lines(work: Work, batches: Sequence[Any]) -> list[BatchLine]:
    ids = [batch[0] for batch in batches]
    tallies = await _tallies(work, ids)
    spoiled: dict[int, int] = dict(await work.rows(SQL["spoiled"], {"batches": ids}))
    keys = await of_batches(work, ids)
    return [
        BatchLine(
            batch_id=batch_id, status=BatchStatus(status), cards=cards,
            made=tallies[batch_id, OrderStatus.MADE], failed=tallies[batch_id, OrderStatus.FAILED] + tallies[batch_id, OrderStatus.GIVEN_UP],
            outstanding=tallies[batch_id, OrderStatus.ORDERED], spoiled=spoiled.get(batch_id, 0), file_name=file_name,
            opened_at=opened_at, written_at=written_at, answered_at=answered_at, age_days=(work.now - opened_at).days,
            keys=keys.get(batch_id),
        )
        for batch_id, status, cards, file_name, opened_at, written_at, answered_at in batches
    ]  # fmt: skip


async def _tallies(work: Work, batches: list[int]) -> Counter[tuple[int, str]]:
    rows = await work.rows(SQL["tallies"], {"batches": batches})
    return Counter({(batch_id, status): cards for batch_id, status, cards in rows})


async def outstanding(work: Work, lines_max: int = LINES_MAX) -> list[Outstanding]:
    """Give the cards that the bureau has been told of and not answered, oldest first."""
    found = await work.rows(SQL["written_batches"], {"statuses": list(WITH_BUREAU)})
    written: dict[int, datetime] = dict(found)
    if not written:
        return []
    rows = await work.rows(
        SQL["outstanding"],
        {"batches": list(written), "status": OrderStatus.ORDERED, "lines_max": lines_max},
    )
    return [
        Outstanding(
            person_id, order_id, application_id, batch_id, attempt, card_number,
            written[batch_id], (work.now - written[batch_id]).days,
        )
        for person_id, order_id, application_id, batch_id, attempt, card_number in rows
    ]  # fmt: skip


async def exceptions(work: Work, lines_max: int = LINES_MAX) -> list[ProductionException]:
    """Give the cards that failed for good, oldest first: a person must look at them."""
    rows = await work.rows(SQL["exceptions"], {"status": OrderStatus.FAILED, "lines_max": lines_max})
    return [
        ProductionException(
            person_id, order_id, application_id, batch_id, attempt, card_number, stage, reason,
            failed_at, (work.now - failed_at).days,
        )
        for person_id, order_id, application_id, batch_id, attempt, card_number, stage, reason, failed_at in rows
    ]  # fmt: skip


async def face(work: Work, division: str, order_id: int, reason: str | None = None) -> Face:
    """Give what stands on the face of an order's card, or will: masked, or with a `reason` in full. The look is recorded.

    Raises NotFound.
    """
    found = await work.row(SQL["order"], {"order_id": order_id}, BatchOrder)
    if found is None:
        raise NotFound(f"order {order_id}")
    rule = (await load(work)).card_making(work.present_day)
    common = await contents.batch_of(work, 0, division, rule)
    (ordered,) = await contents.lines_of(work, [found])
    whole = face_of(common, ordered.record, ordered.photo)
    if reason is None:
        work.record(found.person_id, "order.looked_at", order_id)
        return contents.masked(whole)
    work.record(found.person_id, "card.face_seen", order_id, reason=reason)
    return whole


async def differences(work: Work, lines_max: int = LINES_MAX) -> list[DifferenceLine]:
    """Give what the bureau answered that did not fit, newest first."""
    return await work.rows(SQL["differences"], {"lines_max": lines_max}, DifferenceLine)

"""A month is cleared: what provinces owe each other is drawn up, each settlement and reversal once, and paid."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from shebaoka.benefits.cross_province import views
from shebaoka.benefits.cross_province.errors import ClearingRefused
from shebaoka.benefits.cross_province.model import Clearing
from shebaoka.benefits.cross_province.store import SQL
from shebaoka.benefits.settlement import views as settled
from shebaoka.kit.work import Work
from shebaoka.ledger import commands as ledger
from shebaoka.ledger.model import NOBODY, Account, Entry, Kind, moves


async def draw_clearings(work: Work, month: date) -> list[Clearing]:
    """Draw up a month's clearings of all provinces and give them; drawn before, they are as they were.

    Counted is what is settled or taken back up to the month's last day and was in no clearing: a stay counts for the day of
    its settlement, and what came too late for its own month counts in the next. Raises ClearingRefused.
    """
    first = month.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    await _check(work, first, last)
    asked = {"month": first, "last": last}
    due = [row[0] for row in await work.rows(SQL["provinces_to_clear"], asked)]
    opened = [row[0] for row in await work.rows(SQL["open_clearings"], asked | {
        "provinces": due, "clearings": list(work.ids.many(len(due))), "now": work.now, "actor": work.actor.name,
    })] if due else []  # fmt: skip
    if opened:
        await _count(work, asked, opened)
    return await views.clearings(work, month=first)


async def pay_clearing(work: Work, province_id: int, month: date, on: date) -> Clearing:
    """Note that a clearing was paid on a day, and book it; paid before, it is as it was. Raises ClearingRefused."""
    keys = {"province_id": province_id, "month": month.replace(day=1)}
    one = await work.row(SQL["lock_clearing"], keys, Clearing)
    if one is None:
        raise ClearingRefused("没有这张清算单 · there is no such clearing")
    if one.paid_on is not None:
        if one.paid_on == on:
            return one
        raise ClearingRefused(f"已于 {one.paid_on} 付清 · it was paid on {one.paid_on}")
    if not one.month < on <= work.today:
        raise ClearingRefused(
            f"{on}: 付款日不在清算月之后或晚于今天 · the day lies before the clearing, or ahead"
        )
    entry_id = None
    if one.net_fen:
        bank, province = Account.BANK, Account.CROSS_PROVINCE
        pair = (bank, province) if one.net_fen > 0 else (province, bank)
        entry_id = await ledger.post(work, Entry(
            person_id=NOBODY, kind=Kind.CLEARING, reference=one.clearing_id, booked_on=on,
            lines=moves((*pair, abs(one.net_fen)), owner_id=province_id),
        ))  # fmt: skip
    await work.run(SQL["pay_clearing"], keys | {"on": on, "actor": work.actor.name, "entry_id": entry_id})
    work.record(0, "cross_province.clearing_paid", one.clearing_id, province=province_id, month=one.month)
    (paid,) = await views.clearings(work, province_id, one.month)
    return paid


async def _check(work: Work, first: date, last: date) -> None:
    if last >= work.today:
        raise ClearingRefused(f"{first:%Y-%m}: 该月尚未结束 · the month is not over")
    for province_id in await views.provinces(work):
        for one in await settled.open_differences(work, province_id):
            if first <= one.day <= last:
                raise ClearingRefused(f"{one.day} {one.number}: 对账差异未处理 · a difference is open")


async def _count(work: Work, asked: dict[str, date], provinces: list[int]) -> None:
    fen: Counter[tuple[int, str]] = Counter()
    many: Counter[tuple[int, str]] = Counter()
    for query in ("clear_bills", "clear_reversals"):
        for province_id, role, count, total in await work.rows(SQL[query], {**asked, "provinces": provinces}):
            fen[province_id, role] += total
            many[province_id, role] += count
    for province_id in provinces:
        await work.run(SQL["sum_clearing"], {
            "province_id": province_id, "month": asked["month"], "to_us_fen": fen[province_id, "care"],
            "to_us": many[province_id, "care"], "by_us_fen": fen[province_id, "insured"],
            "by_us": many[province_id, "insured"],
        })  # fmt: skip
        work.record(0, "cross_province.clearing_drawn", province_id, month=asked["month"])

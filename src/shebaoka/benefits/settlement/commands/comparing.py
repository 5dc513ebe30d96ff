"""Each day an institution's totals are held against ours, then its messages one by one; what differs is worked off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from shebaoka.benefits.settlement import views
from shebaoka.benefits.settlement.errors import DetailsRefused
from shebaoka.benefits.settlement.reconciling import (
    Amounts,
    Compared,
    Detail,
    Difference,
    Totals,
    differing,
    kind_of,
    totals,
)
from shebaoka.benefits.settlement.store import SQL
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work

DETAILS_MAX: Final = 200_000
"""Messages of one institution and day: many times a large hospital's."""
GONE: Final = "再次对账时已无此差异 · gone when the day was compared again"


async def compare_totals(
    work: Work, institution_id: int, day: date, theirs: Totals, ours: dict[str, Amounts] | None = None
) -> Compared:
    """Hold a day's totals against ours and keep both; where they differ the institution sends its details."""
    return (await _compared(work, institution_id, day, theirs, ours))[0]


async def _compared(
    work: Work, institution_id: int, day: date, theirs: Totals, ours: dict[str, Amounts] | None = None
) -> tuple[Compared, dict[str, Amounts]]:
    """Compare the totals, and give our own messages with them: what differs is looked for in what was summed up."""
    if day > work.today:
        raise DetailsRefused(f"day: {day}")
    if ours is None:
        ours = await views.day_details(work, institution_id, day)
    found = Compared(theirs, totals(ours.values()))
    await work.run(SQL["note_day"], {
        "institution_id": institution_id, "day": day, "theirs": _figures(found.theirs), "ours": _figures(found.ours),
        "now": work.now,
    })  # fmt: skip
    work.record(0, "settlement.day_compared", institution_id, day=day, agreed=found.agreed)
    return found, ours


async def compare_details(
    work: Work, institution_id: int, day: date, details: Sequence[Detail], ours: dict[str, Amounts] | None = None
) -> list[Difference]:  # fmt: skip
    """Hold a day's messages against ours one by one and give the differences that are open now.

    `ours`: what we have of the day where it is not an institution that asks but another province.

    Compared again, what was found before stays as it is, closed or not; what is new is added; what is gone is closed and
    says so. Raises DetailsRefused for a number that comes twice, amounts that do not add up, or a day to come.
    """
    _check(details)
    theirs = {one.number: one.amounts for one in details}
    _, held = await _compared(work, institution_id, day, totals(theirs.values()), ours)
    found = differing(theirs, held)
    known = await views.day_differences(work, institution_id, day)
    present = {(number, *says) for number, says in found.items()}
    gone = [one.number for one in known if one.closed_at is None and one.says not in present]
    await _close(work, institution_id, day, gone, GONE)
    told = {one.says for one in known}
    await _add(work, institution_id, day, {
        number: says for number, says in found.items() if (number, *says) not in told
    })  # fmt: skip
    return [one for one in await views.day_differences(work, institution_id, day) if one.closed_at is None]


async def close_difference(work: Work, institution_id: int, day: date, number: str, reason: str) -> None:
    """Close a difference that was worked off, for good. Raises NotFound where none of the message is open, DetailsRefused."""
    if not reason.strip():
        raise DetailsRefused("reason: 须写明原因 · a reason is needed")
    if not await _close(work, institution_id, day, [number], reason.strip()):
        raise NotFound(f"未处理的差异 open difference {number}")


def _check(details: Sequence[Detail]) -> None:
    if len(details) > DETAILS_MAX:
        raise DetailsRefused(f"{len(details):,} > {DETAILS_MAX:,}")
    seen: set[str] = set()
    for n, one in enumerate(details, 1):
        amounts = one.amounts
        if one.number in seen:
            raise DetailsRefused(f"第{n}行报文编号重复 · row {n}: the number comes twice: {one.number}")
        if amounts.total_fen != amounts.fund_fen + amounts.account_fen + amounts.cash_fen:
            raise DetailsRefused(
                f"第{n}行合计不等于基金+账户+现金 · row {n}: the parts do not sum to the total"
            )
        seen.add(one.number)


async def _close(work: Work, institution_id: int, day: date, numbers: Sequence[str], reason: str) -> int:
    if not numbers:
        return 0
    closed = await work.run(SQL["close_differences"], {
        "institution_id": institution_id, "day": day, "numbers": list(numbers), "reason": reason,
        "actor": work.actor.name, "now": work.now,
    })  # fmt: skip
    for number in numbers if closed else ():
        work.record(0, "settlement.difference_closed", number, institution=institution_id, day=day)
    return closed


async def _add(
    work: Work, institution_id: int, day: date, found: dict[str, tuple[Amounts | None, Amounts | None]]
) -> None:
    if not found:
        return
    await work.run(SQL["add_differences"], {
        "institution_id": institution_id, "day": day, "now": work.now, "numbers": list(found),
        "ids": list(work.ids.many(len(found))), "kinds": [kind_of(*says) for says in found.values()],
        "theirs": [_array(theirs) for theirs, _ in found.values()],
        "ours": [_array(ours) for _, ours in found.values()],
    })  # fmt: skip


def _figures(one: Totals) -> list[int]:
    amounts = one.amounts
    return [one.messages, amounts.total_fen, amounts.fund_fen, amounts.account_fen, amounts.cash_fen]


def _array(one: Amounts | None) -> str | None:
    """Write amounts as an array of the database: rows of arrays do not go over otherwise."""
    return None if one is None else f"{{{one.total_fen},{one.fund_fen},{one.account_fen},{one.cash_fen}}}"

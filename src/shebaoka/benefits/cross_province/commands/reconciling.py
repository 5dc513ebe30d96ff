"""Each day the hub's messages are held against ours, province by province; what differs is worked off as with institutions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from shebaoka.benefits.cross_province import views
from shebaoka.benefits.cross_province.hub import Hub, Message
from shebaoka.benefits.cross_province.model import Reconciled
from shebaoka.benefits.cross_province.store import SQL
from shebaoka.benefits.settlement import commands as settlement
from shebaoka.benefits.settlement import views as settled
from shebaoka.benefits.settlement.reconciling import Amounts, Detail, totals
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.database import Database
from shebaoka.kit.work import Work

DAYS_AT_ONCE: Final = 31
"""Days of one run; an outage of more is made up for by the next ones."""
DAY: Final = timedelta(days=1)


async def reconcile_due(database: Database, hub: Hub, home: str) -> Reconciled:
    """Hold every day up to yesterday against the hub's, once; a day with open differences once more each day.

    What came after its day was compared closes its difference so. Raises PartnerUnavailable, PartnerAnswerRefused.
    """
    async with database.work(SYSTEM) as work:
        due = await _due(work, int(home))
    differences = 0
    for day in due:
        messages = await hub.day(day)
        async with database.work(SYSTEM) as work:
            differences += await reconcile(work, home, day, messages)
    return Reconciled(len(due), differences)


async def reconcile(work: Work, home: str, day: date, messages: Sequence[Message]) -> int:
    """Hold a day against the hub's messages, and give how many differences are open; our own number stands for the whole."""
    theirs, ours = await _theirs(work, messages), await _ours(work, day)
    found = 0
    for province_id in sorted(theirs.keys() | ours.keys() | set(await views.provinces(work))):
        details = [Detail(number, amounts) for number, amounts in theirs.get(province_id, {}).items()]
        differing = await settlement.compare_details(
            work, province_id, day, details, ours.get(province_id, {})
        )
        found += len(differing)
    whole = totals(amounts for province in theirs.values() for amounts in province.values())
    held = {number: amounts for province in ours.values() for number, amounts in province.items()}
    await settlement.compare_totals(work, int(home), day, whole, held)
    return found


async def _due(work: Work, home: int) -> list[date]:
    first = await settled.compared_until(work, home)
    began: date | None = await work.value(SQL["first_day"])
    if began is None:
        return []
    day = began if first is None else first + DAY
    fresh = [day + n * DAY for n in range(DAYS_AT_ONCE) if day + n * DAY < work.present_day]
    today = datetime.combine(work.present_day, time(), SHANGHAI)
    again = await settled.days_that_differ(work, await views.provinces(work), today)
    return [*again[:DAYS_AT_ONCE], *(one for one in fresh if one not in again)]


async def _ours(work: Work, day: date) -> dict[int, dict[str, Amounts]]:
    found: dict[int, dict[str, Amounts]] = defaultdict(dict)
    for province_id, number, total, fund, account in await work.rows(SQL["day_messages"], {"day": day}):
        found[province_id][number] = Amounts(total, fund, account, total - fund - account)
    return found


async def _theirs(work: Work, messages: Sequence[Message]) -> Mapping[int, dict[str, Amounts]]:
    """Give the hub's messages by province, but for those of bills that never stood here: taken back before we had an answer."""
    bills = [bill for bill in (_bill(one.number) for one in messages) if bill]
    withdrawn = {row[0] for row in await work.rows(SQL["withdrawn"], {"bills": bills})}
    found: dict[int, dict[str, Amounts]] = defaultdict(dict)
    for one in messages:
        if _bill(one.number) not in withdrawn:
            found[one.province][one.number] = Amounts(
                one.total_fen, one.fund_fen, one.account_fen, one.cash_fen
            )
    return found


def _bill(number: str) -> int:
    """Give the bill of a reference of ours (`C<bill>`, `RC<bill>`), 0 of another's number."""
    digits = number.removeprefix("R").removeprefix("C")
    return int(digits) if digits != number and digits.isascii() and digits.isdecimal() else 0

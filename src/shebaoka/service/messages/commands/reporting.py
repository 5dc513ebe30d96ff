"""The gateway's reports are read page by page: which messages arrived, and which did not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import msgspec
import structlog

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.partners import Partner, PartnerAnswerRefused
from shebaoka.kit.work import Work
from shebaoka.service.messages.commands.moving import Move, move_many
from shebaoka.service.messages.model import ExchangeCounts, Reason, Report, ReportPage
from shebaoka.service.messages.states import Action
from shebaoka.service.messages.store import SQL

REPORTS: Final = "/v1/reports"
REPORTS_PER_PAGE: Final = 1_000
REFERENCE: Final = re.compile(r"M([0-9]{1,18})-([0-9]{1,4})")
log = structlog.get_logger()


async def take_reports(database: Database, gateway: Partner, counts: ExchangeCounts) -> ExchangeCounts:
    """Read the reports from where they were left to their end, and add what they said to `counts`.

    This function will take each page in one transaction with its cursor: killed anywhere and run again, none is lost,
    and one that comes twice, late or before our own note of the sending changes nothing.
    """
    position = await _position(database)
    while True:
        page = _page(await gateway.get(REPORTS, after=position, limit=REPORTS_PER_PAGE))
        if page.next == position:
            return counts
        async with database.work(SYSTEM) as work:
            step = {"was": position, "position": page.next, "now": work.now}
            if await work.run(SQL["read_on"], step):
                counts = await _take(work, page.reports, counts)
        position = await _position(database)
        if not page.reports:
            return counts


async def _position(database: Database) -> str:
    async with database.work(SYSTEM) as work:
        await work.run(SQL["start_reading"], {"now": work.now})
        return str(await work.value(SQL["position"]))


def _page(document: object) -> ReportPage:
    try:
        return msgspec.convert(document, ReportPage)
    except msgspec.ValidationError as error:
        raise PartnerAnswerRefused(f"sms gateway: {error}") from error


async def _take(work: Work, reports: Sequence[Report], counts: ExchangeCounts) -> ExchangeCounts:
    numbers = {report.report_id: _number(report) for report in reports}
    asked = [number for number, _ in numbers.values()]
    rows = await work.rows(SQL["by_numbers"], {"messages": asked})
    known = {message_id: (person_id, edition) for person_id, message_id, edition in rows}
    arrived, failed, unknown = [], [], 0
    for report in reports:
        message_id, edition = numbers[report.report_id]
        if message_id not in known:
            unknown += 1
            log.warning("messages.report_unknown", report=report.report_id)
        elif report.outcome == "delivered":
            # Whichever edition it was: the person has it.
            arrived.append(Move(known[message_id][0], message_id))
        else:
            failed.append(Move(known[message_id][0], message_id, edition, Reason.UNDELIVERED))
    delivered = await move_many(work, list(dict.fromkeys(arrived)), Action.CONFIRM)
    undelivered = await move_many(work, list(dict.fromkeys(failed)), Action.DENY)
    return replace(
        counts, delivered=counts.delivered + delivered, undelivered=counts.undelivered + undelivered,
        unknown=counts.unknown + unknown,
    )  # fmt: skip


def _number(report: Report) -> tuple[int, int]:
    """Give message and edition of a reference; a strange one belongs to no message."""
    found = REFERENCE.fullmatch(report.reference)
    return (int(found[1]), int(found[2])) if found else (0, 0)

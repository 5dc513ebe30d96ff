"""The stage: first what the gateway tells of earlier messages, then what is due, the urgent first."""

from __future__ import annotations

from dataclasses import replace

import structlog

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.partners import Partner, PartnerAnswerRefused, PartnerUnavailable
from shebaoka.registry.programme.views import load
from shebaoka.service.messages.commands.reporting import take_reports
from shebaoka.service.messages.commands.sending import send_next
from shebaoka.service.messages.model import ExchangeCounts, Progress
from shebaoka.service.messages.quiet import is_quiet

log = structlog.get_logger()


def quietly(_messages: int) -> None:
    """Tell nobody of the progress."""


async def exchange_due(database: Database, gateway: Partner, progress: Progress = quietly) -> ExchangeCounts:
    """Take in delivery reports and send every text message that is due.

    Safe to kill and to repeat: references are the messages' own, and the gateway does each once. This function will
    stop, and report it, when the gateway does not answer: nothing counts as tried. PartnerAnswerRefused when it
    answers what the interface does not allow, after everything else has been sent.
    """
    counts = ExchangeCounts()
    try:
        counts = await take_reports(database, gateway, counts)
        async with database.work(SYSTEM) as work:
            quiet = is_quiet((await load(work)).quiet_hours(work.today), work.now)
        counts = replace(counts, quiet=quiet)
        return await _send(database, gateway, counts, progress)
    except PartnerUnavailable as problem:
        log.warning("messages.gateway_down", why=problem.detail)
        return replace(counts, partner_down=problem.detail)


async def _send(
    database: Database, gateway: Partner, counts: ExchangeCounts, progress: Progress
) -> ExchangeCounts:
    misread: PartnerAnswerRefused | None = None
    for urgent in (True,) if counts.quiet else (True, False):
        try:
            while (taken := await send_next(database, gateway, urgent=urgent)) is not None:
                counts = taken.added_to(counts)
                progress(taken.messages)
        except PartnerAnswerRefused as error:
            misread = error
        except PartnerUnavailable as problem:
            log.warning("messages.gateway_down", why=problem.detail)
            return replace(counts, partner_down=problem.detail)
    if misread:
        raise misread
    return counts

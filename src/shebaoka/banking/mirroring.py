"""The step that mirrors card accounts: what banks tell is read, and who was not told of for a week is asked about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

import structlog

from shebaoka.banking import views
from shebaoka.banking.commands import ANSWERS_MAX, note_feed, note_told
from shebaoka.banking.connector import BankCores
from shebaoka.banking.model import Known, Mirrored, Noted
from shebaoka.banking.store import SQL
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.partners import Partner, PartnerAnswerRefused, PartnerUnavailable
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import BANK, Institution

ASK_DAYS: Final = 7
NOTICES: Final = "notices"
Progress = Callable[[int], None]
log = structlog.get_logger()


async def mirror_due(database: Database, banks: Partner, progress: Progress = lambda _: None) -> Mirrored:
    """Read what every bank tells of its accounts, then ask about those that were not asked about for a week.

    A notice that was lost is mended by the asking, one that came twice or late changes nothing. Safe to kill and to repeat.
    This function will go on with the other banks when one does not answer, and say so.
    """
    cores, noted, unanswered, down = BankCores(banks), Noted(), 0, {}
    async with database.work(SYSTEM) as work:
        all_banks = {one.institution_id: one for one in await institutions.of_kind(work, BANK)}
    for bank in all_banks.values():
        try:
            noted += await _read(database, cores, bank, progress)
        except (PartnerUnavailable, PartnerAnswerRefused) as problem:
            down[bank.code] = problem.detail
            log.warning("accounts.bank_down", bank=bank.code, why=problem.detail)
    async with database.work(SYSTEM) as work:
        before = work.present_day - timedelta(days=ASK_DAYS - 1)
        due = await work.rows(SQL["to_ask"], {"before": before, "most": ANSWERS_MAX}, Known)
    of_bank: dict[int, list[Known]] = defaultdict(list)
    for one in due:
        of_bank[one.bank_id].append(one)
    for bank_id, accounts in of_bank.items():
        bank = all_banks[bank_id]
        if bank.code in down:
            continue
        try:
            told, left = await _ask(database, cores, bank, accounts)
        except (PartnerUnavailable, PartnerAnswerRefused) as problem:
            down[bank.code] = problem.detail
            log.warning("accounts.bank_down", bank=bank.code, why=problem.detail)
            continue
        noted, unanswered = noted + told, unanswered + left
        progress(len(accounts))
    return Mirrored(noted, unanswered, down)


async def _read(database: Database, cores: BankCores, bank: Institution, progress: Progress) -> Noted:
    noted = Noted()
    while True:
        async with database.work(SYSTEM) as work:
            after = await views.feed(work, bank.institution_id, NOTICES)
        told, position = await cores.notices(bank.code, bank.institution_id, after)
        if not told or position == after:
            return noted
        async with database.work(SYSTEM) as work:
            noted += await note_told(work, bank.institution_id, told)
            await note_feed(work, bank.institution_id, NOTICES, position)
        progress(len(told))


async def _ask(
    database: Database, cores: BankCores, bank: Institution, accounts: Sequence[Known]
) -> tuple[Noted, int]:
    told = await cores.states(bank.code, accounts)
    answered = {one.application_id for one in told}
    async with database.work(SYSTEM) as work:
        noted = await note_told(work, bank.institution_id, told)
        # Also those that it left out: nobody else waits behind them.
        await work.run(SQL["asked"], {
            "people": [one.person_id for one in accounts],
            "applications": [one.application_id for one in accounts], "on": work.present_day,
        })  # fmt: skip
    return noted, len(accounts) - len(answered)

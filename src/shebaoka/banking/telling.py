"""The step that tells banks of cards: opened, lost, found again, dead. What changed twice meanwhile is told as it now is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import structlog

from shebaoka.banking import store
from shebaoka.banking.commands import ANSWERS_MAX, note_heard
from shebaoka.banking.connector import BankCores
from shebaoka.banking.model import CardChange, CardsTold
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.partners import Partner, PartnerAnswerRefused, PartnerUnavailable
from shebaoka.registry.institutions import views as institutions

log = structlog.get_logger()


async def tell_due(
    database: Database, banks: Partner, progress: Callable[[int], None] = lambda _: None
) -> CardsTold:
    """Tell every bank of the cards whose change it does not know yet.

    Safe to kill and to repeat: a change is told by its count, and a bank that knows a later one leaves an earlier one alone.
    This function will go on with the other banks when one does not answer, and say so; its changes wait for the next run.
    """
    cores, after, down = BankCores(banks), 0, dict[str, str]()
    told = refused = unanswered = 0
    while True:
        async with database.work(SYSTEM) as work:
            due = await store.cards_to_tell(work, after, ANSWERS_MAX)
            codes = {
                n: one.code
                for n, one in (await institutions.by_ids(work, {one.bank_id for one in due})).items()
            }
        by_bank: dict[str, list[CardChange]] = defaultdict(list)
        for one in due:
            by_bank[codes[one.bank_id]].append(one)
        for code, changes in by_bank.items():
            if code in down:
                unanswered += len(changes)
                continue
            try:
                heard = await cores.tell_cards(code, changes)
            except (PartnerUnavailable, PartnerAnswerRefused) as problem:
                down[code] = problem.detail
                unanswered += len(changes)
                log.warning("cards.bank_down", bank=code, why=problem.detail)
                continue
            async with database.work(SYSTEM) as work:
                await note_heard(work, heard)
            no = sum(one.reason is not None for one in heard)
            told, refused, unanswered = (
                told + len(heard) - no,
                refused + no,
                unanswered + len(changes) - len(heard),
            )
            progress(len(heard))
        if len(due) < ANSWERS_MAX:
            return CardsTold(told, refused, unanswered, down)
        after = due[-1].application_id

"""The step that collects: banks are asked to take what is owed, and to give back what no longer is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import structlog

from shebaoka.banking import views as accounts
from shebaoka.banking.connector import BankCores
from shebaoka.banking.model import Debit, DebitAnswer
from shebaoka.benefits.contributions import commands
from shebaoka.benefits.contributions.model import CardDebit, Collected
from shebaoka.benefits.contributions.store import SQL
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.partners import Partner, PartnerAnswerRefused, PartnerUnavailable
from shebaoka.kit.problems import Problem
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.views import load

AT_ONCE: Final = 2_000
Progress = Callable[[int], None]
log = structlog.get_logger()


async def collect_due(database: Database, banks: Partner, progress: Progress = lambda _: None) -> Collected:
    """Have banks take what is asked for, then give back what no longer counts. Safe to kill and to repeat.

    This function will go on with the other banks when one does not answer, and say so.
    """
    cores, counts = (
        BankCores(banks),
        dict.fromkeys(("paid", "refused", "to_refund", "refunded", "unanswered"), 0),
    )
    down: dict[str, str] = {}
    for status in ("asked", "refunding"):
        after = 0
        while True:
            async with database.work(SYSTEM) as work:
                due = await work.rows(
                    SQL["due"], {"status": status, "after": after, "most": AT_ONCE}, CardDebit
                )
                codes = {
                    n: one.code
                    for n, one in (await institutions.by_ids(work, {one.bank_id for one in due})).items()
                }
                asked = await _debits(work, due) if status == "asked" else {}
            of_bank: dict[str, list[CardDebit]] = defaultdict(list)
            for one in due:
                of_bank[codes[one.bank_id]].append(one)
            for code, debits in of_bank.items():
                try:
                    answers = await _ask(cores, code, debits, asked)
                except (PartnerUnavailable, PartnerAnswerRefused) as problem:
                    down[code] = problem.detail
                    log.warning("contributions.bank_down", bank=code, why=problem.detail)
                    continue
                counts["unanswered"] += len(debits) - len(answers)
                for debit in debits:
                    if debit.debit_id in answers:
                        counts[await _settle(database, debit, answers[debit.debit_id])] += 1
                progress(len(debits))
            if len(due) < AT_ONCE:
                break
            after = due[-1].debit_id
    return Collected(**counts, banks_down=down)


async def _ask(
    cores: BankCores, code: str, debits: Sequence[CardDebit], asked: Mapping[int, Debit]
) -> dict[int, DebitAnswer]:
    if asked:
        found = await cores.debit(code, [asked[one.debit_id] for one in debits])
    else:
        found = await cores.refund(code, [one.debit_id for one in debits])
    return {one.debit_id: one for one in found}


async def _settle(database: Database, debit: CardDebit, answer: DebitAnswer) -> str:
    """Take in what a bank answered about one debit; give what it counts as."""
    if debit.status == "refunding":
        if answer.reason:
            log.error("contributions.refund_refused", debit=debit.debit_id, why=answer.reason)
            return "unanswered"
        async with database.work(SYSTEM) as work:
            await commands.note_refund(work, debit)
        return "refunded"
    if answer.reason:
        async with database.work(SYSTEM) as work:
            await commands.refuse(work, debit, answer)
        return "refused"
    try:
        async with database.work(SYSTEM) as work:
            await commands.count(work, await load(work), debit)
    except Problem as problem:
        # Taken by the bank, and owed no more: paid by another way meanwhile, or insured no longer.
        async with database.work(SYSTEM) as work:
            await commands.give_back(work, debit, f"{problem.title_zh} · {problem.title_en}")
        return "to_refund"
    return "paid"


async def _debits(work: Work, due: Sequence[CardDebit]) -> dict[int, Debit]:
    if not due:
        return {}
    known = await people.identities(work, [one.person_id for one in due])
    numbers = await accounts.account_numbers(
        work, [(one.person_id, one.application_id, one.bank_id) for one in due]
    )
    work.record(0, "identity.sent", "banks", people=len(due), purpose="contribution")
    return {
        one.debit_id: Debit(
            one.debit_id, numbers[one.application_id], known[one.person_id].name, one.own_fen, f"医保缴费 {one.period:%Y-%m}"
        )
        for one in due
    }  # fmt: skip

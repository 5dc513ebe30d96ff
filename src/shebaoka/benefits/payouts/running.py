"""The step that pays: approved runs are written and sent, and what the banks write back is taken in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog

from shebaoka.banking import views as banking
from shebaoka.banking.commands import note_feed
from shebaoka.banking.connector import BankCores
from shebaoka.banking.model import Document
from shebaoka.benefits.payouts import commands
from shebaoka.benefits.payouts.commands.answering import waiting
from shebaoka.benefits.payouts.errors import PayoutMovedMeanwhile
from shebaoka.benefits.payouts.model import File, PaidOut, Payer, message_id
from shebaoka.benefits.payouts.store import SQL
from shebaoka.benefits.payouts.views import document_of
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.partners import Partner, PartnerAnswerRefused, PartnerUnavailable
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.programme.views import load

DOCUMENTS: Final = "documents"
ASK_AFTER: Final = timedelta(hours=1)
"""A file without an answer for so long is asked about: its report was lost."""
ASKED_MAX: Final = 200
TRIES: Final = 5
Progress = Callable[[int], None]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Step:
    """What the parts of the step share."""

    database: Database
    cores: BankCores
    schemas: Path | None
    progress: Progress


async def pay_due(
    database: Database, banks: Partner, schemas: Path | None = None, progress: Progress = lambda _: None
) -> PaidOut:
    """Write and send what is approved, then take in what every bank has written back.

    Safe to kill and to repeat anywhere: a file is written once and sent word for word the same, documents count once.
    This function will go on with the other banks when one does not answer, and say so. `schemas`: ISO's own, if the city has them.
    """
    step = _Step(database, BankCores(banks), schemas, progress)
    async with database.work(SYSTEM) as work:
        payers = await work.rows(SQL["payers"], None, Payer)
        codes = await institutions.by_ids(work, {one.bank_id for one in payers})
    done = await _write(step)
    done += await _send(step, codes)
    for payer in payers:
        bank = codes[payer.bank_id]
        if bank.code in (done.banks_down or {}):
            continue
        try:
            done += await _hear(step, bank)
        except (PartnerUnavailable, PartnerAnswerRefused) as problem:
            done += _down(bank.code, problem.detail)
    return done


async def _write(step: _Step) -> PaidOut:
    done = PaidOut()
    async with step.database.work(SYSTEM) as work:
        programme = await load(work)
        due = [row[0] for row in await work.rows(SQL["runs_to_write"])]
    for run_id in due:
        async with step.database.work(SYSTEM) as work:
            files, lacking = await commands.write_run(work, programme, run_id)
            banks = await institutions.by_ids(work, set(lacking))
        done += PaidOut(files_written=files)
        for bank in banks.values():
            done += _down(
                bank.code,
                "尚未登记本市在该行的发放账户：shebaoka payouts payer · our account there is not noted",
            )
    return done


async def _send(step: _Step, codes: dict[int, Institution]) -> PaidOut:
    done = PaidOut()
    async with step.database.work(SYSTEM) as work:
        files = await work.rows(SQL["files_to_send"], None, File)
    for file in files:
        code = codes[file.bank_id].code
        if code in (done.banks_down or {}):
            continue
        async with step.database.work(SYSTEM) as work:
            content = await document_of(work, file.file_id)
        try:
            await step.cores.pay(code, file.message_id, content)
        except (PartnerUnavailable, PartnerAnswerRefused) as problem:
            done += _down(code, problem.detail)
            async with step.database.work(SYSTEM) as work:
                await commands.file_refused(work, file.file_id, problem.detail)
            continue
        done += await _settled(step, file)
    return done


async def _settled(step: _Step, file: File) -> PaidOut:
    """Note that a bank has a file, against whoever takes in what it wrote at this moment."""
    for _ in range(TRIES):
        try:
            async with step.database.work(SYSTEM) as work:
                await commands.file_sent(work, file.file_id)
        except PayoutMovedMeanwhile:
            continue
        step.progress(file.payments)
        return PaidOut(files_sent=1)
    raise PayoutMovedMeanwhile


async def _hear(step: _Step, bank: Institution) -> PaidOut:
    """Read a bank's feed to its end, ask for what it did not tell, and take in what has come."""
    bank_id = bank.institution_id
    while True:
        async with step.database.work(SYSTEM) as work:
            after = await banking.feed(work, bank_id, DOCUMENTS)
        documents, position = await step.cores.documents(bank.code, after)
        if position == after:
            break
        async with step.database.work(SYSTEM) as work:
            await commands.take_documents(work, bank_id, documents)
            await note_feed(work, bank_id, DOCUMENTS, position)
    done = await _work_off(step, bank_id)
    async with step.database.work(SYSTEM) as work:
        asked = {"before": work.now - ASK_AFTER, "most": ASKED_MAX}
        files = [row[0] for row in await work.rows(SQL["unanswered_files"], asked) if row[1] == bank_id]
    for file_id in files:
        done += await _took(step, bank_id, await step.cores.reports(bank.code, message_id(file_id)))
    while True:
        async with step.database.work(SYSTEM) as work:
            payer = await work.row(SQL["lock_payer"], {"bank_id": bank_id}, Payer)
        assert payer is not None, "a payer is noted for good"
        documents = await step.cores.statement(bank.code, payer.next_sequence)
        took = await _took(step, bank_id, documents) if documents else PaidOut()
        if not took.documents:
            async with step.database.work(SYSTEM) as work:
                gap = await commands.note_gap(work, bank_id, payer.next_sequence)
            return done + PaidOut(differences=int(gap))
        done += took


async def _took(step: _Step, bank_id: int, documents: Sequence[Document]) -> PaidOut:
    async with step.database.work(SYSTEM) as work:
        await commands.take_documents(work, bank_id, documents)
    return await _work_off(step, bank_id)


async def _work_off(step: _Step, bank_id: int) -> PaidOut:
    """Take in all that waits, until nothing more can be: a statement may let the one after it in."""
    done, again = PaidOut(), True
    while again:
        again = False
        async with step.database.work(SYSTEM) as work:
            names = await waiting(work, bank_id)
        for name in names:
            found, taken = await _one(step, bank_id, name)
            done, again = done + found, again or taken
    return done


async def _one(step: _Step, bank_id: int, document_id: str) -> tuple[PaidOut, bool]:
    for _ in range(TRIES):
        try:
            async with step.database.work(SYSTEM) as work:
                return await commands.work_documents(work, bank_id, document_id, step.schemas)
        except PayoutMovedMeanwhile:
            continue
    log.warning("payouts.document_contended", document=document_id)
    return PaidOut(), False


def _down(code: str, why: str) -> PaidOut:
    log.warning("payouts.bank_down", bank=code, why=why)
    return PaidOut(banks_down={code: why})

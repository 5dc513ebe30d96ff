"""Approved runs become files, one or more for each bank; a file is written once and sent until its bank has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from hashlib import sha256

from shebaoka.banking import views as accounts
from shebaoka.benefits.payouts import states, store
from shebaoka.benefits.payouts.model import (
    FILE_MAX,
    RUN_MAX,
    Item,
    Payer,
    Payment,
    Run,
    end_to_end_id,
    message_id,
)
from shebaoka.benefits.payouts.store import SQL, Move, account_place, file_place
from shebaoka.kit.work import Work
from shebaoka.records.iso20022 import transfer
from shebaoka.records.iso20022.model import Credit, Transfer
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.benefit_sets import DecidesPayoutFund
from shebaoka.registry.programme.programme import Programme

NOTES = {"pension": "养老金", "unemployment": "失业保险金", "work_injury": "工伤待遇", "medical": "医疗报销"}
"""What stands on the statement of whoever is paid, with the month."""


async def write_run(work: Work, programme: Programme, run_id: int) -> tuple[int, list[int]]:
    """Write the files of an approved run; give how many, and the banks at which we have no account to pay from.

    Once all payments stand in files the run is written for good. Of two who write at once the second finds nothing to do.
    """
    run = await work.row(SQL["lock_run"], {"run_id": run_id}, Run)
    if run is None or run.written or run.status != "approved":
        return 0, []
    asked = {"run_id": run_id, "after": 0, "most": RUN_MAX, "statuses": ["drawn"]}
    of_bank: dict[int, list[Payment]] = defaultdict(list)
    for one in await work.rows(SQL["payments_of_run"], asked, Payment):
        if one.file_id is None:
            of_bank[one.bank_id].append(one)
    payers = {one.bank_id: one for one in await work.rows(SQL["payers"], None, Payer)}
    files = 0
    for bank_id, payments in of_bank.items():
        if bank_id not in payers:
            continue
        for some in _parts(payments):
            await _write(work, programme, run, payers[bank_id], some)
            files += 1
    lacking = sorted(of_bank.keys() - payers.keys())
    if not lacking:
        await work.run(SQL["run_written"], {"run_id": run_id})
    return files, lacking


async def file_sent(work: Work, file_id: int) -> None:
    """Note that a bank has a file: its payments are on their way. Told twice it changes nothing."""
    if not await work.run(SQL["file_sent"], {"file_id": file_id, "now": work.now}):
        return
    payments = await work.rows(SQL["payments_of_file"], {"file_id": file_id}, Payment)
    moves = [
        Move(one, to)
        for one in payments
        if (to := states.after(states.PAYMENT, one.status, "send")) != one.status
    ]
    await store.move_payments(work, moves)
    work.record(0, "payout.file_sent", file_id, payments=len(payments))


async def file_refused(work: Work, file_id: int, problem: str) -> None:
    """Note why a file is not at its bank yet; it is sent again by the next run of the step."""
    await work.run(SQL["file_problem"], {"file_id": file_id, "problem": problem[:500]})


def _parts(payments: Sequence[Payment]) -> Iterator[Sequence[Payment]]:
    for first in range(0, len(payments), FILE_MAX):
        yield payments[first : first + FILE_MAX]


async def _write(
    work: Work, programme: Programme, run: Run, payer: Payer, payments: Sequence[Payment]
) -> None:
    file_id = work.ids.one()
    bank = await institutions.by_id(work, payer.bank_id)
    assert bank is not None, "a payer's bank is there"
    decides = programme.rule("payout_fund", {"benefit": run.benefit, "scheme": "none"}, run.pay_on).decides
    assert isinstance(decides, DecidesPayoutFund)
    asked = Transfer(
        message_id(file_id), work.now, run.pay_on, decides.purpose, payer.name, payer.account, bank.code,
        tuple(await _credits(work, payments)),
    )  # fmt: skip
    content = transfer.write(asked)
    keys = {"people": [one.person_id for one in payments], "payments": [one.payment_id for one in payments]}
    filed = await work.run(SQL["note_file"], keys | {"file_id": file_id})
    assert filed == len(payments), "the run is locked: nobody else files its payments"
    await work.run(SQL["add_file"], {
        "file_id": file_id, "run_id": run.run_id, "bank_id": payer.bank_id, "payments": len(payments),
        "total_fen": asked.total_fen, "sealed": work.vault.seal(content, file_place(file_id)),
        "digest": sha256(content).digest(), "now": work.now,
    })  # fmt: skip
    work.record(0, "payout.file_written", file_id, run=run.run_id, bank=bank.code, payments=len(payments))


async def _credits(work: Work, payments: Sequence[Payment]) -> list[Credit]:
    known = await people.identities(work, [one.person_id for one in payments])
    items = {
        one.item_id: one
        for one in await store.items(work, [(one.person_id, one.item_id) for one in payments])
    }
    numbers = await _numbers(work, payments)
    work.record(0, "identity.sent", "banks", people=len(payments), purpose="payout")
    return [
        Credit(
            end_to_end_id(*one.key), one.amount_fen, known[one.person_id].name, numbers[one.payment_id],
            _note(items[one.item_id]),
        )
        for one in payments
    ]  # fmt: skip


async def _numbers(work: Work, payments: Sequence[Payment]) -> dict[int, str]:
    """Open the account numbers, by payment."""
    keys = [(one.person_id, one.application_id, one.bank_id) for one in payments if one.application_id]
    of_cards = await accounts.account_numbers(work, keys)
    asked = {
        "people": [one.person_id for one in payments if one.account_id],
        "accounts": [one.account_id for one in payments if one.account_id],
    }
    on_file = {
        number: work.vault.open(bytes(sealed), account_place(number)).decode()
        for number, sealed in await work.rows(SQL["sealed_accounts"], asked)
    }
    return {
        one.payment_id: of_cards[one.application_id] if one.application_id else on_file[one.account_id or 0]
        for one in payments
    }


def _note(item: Item) -> str:
    return f"{NOTES[item.benefit]} {item.period:%Y-%m}"

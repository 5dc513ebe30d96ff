"""What banks write is kept as it came and taken in: reports at once, statements one after another.

The same document may come twice, late, or before an earlier one; taken in, each counts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

from shebaoka.banking.model import Document
from shebaoka.benefits.payouts import states, store
from shebaoka.benefits.payouts.model import (
    DifferenceKind,
    PaidOut,
    Payer,
    Payment,
    end_to_end_id,
    file_of,
    key_of,
)
from shebaoka.benefits.payouts.states import ItemAction, PaymentAction, PaymentStatus
from shebaoka.benefits.payouts.store import SQL, Move, document_place
from shebaoka.kit.money import Fen
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.ledger import commands as ledger
from shebaoka.ledger.model import Account, Entry, Kind, moves
from shebaoka.records.iso20022 import report, statement
from shebaoka.records.iso20022.errors import DocumentRefused
from shebaoka.records.iso20022.model import Answer, Detail, Direction, Movement, Report, Statement

SAID: Final[dict[str, PaymentAction]] = {"accepted": "accept", "rejected": "reject"}
ACTIONS: Final[dict[PaymentAction, str]] = {
    "accept": "payout.accepted", "reject": "payout.rejected", "book": "payout.paid", "return": "payout.returned",
}  # fmt: skip
"""What a bank may tell of a payment, and the audit fact of each."""
TEXT_MAX: Final = 200
DIRECTIONS: Final[tuple[Direction, Direction]] = ("debit", "credit")


@dataclass(frozen=True, slots=True)
class _Step:
    """What a document does to a payment."""

    payment: Payment
    action: PaymentAction
    to: PaymentStatus
    code: str
    reason: str
    on: date | None


@dataclass(slots=True)
class _Found:
    """What a document comes to, gathered before anything is written: at most one step of a payment."""

    moves: list[_Step] = field(default_factory=list)
    moved: set[tuple[int, int]] = field(default_factory=set)
    differences: list[tuple[str, DifferenceKind, str]] = field(default_factory=list)

    def differs(self, number: str, kind: DifferenceKind, detail: str) -> None:
        self.differences.append((number[:35] or "—", kind, detail))


async def take_documents(work: Work, bank_id: int, documents: Sequence[Document]) -> int:
    """Keep what a bank wrote, word for word and sealed; what is there already is left as it is. Gives how many came.

    This function will read nothing of them: `work_documents` does, in a transaction of its own for each.
    """
    if documents:
        once = {one.document_id: one for one in documents}
        await work.run(SQL["add_documents"], {
            "bank_id": bank_id, "documents": list(once), "kinds": [one.kind for one in once.values()],
            "sealed": [
                work.vault.seal(one.content, document_place(bank_id, one.document_id)) for one in once.values()
            ],
            "digests": [sha256(one.content).digest() for one in once.values()], "now": work.now,
        })  # fmt: skip
    return len(documents)


async def waiting(work: Work, bank_id: int) -> list[str]:
    """Give the documents of a bank that were not taken in yet, reports first."""
    return [row[0] for row in await work.rows(SQL["waiting_documents"], {"bank_id": bank_id})]


async def note_gap(work: Work, bank_id: int, sequence: int) -> bool:
    """List that a statement is missing while later ones wait for it, once; tell whether some do."""
    waits: str | None = await work.value(SQL["first_waiting_statement"], {"bank_id": bank_id})
    if waits is None:
        return False
    found = _Found()
    found.differs(
        str(sequence),
        "gap",
        f"缺第 {sequence} 号对账单，之后的都在等它 · statement {sequence} is missing, later ones wait for it",
    )
    await _list(work, bank_id, waits, found)
    return True


async def work_documents(
    work: Work, bank_id: int, document_id: str, schemas: Path | None = None
) -> tuple[PaidOut, bool]:
    """Take in one document that waits; tell what came of it, and whether it was done with.

    A statement whose forerunner is missing goes on waiting. What cannot be read is refused and kept, with why; what cannot
    be booked is listed as a difference. Raises PayoutMovedMeanwhile where somebody worked on the same payments: then again.
    """
    asked = {"bank_id": bank_id, "document_id": document_id}
    found = await work.row(SQL["lock_document"], asked)
    if found is None:
        return PaidOut(), False
    kind, sealed = found
    content = work.vault.open(bytes(sealed), document_place(bank_id, document_id))
    try:
        if kind == "pain.002":
            return await _take_report(work, bank_id, document_id, report.parse(content, schemas)), True
        return await _take_statement(work, bank_id, document_id, content, statement.parse(content, schemas))
    except DocumentRefused as refused:
        await _done(work, bank_id, document_id, "refused", problem=refused.detail[:500])
        work.record(0, "payout.document_refused", document_id, bank=bank_id)
        return PaidOut(documents=1), True


async def _take_report(work: Work, bank_id: int, document_id: str, told: Report) -> PaidOut:
    file_id = file_of(told.names)
    payments = await work.rows(SQL["payments_of_file"], {"file_id": file_id}, Payment) if file_id else []
    mine = {one.key: one for one in payments if one.bank_id == bank_id}
    found = _Found()
    if not mine:
        found.differs(told.names, "unknown", "回执所指文件不是本市的 · it answers a file that is not ours")
    said = dict.fromkeys(mine, told.whole) if told.whole else {}
    for answer in told.answers:
        key = key_of(answer.end_to_end_id)
        if key not in mine:
            found.differs(answer.end_to_end_id, "unknown", "回执所指笔不在该文件中 · no payment of that file")
        else:
            said[key] = answer
    for key, one in said.items():
        if one is not None:
            _hear(found, mine[key], one)
    done = await _write(work, bank_id, document_id, found)
    await _done(work, bank_id, document_id, "taken")
    return done + PaidOut(documents=1)


def _hear(found: _Found, payment: Payment, answer: Answer) -> None:
    action = SAID.get(answer.status)
    if action is None:
        return  # pending: nothing is known yet
    _move(found, payment, action, answer.code, answer.reason)


async def _take_statement(
    work: Work, bank_id: int, document_id: str, content: bytes, told: Statement
) -> tuple[PaidOut, bool]:
    payer = await work.row(SQL["lock_payer"], {"bank_id": bank_id}, Payer)
    if payer is None or payer.account != told.account:
        raise DocumentRefused("不是本市发放账户的对账单 · a statement of an account that is not ours")
    if told.sequence > payer.next_sequence:
        return PaidOut(), False
    if told.sequence < payer.next_sequence:
        return await _again(work, bank_id, document_id, content, told), True
    if told.opening_fen != payer.balance_fen:
        opens, closed = Fen(told.opening_fen).yuan(), Fen(payer.balance_fen).yuan()
        raise DocumentRefused(
            f"第{told.sequence}号期初{opens}不等于上一号期末{closed} · it opens with {opens}, the one before closed with {closed}"
        )
    done = PaidOut(documents=1)
    # What comes back was paid first, perhaps in this very statement.
    for direction in DIRECTIONS:
        done += await _write(work, bank_id, document_id, await _read(work, bank_id, told, direction))
    await work.run(SQL["payer_goes_on"], {
        "bank_id": bank_id, "next_sequence": told.sequence + 1, "balance_fen": told.closing_fen,
    })  # fmt: skip
    await _done(work, bank_id, document_id, "taken", sequence=told.sequence)
    work.record(0, "payout.statement_taken", document_id, bank=bank_id, sequence=told.sequence)
    return done, True


async def _again(work: Work, bank_id: int, document_id: str, content: bytes, told: Statement) -> PaidOut:
    """Look at a statement whose number was taken in before: the same again is nothing new, another one is a difference."""
    asked = {"bank_id": bank_id, "sequence": told.sequence}
    taken = await work.value(SQL["statement_taken"], asked)
    found = _Found()
    if taken is None or bytes(taken) != sha256(content).digest():
        found.differs(
            str(told.sequence),
            "contradiction",
            "同一号对账单内容不同 · another statement under a number that was taken in",
        )
    done = await _write(work, bank_id, document_id, found)
    await _done(work, bank_id, document_id, "repeated")
    return done + PaidOut(documents=1)


async def _read(work: Work, bank_id: int, told: Statement, direction: Direction) -> _Found:
    """Find the payments that a statement's debits, or its credits, are about."""
    movements = [one for one in told.movements if one.direction == direction]
    keys = {key for one in movements for detail in one.details if (key := key_of(detail.end_to_end_id))}
    asked = {"people": [person for person, _ in keys], "payments": [payment for _, payment in keys]}
    mine = {
        one.key: one for one in await work.rows(SQL["payments"], asked, Payment) if one.bank_id == bank_id
    }
    found = _Found()
    for movement in movements:
        if not movement.details:
            found.differs(movement.reference, "unknown", _plain(movement))
        for detail in movement.details:
            _read_one(found, mine.get(key_of(detail.end_to_end_id) or (0, 0)), movement, detail)
    return found


def _plain(movement: Movement) -> str:
    way = "收入" if movement.direction == "credit" else "支出"
    amount = Fen(movement.amount_fen).yuan()
    return f"{way} {amount}，没有明细 · {movement.direction} of {amount} without details"


def _read_one(found: _Found, payment: Payment | None, movement: Movement, detail: Detail) -> None:
    amount = Fen(detail.amount_fen).yuan()
    number = detail.end_to_end_id
    if payment is None:
        found.differs(number, "unknown", f"{amount}，不是本市的发放 · no payment of ours")
    elif payment.amount_fen != detail.amount_fen:
        ours = Fen(payment.amount_fen).yuan()
        found.differs(
            number, "amount_differs", f"银行 {amount}，本市 {ours} · the bank says {amount}, we say {ours}"
        )
    elif payment.key in found.moved:
        found.differs(number, "contradiction", f"同一对账单中出现两次 · {amount} twice in one statement")
    else:
        action: PaymentAction = "book" if movement.direction == "debit" else "return"
        _move(found, payment, action, detail.code, detail.reason, movement.booked_on)


def _move(
    found: _Found,
    payment: Payment,
    action: PaymentAction,
    code: str = "",
    reason: str = "",
    on: date | None = None,
) -> None:
    try:
        to = states.after(states.PAYMENT, payment.status, action)
    except TransitionRefused as refused:
        found.differs(end_to_end_id(*payment.key), "contradiction", refused.detail)
        return
    if to != payment.status:
        found.moves.append(_Step(payment, action, to, code, reason, on))
        found.moved.add(payment.key)


async def _write(work: Work, bank_id: int, document_id: str, found: _Found) -> PaidOut:
    """Write what was found: payments, their items, the ledger, and differences."""
    steps = {action: [one for one in found.moves if one.action == action] for action in ACTIONS}
    booked = await ledger.post_many(work, [_paid(one) for one in steps["book"]])
    entries = dict(zip((one.payment.key for one in steps["book"]), booked, strict=True))
    for one in steps["return"]:
        person_id, payment_id = one.payment.key
        assert one.payment.entry_id, "what is booked stands in the ledger"
        await ledger.reverse(work, person_id, one.payment.entry_id, payment_id, one.on or work.present_day)
    await store.move_payments(work, [
        Move(
            one.payment, one.to, one.code or None, one.reason[:TEXT_MAX] or None,
            booked_on=one.on if one.action == "book" else None,
            returned_on=one.on if one.action == "return" else None, entry_id=entries.get(one.payment.key),
        )
        for one in found.moves
    ])  # fmt: skip
    await _move_items(work, steps["book"], "pay")
    await _move_items(work, [*steps["reject"], *steps["return"]], "fail")
    await _list(work, bank_id, document_id, found)
    for action, facts in ACTIONS.items():
        work.record_many(facts, [one.payment.key for one in steps[action]])
    return PaidOut(
        accepted=len(steps["accept"]), rejected=len(steps["reject"]), booked=len(steps["book"]),
        returned=len(steps["return"]), differences=len(found.differences),
    )  # fmt: skip


async def _move_items(work: Work, steps: Sequence[_Step], action: ItemAction) -> None:
    keys = [(one.payment.person_id, one.payment.item_id) for one in steps]
    if keys:
        await store.move_items(work, await store.items(work, keys), action)


async def _list(work: Work, bank_id: int, document_id: str, found: _Found) -> None:
    if not found.differences:
        return
    await work.run(SQL["add_differences"], {
        "bank_id": bank_id, "document_id": document_id, "now": work.now,
        "ids": list(work.ids.many(len(found.differences))), "numbers": [one[0] for one in found.differences],
        "kinds": [one[1] for one in found.differences], "details": [one[2] for one in found.differences],
    })  # fmt: skip
    work.record(0, "payout.differences_found", document_id, bank=bank_id, differences=len(found.differences))


def _paid(step: _Step) -> Entry:
    """Give the entry of a payment: it is owed no more, and our account at the bank holds as much less."""
    payment = step.payment
    assert step.on is not None, "a statement says on which day"
    return Entry(
        person_id=payment.person_id, kind=Kind.PAYOUT, reference=payment.payment_id, booked_on=step.on,
        lines=moves((Account.BENEFITS_OWED, Account.BANK, payment.amount_fen)),
    )  # fmt: skip


async def _done(
    work: Work, bank_id: int, document_id: str, status: str, sequence: int | None = None, problem: str | None = None
) -> None:  # fmt: skip
    await work.run(SQL["document_done"], {
        "bank_id": bank_id, "document_id": document_id, "status": status, "sequence": sequence, "problem": problem,
        "now": work.now,
    })  # fmt: skip

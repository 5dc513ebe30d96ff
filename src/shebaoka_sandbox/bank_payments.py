"""How a bank pays: a file is taken once, answered payment by payment, and stands in our account's statements."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import date
from hashlib import sha256
from typing import Annotated, Final, Literal

import msgspec

from shebaoka.records.iso20022 import report, statement, transfer
from shebaoka.records.iso20022.errors import DocumentRefused
from shebaoka.records.iso20022.model import (
    Answer,
    Credit,
    Detail,
    Movement,
    Report,
    Statement,
    Transfer,
)
from shebaoka_sandbox import chance
from shebaoka_sandbox.bank_books import OUTSIDE, Books, Part, now
from shebaoka_sandbox.desk import Declined, Desks

REASONS: Final = {
    "AC01": "账号不存在", "AC04": "账户已销户", "AC06": "账户已冻结", "AG01": "账户未激活", "AM04": "付款账户余额不足", "BE01": "户名不符",
}  # fmt: skip
BY_STATUS: Final = {"closed": "AC04", "frozen": "AC06", "opened": "AG01"}
FUNDED_FEN: Final = 10**13
"""What an account of ours holds when a bank first hears of it: a sandbox's city is never short, unless it is told to be."""


class File(msgspec.Struct, frozen=True):
    """A payment file as it is sent."""

    message_id: Annotated[str, msgspec.Meta(min_length=1, max_length=35)]
    document: str


class Receipt(msgspec.Struct, frozen=True):
    """The file is here."""

    message_id: str
    repeated: bool


class Handed(msgspec.Struct, frozen=True):
    """A document as it is handed over."""

    document_id: str
    kind: str
    document: str


class Documents(msgspec.Struct, frozen=True):
    """Documents, and the cursor to go on from."""

    documents: list[Handed]
    next: str = ""


class Payments:
    """All banks' payments. A statement is cut when somebody asks and something has happened since the last one."""

    def __init__(self, desks: Desks, books: Books) -> None:
        self._desks = desks
        self._store = desks.store
        self._books = books

    async def take(self, code: str, file: File) -> Receipt:
        """Take a file. The same again does nothing; another one under the same number is declined, a faulty one too."""
        partner = f"bank:{code}"
        self._desks.enter(partner, f"{partner}:payments")
        digest = sha256(file.document.encode()).hexdigest()
        try:
            asked = transfer.parse(file.document.encode())
        except DocumentRefused as refused:
            raise Declined(422, refused.detail) from None
        with self._store.transaction():
            known = self._store.run(
                "select digest from bank_file where bank = ? and message_id = ?", code, file.message_id
            )
            if known and known[0][0] != digest:
                raise Declined(409, f"another file came as {file.message_id}")
            if not known:
                self._store.run("insert into bank_file values (?, ?, ?)", code, file.message_id, digest)
                self._pay(code, asked)
        await asyncio.sleep(self._desks.faults.of(partner).delay_ms / 1000)
        return Receipt(file.message_id, bool(known))

    def _pay(self, code: str, asked: Transfer) -> None:
        books = self._books
        if books.find(code, asked.payer_account) is None:
            books.open(code, asked.payer_account, asked.payer, "agency", status="active")
            books.entry(code, f"fund-{asked.payer_account}", "funding", Part(OUTSIDE, -FUNDED_FEN), Part(asked.payer_account, FUNDED_FEN))  # fmt: skip
        codes = {one.end_to_end_id: self._code(code, one) for one in asked.credits}
        good = [one for one in asked.credits if not codes[one.end_to_end_id]]
        total = sum(one.amount_fen for one in good)
        whole = None
        if books.balance(code, asked.payer_account) < total:
            whole, good = Answer("", "rejected", "AM04", REASONS["AM04"]), []
        elif good:
            paid = [Part(one.account, one.amount_fen, one.end_to_end_id) for one in good]
            books.entry(code, asked.message_id, "payout", Part(asked.payer_account, -total), *paid)
        for one in good:
            returned = self._desks.faults.hits(f"bank:{code}", "returned", one.end_to_end_id)
            self._store.run(
                "insert into bank_payment values (?, ?, ?, ?, ?, ?, '', null, ?)",
                code, one.end_to_end_id, asked.message_id, asked.payer_account, one.account, one.amount_fen, returned,
            )  # fmt: skip
        answers = (
            ()
            if whole
            else tuple(_answer(one.end_to_end_id, codes[one.end_to_end_id]) for one in asked.credits)
        )
        told = Report(f"R-{asked.message_id}"[:35], now(), asked.message_id, whole, answers)
        self._keep(code, f"{code}-{told.message_id}", "pain.002", asked.message_id, report.write(told))

    def _code(self, code: str, credit: Credit) -> str:
        """Tell why a payment is rejected; empty when it is not."""
        account = self._books.find(code, credit.account)
        if account is None or account.number != credit.account or account.kind == "agency":
            return "AC01"
        if account.status != "active":
            return BY_STATUS[account.status]
        if account.name != credit.name:
            return "BE01"
        faults = self._desks.faults
        if faults.hits(f"bank:{code}", "refuse", credit.end_to_end_id):
            return chance.choose(("AC01", "AC06", "BE01"), faults.seed, code, "reject", credit.end_to_end_id)
        return ""

    def feed(self, code: str, after: str, limit: int) -> Documents:
        """Give the feed's next documents: some never, some twice, some before others, as the switches are."""
        self._desks.enter(f"bank:{code}", f"bank:{code}:documents")
        self._cut(code)
        rows = self._store.run(
            "select number, document_id, kind, document from bank_document where bank = ? and number > ? order by number limit ?",
            code, int(after or 0), limit,
        )  # fmt: skip
        told = [one for row in rows for one in self._told(code, row[1], row[2], bytes(row[3]))]
        if any(self._desks.faults.hits(f"bank:{code}", "reorder", row[1]) for row in rows):
            told.reverse()
        return Documents(told, str(rows[-1][0]) if rows else after)

    def reports(self, code: str, message_id: str) -> Documents:
        """Give all that was said of a file: who asks loses nothing."""
        self._desks.enter(f"bank:{code}", f"bank:{code}:documents")
        return self._asked(code, "pain.002", "message_id", message_id)

    def statement(self, code: str, sequence: int) -> Documents:
        """Give a statement by its number, if there is one."""
        self._desks.enter(f"bank:{code}", f"bank:{code}:documents")
        self._cut(code)
        return self._asked(code, "camt.053", "sequence", sequence)

    def _asked(
        self, code: str, kind: str, by: Literal["message_id", "sequence"], value: str | int
    ) -> Documents:
        rows = self._store.run(
            f"select document_id, kind, document from bank_document where bank = ? and kind = ? and {by} = ? order by number",  # noqa: S608 - one of two names
            code, kind, value,
        )  # fmt: skip
        return Documents([Handed(row[0], row[1], bytes(row[2]).decode()) for row in rows])

    def _told(self, code: str, document_id: str, kind: str, document: bytes) -> list[Handed]:
        faults, partner = self._desks.faults, f"bank:{code}"
        if faults.hits(partner, "lose", document_id):
            return []
        if kind == "camt.053" and faults.of(partner).wrong_total:
            told = statement.parse(document)
            wrong = statement.write(_off_by_one(told))
            return [Handed(f"{document_id}-x"[:64], kind, wrong.decode())]
        one = Handed(document_id, kind, document.decode())
        return [one] * (2 if faults.hits(partner, "duplicate", document_id) else 1)

    def _cut(self, code: str) -> None:
        """Cut a statement for each account of ours at which something happened; first give back what comes back."""
        with self._store.transaction():
            for (number,) in self._store.run(
                "select number from bank_account where bank = ? and kind = 'agency'", code
            ):
                self._give_back(code, number)
                self._cut_one(code, number)

    def _give_back(self, code: str, payer: str) -> None:
        """Give back what was booked in an earlier statement and cannot be kept: the account was closed, in the sandbox's story."""
        for end_to_end_id, account, fen in self._store.run(
            "select end_to_end_id, account, fen from bank_payment where bank = ? and payer = ? and returned = 1 and statement is not null",
            code, payer,
        ):  # fmt: skip
            if self._books.balance(code, account) < fen:
                continue
            self._books.entry(
                code,
                f"return-{end_to_end_id}",
                "return",
                Part(account, -fen),
                Part(payer, fen, end_to_end_id),
            )
            self._store.run(
                "update bank_payment set returned = 2, code = 'AC04' where bank = ? and end_to_end_id = ?",
                code,
                end_to_end_id,
            )

    def _cut_one(self, code: str, payer: str) -> None:
        last = self._store.run(
            "select coalesce(max(sequence), 0), coalesce(max(until), 0) from bank_document where bank = ? and kind = 'camt.053' and message_id = ?",
            code, payer,
        )[0]  # fmt: skip
        lines = self._books.lines(code, payer, last[1])
        if not lines:
            return
        sequence = last[0] + 1
        opening = self._books.balance(code, payer) - sum(line[3] for line in lines)
        details: dict[str, list[Detail]] = defaultdict(list)
        for end_to_end_id, message_id, fen in self._store.run(
            "select end_to_end_id, message_id, fen from bank_payment where bank = ? and payer = ? and statement is null",
            code, payer,
        ):  # fmt: skip
            details[message_id].append(Detail(end_to_end_id, fen, message_id))
        movements = []
        for _, entry, kind, fen, told, day in lines:
            of_it = tuple(details.get(entry, ()))
            if kind == "return":
                of_it = (Detail(told, fen, "", "AC04", REASONS["AC04"]),)
            movements.append(Movement(
                f"{entry}"[:35], abs(fen), "credit" if fen > 0 else "debit", date.fromisoformat(day), kind, of_it
            ))  # fmt: skip
        one = Statement(
            f"{code}-S{sequence}-{payer[-4:]}", sequence, now(), payer, opening, self._books.balance(code, payer), tuple(movements)
        )  # fmt: skip
        self._store.run("update bank_payment set statement = ? where bank = ? and payer = ? and statement is null", sequence, code, payer)  # fmt: skip
        self._keep(code, one.statement_id, "camt.053", payer, statement.write(one), sequence, lines[-1][0])

    def _keep(
        self, code: str, document_id: str, kind: str, message_id: str, document: bytes,
        sequence: int | None = None, until: int | None = None,
    ) -> None:  # fmt: skip
        self._store.run(
            "insert or ignore into bank_document values (null, ?, ?, ?, ?, ?, ?, ?)",
            code, document_id, kind, message_id, sequence, until, document,
        )  # fmt: skip


def _answer(end_to_end_id: str, code: str) -> Answer:
    return (
        Answer(end_to_end_id, "rejected", code, REASONS[code]) if code else Answer(end_to_end_id, "accepted")
    )


def _off_by_one(told: Statement) -> Statement:
    return Statement(
        told.statement_id, told.sequence, told.created_at, told.account, told.opening_fen, told.closing_fen + 1, told.movements
    )  # fmt: skip

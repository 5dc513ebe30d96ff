"""camt.053.001.08: what happened at our account, from one balance to the next."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from shebaoka.records.iso20022.errors import DocumentRefused
from shebaoka.records.iso20022.model import Detail, Direction, Movement, Statement
from shebaoka.records.iso20022.xml import Node, Writer, read

MESSAGE: Final = "camt.053.001.08"
SIGN: Final[dict[str, Direction]] = {"CRDT": "credit", "DBIT": "debit"}
OPENING: Final = "OPBD"
CLOSING: Final = "CLBD"
NOT_GIVEN: Final = "NOTPROVIDED"
"""What ISO has a bank say where a payment had no end-to-end number."""


def write(statement: Statement) -> bytes:
    """Give the document, as a bank does."""
    document = Writer(MESSAGE)
    top = document.add(document.root, "BkToCstmrStmt")
    moment = statement.created_at.isoformat(timespec="seconds")
    head = document.add(top, "GrpHdr")
    document.add(head, "MsgId", text=statement.statement_id)
    document.add(head, "CreDtTm", text=moment)
    one = document.add(top, "Stmt")
    document.add(one, "Id", text=statement.statement_id)
    document.add(one, "ElctrncSeqNb", text=str(statement.sequence))
    document.add(one, "CreDtTm", text=moment)
    document.add(one, "Acct", "Id", "Othr", "Id", text=statement.account)
    for code, fen in ((OPENING, statement.opening_fen), (CLOSING, statement.closing_fen)):
        balance = document.add(one, "Bal")
        document.add(balance, "Tp", "CdOrPrtry", "Cd", text=code)
        document.money(balance, "Amt", fen=abs(fen))
        document.add(balance, "CdtDbtInd", text="CRDT" if fen >= 0 else "DBIT")
        document.add(balance, "Dt", "Dt", text=moment[:10])
    for movement in statement.movements:
        _entry(document, one, movement)
    return document.done(MESSAGE)


def parse(content: bytes, folder: Path | None = None) -> Statement:
    """Read a statement with one account. Raises DocumentRefused, also where it does not add up.

    Only what is booked counts; an entry that is still pending is left out, as its balances leave it out.
    """
    top = read(content, MESSAGE, folder)
    statements = list(top.all("Stmt"))
    if len(statements) != 1:
        raise DocumentRefused(f"须为一个账户的对账单 · one statement in a document, not {len(statements)}")
    (node,) = statements
    balances = {one.text("Tp", "CdOrPrtry", "Cd", default=""): _signed(one) for one in node.all("Bal")}
    if not {OPENING, CLOSING} <= balances.keys():
        raise DocumentRefused("缺少期初或期末余额 · OPBD and CLBD are needed")
    statement = Statement(
        node.text("Id"), node.number("ElctrncSeqNb"), node.moment("CreDtTm"), node.text("Acct", "Id", "Othr", "Id"),
        balances[OPENING], balances[CLOSING],
        tuple(_movement(one) for one in node.all("Ntry") if one.text("Sts", "Cd", default="BOOK") == "BOOK"),
    )  # fmt: skip
    if statement.opening_fen + statement.moved_fen != statement.closing_fen:
        raise DocumentRefused(
            "期初加发生额不等于期末 · opening balance and entries do not come to the closing balance"
        )
    return statement


def _entry(document: Writer, parent: Any, one: Movement) -> None:
    entry = document.add(parent, "Ntry")
    document.add(entry, "NtryRef", text=one.reference)
    document.money(entry, "Amt", fen=one.amount_fen)
    sign = next(code for code, name in SIGN.items() if name == one.direction)
    document.add(entry, "CdtDbtInd", text=sign)
    document.add(entry, "Sts", "Cd", text="BOOK")
    document.add(entry, "BookgDt", "Dt", text=one.booked_on.isoformat())
    document.add(entry, "BkTxCd", "Prtry", "Cd", text=one.kind)
    if not one.details:
        return
    details = document.add(entry, "NtryDtls")
    for detail in one.details:
        told = document.add(details, "TxDtls")
        references = document.add(told, "Refs")
        if detail.file:
            document.add(references, "MsgId", text=detail.file)
        document.add(references, "EndToEndId", text=detail.end_to_end_id)
        document.money(told, "Amt", fen=detail.amount_fen)
        document.add(told, "CdtDbtInd", text=sign)
        if detail.code:
            reason = document.add(told, "RtrInf")
            document.add(reason, "Rsn", "Cd", text=detail.code)
            document.add(reason, "AddtlInf", text=detail.reason)


def _movement(entry: Node) -> Movement:
    amount = entry.fen("Amt")
    details = tuple(map(_detail, entry.all("NtryDtls", "TxDtls")))
    if details and sum(one.amount_fen for one in details) != amount:
        raise DocumentRefused("分录合计不等于明细之和 · an entry is not the sum of its details")
    return Movement(
        entry.text("NtryRef", default=""), amount, SIGN[entry.text("CdtDbtInd")], entry.day("BookgDt"),
        entry.text("BkTxCd", "Prtry", "Cd", default=""), details,
    )  # fmt: skip


def _detail(told: Node) -> Detail:
    return Detail(
        told.text("Refs", "EndToEndId", default=NOT_GIVEN), told.fen("Amt"), told.text("Refs", "MsgId", default=""),
        told.text("RtrInf", "Rsn", "Cd", default=""), told.text("RtrInf", "AddtlInf", default=""),
    )  # fmt: skip


def _signed(balance: Node) -> int:
    fen = balance.fen("Amt")
    return fen if SIGN[balance.text("CdtDbtInd")] == "credit" else -fen

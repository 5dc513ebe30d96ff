"""pain.001.001.09: what a bank is to pay."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from shebaoka.records.iso20022.errors import DocumentRefused
from shebaoka.records.iso20022.model import Credit, Transfer
from shebaoka.records.iso20022.xml import Node, Writer, read, yuan

MESSAGE: Final = "pain.001.001.09"


def write(transfer: Transfer) -> bytes:
    """Give the file. The same transfer gives the same bytes: a file may be sent any number of times.

    One payment information with batch booking: a bank debits the sum once and names each payment below it.
    """
    document = Writer(MESSAGE)
    top = document.add(document.root, "CstmrCdtTrfInitn")
    head = document.add(top, "GrpHdr")
    document.add(head, "MsgId", text=transfer.message_id)
    document.add(head, "CreDtTm", text=transfer.created_at.isoformat(timespec="seconds"))
    _counted(document, head, transfer)
    document.add(head, "InitgPty", "Nm", text=transfer.payer)
    payment = document.add(top, "PmtInf")
    document.add(payment, "PmtInfId", text=transfer.message_id)
    document.add(payment, "PmtMtd", text="TRF")
    document.add(payment, "BtchBookg", text="true")
    _counted(document, payment, transfer)
    document.add(payment, "PmtTpInf", "CtgyPurp", "Cd", text=transfer.purpose)
    document.add(payment, "ReqdExctnDt", "Dt", text=transfer.pay_on.isoformat())
    document.add(payment, "Dbtr", "Nm", text=transfer.payer)
    document.add(payment, "DbtrAcct", "Id", "Othr", "Id", text=transfer.payer_account)
    document.add(payment, "DbtrAgt", "FinInstnId", "Othr", "Id", text=transfer.bank)
    for one in transfer.credits:
        _credit(document, payment, one)
    return document.done(MESSAGE)


def parse(content: bytes, folder: Path | None = None) -> Transfer:
    """Read a file back, as a bank does. Raises DocumentRefused, also where it does not sum to what it says."""
    top = read(content, MESSAGE, folder)
    head, payment = top.one("GrpHdr"), top.one("PmtInf")
    transfer = Transfer(
        head.text("MsgId"), head.moment("CreDtTm"), payment.day("ReqdExctnDt"), payment.text("PmtTpInf", "CtgyPurp", "Cd"),
        payment.text("Dbtr", "Nm"), payment.text("DbtrAcct", "Id", "Othr", "Id"),
        payment.text("DbtrAgt", "FinInstnId", "Othr", "Id"), tuple(map(_read, payment.all("CdtTrfTxInf"))),
    )  # fmt: skip
    for place in (head, payment):
        if (place.number("NbOfTxs"), place.fen("CtrlSum")) != (len(transfer.credits), transfer.total_fen):
            raise DocumentRefused("笔数或合计不符 · NbOfTxs or CtrlSum is not what the payments come to")
    return transfer


def _counted(document: Writer, parent: Any, transfer: Transfer) -> None:
    document.add(parent, "NbOfTxs", text=str(len(transfer.credits)))
    document.add(parent, "CtrlSum", text=yuan(transfer.total_fen))


def _credit(document: Writer, parent: Any, one: Credit) -> None:
    credit = document.add(parent, "CdtTrfTxInf")
    document.add(credit, "PmtId", "EndToEndId", text=one.end_to_end_id)
    document.money(credit, "Amt", "InstdAmt", fen=one.amount_fen)
    document.add(credit, "Cdtr", "Nm", text=one.name)
    document.add(credit, "CdtrAcct", "Id", "Othr", "Id", text=one.account)
    document.add(credit, "RmtInf", "Ustrd", text=one.note)


def _read(credit: Node) -> Credit:
    return Credit(
        credit.text("PmtId", "EndToEndId"), credit.fen("Amt", "InstdAmt"), credit.text("Cdtr", "Nm"),
        credit.text("CdtrAcct", "Id", "Othr", "Id"), credit.text("RmtInf", "Ustrd"),
    )  # fmt: skip

"""pain.002.001.10: what a bank says of a file and of its payments."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal

from shebaoka.records.iso20022.errors import DocumentRefused
from shebaoka.records.iso20022.model import Answer, Report
from shebaoka.records.iso20022.transfer import MESSAGE as TRANSFER
from shebaoka.records.iso20022.xml import Node, Writer, read

MESSAGE: Final = "pain.002.001.10"
Said = Literal["accepted", "rejected", "pending"]
STATUS: Final[dict[str, Said]] = {
    "ACCP": "accepted", "ACTC": "accepted", "ACSP": "accepted", "ACSC": "accepted", "ACWC": "accepted",
    "ACCC": "accepted", "RJCT": "rejected", "PDNG": "pending", "RCVD": "pending",
}  # fmt: skip
"""ISO's status codes. That money has moved, only a statement says."""
PARTLY: Final = "PART"
"""Of a file: some payments were accepted and some rejected, and each is told of."""


def write(report: Report) -> bytes:
    """Give the document, as a bank does."""
    document = Writer(MESSAGE)
    top = document.add(document.root, "CstmrPmtStsRpt")
    head = document.add(top, "GrpHdr")
    document.add(head, "MsgId", text=report.message_id)
    document.add(head, "CreDtTm", text=report.created_at.isoformat(timespec="seconds"))
    group = document.add(top, "OrgnlGrpInfAndSts")
    document.add(group, "OrgnlMsgId", text=report.names)
    document.add(group, "OrgnlMsgNmId", text=TRANSFER)
    if report.whole is not None:
        document.add(group, "GrpSts", text=_code(report.whole))
        _reason(document, group, report.whole)
    if report.answers:
        payment = document.add(top, "OrgnlPmtInfAndSts")
        document.add(payment, "OrgnlPmtInfId", text=report.names)
        for one in report.answers:
            told = document.add(payment, "TxInfAndSts")
            document.add(told, "OrgnlEndToEndId", text=one.end_to_end_id)
            document.add(told, "TxSts", text=_code(one))
            _reason(document, told, one)
    return document.done(MESSAGE)


def parse(content: bytes, folder: Path | None = None) -> Report:
    """Read a report. Raises DocumentRefused, also for a status that this house does not know."""
    top = read(content, MESSAGE, folder)
    group = top.one("OrgnlGrpInfAndSts")
    names = group.text("OrgnlMsgNmId")
    if not names.startswith(TRANSFER[:8]):
        raise DocumentRefused(f"回的是 {names}，不是 {TRANSFER} · it answers {names}")
    whole = group.text("GrpSts", default=PARTLY)
    answers = [
        _answer(told, told.text("OrgnlEndToEndId"), told.text("TxSts"))
        for told in top.all("OrgnlPmtInfAndSts", "TxInfAndSts")
    ]
    return Report(
        top.text("GrpHdr", "MsgId"), top.moment("GrpHdr", "CreDtTm"), group.text("OrgnlMsgId"),
        None if whole == PARTLY else _answer(group, "", whole), tuple(answers),
    )  # fmt: skip


def _answer(node: Node, end_to_end_id: str, status: str) -> Answer:
    if status not in STATUS:
        raise DocumentRefused(f"不认识的状态 {status} · unknown status {status}")
    code = node.text("StsRsnInf", "Rsn", "Cd", default="")
    return Answer(end_to_end_id, STATUS[status], code, node.text("StsRsnInf", "AddtlInf", default=""))


def _code(one: Answer) -> str:
    return {"accepted": "ACCP", "rejected": "RJCT", "pending": "PDNG"}[one.status]


def _reason(document: Writer, parent: Any, one: Answer) -> None:
    if one.code:
        reason = document.add(parent, "StsRsnInf")
        document.add(reason, "Rsn", "Cd", text=one.code)
        document.add(reason, "AddtlInf", text=one.reason)

"""The bureau's receipts: a batch is theirs when they have counted and hashed what we have."""

from __future__ import annotations

from shebaoka.issuing.production import custody
from shebaoka.issuing.production.arrival import Answer
from shebaoka.issuing.production.commands.holding import hold
from shebaoka.issuing.production.errors import ReturnRefused
from shebaoka.issuing.production.model import Difference, ReturnCounts, Sent, Step
from shebaoka.issuing.production.states import BatchAction, BatchStatus, after
from shebaoka.issuing.production.store import SQL
from shebaoka.kit.work import Work
from shebaoka.records.bureau import Receipt

NOT_THAT_FAR = (BatchStatus.CLOSED, BatchStatus.WRITTEN)


async def take_receipt(work: Work, answer: Answer, receipt: Receipt) -> ReturnCounts:
    """Note that the bureau has taken a batch; one whose count or hash is not ours stops the batch, with what differs."""
    sent = await work.row(SQL["sent"], {"batch_id": answer.batch_id}, Sent)
    if sent is None or sent.status == BatchStatus.OPEN:
        raise ReturnRefused("该批次没有发送过 · no such batch was ever sent", batch=answer.batch_id)
    if sent.status in NOT_THAT_FAR:
        return ReturnCounts(waiting=1)
    wrong = _differing(receipt, sent)
    before = await work.rows(SQL["receipts"], {"batch_id": answer.batch_id, "step": Step.TAKEN})
    if before and not wrong:
        return ReturnCounts(already=1)  # the bureau began anew after a kill, and says the same
    await custody.note(
        work, answer.batch_id, Step.TAKEN, file_name=answer.name, cards=receipt.cards, digest=answer.file_digest,
        said_at=receipt.taken_at,
    )  # fmt: skip
    if wrong:
        detail = f"签收单与所发文件不符：{'；'.join(wrong)} · the receipt does not fit what was sent"
        held = await hold(work, answer, sent.status, [Difference("receipt_differs", "", detail)])
        return ReturnCounts(receipts=1, differences=1, held=held)
    if sent.status == BatchStatus.HANDED:
        await work.run(SQL["move_batch"], {
            "batch_id": answer.batch_id, "from_status": BatchStatus.HANDED, "now": work.now,
            "to_status": after(BatchStatus.HANDED, BatchAction.TAKE),
        })  # fmt: skip
    return ReturnCounts(receipts=1)


def _differing(receipt: Receipt, sent: Sent) -> list[str]:
    assert sent.file_digest
    checks = {
        f"文件 {receipt.file_name} ≠ {sent.file_name}": receipt.file_name == sent.file_name,
        f"张数 {receipt.cards} ≠ {sent.cards}": receipt.cards == sent.cards,
        f"SM3 {receipt.digest[:16]}… ≠ {sent.file_digest.hex().upper()[:16]}…": receipt.digest
        == sent.file_digest.hex().upper(),
    }
    return [what for what, same in checks.items() if not same]

"""The bureau's answers: what became of each card, what it took, and that the keys are gone."""

from __future__ import annotations

from collections.abc import Sequence

from shebaoka.cards import views as cards
from shebaoka.issuing.production import custody
from shebaoka.issuing.production.arrival import Answer
from shebaoka.issuing.production.bureau import Bureau
from shebaoka.issuing.production.commands.holding import add_differences, hold
from shebaoka.issuing.production.commands.settling import fail, finish, make, unanswered
from shebaoka.issuing.production.errors import ReturnRefused
from shebaoka.issuing.production.model import Difference, ReturnCounts, Sent, SentOrder, Step
from shebaoka.issuing.production.reading_back import Chips
from shebaoka.issuing.production.sorting import Sorted, sort_out
from shebaoka.issuing.production.states import BatchStatus, OrderAction
from shebaoka.issuing.production.store import SQL
from shebaoka.keys.batches import of_batches
from shebaoka.keys.commands import confirm_destroyed
from shebaoka.keys.model import HandedOut, Purpose
from shebaoka.keys.states import HandOut
from shebaoka.kit.work import Work
from shebaoka.records.bureau import Return, Statement

NOT_THAT_FAR = (BatchStatus.CLOSED, BatchStatus.WRITTEN, BatchStatus.HELD)
NOTHING = Statement(0, 0, 0, 0, 0, None)


async def take_answer(work: Work, bureau: Bureau, answer: Answer) -> ReturnCounts:
    """Take in a return, or the sentence that no card was made; it waits until the batch is known to be with the bureau."""
    sent = await work.row(SQL["sent"], {"batch_id": answer.batch_id}, Sent)
    if sent is None or sent.status == BatchStatus.OPEN:
        raise ReturnRefused("该批次没有发送过 · no such batch was ever sent", batch=answer.batch_id)
    # Without a receipt nobody knows which file this answers; that a file is of no use is said without one.
    unreceipted = sent.status == BatchStatus.HANDED and isinstance(answer.said, Return)
    if sent.status in NOT_THAT_FAR or unreceipted:
        return ReturnCounts(waiting=1)
    if await _taken_before(work, answer):
        return ReturnCounts(already=1)
    found = _uncounted(answer)
    if found and await hold(work, answer, sent.status, found):
        return ReturnCounts(waiting=1, differences=len(found), held=1)
    return await _apply(work, bureau, answer)


async def _taken_before(work: Work, answer: Answer) -> bool:
    known = await work.rows(
        SQL["return_taken"],
        {"file_name": answer.name, "batch_id": answer.batch_id, "digest": answer.digest},
    )
    if any(name == answer.name and digest != answer.digest for name, digest in known):
        raise ReturnRefused(
            "同名文件已经采用过，内容不同；请制卡中心换用下一个序号"
            " · a file of this name and another content was taken before; the bureau must use the next number"
        )
    return bool(known)


def _uncounted(answer: Answer) -> list[Difference]:
    """Name each count of a file that is not that of its lines; a card that stands in two of them was made once."""
    if not isinstance(answer.said, Return):
        return []
    told, lines = answer.said.statement, answer.said.records
    cards_ = {line.card_number: line for line in lines}.values()
    made, spoiled = sum(line.made for line in cards_), sum(line.spoiled for line in cards_)
    checks = (
        ("加封时的行数", answer.items, len(lines)),
        ("行数", told.lines, len(lines)),
        ("制成", told.made, made),
        ("废坯", told.spoiled, spoiled),
        ("密钥使用次数", told.key_uses, made + spoiled),
    )
    wrong = "；".join(f"{what} {said} ≠ {counted}" for what, said, counted in checks if said != counted)
    if not wrong:
        return []
    detail = f"说明与明细不符：{wrong} · the statement does not fit the lines"
    return [Difference("statement_differs", "", detail)]


async def _apply(work: Work, bureau: Bureau, answer: Answer) -> ReturnCounts:
    keys = (await of_batches(work, [answer.batch_id])).get(answer.batch_id)
    told = answer.said.statement if isinstance(answer.said, Return) else NOTHING
    found = await _sorted(work, bureau, answer, keys)
    await make(work, found.made)
    failed = [order for order, _ in found.failed]
    reasons = [(line.failed_stage, line.failure_reason) for _, line in found.failed]
    if isinstance(answer.said, str):
        failed = await unanswered(work, answer.batch_id)
        reasons = [("制卡", answer.said)] * len(failed)
    reordered = await fail(work, failed, reasons, OrderAction.FAIL)
    await finish(work, answer.batch_id)
    await add_differences(work, answer.name, answer.digest, found.differences)
    counts = ReturnCounts(
        files=1,
        made=len(found.made),
        failed=len(failed),
        reordered=reordered,
        differences=len(found.differences),
    )
    await _note(work, answer, told, counts)
    if told.destroyed_at or isinstance(answer.said, str):
        await _destroyed(work, answer.batch_id, keys)
    return counts


async def _sorted(work: Work, bureau: Bureau, answer: Answer, keys: HandedOut | None) -> Sorted:
    if not isinstance(answer.said, Return):
        return Sorted([], [], [])
    lines = answer.said.records
    rows = await work.rows(SQL["sent_orders"], {"batch_id": answer.batch_id}, SentOrder)
    chips = await _chips(work, bureau, [line.chip_id for line in lines if line.made], keys)
    return sort_out(lines, {order.card_number: order for order in rows}, work.vault.digest, chips)


async def _chips(work: Work, bureau: Bureau, codes: Sequence[str], keys: HandedOut | None) -> Chips:
    """Give what each chip is held against. The keys are used once for all cards of a file."""
    if not codes or keys is None:
        return Chips(bureau.division, lambda _factor, _code: b"", ())
    ring = await bureau.keys.using(
        work, Purpose.CHECK, cards=len(codes), algorithm=keys.algorithm, version=keys.version
    )

    def mac(factor: bytes, code: bytes) -> bytes:
        return ring.code_mac(keys.algorithm, factor, code)

    return Chips(bureau.division, mac, await cards.known_codes(work, codes))


async def _destroyed(work: Work, batch_id: int, keys: HandedOut | None) -> None:
    """Take the bureau's word that it has destroyed a batch's keys, with all uses that its files have told."""
    if keys and keys.status == HandOut.OUTSTANDING:
        uses = await work.value(SQL["key_uses"], {"batch_id": batch_id})
        await confirm_destroyed(work, batch_id, uses)


async def _note(work: Work, answer: Answer, told: Statement, counts: ReturnCounts) -> None:
    await work.run(SQL["add_return"], {
        "file_name": answer.name, "digest": answer.digest, "batch_id": answer.batch_id,
        "lines": answer.items if isinstance(answer.said, Return) else 0, "made": counts.made, "failed": counts.failed,
        "differences": counts.differences, "spoiled": told.spoiled, "key_uses": told.key_uses, "now": work.now,
    })  # fmt: skip
    for step, cards_, said_at in (
        (Step.RETURNED, answer.items, told.destroyed_at),
        (Step.ACCEPTED, counts.made, None),
    ):
        await custody.note(
            work, answer.batch_id, step, file_name=answer.name, cards=cards_, digest=answer.file_digest, said_at=said_at
        )  # fmt: skip
    work.record(
        0,
        "return_file.taken",
        answer.name,
        made=counts.made,
        failed=counts.failed,
        differences=counts.differences,
    )

"""A batch whose counts or hashes do not fit is stopped; a person looks, and lets it go on or calls it off."""

from __future__ import annotations

from collections.abc import Sequence

from shebaoka.issuing.production import custody
from shebaoka.issuing.production.arrival import Answer
from shebaoka.issuing.production.commands.settling import fail, finish, unanswered
from shebaoka.issuing.production.model import Difference, Sent, Step
from shebaoka.issuing.production.sorting import CALLED_OFF
from shebaoka.issuing.production.states import LAPSING, BatchAction, BatchStatus, OrderAction, after
from shebaoka.issuing.production.store import SQL
from shebaoka.keys.commands import confirm_destroyed
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work

WHY = "批次已撤回 · the batch was called off"


async def add_differences(work: Work, name: str, digest: bytes, found: Sequence[Difference]) -> int:
    """Note what does not fit, by the file's name and digest; give how many of these were not noted before."""
    if not found:
        return 0
    parameters = {
        "file_name": name, "digest": digest, "now": work.now,
        "ordinals": list(range(1, len(found) + 1)),
        "kinds": [difference.kind for difference in found],
        "cards": [difference.card_number for difference in found],
        "details": [difference.detail for difference in found],
    }  # fmt: skip
    return await work.run(SQL["add_differences"], parameters)


async def hold(work: Work, answer: Answer, status: BatchStatus, found: Sequence[Difference]) -> int:
    """Stop a batch for what does not fit; give 1, or 0 where it is over already or was let go on with that before."""
    fresh = await add_differences(work, answer.name, answer.digest, found)
    if not fresh or status not in LAPSING:
        return 0
    await _move(work, answer.batch_id, status, BatchAction.HOLD)
    note = "；".join(difference.detail for difference in found)
    await custody.note(
        work, answer.batch_id, Step.HELD, file_name=answer.name, cards=answer.items, digest=answer.file_digest, note=note
    )  # fmt: skip
    return 1


async def release(work: Work, batch_id: int, reason: str) -> None:
    """Let a batch go on that was stopped, after the difference was cleared up with the bureau.

    This function will refuse with NotFound or TransitionRefused.
    """
    sent = await _found(work, batch_id)
    await _move(work, batch_id, sent.status, BatchAction.RELEASE)
    await custody.note(work, batch_id, Step.RELEASED, cards=sent.cards or 0, note=reason)
    await finish(work, batch_id)


async def call_off(work: Work, batch_id: int, reason: str) -> int:
    """Give up a batch that was stopped, or whose file is lost: what was not answered is ordered again. Give how many cards.

    This function will refuse with NotFound or TransitionRefused. The bureau must destroy what it has made meanwhile: a card of
    the batch that it still returns becomes a difference.
    """
    sent = await _found(work, batch_id)
    await _move(work, batch_id, sent.status, BatchAction.CALL_OFF)
    await custody.note(work, batch_id, Step.CALLED_OFF, cards=sent.cards or 0, note=reason)
    orders = await unanswered(work, batch_id)
    await fail(work, orders, [(CALLED_OFF, WHY)] * len(orders), OrderAction.LAPSE)
    if sent.status == BatchStatus.WRITTEN:
        # The bureau never had the file, nor the keys in it.
        await confirm_destroyed(work, batch_id, 0)
    return len(orders)


async def _found(work: Work, batch_id: int) -> Sent:
    sent = await work.row(SQL["sent"], {"batch_id": batch_id}, Sent)
    if sent is None:
        raise NotFound(f"batch {batch_id}")
    return sent


async def _move(work: Work, batch_id: int, was: BatchStatus, action: BatchAction) -> None:
    await work.run(SQL["move_batch"], {
        "batch_id": batch_id, "from_status": was, "to_status": after(was, action), "now": work.now,
    })  # fmt: skip

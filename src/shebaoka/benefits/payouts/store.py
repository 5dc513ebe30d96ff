"""The room's only door to its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from shebaoka.benefits.payouts import states
from shebaoka.benefits.payouts.errors import PayoutMovedMeanwhile
from shebaoka.benefits.payouts.model import Item, Payment
from shebaoka.benefits.payouts.states import ItemAction, PaymentStatus
from shebaoka.kit import queries
from shebaoka.kit.work import Work

SQL: Final = queries.load(__file__)


@dataclass(frozen=True, slots=True)
class Move:
    """A payment that moves, and what is noted with it."""

    payment: Payment
    to: PaymentStatus
    code: str | None = None
    reason: str | None = None
    booked_on: date | None = None
    returned_on: date | None = None
    entry_id: int | None = None


def account_place(account_id: int) -> str:
    """Name the place that an account on file is sealed for."""
    return f"payout_account:{account_id}"


def file_place(file_id: int) -> str:
    """Name the place that a payment file is sealed for."""
    return f"payout_file:{file_id}"


def document_place(bank_id: int, document_id: str) -> str:
    """Name the place that a bank's document is sealed for."""
    return f"bank_document:{bank_id}:{document_id}"


async def items(work: Work, keys: Sequence[tuple[int, int]]) -> list[Item]:
    """Give items by person and number."""
    people, numbers = [person for person, _ in keys], [number for _, number in keys]
    return await work.rows(SQL["items"], {"people": people, "items": numbers}, Item)


async def move_items(
    work: Work, found: Sequence[Item], action: ItemAction, *,
    actor: str | None = None, reason: str | None = None, same_account: bool = False,
) -> None:  # fmt: skip
    """Do one thing to items. Raises TransitionRefused for one that cannot, PayoutMovedMeanwhile where somebody was faster."""
    if not found:
        return
    to = {states.after(states.ITEM, one.status, action) for one in found}
    assert len(to) == 1, "an action leads to one status"
    moved = await work.run(SQL["move_items"], {
        "people": [one.person_id for one in found], "items": [one.item_id for one in found], "status": to.pop(),
        "were": sorted({one.status for one in found}), "actor": actor, "reason": reason, "same_account": same_account,
    })  # fmt: skip
    if moved != len(found):
        raise PayoutMovedMeanwhile


async def move_payments(work: Work, moves: Sequence[Move]) -> None:
    """Move payments, each from where it was found. Raises PayoutMovedMeanwhile where somebody was faster."""
    if not moves:
        return
    columns: dict[str, Any] = {
        "people": [one.payment.person_id for one in moves],
        "payments": [one.payment.payment_id for one in moves],
        "were": [one.payment.status for one in moves],
        "statuses": [one.to for one in moves],
        "codes": [one.code for one in moves],
        "reasons": [one.reason for one in moves],
        "booked": [one.booked_on for one in moves],
        "returned": [one.returned_on for one in moves],
        "entries": [one.entry_id for one in moves],
    }
    if await work.run(SQL["move_payments"], columns | {"now": work.now}) != len(moves):
        raise PayoutMovedMeanwhile

"""The life of a debit on one screen. Nothing else decides its status."""

from __future__ import annotations

from typing import Final, Literal

from shebaoka.kit.problems import TransitionRefused

Status = Literal["asked", "paid", "refused", "refunding", "refunded"]
Action = Literal["count", "refuse", "give_back", "refund"]

NEXT: Final[dict[tuple[Status, Action], Status]] = {
    ("asked", "count"): "paid",
    ("asked", "refuse"): "refused",
    ("asked", "give_back"): "refunding",  # taken, but no longer owed: somebody else paid meanwhile
    ("refunding", "refund"): "refunded",
}
WORDS: Final = {
    "asked": "待扣款", "paid": "已缴", "refused": "银行拒绝", "refunding": "待退款", "refunded": "已退款",
}  # fmt: skip


def after(status: Status, action: Action) -> Status:
    """Give the status that follows; this function will raise TransitionRefused."""
    try:
        return NEXT[status, action]
    except KeyError:
        raise TransitionRefused(
            f"扣款{WORDS[status]}，不能办理：{action} · the debit is {status}: {action} is refused"
        ) from None

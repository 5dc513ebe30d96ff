"""The lives of an item, of a payment and of a run, each on one screen. Nothing else decides these statuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeVar

from shebaoka.kit.problems import TransitionRefused

ItemStatus = Literal["due", "in_run", "paid", "failed", "stopped"]
ItemAction = Literal["draw", "undraw", "pay", "fail", "repay", "stop"]
PaymentStatus = Literal["drawn", "sent", "accepted", "booked", "rejected", "returned", "cancelled"]
PaymentAction = Literal["send", "accept", "reject", "book", "return", "cancel"]
RunStatus = Literal["drawn", "approved", "cancelled"]
RunAction = Literal["approve", "cancel"]
Status = TypeVar("Status", bound=str)
Action = TypeVar("Action", bound=str)

ITEM: Final[Mapping[tuple[ItemStatus, ItemAction], ItemStatus]] = {
    ("due", "draw"): "in_run",
    ("in_run", "undraw"): "due",  # its run was cancelled before anything was sent
    ("in_run", "pay"): "paid",
    ("in_run", "fail"): "failed",  # rejected
    ("paid", "fail"): "failed",  # returned
    ("failed", "repay"): "due",
    ("due", "stop"): "stopped",
    ("failed", "stop"): "stopped",
}
PAYMENT: Final[Mapping[tuple[PaymentStatus, PaymentAction], PaymentStatus]] = {
    ("drawn", "send"): "sent",
    ("drawn", "cancel"): "cancelled",
    # A file may be at the bank although its receipt never came: what the bank says counts.
    ("drawn", "accept"): "accepted",
    ("drawn", "reject"): "rejected",
    ("drawn", "book"): "booked",
    ("sent", "accept"): "accepted",
    ("sent", "reject"): "rejected",
    ("sent", "book"): "booked",
    ("accepted", "accept"): "accepted",
    ("accepted", "reject"): "rejected",
    ("accepted", "book"): "booked",
    ("booked", "return"): "returned",
    # Reports that come late or twice say nothing new.
    ("accepted", "send"): "accepted",
    ("booked", "send"): "booked",
    ("rejected", "send"): "rejected",
    ("returned", "send"): "returned",
    ("booked", "accept"): "booked",
    ("returned", "accept"): "returned",
    ("rejected", "accept"): "rejected",
    ("rejected", "reject"): "rejected",
}
"""What is not here contradicts what was said before: it is listed as a difference and changes nothing."""
RUN: Final[Mapping[tuple[RunStatus, RunAction], RunStatus]] = {
    ("drawn", "approve"): "approved",
    ("drawn", "cancel"): "cancelled",
}
LIVE: Final[frozenset[PaymentStatus]] = frozenset({"drawn", "sent", "accepted", "booked"})
"""A payment by which money is, or may be, on its way or there: an item has one at most."""
WORDS: Final = {
    "due": "待发放", "in_run": "发放中", "paid": "已发放", "failed": "未发成", "stopped": "停发",
    "drawn": "待审批", "approved": "已批准", "cancelled": "已取消", "sent": "已送银行", "accepted": "银行已受理",
    "booked": "已入账", "rejected": "银行拒绝", "returned": "退回",
}  # fmt: skip


def after(table: Mapping[tuple[Status, Action], Status], status: Status, action: Action) -> Status:
    """Give the status that follows in one of the three tables; this function will raise TransitionRefused."""
    try:
        return table[status, action]
    except KeyError:
        raise TransitionRefused(
            f"{WORDS[status]}，不能办理：{action} · it is {status}: {action} is refused",
            current=status,
            action=action,
        ) from None

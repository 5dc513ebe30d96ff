"""The lives of a registration and of a bill between provinces, each on one screen."""

from __future__ import annotations

from typing import Final, Literal

from shebaoka.kit.problems import TransitionRefused

RegistrationStatus = Literal["in_force", "withdrawn", "ended"]
RegistrationAction = Literal["withdraw", "end"]
BillStatus = Literal["asked", "settled", "refused", "withdrawn", "taken_back", "reversed"]
BillAction = Literal["settle", "refuse", "withdraw", "take_back", "reverse"]

REGISTRATION: Final[dict[tuple[RegistrationStatus, RegistrationAction], RegistrationStatus]] = {
    ("in_force", "withdraw"): "withdrawn",
    ("in_force", "end"): "ended",
}
"""`end`: its last day is over, and another is to be registered."""
REGISTRATION_WORDS: Final = {"in_force": "有效", "withdrawn": "已撤销", "ended": "已到期"}


def after(status: RegistrationStatus, action: RegistrationAction) -> RegistrationStatus:
    """Give the status of a registration that follows; this function will raise TransitionRefused."""
    try:
        return REGISTRATION[status, action]
    except KeyError:
        raise TransitionRefused(
            f"备案{REGISTRATION_WORDS[status]}，不能办理：{action} · the registration is {status}: {action} is refused"
        ) from None


BILL: Final[dict[tuple[BillStatus, BillAction], BillStatus]] = {
    ("asked", "settle"): "settled",
    ("asked", "refuse"): "refused",
    ("asked", "withdraw"): "withdrawn",
    ("settled", "take_back"): "taken_back",
    ("settled", "reverse"): "reversed",
    ("taken_back", "reverse"): "reversed",
}
"""`asked`: to be settled, and asked about until the hub answers. `withdraw`: the hospital took its message back before that.

`take_back`: the hospital took the settlement back, and the hub is to be told; of ours in another province it tells us at once.
"""
BILL_WORDS: Final = {
    "asked": "待结算", "settled": "已结算", "refused": "参保地未受理", "withdrawn": "已撤回", "taken_back": "已冲正，待告知参保地",
    "reversed": "已冲正",
}  # fmt: skip


def bill_after(status: BillStatus, action: BillAction) -> BillStatus:
    """Give the status of a bill that follows; this function will raise TransitionRefused."""
    try:
        return BILL[status, action]
    except KeyError:
        raise TransitionRefused(
            f"跨省结算{BILL_WORDS[status]}，不能办理：{action} · the bill is {status}: {action} is refused"
        ) from None

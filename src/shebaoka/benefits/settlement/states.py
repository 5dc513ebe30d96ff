"""The life of a visit on one screen. That it is settled, its settlements say."""

from __future__ import annotations

from typing import Final, Literal

from shebaoka.kit.problems import TransitionRefused

Status = Literal["open", "discharged", "cancelled"]
Action = Literal["serve", "discharge", "readmit", "cancel"]

NEXT: Final[dict[tuple[Status, Action], Status]] = {
    ("open", "serve"): "open",
    ("open", "discharge"): "discharged",
    ("discharged", "readmit"): "open",
    ("open", "cancel"): "cancelled",
}
"""`serve`: lines come or go; `readmit`: a discharge is taken back."""
WORDS: Final = {"open": "进行中", "discharged": "已出院", "cancelled": "已撤销"}


def after(status: Status, action: Action) -> Status:
    """Give the status that follows; this function will raise TransitionRefused."""
    try:
        return NEXT[status, action]
    except KeyError:
        raise TransitionRefused(
            f"就诊{WORDS[status]}，不能办理：{action} · the visit is {status}: {action} is refused"
        ) from None

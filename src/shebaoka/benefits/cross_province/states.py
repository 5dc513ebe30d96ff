"""The lives of a registration and of a bill between provinces, each on one screen."""

from __future__ import annotations

from typing import Final, Literal

from shebaoka.kit.problems import TransitionRefused

RegistrationStatus = Literal["in_force", "withdrawn", "ended"]
RegistrationAction = Literal["withdraw", "end"]

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

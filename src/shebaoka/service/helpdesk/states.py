"""The lives of a call, a case and a hand-over on one screen; nothing else decides what follows what."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeVar

from shebaoka.kit.problems import TransitionRefused


class Call(StrEnum):
    """Where a call stands at the line that has it."""

    OPEN = "open"
    IDENTIFIED = "identified"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"


class CallAction(StrEnum):
    """What may be done to a call."""

    IDENTIFY = "identify"
    HAND_OVER = "hand_over"
    COME_BACK = "come_back"
    COME_BACK_KNOWN = "come_back_known"
    END = "end"


class Case(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"


class CaseAction(StrEnum):
    """What may be done to a case."""

    TAKE = "take"
    RELEASE = "release"
    NOTE = "note"
    WAIT = "wait"
    RESUME = "resume"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    HAND_OVER = "hand_over"
    DECIDE = "decide"
    HOLDER_DIES = "holder_dies"


class Handover(StrEnum):
    """Where a hand-over stands."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    RECALLED = "recalled"


class HandoverAction(StrEnum):
    """What may become of a hand-over."""

    ACCEPT = "accept"
    DECLINE = "decline"
    RECALL = "recall"
    LAPSE = "lapse"


CALL: Final[dict[tuple[Call, CallAction], Call]] = {
    (Call.OPEN, CallAction.IDENTIFY): Call.IDENTIFIED,
    (Call.IDENTIFIED, CallAction.IDENTIFY): Call.IDENTIFIED,  # one more right answer
    (Call.OPEN, CallAction.HAND_OVER): Call.HANDED_OVER,
    (Call.IDENTIFIED, CallAction.HAND_OVER): Call.HANDED_OVER,
    (Call.HANDED_OVER, CallAction.COME_BACK): Call.OPEN,  # nobody accepted it
    (Call.HANDED_OVER, CallAction.COME_BACK_KNOWN): Call.IDENTIFIED,
    (Call.OPEN, CallAction.END): Call.CLOSED,
    (Call.IDENTIFIED, CallAction.END): Call.CLOSED,
}
CASE: Final[dict[tuple[Case, CaseAction], Case]] = {
    (Case.OPEN, CaseAction.TAKE): Case.OPEN,
    (Case.OPEN, CaseAction.RELEASE): Case.OPEN,
    (Case.OPEN, CaseAction.NOTE): Case.OPEN,
    (Case.OPEN, CaseAction.WAIT): Case.WAITING,
    (Case.OPEN, CaseAction.RESOLVE): Case.RESOLVED,
    (Case.OPEN, CaseAction.HAND_OVER): Case.OPEN,
    (Case.OPEN, CaseAction.DECIDE): Case.OPEN,
    (Case.OPEN, CaseAction.HOLDER_DIES): Case.OPEN,
    (Case.WAITING, CaseAction.TAKE): Case.WAITING,
    (Case.WAITING, CaseAction.RELEASE): Case.WAITING,
    (Case.WAITING, CaseAction.NOTE): Case.WAITING,
    (Case.WAITING, CaseAction.WAIT): Case.WAITING,  # for somebody else now
    (Case.WAITING, CaseAction.RESUME): Case.OPEN,
    (Case.WAITING, CaseAction.RESOLVE): Case.RESOLVED,
    (Case.WAITING, CaseAction.HAND_OVER): Case.OPEN,
    (Case.WAITING, CaseAction.DECIDE): Case.OPEN,
    (Case.WAITING, CaseAction.HOLDER_DIES): Case.OPEN,  # whoever it waited for, its owner must look
    (Case.RESOLVED, CaseAction.NOTE): Case.RESOLVED,
    (Case.RESOLVED, CaseAction.CLOSE): Case.CLOSED,
    (Case.RESOLVED, CaseAction.REOPEN): Case.OPEN,
    (Case.CLOSED, CaseAction.REOPEN): Case.OPEN,
}
HANDOVER: Final[dict[tuple[Handover, HandoverAction], Handover]] = {
    (Handover.PENDING, HandoverAction.ACCEPT): Handover.ACCEPTED,
    (Handover.PENDING, HandoverAction.DECLINE): Handover.DECLINED,
    (Handover.PENDING, HandoverAction.RECALL): Handover.RECALLED,
    (Handover.PENDING, HandoverAction.LAPSE): Handover.LAPSED,
}
LIVE: Final = (Case.OPEN, Case.WAITING)
ON_THE_LINE: Final = (Call.OPEN, Call.IDENTIFIED)

S = TypeVar("S", Call, Case, Handover)
A = TypeVar("A", CallAction, CaseAction, HandoverAction)


def after_call(status: Call, action: CallAction) -> Call:
    """Give the status of a call that follows. This function will refuse with TransitionRefused when none does."""
    return _after(CALL, status, action)


def after_case(status: Case, action: CaseAction) -> Case:
    """Give the status of a case that follows. This function will refuse with TransitionRefused when none does."""
    return _after(CASE, status, action)


def after_handover(status: Handover, action: HandoverAction) -> Handover:
    """Give the status of a hand-over that follows. This function will refuse with TransitionRefused when none does."""
    return _after(HANDOVER, status, action)


def _after(table: dict[tuple[S, A], S], status: S, action: A) -> S:
    try:
        return table[status, action]
    except KeyError:
        raise TransitionRefused(f"{status} → {action}", was=status, action=action) from None

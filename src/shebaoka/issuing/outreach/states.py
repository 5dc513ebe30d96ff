"""The whole lives of visits, captured items, devices and sites on one screen. Nothing else decides a status."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from shebaoka.kit.problems import TransitionRefused

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


class Visit(StrEnum):
    """Where a visit stands."""

    REQUESTED = "requested"
    REFUSED = "refused"
    PLANNED = "planned"
    NOT_MET = "not_met"
    GIVEN_UP = "given_up"
    DONE = "done"
    CANCELLED = "cancelled"


class VisitAction(StrEnum):
    """What may be done to a visit."""

    REFUSE = "refuse"
    PLAN = "plan"
    MOVE = "move"
    FINISH = "finish"
    MISS = "miss"
    GIVE_UP = "give_up"
    CANCEL = "cancel"
    CORRECT = "correct"


class Capture(StrEnum):
    """Where a captured item stands; CAPTURED is on its device only."""

    CAPTURED = "captured"
    APPLIED = "applied"
    CONFLICT = "conflict"
    HELD = "held"
    REFUSED = "refused"
    DISCARDED = "discarded"


class CaptureAction(StrEnum):
    """What may be done to a captured item."""

    APPLY = "apply"
    CLASH = "clash"
    HOLD = "hold"
    REFUSE = "refuse"
    DISCARD = "discard"


class Device(StrEnum):
    """Whether what a device brings is applied."""

    ACTIVE = "active"
    BLOCKED = "blocked"


class DeviceAction(StrEnum):
    """What may be done to a device."""

    BLOCK = "block"
    RELEASE = "release"


class Site(StrEnum):
    """Whether a station or stall is there, between its days."""

    OPEN = "open"
    CLOSED = "closed"


class SiteAction(StrEnum):
    """What may be done to a station or stall."""

    CLOSE = "close"


VISIT: Final[Mapping[tuple[Visit, VisitAction], Visit]] = {
    (Visit.REQUESTED, VisitAction.REFUSE): Visit.REFUSED,
    (Visit.REQUESTED, VisitAction.PLAN): Visit.PLANNED,
    (Visit.PLANNED, VisitAction.MOVE): Visit.PLANNED,
    (Visit.PLANNED, VisitAction.FINISH): Visit.DONE,
    (Visit.PLANNED, VisitAction.MISS): Visit.NOT_MET,
    (Visit.NOT_MET, VisitAction.PLAN): Visit.PLANNED,
    # Nobody was met as often as the rules let staff try.
    (Visit.PLANNED, VisitAction.GIVE_UP): Visit.GIVEN_UP,
    (Visit.REQUESTED, VisitAction.CANCEL): Visit.CANCELLED,
    (Visit.PLANNED, VisitAction.CANCEL): Visit.CANCELLED,
    (Visit.NOT_MET, VisitAction.CANCEL): Visit.CANCELLED,
    # A device said otherwise, and somebody has found out that it was done.
    (Visit.NOT_MET, VisitAction.CORRECT): Visit.DONE,
    (Visit.GIVEN_UP, VisitAction.CORRECT): Visit.DONE,
    (Visit.CANCELLED, VisitAction.CORRECT): Visit.DONE,
}
CAPTURE: Final[Mapping[tuple[Capture, CaptureAction], Capture]] = {
    (Capture.CAPTURED, CaptureAction.APPLY): Capture.APPLIED,
    (Capture.CAPTURED, CaptureAction.CLASH): Capture.CONFLICT,
    (Capture.CAPTURED, CaptureAction.HOLD): Capture.HELD,
    (Capture.CAPTURED, CaptureAction.REFUSE): Capture.REFUSED,
    # Worked off by a person.
    (Capture.CONFLICT, CaptureAction.APPLY): Capture.APPLIED,
    (Capture.HELD, CaptureAction.APPLY): Capture.APPLIED,
    (Capture.REFUSED, CaptureAction.APPLY): Capture.APPLIED,
    (Capture.CONFLICT, CaptureAction.DISCARD): Capture.DISCARDED,
    (Capture.HELD, CaptureAction.DISCARD): Capture.DISCARDED,
    (Capture.REFUSED, CaptureAction.DISCARD): Capture.DISCARDED,
}
DEVICE: Final[Mapping[tuple[Device, DeviceAction], Device]] = {
    (Device.ACTIVE, DeviceAction.BLOCK): Device.BLOCKED,
    (Device.BLOCKED, DeviceAction.RELEASE): Device.ACTIVE,
}
SITE: Final[Mapping[tuple[Site, SiteAction], Site]] = {
    (Site.OPEN, SiteAction.CLOSE): Site.CLOSED,
}
WAITING: Final = tuple(
    sorted({status for status, action in CAPTURE if action is CaptureAction.DISCARD}, key=list(Capture).index)
)
"""Captured items that wait for a person."""


def after(table: Mapping[tuple[S, A], S], status: S, action: A) -> S:
    """Give the status that follows in one of the tables. This function will refuse with TransitionRefused when none does."""
    try:
        return table[status, action]
    except KeyError:
        raise TransitionRefused(f"{status} → {action}", current=status, action=action) from None


def before(table: Mapping[tuple[S, A], S], action: A) -> list[S]:
    """Give the statuses in which an action is possible."""
    return [status for status, possible in table if possible is action]

"""The lives of a key version, a ceremony and a hand-out, on one screen; nothing else decides what follows what."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeVar

from shebaoka.kit.problems import TransitionRefused

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


class KeySet(StrEnum):
    """How far a version of an algorithm's keys is."""

    CREATED = "created"  # the key at the top is there
    READY = "ready"  # and all that follow from it
    IN_FORCE = "in_force"  # new cards get these
    FORMER = "former"  # cards in the field have them, new ones do not
    DESTROYED = "destroyed"


class Step(StrEnum):
    """What befalls a version."""

    DERIVE = "derive"
    PUT_IN_FORCE = "put_in_force"
    REPLACE = "replace"  # another version is put in force
    DESTROY = "destroy"


VERSION_NEXT: Final[dict[tuple[KeySet, Step], KeySet]] = {
    (KeySet.CREATED, Step.DERIVE): KeySet.READY,
    (KeySet.READY, Step.PUT_IN_FORCE): KeySet.IN_FORCE,
    (KeySet.FORMER, Step.PUT_IN_FORCE): KeySet.IN_FORCE,  # the new one must be given up
    (KeySet.IN_FORCE, Step.REPLACE): KeySet.FORMER,
    (KeySet.CREATED, Step.DESTROY): KeySet.DESTROYED,
    (KeySet.READY, Step.DESTROY): KeySet.DESTROYED,
    (KeySet.FORMER, Step.DESTROY): KeySet.DESTROYED,
}
USABLE: Final = frozenset({KeySet.IN_FORCE, KeySet.FORMER})


class Ceremony(StrEnum):
    """How far a ceremony is."""

    OPENED = "opened"  # by one officer
    DONE = "done"  # approved by another
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # nobody approved it in time


class Act(StrEnum):
    """What officers, or the clock, do to a ceremony."""

    APPROVE = "approve"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


CEREMONY_NEXT: Final[dict[tuple[Ceremony, Act], Ceremony]] = {
    (Ceremony.OPENED, Act.APPROVE): Ceremony.DONE,
    (Ceremony.OPENED, Act.WITHDRAW): Ceremony.WITHDRAWN,
    (Ceremony.OPENED, Act.LAPSE): Ceremony.LAPSED,
}


class HandOut(StrEnum):
    """What became of keys that the bureau was given."""

    OUTSTANDING = "outstanding"
    DESTROYED = "destroyed"
    OVERUSED = "overused"  # destroyed, after more cards than the batch explains


class Answer(StrEnum):
    """What the bureau confirms."""

    CONFIRM = "confirm"
    CONFIRM_TOO_MANY = "confirm_too_many"


HAND_OUT_NEXT: Final[dict[tuple[HandOut, Answer], HandOut]] = {
    (HandOut.OUTSTANDING, Answer.CONFIRM): HandOut.DESTROYED,
    (HandOut.OUTSTANDING, Answer.CONFIRM_TOO_MANY): HandOut.OVERUSED,
}


def after(table: dict[tuple[S, A], S], status: S, action: A) -> S:
    """Give the status that follows in one of the tables; this function will refuse with TransitionRefused when none does."""
    try:
        return table[status, action]
    except KeyError:
        raise TransitionRefused(f"{status} → {action}", was=status, action=action) from None
